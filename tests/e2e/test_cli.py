"""The command as people meet it: help, sources of options, outputs, terminals, interruptions."""

import csv
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import time
from datetime import datetime, timezone

import fastavro
import pytest
from conftest import open_terminal
from events import DAY, prediction, write_avro, write_predictions

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def events(tmp_path_factory):
    return write_predictions(tmp_path_factory.mktemp("events") / "events.avro", [
        prediction(number, 10.0, actual=10.0 + number % 5, version=f"v{number % 2 + 1}",
                   seconds=number * DAY // 4, region=("eu", "us")[number % 3 == 0])
        for number in range(400)])


def run(mseavro, *arguments, home=None, folder=None, **environment):
    """Runs the command in a folder and an environment of its own."""
    own = {"PATH": os.environ["PATH"], "HOME": str(home or folder or "/nonexistent")} | environment
    return subprocess.run([mseavro.path, *map(str, arguments)], capture_output=True, cwd=folder,
                          env=own, encoding="utf-8", timeout=60, check=False)


# Help.

OPTION = re.compile(r'''^    \{"([a-z-]+)", (?:0|'.'), OptionKind::k\w+, "[^"]*", (.*?),''',
                    re.MULTILINE)
OPTION_TABLE = (ROOT / "src/app/cli/option_table.cc").read_text(encoding="utf-8")
COMMANDS = re.findall(r'^    \{CommandId::k\w+, "(\w+)"', OPTION_TABLE, re.MULTILINE)


def options_of_table():
    """Each option and the commands that its row in the table names."""
    sets = {"kEvalBit": {"eval"}, "kQuestion": {"eval", "report"},
            "kRows": {"eval", "report", "rollup"},
            "kReaders": {"eval", "report", "rollup", "inspect", "cat"}, "kAll": set(COMMANDS),
            "kEventReaders": {"eval", "report", "inspect", "cat"},
            "kConvertBit": {"convert"}, "kEncodeBit": {"encode"}, "kDecodeBit": {"decode"},
            "kIngestBit": {"ingest"}, "kMetricWriters": {"eval", "rollup"},
            "kAvroWriters": {"eval", "rollup", "convert", "ingest"},
            "kDatums": {"convert", "encode", "decode"}}
    sets["kOutput"] = sets["kReaders"]
    sets["kWriters"] = sets["kReaders"] | sets["kDatums"] | {"ingest", "schema"}
    table = OPTION_TABLE[OPTION_TABLE.index("kOptions[]"):]
    found = {}
    for name, where in OPTION.findall(table):
        found[name] = {command.lower() for command in re.findall(r"CommandId::k(\w+)", where)}
        for word in set(re.findall(r"\w+", where)) & sets.keys():
            found[name] |= sets[word]
    assert len(found) == table.split("};")[0].count("OptionKind::")
    return found


def test_help_names_every_option_of_each_command(mseavro):
    options = options_of_table()
    for command in COMMANDS:
        done = mseavro(command, "--help")
        shown = set(re.findall(r"^  .{4}--([a-z-]+)", done.stdout, re.MULTILINE))
        assert shown == {name for name, commands in options.items() if command in commands}
        assert done.stdout == mseavro("help", command).stdout
        assert done.stderr == ""
        assert max(map(len, done.stdout.splitlines())) <= 98


def test_help_names_every_command(mseavro):
    assert len(COMMANDS) >= 7
    for words in ([], ["--help"], ["-h"], ["help"]):
        shown = mseavro(*words).stdout
        assert re.findall(r"^  (\w+)  +[A-Z]", shown, re.MULTILINE) == list(COMMANDS)


def test_example_of_each_command_is_understood(mseavro):
    """The examples name files that are not here; nothing else about them may be wrong."""
    for command in ("eval", "report", "rollup", "inspect", "cat"):
        example = re.search(r"^Example: mseavro (.*)$", mseavro(command, "--help").stdout,
                            re.MULTILINE)[1]
        assert "error[E0101]" in mseavro(*shlex.split(example), exit_code=2).stderr


def test_explanations_name_only_options_that_exist(mseavro):
    known = options_of_table()
    header = (ROOT / "include/mseavro/error.h").read_text(encoding="utf-8")
    for number in re.findall(r"^  k\w+ = (\d+),", header, re.MULTILINE):
        explanation = mseavro("explain", f"E{int(number):04}").stdout
        assert {option for option in re.findall(r"--([a-z-]+)", explanation)} <= known.keys() | {
            "help"}
        assert explanation == mseavro("explain", number).stdout


def test_explain_lists_the_codes(mseavro):
    lines = mseavro("explain").stdout.splitlines()
    assert "E0203  truncated file" in lines
    assert all(re.match(r"E\d{4}  [a-z]", line) for line in lines) and lines == sorted(lines)


def test_a_variable_that_is_nearly_an_option_is_refused(mseavro):
    failed = mseavro("explain", "E0203", env={"MSEAVRO_WINDW": "year"}, exit_code=2)
    assert "error[E0001]" in failed.stderr and "MSEAVRO_WINDOW" in failed.stderr


def test_version(mseavro):
    assert re.fullmatch(r"mseavro \d+\.\d+\.\d+\n", mseavro("--version").stdout)


@pytest.mark.parametrize("typed, meant", [
    (["evals", "x"], "mseavro eval?"), (["help", "reprot"], "mseavro report?"),
    (["eval", "x", "--lables", "y"], "--labels?"),
    (["eval", "x", "--time-zone=UTC"], "--timezone?"),
    (["cat", "x", "--limt", "3"], "--limit?")])
def test_misspelt_words_are_recognised(mseavro, typed, meant):
    assert f"help: did you mean {meant}\n" in mseavro(*typed, exit_code=2).stderr


@pytest.mark.parametrize("typed", [["frobnicate"], ["eval", "x", "-x"], ["eval", "x", "--zzz"]])
def test_other_words_are_pointed_to_the_help(mseavro, typed):
    assert "--help lists the" in mseavro(*typed, exit_code=2).stderr


# Where options come from.

def windows(done):
    """Which kind of window the answer has, told by the lengths of the first."""
    assert done.returncode == 0, done.stderr
    row = next(csv.DictReader(done.stdout.splitlines()))
    if not row["window_start"]:
        return "none"
    start, end = (datetime.fromisoformat(row[column].replace("Z", "+00:00"))
                  for column in ("window_start", "window_end"))
    return {1: "day", 7: "week", 31: "month", 92: "quarter"}[(end - start).days]


def test_flag_beats_spec_beats_environment_beats_folder_beats_user(mseavro, events, tmp_path):
    home = tmp_path / "home"
    (home / ".config/mseavro").mkdir(parents=True)
    folder = tmp_path / "folder"
    folder.mkdir()
    spec = tmp_path / "question.toml"

    def asked(*options, **environment):
        return windows(run(mseavro, "eval", events, "--format", "csv", *options, home=home,
                           folder=folder, **environment))

    assert asked() == "none"
    (home / ".config/mseavro/config.toml").write_text('window = "quarter"\n', encoding="utf-8")
    assert asked() == "quarter"
    (folder / "mseavro.toml").write_text('window = "month"\n', encoding="utf-8")
    assert asked() == "month"
    assert asked(MSEAVRO_WINDOW="week") == "week"
    spec.write_text('window = "day"\n', encoding="utf-8")
    assert asked("--spec", spec, MSEAVRO_WINDOW="week") == "day"
    assert asked(MSEAVRO_SPEC=str(spec), MSEAVRO_WINDOW="week") == "day"
    assert asked("--spec", spec, "--window", "none", MSEAVRO_WINDOW="week") == "none"
    assert asked(XDG_CONFIG_HOME=str(tmp_path)) == "month"


def test_a_spec_holds_a_whole_question(mseavro, events, tmp_path):
    spec = tmp_path / "question.toml"
    spec.write_text("""
        by = ["region"]
        window = "week"
        week_start = "sunday"
        timezone = "America/New_York"
        from = 2025-08-01
        to = 2025-09-01T00:00:00Z
        where = "region != 'us'"
        mix_versions = true
        max_rejected = 0.02
        metrics = ["quantiles"]

        [map]
        timestamp = "timestamp"
        prediction = "prediction"
        """, encoding="utf-8")
    expected = mseavro(
        "eval", events, "--by", "region", "--window", "week", "--week-start", "sunday",
        "--timezone", "America/New_York", "--from", "2025-08-01", "--to",
        "2025-09-01T00:00:00Z", "--where",
        "region != 'us'", "--mix-versions", "--metrics", "quantiles", "--format", "csv").stdout
    assert mseavro("eval", events, "--spec", spec, "--format", "csv").stdout == expected
    assert "*" in expected and len(expected.splitlines()) > 4


def test_one_role_of_a_spec_is_changed_by_a_flag(mseavro, tmp_path):
    fields = {"prediction_id": "string", "a": "double", "b": "double", "c": "double"}
    path = write_avro(tmp_path / "events.avro", fields,
                      [{"prediction_id": "p", "a": 1.0, "b": 3.0, "c": 6.0}])
    spec = tmp_path / "question.toml"
    spec.write_text('[map]\nprediction = "a"\nactual = "b"\n', encoding="utf-8")

    def mse(*options):
        done = mseavro("eval", path, "--spec", spec, *options, "--format", "json")
        return json.loads(done.stdout)["rows"][0]["mse"]

    assert mse() == 4.0
    assert mse("--map", "actual=c") == 25.0


def test_options_of_other_commands_may_stand_in_the_folder(mseavro, events, tmp_path):
    (tmp_path / "mseavro.toml").write_text('labels = "labels/"\nlimit = 3\n', encoding="utf-8")
    done = run(mseavro, "cat", events, folder=tmp_path)
    assert len(done.stdout.splitlines()) == 3


def test_an_error_names_where_the_value_came_from(mseavro, events, tmp_path):
    (tmp_path / "mseavro.toml").write_text('# ours\nwindow = "wek"\n', encoding="utf-8")
    assert "mseavro.toml (line 2)" in run(mseavro, "eval", events, folder=tmp_path).stderr
    assert "MSEAVRO_WINDOW" in run(mseavro, "eval", events, MSEAVRO_WINDOW="wek").stderr


def test_flags_are_switched_off_where_they_come_from(mseavro, events):
    for word, lines in (("1", 2), ("true", 2), ("0", 3), ("false", 3), ("no", 3), ("", 3)):
        done = run(mseavro, "eval", events, "--format", "csv", MSEAVRO_MIX_VERSIONS=word)
        assert len(done.stdout.splitlines()) == lines, word


# Outputs.

def test_the_suffix_of_the_output_says_the_format(mseavro, events, tmp_path):
    for suffix, starts in {"csv": "model_version,", "md": "| Model Version |", "json": '{"rows":[',
                           "jsonl": '{"model_version":', "txt": "Model Version ",
                           "avro": "Obj\x01"}.items():
        path = tmp_path / f"answer.{suffix}"
        done = mseavro("eval", events, "-o", path)
        assert done.stdout == ""
        assert path.read_bytes().decode("latin-1").startswith(starts)
    metrics = tmp_path / "answer.avro"
    mseavro("rollup", metrics, "--mix-versions", "-o", tmp_path / "all.avro")
    with open(tmp_path / "all.avro", "rb") as file:
        (row,) = fastavro.reader(file)
    assert (row["model_version"], row["versions_mixed"], row["count"]) == (None, True, 400)
    assert not list(tmp_path.glob(".*"))


def test_json_lines_are_the_rows_of_the_json(mseavro, events):
    options = ("eval", events, "--by", "region", "--window", "week", "--format")
    lines = mseavro(*options, "jsonl").stdout.splitlines()
    answer = json.loads(mseavro(*options, "json").stdout)
    assert [json.loads(line) for line in lines] == answer["rows"]
    assert answer["rows"][0]["window_start"] == "2025-07-28T00:00:00Z"
    assert answer["rows"][0]["slice"] == {"region": "eu"}
    assert "prediction=prediction" in answer["mapping"]["predictions"]


def test_quiet_says_nothing_but_errors(mseavro, events):
    assert mseavro("eval", events, "-q").stderr == ""
    assert "error[E0006]" in mseavro("eval", events, "-q", "--from", "x", exit_code=2).stderr


def test_an_output_file_is_replaced_whole(mseavro, events, tmp_path):
    path = tmp_path / "answer.csv"
    path.write_text("old", encoding="utf-8")
    mseavro("eval", events, "--by", "regoin", "-o", path, exit_code=2)
    assert path.read_text(encoding="utf-8") == "old"
    mseavro("eval", events, "-o", path)
    assert path.read_text(encoding="utf-8").startswith("model_version,")


def test_a_metrics_folder_is_rolled_up_and_reported(mseavro, events, tmp_path):
    folder = tmp_path / "days"
    folder.mkdir()
    for name, limit in (("a.avro", "--to"), ("b.avro", "--from")):
        mseavro("eval", events, limit, "2025-08-15", "--window", "day", "-o", folder / name)
    done = mseavro("rollup", folder, "--window", "none", "--format", "csv")
    assert done.stderr == "200 rows of 2 files merged into 2\n"
    expected = mseavro("eval", events, "--format", "csv").stdout
    assert [row["mse"] for row in csv.DictReader(done.stdout.splitlines())] == [
        row["mse"] for row in csv.DictReader(expected.splitlines())]
    assert "Notes" in mseavro("report", folder).stdout


def test_no_output_takes_the_place_of_an_input_or_of_the_other(mseavro, events, tmp_path):
    (tmp_path / "inner").mkdir()
    copy = tmp_path / "inner/events.avro"
    shutil.copy(events, copy)
    labels = tmp_path / "labels.csv"
    labels.write_text("prediction_id,actual\np-1,1\n")
    days = tmp_path / "days.avro"
    mseavro("eval", events, "--window", "day", "-o", days)
    for command in [("eval", copy, "-o", copy), ("report", copy, "-o", copy, "--format", "csv"),
                    ("eval", tmp_path / "inner", "-o", copy),
                    ("eval", copy, "--dead-letters", copy),
                    ("eval", copy, "--labels", labels, "-o", labels),
                    ("rollup", days, "-o", days),
                    ("eval", copy, "-o", tmp_path / "x",
                     "--dead-letters", tmp_path / "inner/../x")]:
        before = {path: path.read_bytes() for path in (copy, labels, days)}
        assert "E0008" in mseavro(*command, exit_code=2).stderr, command
        assert {path: path.read_bytes() for path in before} == before
    assert not (tmp_path / "x").exists()
    # Another output may be replaced as often as one likes.
    for _ in range(2):
        mseavro("eval", tmp_path / "inner", "-o", tmp_path / "inner/days.txt", "--format", "csv")


def test_a_folder_is_inspected_by_its_first_file_and_is_no_schema_and_no_log(
        mseavro, events, tmp_path):
    shutil.copy(events, tmp_path / "a.avro")
    alone = mseavro("inspect", tmp_path)
    assert "first of" not in alone.stderr
    shutil.copy(events, tmp_path / "b.avro")
    both = mseavro("inspect", tmp_path)
    assert "a.avro" in both.stdout and "this is the first of 2 files" in both.stderr
    for command in [("schema", "show", tmp_path),
                    ("ingest", tmp_path, "--rules", "movielog", "-o", tmp_path / "out")]:
        refused = mseavro(*command, exit_code=2).stderr
        assert "error[E0102]: this is a folder" in refused and "help: name a file in it" in refused


# The review table.

METRIC_ROWS = [
    # version, week of, count, mse, further
    ("v4.1.0", "2025-07-21", 1_254_310, 2.25, {}),
    ("v4.1.0", "2025-07-28", 1_254_310, 2.25, {"unlabelled": 400_000}),
    ("v4.2.0", "2025-07-28", 98, 16.875, {}),
    ("v4.2.0", "2025-08-04", 12, 9.0, {"notes": "backfilled"}),
    (None, "2025-07-28", 5_000, 2.25, {"rejected": 1}),
]


def metrics_file(path):
    """Metric rows made by another program: no state, only the numbers."""
    schema = json.loads((ROOT / "src/engine/question/metric_row.avsc").read_text(encoding="utf-8"))
    rows = []
    for version, week, count, mse, further in METRIC_ROWS:
        start = datetime.fromisoformat(week).replace(tzinfo=timezone.utc)
        start_micros = int(start.timestamp()) * 1_000_000
        rows.append({"model_version": version, "window_start": start_micros,
                     "window_end": start_micros + 7 * DAY * 1_000_000, "window": "week",
                     "count": count, "predictions": count, "mse": mse, "rmse": mse ** 0.5,
                     "mae": 1.1, "bias": 0.0, "state": b"", **further})
    with open(path, "wb") as file:
        fastavro.writer(file, schema, rows)
    return path


REVIEW = [
    ["Model Version", "Window", "Count", "MSE", "RMSE", "MAE", "Notes"],
    ["(none)", "2025-07-28 to 2025-08-03", "5,000", "2.25", "1.50", "1.10",
     "model version missing; 1 row rejected"],
    ["v4.1.0", "2025-07-21 to 2025-07-27", "1,254,310", "2.25", "1.50", "1.10", ""],
    ["v4.1.0", "2025-07-28 to 2025-08-03", "1,254,310", "2.25", "1.50", "1.10",
     "labels missing for 24 %"],
    ["v4.2.0", "2025-07-28 to 2025-08-03", "98", "16.88", "4.11", "1.10",
     "new version; 7.5x the MSE of v4.1.0"],
    ["v4.2.0", "2025-08-04 to 2025-08-10", "12", "9.00", "3.00", "1.10", "backfilled; few rows"],
]


def test_review_of_rows_made_elsewhere(mseavro, tmp_path):
    metrics = metrics_file(tmp_path / "metrics.avro")
    done = mseavro("report", metrics)
    assert done.stderr == "notes: compared with v4.1.0 (--baseline VERSION for another)\n"
    header, rule, *lines = done.stdout.splitlines()
    assert re.fullmatch(r"(-+  ){6}-+", rule)
    # Columns end or begin where the rule says, so the numbers stand below each other.
    columns = [match.span() for match in re.finditer("-+", rule)]
    assert [[line[begin:end].strip() for begin, end in columns] for line in [header, *lines]] == (
        REVIEW)

    markdown = mseavro("report", metrics, "--format", "md").stdout.splitlines()
    del markdown[1]
    assert [[cell.strip() for cell in line.split("|")[1:-1]] for line in markdown] == REVIEW
    table = mseavro("report", metrics, "--format", "csv").stdout
    assert list(csv.reader(table.splitlines())) == REVIEW
    assert '"1,254,310"' in table


def test_baseline_is_chosen_by_the_user(mseavro, tmp_path):
    metrics = metrics_file(tmp_path / "metrics.avro")
    done = mseavro("report", metrics, "--baseline", "v4.2.0")
    assert "labels missing for 24 %; MSE 87 % lower than v4.2.0" in done.stdout
    assert "compared with" not in done.stderr


# Terminals, pipes and signals.

def on_terminal(mseavro, *arguments, **environment):
    """What the command writes when both its streams are a terminal."""
    leader, follower = open_terminal()
    own = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "TERM": "xterm"} | environment
    with subprocess.Popen([mseavro.path, *map(str, arguments)], stdin=follower, stdout=follower,
                          stderr=follower, env=own) as process:
        os.close(follower)
        written = b""
        while True:
            try:
                part = os.read(leader, 65536)
            except OSError:  # Linux says EIO when the other end is gone.
                break
            if not part:
                break
            written += part
        os.close(leader)
        process.wait(timeout=60)
    return written.decode()


