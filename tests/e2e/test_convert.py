"""`mseavro convert`: Avro, CSV and JSON lines into each other, with fastavro on the other side."""

import csv
import json
from datetime import datetime, timezone
from decimal import Decimal

import fastavro
import pytest

SCHEMA = {
    "type": "record", "name": "Event",
    "fields": [
        {"name": "id", "type": "string"},
        {"name": "score", "type": ["null", "double"], "default": None},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}},
        {"name": "paid", "type": ["null", {"type": "bytes", "logicalType": "decimal",
                                           "precision": 9, "scale": 2}], "default": None},
        {"name": "features", "type": {"type": "record", "name": "Features", "fields": [
            {"name": "region", "type": ["null", "string"]},
            {"name": "age", "type": "int"}]}},
        {"name": "tags", "type": {"type": "map", "values": "string"}},
    ],
}


def records(count=1000):
    return [{
        "id": f'row "{number}", with a comma',
        "score": None if number % 7 == 0 else number / 3,
        "at": datetime(2025, 7, 28, 10, 30, 15, number * 997 % 1_000_000, timezone.utc),
        "paid": None if number % 5 == 0 else Decimal(number - 500).scaleb(-2),
        "features": {"region": [None, "eu", "us"][number % 3], "age": number - 7},
        "tags": {"t": "x" * (number % 4)} if number % 2 else {},
    } for number in range(count)]


def read(path):
    with open(path, "rb") as file:
        return list(fastavro.reader(file))


@pytest.fixture(name="avro")
def avro_file(tmp_path):
    path = tmp_path / "in.avro"
    with open(path, "wb") as file:
        fastavro.writer(file, SCHEMA, records(), codec="deflate", sync_interval=4096,
                        metadata={"owner": "team"})
    return path


@pytest.fixture(name="schema")
def schema_file(tmp_path):
    path = tmp_path / "event.avsc"
    path.write_text(json.dumps(SCHEMA))
    return path


def block_count(path):
    with open(path, "rb") as file:
        return sum(1 for _ in fastavro.block_reader(file))


@pytest.mark.parametrize("codec", ["null", "deflate", "snappy", "zstandard"])
def test_another_codec_keeps_records_blocks_and_metadata(mseavro, tmp_path, avro, codec):
    out = tmp_path / "out.avro"
    done = mseavro("convert", avro, "-o", out, "--codec", codec)
    assert "wrote 1,000 records" in done.stderr
    assert read(out) == records()
    assert block_count(out) == block_count(avro) > 5
    with open(out, "rb") as file:
        metadata = fastavro.reader(file).metadata
    assert metadata["owner"] == "team" and metadata["avro.codec"] == codec


def test_the_codec_of_the_input_stays_by_itself(mseavro, tmp_path):
    path = tmp_path / "in.avro"
    with open(path, "wb") as file:
        fastavro.writer(file, SCHEMA, records(10), codec="snappy")
    out = tmp_path / "out.avro"
    mseavro("convert", path, "-o", out)
    with open(out, "rb") as file:
        assert fastavro.reader(file).metadata["avro.codec"] == "snappy"


def test_another_block_size_frames_the_same_records_anew(mseavro, tmp_path, avro):
    small, large = tmp_path / "small.avro", tmp_path / "large.avro"
    mseavro("convert", avro, "-o", small, "--block-size", "1B", "--codec", "null")
    assert block_count(small) == 1000 and read(small) == records()
    mseavro("convert", small, "-o", large, "--block-size", "1MiB")
    assert block_count(large) == 1 and read(large) == records()


def test_a_higher_level_is_smaller(mseavro, tmp_path, avro):
    sizes = []
    for level in (1, 19):
        out = tmp_path / f"{level}.avro"
        mseavro("convert", avro, "-o", out, "--codec", "zstandard", "--level", level)
        assert read(out) == records()
        sizes.append(out.stat().st_size)
    assert sizes[1] < sizes[0]


