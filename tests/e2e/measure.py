"""Runs commands and says what they cost.

Reads a command a line from stdin, as a JSON list, and answers each with a line: exit code (less
than none: the signal), CPU and wall seconds, peak memory in MiB, lines and first bytes of stdout,
stderr. A small process of its own, because the peak of a child begins with that of the process that
forked it. An argument says after how many CPU seconds a command is ended.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time

# Past any bound that a test asks for; it ends what would never end.
CPU_SECONDS_MAX = int(sys.argv[1]) if len(sys.argv) > 1 else 20
SHOWN_BYTES = 4096


def limit_cpu():
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS_MAX, CPU_SECONDS_MAX))


def measure(command):
    with tempfile.TemporaryFile() as errors:
        begin = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=errors, preexec_fn=limit_cpu)
        shown = b""
        line_count = 0
        while piece := os.read(process.stdout.fileno(), 1 << 20):
            shown += piece[:SHOWN_BYTES - len(shown)]
            line_count += piece.count(b"\n")
        process.stdout.close()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        return {"exit": process.returncode, "cpu": usage.ru_utime + usage.ru_stime,
                "wall": wall, "mebibytes": usage.ru_maxrss / 1024, "lines": line_count,
                "out": shown.decode("utf-8", "replace"),
                "errors": errors.read(SHOWN_BYTES).decode("utf-8", "replace")}


def main():
    for line in sys.stdin:
        print(json.dumps(measure(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