def test_colors_on_a_terminal_only_and_never_unwanted(mseavro, events):
    assert "\x1b[1mModel Version" in on_terminal(mseavro, "eval", events)
    assert "\x1b[1;31merror[E0006]\x1b[0m: " in on_terminal(mseavro, "eval", events, "--to", "x")
    assert "\x1b" not in on_terminal(mseavro, "eval", events, NO_COLOR="1")
    assert "\x1b" not in on_terminal(mseavro, "eval", events, "--color", "never")
    assert "\x1b" not in mseavro("eval", events).stdout
    assert "\x1b[1m" in mseavro("eval", events, "--color", "always").stdout


def test_data_cannot_command_the_terminal(mseavro, tmp_path):
    path = write_predictions(tmp_path / "events.avro", [
        prediction(1, actual=1.0, region="\x1b[2J"), prediction(2, actual=1.0, version="a\nb")])
    shown = mseavro("eval", path, "--by", "region").stdout
    assert "\x1b" not in shown and "\\x1b[2J" in shown and "a\\x0ab" in shown


@pytest.mark.parametrize("arguments", [
    ["eval", "EVENTS"], ["report", "EVENTS", "--format", "csv"], ["cat", "EVENTS"],
    ["inspect", "EVENTS"], ["--help"], ["eval", "--help"], ["--version"], ["explain", "E0203"]])