@pytest.mark.parametrize("codec, level, says", [
    ("deflate", 30, "1 to 12"), ("deflate", 0, "1 to 12"), ("zstandard", 99, "1 to 22"),
    ("snappy", 3, "no levels"), ("null", 1, "no levels")])
def test_a_level_that_the_codec_does_not_have_is_refused(mseavro, tmp_path, avro, codec, level,
                                                         says):
    for arguments in (["convert", avro, "-o", tmp_path / "out.avro"],
                      ["ingest", avro, "--rules", "movielog", "-o", tmp_path / "out"]):
        failed = mseavro(*arguments, "--codec", codec, "--level", level, exit_code=2)
        assert "error[E0002]" in failed.stderr and says in failed.stderr
        assert list(tmp_path.iterdir()) == [avro]
    deflate = mseavro("convert", avro, "-o", tmp_path / "out.avro", "--level", 13, exit_code=2)
    assert "deflate has the levels 1 to 12" in deflate.stderr


def test_damage_is_an_error_and_leaves_no_output(mseavro, tmp_path, avro):
    damaged = tmp_path / "damaged.avro"
    content = bytearray(avro.read_bytes())
    content[len(content) // 2] ^= 0xff
    damaged.write_bytes(content)
    out = tmp_path / "out.avro"
    failed = mseavro("convert", damaged, "-o", out, exit_code=2)
    assert "error[E02" in failed.stderr and not out.exists()
    saved = mseavro("convert", damaged, "-o", out, "--salvage")
    assert "lost" in saved.stderr
    assert 900 < len(read(out)) < 1000


def test_wrong_bytes_in_a_record_are_found_though_nothing_is_decoded(mseavro, tmp_path):
    path = tmp_path / "wrong.avro"
    schema = {"type": "record", "name": "R", "fields": [{"name": "x", "type": "long"}]}
    with open(path, "wb") as file:
        fastavro.writer(file, schema, [{"x": -1}] * 10)
    content = path.read_bytes()
    path.write_bytes(content.replace(b"\x01" * 10, b"\x01" * 9 + b"\x81"))
    failed = mseavro("convert", path, "-o", tmp_path / "out.avro", exit_code=2)
    assert "error[E02" in failed.stderr


def test_a_reader_schema_is_what_is_written(mseavro, tmp_path, avro):
    reader = {"type": "record", "name": "Event", "fields": [
        {"name": "source", "type": "string", "default": "log"},
        {"name": "score", "type": ["null", "double"]},
        {"name": "key", "type": "bytes", "aliases": ["id"]}]}
    path = tmp_path / "reader.avsc"
    path.write_text(json.dumps(reader))
    out = tmp_path / "out.avro"
    mseavro("convert", avro, "-o", out, "--reader-schema", path)
    assert read(out) == [{"source": "log", "score": record["score"],
                          "key": record["id"].encode()} for record in records()]


@pytest.mark.parametrize("style, cat_style", [([], ["--plain"]), (["--plain"], ["--plain"]),
                                              (["--avro-json"], [])])
def test_json_lines_and_back_are_the_same_records(mseavro, tmp_path, avro, schema, style,
                                                  cat_style):
    lines, back = tmp_path / "lines.jsonl", tmp_path / "back.avro"
    mseavro("convert", avro, "-o", lines, *style)
    assert lines.read_text() == mseavro("cat", avro, *cat_style).stdout
    mseavro("convert", lines, "-o", back, "--schema", schema, *style)
    assert read(back) == records()


def test_csv_and_back_are_the_same_records(mseavro, tmp_path, avro, schema):
    table, back = tmp_path / "table.csv", tmp_path / "back.avro"
    mseavro("convert", avro, "-o", table)
    with open(table, encoding="utf-8", newline="") as file:
        assert next(csv.reader(file)) == ["id", "score", "at", "paid", "features.region",
                                          "features.age", "tags"]
    mseavro("convert", table, "-o", back, "--schema", schema, "--codec", "zstandard")
    assert read(back) == records()


def test_one_column_of_csv_keeps_nulls_and_empty_texts(mseavro, tmp_path):
    schema = {"type": "record", "name": "R", "fields": [{"name": "x", "type": ["null", "string"]}]}
    rows = [{"x": value} for value in (None, "", "a", None, None)]
    path, table, back = (tmp_path / name for name in ("in.avro", "table.csv", "back.avro"))
    with open(path, "wb") as file:
        fastavro.writer(file, schema, rows)
    mseavro("convert", path, "-o", table)
    mseavro("convert", table, "-o", back, "--schema", path)
    assert read(back) == rows


def test_json_of_fastavro_is_read_and_ours_by_fastavro(mseavro, tmp_path, avro, schema):
    parsed = fastavro.parse_schema(json.loads(schema.read_text()))
    theirs, ours, back = (tmp_path / name for name in ("theirs.jsonl", "ours.jsonl", "back.avro"))
    with open(theirs, "w", encoding="utf-8") as file:
        fastavro.json_writer(file, parsed, records())
    failed = mseavro("convert", theirs, "-o", back, "--schema", schema, exit_code=2)
    assert "--avro-json" in failed.stderr
    mseavro("convert", theirs, "-o", back, "--schema", schema, "--avro-json")
    assert read(back) == records()
    mseavro("convert", avro, "-o", ours, "--avro-json")
    with open(ours, encoding="utf-8") as file:
        assert list(fastavro.json_reader(file, parsed)) == records()


def test_json_lines_without_a_schema_hold_what_the_file_held(mseavro, tmp_path):
    """However often it goes to and fro, nothing gets a level deeper, and eval reads each."""
    schema = {"type": "record", "name": "Event", "fields": [
        {"name": "prediction_id", "type": ["null", "string"]},
        {"name": "prediction", "type": ["null", "double"]},
        {"name": "actual", "type": ["null", "double"]}]}
    rows = [{"prediction_id": f"p{number}", "prediction": number / 4, "actual": number / 2 + 0.25}
            for number in range(9)]
    path = tmp_path / "0.avro"
    with open(path, "wb") as file:
        fastavro.writer(file, schema, rows)
    answer = mseavro("eval", path, "--format", "json").stdout
    for turn in range(1, 3):
        lines = tmp_path / f"{turn}.jsonl"
        mseavro("convert", path, "-o", lines)
        assert [json.loads(line) for line in lines.read_text().splitlines()] == rows
        assert mseavro("eval", lines, "--format", "json").stdout == answer
        path = tmp_path / f"{turn}.avro"
        mseavro("convert", lines, "-o", path)
        assert read(path) == rows


def test_versions_that_look_like_numbers_stay_apart(mseavro, tmp_path):
    table, out = tmp_path / "v.csv", tmp_path / "v.avro"
    table.write_text("model_version,movieId,prediction,actual,price\n"
                     "1.1,1e3,1,2,1.50\n1.10,1000,1,3,2.00\n1.2,7,1,4,0.25\n")
    mseavro("convert", table, "-o", out)
    assert [(row["model_version"], row["movieId"], row["price"]) for row in read(out)] == [
        ("1.1", "1e3", 1.5), ("1.10", "1000", 2.0), ("1.2", "7", 0.25)]
    rows = [line.split(",")[0] for line in
            mseavro("eval", out, "--format", "csv").stdout.splitlines()[1:]]
    assert sorted(rows) == ["1.1", "1.10", "1.2"]


def test_a_schema_is_inferred_from_csv_and_said(mseavro, tmp_path):
    table, out = tmp_path / "table.csv", tmp_path / "out.avro"
    table.write_text("id,score,zip,seen,note\na,1,01067,true,\nb,2.5,2,false,\n,,,,\n")
    done = mseavro("convert", table, "-o", out)
    assert "inferred this schema" in done.stderr
    with open(out, "rb") as file:
        reader = fastavro.reader(file)
        types = {field["name"]: field["type"] for field in reader.writer_schema["fields"]}
        rows = list(reader)
    assert types == {"id": ["null", "string"], "score": ["null", "double"],
                     "zip": ["null", "string"], "seen": ["null", "boolean"],
                     "note": ["null", "string"]}
    assert rows[0] == {"id": "a", "score": 1.0, "zip": "01067", "seen": True, "note": None}
    assert set(rows[2].values()) == {None}


def test_a_schema_is_inferred_from_json_lines(mseavro, tmp_path):
    lines, out = tmp_path / "in.jsonl", tmp_path / "out.avro"
    objects = [{"id": 1, "in": {"x": "a"}, "list": [1, 2.5]},
               {"id": 9007199254740993, "in": None, "more": True},
               {"in": {"x": None, "y": 3}, "list": []}]
    lines.write_text("".join(json.dumps(thing) + "\n" for thing in objects))
    mseavro("convert", lines, "-o", out)
    assert read(out) == [
        {"id": 1, "in": {"x": "a", "y": None}, "list": [1.0, 2.5], "more": None},
        {"id": 9007199254740993, "in": None, "list": None, "more": True},
        {"id": None, "in": {"x": None, "y": 3}, "list": [], "more": None}]


def test_a_wrong_line_is_named_and_leaves_no_output(mseavro, tmp_path, schema):
    table, out = tmp_path / "table.csv", tmp_path / "out.avro"
    table.write_text("id,at,features.region,features.age,tags\n"
                     "a,2025-07-28T00:00:00Z,eu,30,{}\nb,2025-07-28T00:00:00Z,eu,old,{}\n")
    failed = mseavro("convert", table, "-o", out, "--schema", schema, exit_code=2)
    assert "error[E0506]" in failed.stderr and "line 3" in failed.stderr
    assert "features.age" in failed.stderr and "old" in failed.stderr
    assert not out.exists()


def test_columns_that_the_schema_does_not_have_are_refused_or_ignored(mseavro, tmp_path):
    table, out = tmp_path / "table.csv", tmp_path / "out.avro"
    schema = tmp_path / "s.avsc"
    schema.write_text('{"type":"record","name":"R","fields":[{"name":"x","type":"int"}]}')
    table.write_text("x,y\n1,2\n")
    failed = mseavro("convert", table, "-o", out, "--schema", schema, exit_code=2)
    assert "--ignore-unknown" in failed.stderr
    mseavro("convert", table, "-o", out, "--schema", schema, "--ignore-unknown")
    assert read(out) == [{"x": 1}]


def test_two_columns_of_one_name_are_named_with_their_place(mseavro, tmp_path):
    table, schema = tmp_path / "table.csv", tmp_path / "s.avsc"
    table.write_text("x,y,x\n1,2,3\n")
    schema.write_text('{"type":"record","name":"R","fields":[{"name":"x","type":"int"}]}')
    for options in ([], ["--schema", schema], ["--schema", schema, "--ignore-unknown"]):
        failed = mseavro("convert", table, "-o", tmp_path / "out.avro", *options, exit_code=2)
        assert "error[E0502]: the header has the name 'x' twice" in failed.stderr
        assert "table.csv" in failed.stderr and "line 1" in failed.stderr
        assert "help: give one of the two fields another name" in failed.stderr


def test_a_row_of_another_length_is_told_about_quotes(mseavro, tmp_path):
    table = tmp_path / "table.csv"
    table.write_text("x,y\n1,2\n1,2,3\n")
    failed = mseavro("convert", table, "-o", tmp_path / "out.avro", exit_code=2)
    assert "the line has 3 fields, the header has 2" in failed.stderr
    assert "line 3" in failed.stderr and "stands in quotes" in failed.stderr


def test_missing_columns_are_no_matter_of_avro_json(mseavro, tmp_path):
    table, schema = tmp_path / "table.csv", tmp_path / "s.avsc"
    table.write_text("x\n1\n")
    schema.write_text('{"type":"record","name":"R","fields":[{"name":"z","type":"int"}]}')
    failed = mseavro("convert", table, "--schema", schema, "-o", tmp_path / "x.avro", exit_code=2)
    assert "no column is called z" in failed.stderr and "avro-json" not in failed.stderr


ODD_NAMES = ["Modell-Version", "Vorhersage (€)", " id ", "", "_id_", "actual"]


def odd_file(tmp_path, kind):
    row = ["v1", 2.5, "a", 7, "b", 3.5]
    path = tmp_path / f"in.{kind}"
    with open(path, "w", encoding="utf-8", newline="") as file:
        if kind == "csv":
            csv.writer(file).writerows([ODD_NAMES, row])
        else:
            file.write(json.dumps(dict(zip(ODD_NAMES, row))) + "\n")
    return path


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_names_that_avro_does_not_allow_become_such_as_it_does(mseavro, tmp_path, kind):
    source, out = odd_file(tmp_path, kind), tmp_path / "out.avro"
    said = mseavro("convert", source, "-o", out).stderr
    assert '"Modell-Version" is called Modell_Version,' in said
    assert '" id " is called _id__2,' in said and '"" is called _,' in said
    rows = [{"Modell_Version": "v1", "Vorhersage______": 2.5, "_id__2": "a", "_": 7, "_id_": "b",
             "actual": 3.5}]
    with open(out, "rb") as file:
        reader = fastavro.reader(file)
        assert not any("aliases" in field for field in reader.writer_schema["fields"])
        assert list(reader) == rows
    question = ["--map", "prediction=Vorhersage______", "--map", "model_version=Modell_Version",
                "--format", "csv"]
    assert mseavro("eval", out, *question).stdout.splitlines()[1].startswith("v1,")
    # The schema that is shown reads the file, too.
    schema = tmp_path / "shown.avsc"
    schema.write_text(said[said.index("{"):said.rindex("}\n") + 1])
    mseavro("convert", source, "--schema", schema, "-o", tmp_path / "again.avro")
    assert read(tmp_path / "again.avro") == rows


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_a_schema_names_columns_by_aliases(mseavro, tmp_path, kind):
    source, out, schema = odd_file(tmp_path, kind), tmp_path / "out.avro", tmp_path / "s.avsc"
    schema.write_text(json.dumps({"type": "record", "name": "Event", "fields": [
        {"name": "model_version", "type": "string", "aliases": ["other", "Modell-Version"]},
        {"name": "prediction", "type": "double", "aliases": ["Vorhersage (€)"]}]}))
    mseavro("convert", source, "--schema", schema, "--ignore-unknown", "-o", out)
    assert read(out) == [{"model_version": "v1", "prediction": 2.5}]


@pytest.mark.parametrize("cell", ["2,5", "inf"])
def test_the_cell_for_which_numbers_became_text_is_named(mseavro, tmp_path, cell):
    table, out = tmp_path / "table.csv", tmp_path / "out.avro"
    rows = [["v", number, number + 1] for number in range(300)]
    rows[4][1] = cell
    with open(table, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["model_version", "prediction", "actual"], *rows])
    said = mseavro("convert", table, "-o", out).stderr
    assert f'column "prediction" is text, because of "{cell}" in line 6' in said
    direct = mseavro("eval", table, "--format", "csv").stdout
    assert direct == mseavro("eval", out, "--parse-text-numbers", "--format", "csv").stdout
    mseavro("convert", out, "-o", tmp_path / "back.csv")
    assert (tmp_path / "back.csv").read_text().splitlines() == table.read_text().splitlines()


