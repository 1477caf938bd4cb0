"""Every error that the command line can end in: its code, its place, what helps, and no output."""

import io
import json
import pathlib
import re
import struct
import zlib

import fastavro
import pytest
from avro_parts import SYNC, long, text
from events import (DAY, PREDICTION_FIELDS, TIMESTAMP, at, avro_bytes, label, prediction,
                    record_schema, write_avro, write_labels, write_predictions)

ROOT = pathlib.Path(__file__).resolve().parents[2]
NAN = float("nan")

# Codes that no input of this version's command line leads to.
UNREACHABLE = {
    "E0306": "no command makes Arrow columns; the library does",
    "E0307": "as E0306",
    "E0504": "joins and groups are bounded by the machine's memory until there is a budget",
}


def container(schema, *blocks, codec="null", metadata=None):
    """A container file by hand. A block is (record count, bytes), or bytes as they stand."""
    schema = schema if isinstance(schema, (str, bytes)) else json.dumps(schema)
    schema = schema if isinstance(schema, bytes) else schema.encode()
    entries = metadata or {"avro.schema": schema, "avro.codec": codec.encode()}
    file = b"Obj\x01" + long(len(entries))
    for key, value in entries.items():
        file += text(key.encode()) + text(value)
    file += long(0) + SYNC
    for block in blocks:
        if isinstance(block, tuple):
            count, data = block
            block = long(count) + text(data) + SYNC
        file += block
    return file


ONE_FIELD = record_schema({"prediction": "double", "actual": "double"})
ONE_ROW = struct.pack("<dd", 10.0, 12.0)