def test_output_that_cannot_be_written_is_an_error(mseavro, events, arguments):
    arguments = [str(events) if word == "EVENTS" else word for word in arguments]
    with open("/dev/full", "wb") as full:
        done = subprocess.run([mseavro.path, *arguments], stdout=full, stderr=subprocess.PIPE,
                              encoding="utf-8", timeout=60, check=False)
    assert (done.returncode, "error[E0103]: " in done.stderr) == (2, True)
    closed = subprocess.run(["sh", "-c", '"$0" "$@" >&-', mseavro.path, *arguments],
                            stderr=subprocess.PIPE, encoding="utf-8", timeout=60, check=False)
    assert (closed.returncode, "error[E0103]: " in closed.stderr) == (2, True)


def test_closed_standard_error_does_not_spoil_an_output_file(mseavro, events, tmp_path):
    plain = tmp_path / "plain.avro"
    closed = tmp_path / "closed.avro"
    mseavro("cat", events, "-o", plain, "--format", "json")
    subprocess.run(["sh", "-c", '"$0" "$@" <&- 2>&-', mseavro.path, "cat", str(events), "-o",
                    str(closed), "--format", "json"], timeout=60, check=True)
    assert closed.read_bytes() == plain.read_bytes()


def test_a_reader_that_goes_away_ends_the_command_quietly(mseavro, tmp_path):
    path = write_predictions(tmp_path / "many.avro", [prediction(n) for n in range(20000)])
    done = subprocess.run(["bash", "-c", '"$0" cat "$1" | head -n 1; exit "${PIPESTATUS[0]}"',
                           mseavro.path, str(path)], capture_output=True, encoding="utf-8",
                          timeout=60, check=False)
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr == ""
    assert done.returncode == 128 + signal.SIGPIPE


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_nothing_behind(mseavro, tmp_path, number):
    source = write_predictions(tmp_path / "many.avro", [prediction(n) for n in range(20000)])
    output = tmp_path / "output"
    output.mkdir()
    # The same file a thousand times takes longer than the signal.
    # What the tests themselves were started with, as under nohup, must not show.
    with subprocess.Popen([mseavro.path, "cat", *[str(source)] * 1000, "-o",
                           str(output / "all.jsonl")],
                          preexec_fn=lambda: signal.signal(number, signal.SIG_DFL)) as process:
        while not list(output.iterdir()):
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(number)
        assert process.wait(timeout=60) == 128 + number
    assert not list(output.iterdir())