@pytest.mark.parametrize("options", [
    ["-o", "out.txt"], ["-o", "out.avro", "--level", "x"], ["-o", "out.avro", "--codec", "lzw"],
    ["-o", "out.avro", "--block-size", "big"], ["-o", "out.csv", "--codec", "null"],
    ["-o", "out.avro", "--schema", "in.avro"], ["-o", "out.avro", "--avro-json"],
    ["-o", "out.jsonl", "--avro-json", "--plain"]])
def test_options_that_make_no_sense_are_refused(mseavro, tmp_path, avro, options, monkeypatch):
    monkeypatch.chdir(tmp_path)
    failed = mseavro("convert", avro, *options, exit_code=2)
    assert "error[E00" in failed.stderr and "help:" in failed.stderr
    assert list(tmp_path.iterdir()) == [avro]


def write_events(path, count=3000):
    versions = ["v1", "v2", "x/y z", None]
    rows = [{"prediction_id": f"p{number}", "model_version": versions[number % 4],
             "prediction": number / 7,
             "timestamp": datetime(2025, 7, 28 + number % 3, 23, number * 7919 % 60,
                                   tzinfo=timezone.utc)} for number in range(count)]
    schema = {"type": "record", "name": "Event", "fields": [
        {"name": "prediction_id", "type": "string"},
        {"name": "model_version", "type": ["null", "string"], "default": None},
        {"name": "prediction", "type": "double"},
        {"name": "timestamp", "type": {"type": "long", "logicalType": "timestamp-micros"}}]}
    with open(path, "wb") as file:
        fastavro.writer(file, schema, rows, codec="deflate")
    return rows


