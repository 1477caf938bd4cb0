"""Hostile files cost little and end in a typed error or in the right data, never in a signal."""

import json
import pathlib
import re
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).parent
# As the system counts it for the process alone, so that a busy machine changes it little.
CPU_SECONDS_MAX = 2
MEBIBYTES_MAX = 256


@pytest.fixture(scope="module")
def measure():
    """Runs a command and gives what measure.py says of it."""
    helper = subprocess.Popen([sys.executable, "-S", HERE / "measure.py"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, encoding="utf-8")

    def run_once(command):
        print(json.dumps([str(word) for word in command]), file=helper.stdin, flush=True)
        return json.loads(helper.stdout.readline())

    def run(*command):
        measured = run_once(command)
        for _ in range(2):  # What other programs do to the processor comes and goes.
            if measured["cpu"] <= CPU_SECONDS_MAX:
                break
            measured = run_once(command)
        return measured

    yield run
    helper.stdin.close()
    helper.wait()


@pytest.fixture(scope="module")
def hostile_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    subprocess.run([sys.executable, HERE / "hostile_files.py", folder], check=True)
    yield folder
    for file in folder.glob("*.*"):
        file.unlink()  # They are large, and pytest keeps the folders of its last runs.


def outcome(measured):
    """The code of the error that a command ended in; without one, the lines it printed."""
    codes = re.findall(r"^error\[(E\d{4})\]", measured["errors"], re.MULTILINE)
    assert measured["exit"] == (2 if codes else 0), measured
    assert len(codes) <= 1, measured["errors"]
    assert measured["cpu"] <= CPU_SECONDS_MAX, f"{measured['cpu']} s"
    assert measured["mebibytes"] <= MEBIBYTES_MAX, f"{measured['mebibytes']} MiB"
    return codes[0] if codes else measured["lines"]


def scored(measured):
    """As outcome, with the rows scored instead of the lines."""
    result = outcome(measured)
    if isinstance(result, str):
        return result
    head, *rows = measured["out"].splitlines()
    column = head.split(",").index("count")
    return sum(int(row.split(",")[column]) for row in rows)


def check_each(folder, key, check, ignored=None, excused=()):
    """Calls `check(file)` with the files that say by this key what must come of them, and compares;
    where that is `ignored`, any outcome will do, and one that is excused always."""
    index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    files = {name: expected[key] for name, expected in index.items() if key in expected}
    assert files
    failures = []
    for name, expected in files.items():
        try:
            found = check(folder / name)
            if expected not in (None, ignored, found) and found not in excused:
                failures.append(f"{name}: {found} instead of {expected}")
        except AssertionError as error:
            failures.append(f"{name}: {error}")
    assert not failures, "\n".join(failures)


# What is typed before the file's name, by which key the files say what must come of it, and how
# that is told. A further command is a further line.
COMMANDS = [
    (["cat"], "cat", outcome),
    (["eval", "--format", "csv"], "eval", scored),
    (["inspect"], "inspect", outcome),
    (["cat", "--salvage"], "salvage", outcome),
    (["eval", "--salvage", "--format", "csv"], "salvage", scored),
    (["convert", "--salvage", "--format", "avro"], "salvage", outcome),
]


@pytest.mark.parametrize("words, key, tell", COMMANDS, ids=[" ".join(row[0]) for row in COMMANDS])
def test_hostile_files(mseavro, measure, hostile_folder, words, key, tell):
    check_each(hostile_folder, key, lambda file: tell(measure(mseavro.path, *words, file)))


def test_convert(mseavro, measure, hostile_folder, tmp_path):
    """Copied block by block a file is refused or prints as before."""
    out = tmp_path / "out.avro"

    def check(file):
        found = outcome(measure(mseavro.path, "convert", file, "-o", out, "--codec", "null"))
        return found if isinstance(found, str) else outcome(measure(mseavro.path, "cat", out))

    # What prints to gigabytes may well be no more than a large file.
    check_each(hostile_folder, "cat", check, ignored="E0209")


def test_columns(package, measure, hostile_folder):
    """As Arrow columns, which are larger or smaller than JSON and hold no types in themselves."""
    def rows(file):
        measured = measure(package / "count_rows", file)
        found = outcome(measured)
        return found if isinstance(found, str) else int(measured["out"])

    check_each(hostile_folder, "cat", rows, ignored="E0209",
               excused=("E0209", "E0306"))


def test_eval_with_labels(mseavro, measure, hostile_folder):
    check_each(hostile_folder, "labels", lambda file: scored(measure(
        mseavro.path, "eval", hostile_folder / "good/predictions.avro", "--labels", file,
        "--format", "csv")))


def test_rollup_and_report(mseavro, measure, hostile_folder):
    def check(file):
        for more in (["report"], ["rollup", "--window", "month"], ["rollup", "--by", ""]):
            outcome(measure(mseavro.path, *more, file))
        found = outcome(measure(mseavro.path, "rollup", "--format", "csv", file))
        return found if isinstance(found, str) else found - 1

    check_each(hostile_folder, "rollup", check)


@pytest.mark.parametrize("command", ["cat", "eval", "inspect"])
def test_cuts_at_every_byte(mseavro, measure, hostile_folder, tmp_path, command):
    """Between blocks a file may end; everywhere else the cut is found."""
    whole = (hostile_folder / "good/scored.avro").read_bytes()
    sync = whole[-16:]
    ends = [place.end() for place in re.finditer(re.escape(sync), whole)]
    assert len(ends) == 4 and ends[-1] == len(whole)
    cut = tmp_path / "cut.avro"
    for size in range(len(whole)):
        cut.write_bytes(whole[:size])
        result = outcome(measure(mseavro.path, command, cut))
        if size < 4:
            assert result == "E0201", size
        elif size in ends:
            assert isinstance(result, int), (size, result)
            assert command != "cat" or result == 2 * ends.index(size)
        else:
            assert result == "E0203", size