def is_read_behind_its_beginning(maps, file):
    """Not only looked at: `maps` has lines as "7f00-7f40 r--s 00400000 08:01 1234  /a/b.avro"."""
    mapped = [line.split() for line in maps.read_text(encoding="utf-8").splitlines()]
    return any(line[-1] == str(file) and int(line[2], 16) > 1 << 20 for line in mapped)


def test_a_file_that_is_cut_while_it_is_read_is_an_error(mseavro, tmp_path):
    """Files are read where the system maps them: the cut arrives as a signal, or is seen by the
    next look at the size."""
    if not pathlib.Path("/proc/self/maps").exists():
        pytest.skip("there is no /proc to see what is read")
    once = write_predictions(tmp_path / "once.avro", [prediction(n, actual=1.0)
                                                      for n in range(20000)]).read_bytes()
    header_end = once.index(once[-16:]) + 16
    many = tmp_path / "many.avro"
    # On a busy machine all of it may have been read before it is cut.
    for _ in range(20):
        many.write_bytes(once[:header_end] + once[header_end:] * 300)
        with subprocess.Popen([mseavro.path, "eval", many, "-o", tmp_path / "out.csv"],
                              stderr=subprocess.PIPE, encoding="utf-8") as process:
            maps = pathlib.Path(f"/proc/{process.pid}/maps")
            while process.poll() is None and not is_read_behind_its_beginning(maps, many):
                pass
            process.send_signal(signal.SIGSTOP)
            os.truncate(many, header_end + 10)
            process.send_signal(signal.SIGCONT)
            errors = process.communicate(timeout=60)[1]
        if process.returncode != 0:
            break
    assert process.returncode == 2, errors
    assert "error[E0102]" in errors and f"  at {many}\n" in errors, errors
    assert not (tmp_path / "out.csv").exists()