def test_partitions_are_bounded_and_sorted(mseavro, tmp_path):
    events, folder = tmp_path / "events.avro", tmp_path / "parts"
    rows = write_events(events)
    mseavro("convert", events, "-o", folder, "--partition-by", "model_version,date",
            "--max-file-size", "2kB", "--sort-by", "time", "--codec", "snappy")
    found = []
    for version, name in [("v1", "v1"), ("v2", "v2"), ("x/y z", "x%2Fy z"),
                          (None, "__HIVE_DEFAULT_PARTITION__")]:
        for day in (28, 29, 30):
            inner = folder / f"events/model_version={name}/date=2025-07-{day}"
            paths = sorted(inner.glob("part-*.avro"))
            assert len(paths) > 1
            assert all(path.stat().st_size <= 2000 for path in paths)
            records = [record for path in paths for record in read(path)]
            assert {record["model_version"] for record in records} == {version}
            times = [record["timestamp"] for record in records]
            assert {time.day for time in times} == {day} and times == sorted(times)
            found += records
    key = "prediction_id"
    assert sorted(found, key=lambda row: row[key]) == sorted(rows, key=lambda row: row[key])
    with open(folder / "events/model_version=v1/date=2025-07-28/part-00001.avro", "rb") as file:
        assert fastavro.reader(file).codec == "snappy"
    again = mseavro("convert", events, "-o", folder, "--partition-by", "date", exit_code=2)
    assert "--append" in again.stderr
    for options in [("--sort-by", "time"), ("--partition-by", "date"), ("--max-file-size", "1MB")]:
        no_folder = mseavro("convert", events, "-o", tmp_path / "x.avro", *options, exit_code=2)
        assert "help: name a folder for them: -o DIR" in no_folder.stderr
        assert not (tmp_path / "x.avro").exists()


def test_sorted_and_bounded_files_without_partitions(mseavro, tmp_path):
    rows = write_events(tmp_path / "events.avro")
    mseavro("cat", "--plain", tmp_path / "events.avro", "-o", tmp_path / "events.jsonl")
    mseavro("convert", tmp_path / "events.jsonl", "--schema", tmp_path / "events.avro", "--plain",
            "-o", tmp_path / "sorted", "--sort-by", "timestamp", "--max-file-size", "20kB")
    paths = sorted((tmp_path / "sorted").glob("events-*.avro"))
    records = [record for path in paths for record in read(path)]
    assert len(paths) > 1
    assert records == sorted(rows, key=lambda row: row["timestamp"])
