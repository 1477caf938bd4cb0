"""How much faster `mseavro ingest` is than plain_ingest.py, on lines of make_lines.py.

    python compare.py MSEAVRO FOLDER [COUNT] [null|deflate]

Runs both in the same minute, each as a process of its own, and prints seconds, peak memory and
what became of the lines; the files must hold the same records in the same order.
"""

import pathlib
import resource
import subprocess
import sys
import time

import fastavro

HERE = pathlib.Path(__file__).parent
FILES = ["movie_watches", "movie_ratings", "recommendation_requests", "dead_letters"]


def run(*command):
    """Seconds and mebibytes of a command."""
    begin = time.monotonic()
    process = subprocess.Popen([str(word) for word in command])
    _, status, usage = subprocess.os.wait4(process.pid, 0)
    process.returncode = status
    assert status == 0, command
    return time.monotonic() - begin, usage.ru_maxrss / 1024


def records(path):
    with open(path, "rb") as file:
        yield from fastavro.reader(file)


def main(binary, folder, count, codec):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / f"lines_{count}.csv"
    if not log.exists():
        subprocess.run([sys.executable, HERE / "make_lines.py", str(count), log], check=True)
    ours = run(binary, "ingest", log, "--rules", "movielog", "--codec", codec, "-o",
               folder / "ours")
    plain = run(sys.executable, HERE / "plain_ingest.py", log, folder / "plain", codec)
    total = 0
    for name in FILES:
        pairs = zip(records(folder / f"ours/{name}.avro"), records(folder / f"plain/{name}.avro"),
                    strict=True)
        for our, other in pairs:
            assert our == other, (name, our, other)
            total += 1
    assert total == count, (total, count)
    print(f"{count:,} lines, {log.stat().st_size / 1e6:,.0f} MB, codec {codec}")
    print(f"mseavro {ours[0]:8.2f} s {ours[1]:6.0f} MiB")
    print(f"python  {plain[0]:8.2f} s {plain[1]:6.0f} MiB")
    print(f"ratio   {plain[0] / ours[0]:8.1f}")


if __name__ == "__main__":
    COUNT = int(sys.argv[3]) if len(sys.argv) > 3 else 10_000_000
    main(sys.argv[1], sys.argv[2], COUNT, sys.argv[4] if len(sys.argv) > 4 else "null")
