"""How much faster `mseavro ingest` is than plain_ingest.py, on lines of make_lines.py.

    python compare.py MSEAVRO FOLDER [COUNT] [null|deflate]

Runs both in the same minute, each as a process of its own, ours five times with one thread and with
as many as it takes by itself. Prints seconds by the clock and of the processors, and peak memory;
the files must hold the same records in the same order.
"""

import os
import pathlib
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).parent
FILES = ["movie_watches", "movie_ratings", "recommendation_requests", "dead_letters"]


def run(*command):
    """Seconds by the clock, seconds of the processors, and mebibytes of a command."""
    begin = time.monotonic()
    process = subprocess.Popen([str(word) for word in command])
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    assert status == 0, command
    return (time.monotonic() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def records(path):
    # Late, because the peak of a child begins with that of the process that forked it.
    import fastavro
    with open(path, "rb") as file:
        yield from fastavro.reader(file)


def check_same_records(ours, plain, count):
    total = 0
    for name in FILES:
        pairs = zip(records(ours / f"{name}.avro"), records(plain / f"{name}.avro"), strict=True)
        for our, other in pairs:
            assert our == other, (name, our, other)
            total += 1
    assert total == count, (total, count)


def main(binary, folder, count, codec):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / f"lines_{count}.csv"
    if not log.exists():
        subprocess.run([sys.executable, HERE / "make_lines.py", str(count), log], check=True)
    ingest = [binary, "ingest", log, "--rules", "movielog", "--codec", codec, "--quiet", "-o",
              folder / "ours"]
    jobs = {"mseavro, one thread": [*ingest, "--threads", "1"], "mseavro": ingest,
            "python": [sys.executable, HERE / "plain_ingest.py", log, folder / "plain", codec]}
    print(f"{count:,} lines, {log.stat().st_size / 1e6:,.0f} MB, codec {codec}")
    figures = {}
    for name, command in jobs.items():
        runs = [run(*command) for _ in range(1 if name == "python" else 5)]
        figures[name] = [statistics.median(column) for column in zip(*runs)]
    for name, (seconds, processor_seconds, mebibytes) in figures.items():
        print(f"{name:20} {seconds:7.2f} s {processor_seconds:7.2f} s of processors "
              f"{mebibytes:5.0f} MiB {figures['python'][0] / seconds:6.1f}x by the clock "
              f"{figures['python'][1] / processor_seconds:6.1f}x of processors")
    check_same_records(folder / "ours", folder / "plain", count)


if __name__ == "__main__":
    COUNT = int(sys.argv[3]) if len(sys.argv) > 3 else 10_000_000
    main(sys.argv[1], sys.argv[2], COUNT, sys.argv[4] if len(sys.argv) > 4 else "null")