def deflated(size):
    """A block of zeros."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(bytes(size)) + packer.flush()


def with_field(kind, data):
    """A file with a field of this type behind the numbers; `data` are its bytes in one record."""
    schema = record_schema({"prediction": "double", "actual": "double", "extra": kind})
    return container(schema, (1, ONE_ROW + data))


def many_predictions():
    return [prediction(number, 10.0, actual=float(number)) for number in range(2000)]


SOUND = avro_bytes(PREDICTION_FIELDS, many_predictions(), sync_interval=4096)
SNAPPY = avro_bytes(PREDICTION_FIELDS, many_predictions(), codec="snappy", sync_interval=4096)


def changed(data, position, to=None):
    """The data with the byte at `position` replaced, or turned over."""
    data = bytearray(data)
    data[position] = data[position] ^ 0xFF if to is None else to
    return bytes(data)


def block_starts(data):
    blocks = list(fastavro.block_reader(io.BytesIO(data)))
    return [block.offset for block in blocks]


def schema_file(schema):
    return container(schema, (1, ONE_ROW))


NESTED = '{"type":"array","items":' * 300 + '"long"' + "}" * 300

# name: (code, bytes of the file, what stderr must show besides)
BAD_FILES = {
    "no avro": ("E0201", b"PAR1" + b"x" * 100, ["byte 0"]),
    "JSON lines": ("E0201", b'{"prediction": 1, "actual": 2}\n', ["JSON"]),
    "an empty file": ("E0201", b"", []),
    "another version of avro": ("E0201", b"Obj\x02" + SOUND[4:], []),
    "no schema": ("E0202", container("", metadata={"avro.codec": b"null"}), ["schema"]),
    "metadata of a negative size": ("E0202", b"Obj\x01\x02" + long(-5) + b"x" * 50, []),
    "cut in the magic": ("E0201", SOUND[:3], []),
    "cut in the metadata": ("E0203", SOUND[:60], ["byte"]),
    "cut in a block": ("E0203", SOUND[:block_starts(SOUND)[2] + 700], ["block 2", "byte"]),
    "cut in a block's count": ("E0203", SOUND[:block_starts(SOUND)[2] + 1], ["block 2"]),
    "cut in the last marker": ("E0203", SOUND[:-1], ["block"]),
    "a wrong marker": ("E0204", changed(SOUND, block_starts(SOUND)[1] - 1), ["block 0", "byte"]),
    "an unknown codec": (
        "E0205", container(ONE_FIELD, (1, ONE_ROW), codec="lz4"), ["lz4", "zstandard"]),
    "a deflate block of garbage": (
        "E0206", container(ONE_FIELD, (1, b"\xff" * 40), codec="deflate"), ["block 0"]),
    "a snappy block of garbage": (
        "E0206", container(ONE_FIELD, (1, b"\xff" * 40), codec="snappy"), ["block 0"]),
    "a zstandard block of garbage": (
        "E0206", container(ONE_FIELD, (1, b"\xff" * 40), codec="zstandard"), ["block 0"]),
    "a snappy checksum": (
        "E0207", changed(SNAPPY, block_starts(SNAPPY)[1] - 17), ["block 0"]),
    "fewer records counted than there are": (
        "E0208", container(ONE_FIELD, (1, ONE_ROW * 2)), ["block 0", "16"]),
    "a block of 100 GB": (
        "E0203", container(ONE_FIELD, long(1) + long(10**11) + ONE_ROW + SYNC), ["block 0"]),
    "a block that unpacks to 100 MB": (
        "E0209", container(ONE_FIELD, (1, deflated(100_000_000)), codec="deflate"),
        ["block 0", "--max-block-size"]),
    "a string of 100 GB": ("E0213", with_field("string", long(10**11)), ["block 0", "record 0"]),
    "an integer without an end": ("E0210", with_field("long", b"\xff" * 11), ["record 0"]),
    "an int beyond 32 bits": ("E0210", with_field("int", long(2**40)), ["record 0"]),
    "a boolean of 2": ("E0211", with_field("boolean", b"\x02"), ["record 0"]),
    "a branch that a union does not have": (
        "E0212", with_field(["null", "long"], long(2)), ["record 0"]),
    "a symbol that an enum does not have": (
        "E0212", with_field({"type": "enum", "name": "E", "symbols": ["A"]}, long(1)), []),
    "a negative length": ("E0213", with_field("string", long(-1)), ["record 0"]),
    "a schema too deep": ("E0209", schema_file(NESTED), ["128"]),
    "a value too deep": (
        "E0214",
        with_field({"type": "record", "name": "Node",
                    "fields": [{"name": "next", "type": ["null", "Node"]}]},
                   long(1) * 5000 + long(0)), ["record 0"]),
    "more records counted than fit": (
        "E0215", container(ONE_FIELD, (10**6, ONE_ROW)), ["block 0"]),
    "two files joined": ("E0215", SOUND + SOUND, ["block", "byte"]),
    "a negative count of records": ("E0215", container(ONE_FIELD, (-1, ONE_ROW)), ["block 0"]),
    "a schema that is no JSON": ("E0301", schema_file('{"type": "record",}'), []),
    "a schema without fields": (
        "E0302", schema_file({"type": "record", "name": "Event"}), ["fields"]),
    "a name defined twice": (
        "E0303", schema_file(record_schema({
            "a": {"type": "enum", "name": "Twice", "symbols": ["A"]},
            "b": {"type": "enum", "name": "Twice", "symbols": ["A"]}})), ["Twice"]),
    "a type that nobody defined": (
        "E0304", schema_file(record_schema({"a": "Adress"})), ["Adress"]),
}


def fails(mseavro, folder, code, *arguments, show=()):
    """Runs a command that ends in an error; checks all that holds for every error."""
    before = sorted(folder.rglob("*"))
    done = mseavro(*arguments, exit_code=2)
    assert done.stdout == ""
    assert f"error[{code}]: " in done.stderr, done.stderr
    message = next(line for line in done.stderr.splitlines() if line.startswith("error["))
    assert not message.endswith(".") or message.endswith("..."), message
    for part in show:
        assert part in done.stderr, done.stderr
    assert sorted(folder.rglob("*")) == before
    return done.stderr


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_file_stops_the_run(mseavro, tmp_path, name):
    code, data, show = BAD_FILES[name]
    path = tmp_path / "events.avro"
    path.write_bytes(data)
    answer = tmp_path / "answer.csv"
    fails(mseavro, tmp_path, code, "eval", path, "-o", answer, show=[str(path), *show])
    # With several threads, and beside a sound file, the place is the same.
    write_predictions(tmp_path / "aaa.avro", many_predictions()[:3])
    several = ("eval", tmp_path / "aaa.avro", path, "--threads", "8", "--mix-versions")
    fails(mseavro, tmp_path, code, *several, "-o", answer, show=[str(path), *show])


def test_no_cut_goes_unnoticed(mseavro, tmp_path):
    """A file cut anywhere is an error, unless it is cut between two blocks, where nothing tells."""
    starts = set(block_starts(SOUND)) | {len(SOUND)}
    path = tmp_path / "cut.avro"
    for size in sorted({*range(0, len(SOUND), 1511), *(start - 1 for start in starts)}):
        if size in starts:
            continue
        path.write_bytes(SOUND[:size])
        code = "E0201" if size < 4 else "E0203"
        fails(mseavro, tmp_path, code, "eval", path, show=[str(path)])


def questions(folder):
    """name: (code, arguments, what stderr must show). Errors of the question and its fields."""
    sound = write_predictions(folder / "sound.avro", many_predictions()[:100])
    labels = write_labels(folder / "labels.avro", [label(1, 2.0, 5)])
    events = {
        "prediction_id": "string", "prediction": "double", "actual": "double",
        "timestamp": TIMESTAMP}
    row = {"prediction_id": "p-1", "prediction": 1.0, "actual": 2.0, "timestamp": at(0)}

    def file(name, fields, **values):
        records = [row | values | {"prediction_id": f"p-{number}"} for number in range(3)]
        records = [{field: record[field] for field in fields} for record in records]
        return write_avro(folder / f"{name}.avro", fields, records)

    def without(*names):
        return {field: kind for field, kind in events.items() if field not in names}

    unclear = file("unclear", without("timestamp") | {"timestamp": "long"}, timestamp=17)
    two = file("two", without("prediction") | {"y_pred": "double", "y_hat": "double"}, y_pred=1.0,
               y_hat=1.0)
    text_number = file("text_number", events | {"prediction": "string"}, prediction="28.7")
    text_label = file("text_label", events | {"actual": "string"}, actual="spam")
    no_role = file("no_role", without("prediction") | {"q17": "double"}, q17=1.0)
    no_time = file("no_time", without("timestamp"))
    a_map = file("a_map", events | {"tags": {"type": "map", "values": "string"}}, tags={"a": "b"})
    plain_labels = folder / "plain.csv"
    plain_labels.write_text("prediction_id,actual\np-1,2.0\n", encoding="utf-8")
    rejected = write_predictions(folder / "rejected.avro",
                                 [prediction(1, NAN), prediction(2, actual=1.0)])
    bad_labels = write_labels(folder / "bad_labels.avro", [label(1, NAN, 5), label(2, 1.0, 5)])
    another = folder / "another.avsc"
    another.write_text('"int"', encoding="utf-8")
    (folder / "empty").mkdir()

    def csv_labels(name, content):
        (folder / name).write_text(content, encoding="utf-8")
        return ("eval", sound, "--labels", folder / name)

    garbage = folder / "garbage.json"
    garbage.write_text("garbage in, error out\n", encoding="utf-8")
    message = folder / "message.bin"
    message.write_bytes(b"\xc3\x01" + bytes(8) + b"\x02")
    wrong_value = folder / "wrong_value.json"
    wrong_value.write_text('{"prediction_id": 5}\n', encoding="utf-8")

    spec = folder / "spec.toml"
    spec.write_text('timezone = "UTC"\nwindw = "week"\n', encoding="utf-8")
    broken_spec = folder / "broken.toml"
    broken_spec.write_text('window = "week\n', encoding="utf-8")
    rules = folder / "rules.toml"
    rules.write_text('[line]\npattern = "{time:tme} {event}"\n[[event]]\nname = "E"\n'
                     'output = "e"\nschema = "movie_watch_schema"\npattern = "x"\n',
                     encoding="utf-8")
    ingest = ("ingest", spec, "-o", folder / "events")
    typed_spec = folder / "typed.toml"
    typed_spec.write_text('window = ["day", "week"]\n', encoding="utf-8")
    return {
        "a schema that does not read the file's data": (
            "E0305", ["cat", sound, "--reader-schema", another], ["int"]),
        "no such command": ("E0001", ["evl"], ["help: did you mean mseavro eval?"]),
        "a file for a command": ("E0001", [sound], ["did you mean mseavro eval"]),
        "no such option": ("E0001", ["eval", sound, "--windw", "day"], ["did you mean --window?"]),
        "no value": ("E0001", ["eval", sound, "--window"], ["--window needs KIND"]),
        "no source": ("E0001", ["eval"], ["eval takes SRC...", "for example"]),
        "no such error code": ("E0001", ["explain", "E9999"], ["E9999"]),
        "an unknown window": (
            "E0002", ["eval", sound, "--window", "wek"], ["--window", "value: wek", "week"]),
        "an unknown format": ("E0002", ["eval", sound, "--format", "xml"], ["--format", "jsonl"]),
        "an unknown suffix": ("E0002", ["eval", sound, "-o", folder / "a.parquet"], ["--format"]),
        "a format of another command": (
            "E0002", ["report", sound, "-o", folder / "a.json"], ["table, md, csv"]),
        "no number of threads": ("E0002", ["eval", sound, "--threads", "many"], ["--threads"]),
        "no share": ("E0002", ["eval", sound, "--max-rejected", "150%"], ["5%"]),
        "no length": ("E0002", ["eval", sound, "--max-label-delay", "soon"], ["30d"]),
        "no size": ("E0002", ["eval", sound, "--max-block-size", "big"], ["256MiB"]),
        "no unit": ("E0002", ["eval", sound, "--time-unit", "minutes"], ["s, ms, us and ns"]),
        "no metric": ("E0002", ["eval", sound, "--metrics", "r2"], ["r2", "quantiles"]),
        "no role": ("E0002", ["eval", sound, "--map", "score=a"], ["prediction_id"]),
        "no baseline": (
            "E0002", ["report", sound, "--baseline", "v9"], ["v9", "the versions are v1"]),
        "no color": ("E0002", ["eval", sound, "--color", "pink"], ["auto"]),
        "a key that no option has": (
            "E0003", ["eval", sound, "--spec", spec], ["line 2", "windw", "did you mean window?"]),
        "a broken file of options": ("E0003", ["eval", sound, "--spec", broken_spec], ["line 1"]),
        "several values for one": ("E0003", ["eval", sound, "--spec", typed_spec], ["line 1"]),
        "a filter without quotes": (
            "E0004", ["eval", sound, "--where", "region == eu"], ["column 11"]),
        "a filter that compares text with a number": (
            "E0004", ["eval", sound, "--where", "region == 3"], ["quotes"]),
        "an empty filter": ("E0004", ["eval", sound, "--where", "("], []),
        "an unknown time zone": (
            "E0005", ["eval", sound, "--timezone", "America/NewYork"],
            ["did you mean America/New_York?"]),
        "no time": ("E0006", ["eval", sound, "--from", "28.07.2025"], ["28.07.2025", "2025-07-28"]),
        "no such day": ("E0006", ["eval", sound, "--to", "2025-02-30"], ["2025-02-30"]),
        "an empty folder": ("E0007", ["eval", folder / "empty"], ["empty"]),
        "two that exclude each other": (
            "E0008", ["rollup", sound, "--latest", "--disjoint"], ["--latest", "--disjoint"]),
        "a range the wrong way round": (
            "E0008", ["eval", sound, "--from", "2025-02-02", "--to", "2025-02-01"], ["--from"]),
        "rules with a type that is none": (
            "E0009", [*ingest, "--rules", rules], ["rules.toml", "line 2", "column 18", "tme"]),
        "rules that are no TOML": ("E0009", [*ingest, "--rules", broken_spec], ["line 1"]),
        "no rules": ("E0001", ingest, ["movielog"]),
        "no such rules": ("E0101", [*ingest, "--rules", "movilog"], ["movielog"]),
        "lines that are not there": (
            "E0101", ["ingest", folder / "no.log", "--rules", "movielog", "-o", folder / "events"],
            ["no.log"]),
        "a range of no field": (
            "E0002", [*ingest, "--rules", "movielog", "--range", "stars=1..5"], ["stars"]),
        "rotation of what is not followed": (
            "E0008", [*ingest, "--rules", "movielog", "--rotate-every", "1h"], ["--follow"]),
        "a folder that is not named": (
            "E0001", ["ingest", spec, "--rules", "movielog"], ["-o DIR"]),
        "a partition by no field": (
            "E0403", ["convert", sound, "-o", folder / "parts", "--partition-by", "regoin"],
            ["regoin"]),
        "no such file": ("E0101", ["eval", folder / "nothing.avro"], ["nothing.avro", "spelling"]),
        "no such pattern": ("E0101", ["eval", folder / "x*.avro"], ["folder"]),
        "no such file of options": (
            "E0101", ["eval", sound, "--spec", folder / "no.toml"], ["no.toml"]),
        "a folder as a file of options": ("E0102", ["eval", sound, "--spec", folder], []),
        "an output in no folder": (
            "E0103", ["eval", sound, "-o", folder / "no/x.csv"], ["make the folder first"]),
        "an output that is a folder": ("E0103", ["eval", sound, "-o", folder / "empty"], ["empty"]),
        "dead letters in no folder": (
            "E0103", ["eval", sound, "--dead-letters", folder / "no/x.avro"], []),
        "a role that no field has": ("E0401", ["eval", no_role], ["--map prediction="]),
        "windows without a time": (
            "E0401", ["eval", no_time, "--window", "day"], ["--map timestamp="]),
        "two fields for a role": ("E0402", ["eval", two], ["y_pred", "y_hat", "--map prediction="]),
        "a key that no file has": (
            "E0403", ["eval", sound, "--by", "regoin"], ["regoin", "region"]),
        "a filter of a field that no file has": (
            "E0403", ["eval", sound, "--where", "regoin == 'eu'"], ["regoin"]),
        "a number as text": ("E0404", ["eval", text_number], ["28.7", "--parse-text-numbers"]),
        "a role for a map": ("E0405", ["eval", a_map, "--map", "prediction=tags"], ["tags"]),
        "labels that are classes": ("E0406", ["eval", text_label], ["spam"]),
        "a time of an unclear unit": (
            "E0407", ["eval", unclear, "--window", "day"], ["17", "--time-unit"]),
        "too many rejected": (
            "E0501", ["eval", rejected], ["1 of 2", "prediction_not_finite", "--max-rejected"]),
        "too many rejected labels": (
            "E0501", ["eval", sound, "--labels", bad_labels], ["1 of 2 label rows"]),
        "a line of CSV too long": (
            "E0501", csv_labels("long.csv", "prediction_id,actual\np-1,3.5,7\n"),
            ["1 malformed_row"]),
        "an open quote in CSV": (
            "E0502", csv_labels("open.csv", 'prediction_id,actual\n"p-1,3.5\n'), ["line 2"]),
        "CSV without a header": ("E0502", csv_labels("none.csv", ""), ["line 1"]),
        "a name twice in CSV": (
            "E0502", csv_labels("twice.csv", "prediction_id,actual,actual\np-1,1,2\n"), ["actual"]),
        "labels without times": (
            "E0503", ["eval", sound, "--map", "actual=", "--labels", plain_labels,
                      "--max-label-delay", "3d"], ["plain.csv", "--map label_timestamp"]),
        "inline actuals without times": (
            "E0503", ["eval", sound, "--as-of", "2025-08-01"], ["sound.avro"]),
        "bytes that are no message": (
            "E0216", ["decode", garbage, "--single-object", "--schema", sound], ["garbage"]),
        "a message of another schema": (
            "E0308", ["decode", message, "--single-object", "--schema", sound], ["message"]),
        "a line that is no JSON": (
            "E0505", ["encode", garbage, "--schema", sound], ["garbage", "line 1"]),
        "a value of another type": (
            "E0506", ["encode", wrong_value, "--schema", sound], ["model_version", "line 1"]),
        "events for metric rows": ("E0601", ["rollup", sound], ["sound.avro"]),
    }


def metric_files(mseavro, folder):
    """Errors of metrics files, as questions() has those of events."""
    events = write_predictions(folder / "events.avro", [
        prediction(number, actual=1.0, seconds=number * DAY, region="eu") for number in range(10)])

    def metrics(name, *options):
        mseavro("eval", events, "-o", folder / name, *options)
        return folder / name

    days = metrics("days.avro", "--window", "day", "--by", "region")
    weeks = metrics("weeks.avro", "--window", "week")
    berlin = metrics("berlin.avro", "--window", "day", "--timezone", "Europe/Berlin")
    schema, records = read_metrics(days)

    def rewritten(name, **values):
        with open(folder / name, "wb") as file:
            fastavro.writer(file, schema, [record | values for record in records])
        return folder / name

    copy = rewritten("copy.avro")
    return {
        "rows in two files": (
            "E0602", ["rollup", days, copy], ["days.avro", "copy.avro", "--latest", "--disjoint"]),
        "rows in two files of a report": ("E0602", ["report", days, copy], ["copy.avro"]),
        "windows that overlap": (
            "E0602", ["rollup", weeks, metrics("plain_days.avro", "--window", "day")],
            ["2025-07-28"]),
        "rows that are no panes": ("E0603", ["rollup", rewritten("rolling.avro", kind="ROLLING")],
                                   ["ROLLING"]),
        "rows of two time zones": (
            "E0603", ["rollup", berlin, days], ["Europe/Berlin", "--timezone"]),
        "a state that is damaged": ("E0604", ["rollup", rewritten("bad.avro", state=b"\xff\x00")],
                                    ["bad.avro", "field state"]),
        "a row without its state": ("E0604", ["rollup", rewritten("none.avro", state=b"")],
                                    ["none.avro"]),
        "weeks in months": ("E0605", ["rollup", weeks, "--window", "month"], ["2025-07-28"]),
        "a key that rows do not have": (
            "E0403", ["rollup", days, "--by", "country"], ["country", "--by"]),
        "a question to metric rows": (
            "E0008", ["report", days, "--window", "month"], ["--window", "mseavro rollup"]),
        "metric rows beside events": ("E0601", ["report", days, events], ["events.avro"]),
    }


def read_metrics(path):
    with open(path, "rb") as file:
        reader = fastavro.reader(file)
        return reader.writer_schema, list(reader)


@pytest.fixture(scope="module")
def question_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("questions")


@pytest.fixture(scope="module")
def question_cases(question_folder):
    return questions(question_folder)


@pytest.fixture(scope="module")
def metric_cases(mseavro, question_folder):
    folder = question_folder / "metrics"
    folder.mkdir()
    return metric_files(mseavro, folder)


def check_cases(mseavro, folder, cases):
    failures = []
    for name, (code, arguments, show) in cases.items():
        try:
            fails(mseavro, folder, code, *arguments, show=show)
        except AssertionError as error:
            failures.append(f"{name}: {error}")
    assert not failures, "\n".join(failures)


def test_question_that_cannot_be_answered_is_an_error(mseavro, question_folder, question_cases):
    check_cases(mseavro, question_folder, question_cases)


def test_metric_rows_that_do_not_merge_are_an_error(mseavro, question_folder, metric_cases):
    check_cases(mseavro, question_folder, metric_cases)


def codes_of_header():
    header = (ROOT / "include/mseavro/error.h").read_text(encoding="utf-8")
    numbers = re.findall(r"^  k\w+ = (\d+),", header, re.MULTILINE)
    return {f"E{int(number):04}" for number in numbers}


def test_every_code_has_a_case(question_cases, metric_cases):
    covered = {code for code, _, _ in (*BAD_FILES.values(), *question_cases.values(),
                                       *metric_cases.values())}
    assert covered == codes_of_header() - UNREACHABLE.keys()


def test_every_code_is_explained(mseavro):
    for code in codes_of_header():
        explanation = mseavro("explain", code).stdout
        assert explanation.startswith(f"{code}: ") and "For example: " in explanation
        assert max(map(len, explanation.split("For example")[0].splitlines())) <= 98
