"""Folders of files, wherever files are written: parted, bounded in size, sorted by time."""

import json
import random
import shutil
from datetime import datetime, timedelta, timezone

import fastavro
import pytest

BEGIN = datetime(2025, 7, 28, 22, tzinfo=timezone.utc)


def read(path):
    with open(path, "rb") as file:
        return list(fastavro.reader(file))


def read_folder(folder):
    """Records by the file's path in the folder."""
    return {str(path.relative_to(folder)): read(path) for path in sorted(folder.rglob("*.avro"))}


def in_any_order(records):
    return sorted(map(json.dumps, records))


def shuffled_log(seed, count):
    """Watches and ratings whose lines are not in the order of their times."""
    source = random.Random(seed)
    for number in range(count):
        at = BEGIN + timedelta(milliseconds=source.randrange(4 * 3600 * 1000))
        text = at.strftime("%Y-%m-%dT%H:%M:%S.%f")
        user = source.randrange(3)
        yield (f"{text},{user},GET /data/m/film+{number}/1.mpg\n" if number % 3 else
               f"{text},{user},GET /rate/film+{number}=4\n" if number % 99 else "nothing\n")


def ingest(mseavro, folder, log, *options):
    mseavro("ingest", log, "--rules", "movielog", "-o", folder, *options)


@pytest.fixture(name="log")
def log_of_a_night(tmp_path):
    path = tmp_path / "service.csv"
    path.write_text("".join(shuffled_log(1, 20_000)), encoding="ascii")
    return path


def test_ingested_events_are_sorted_parted_and_bounded(mseavro, log, tmp_path):
    ingest(mseavro, tmp_path / "plain", log)
    for threads in (1, 3):
        ingest(mseavro, tmp_path / f"sorted{threads}", log, "--sort-by", "time", "--partition-by",
               "userId,date", "--rotate-size", "20kB", "--codec", "zstandard", "--threads",
               str(threads))
    for name in ("movie_watches", "movie_ratings"):
        files = read_folder(tmp_path / "sorted1" / name)
        assert files == read_folder(tmp_path / "sorted3" / name)
        assert {path.rsplit("/", 1)[0] for path in files} == {
            f"userId={user}/date=2025-07-{day}" for user in range(3) for day in (28, 29)}
        for path, records in files.items():
            user, date = (part.split("=")[1] for part in path.split("/")[:2])
            times = [record["time"] for record in records]
            assert times == sorted(times) and times
            assert all(time.startswith(date) for time in times)
            assert {record["userId"] for record in records} == {user}
            assert (tmp_path / "sorted1" / name / path).stat().st_size <= 20_000
        found = [record for records in files.values() for record in records]
        assert in_any_order(found) == in_any_order(read(tmp_path / f"plain/{name}.avro"))
    assert (read(tmp_path / "sorted1/dead_letters-00001.avro") ==
            read(tmp_path / "plain/dead_letters.avro") != [])


def test_ingested_events_of_one_time_stay_in_the_order_of_their_lines(mseavro, tmp_path):
    log = tmp_path / "service.csv"
    log.write_text("".join(f"2025-07-28T22:00:0{second},u,GET /data/m/film+{number}/1.mpg\n"
                           for number in range(50) for second in (2, 1, 2)), encoding="ascii")
    ingest(mseavro, tmp_path / "out", log, "--sort-by", "time")
    records = read(tmp_path / "out/movie_watches-00001.avro")
    assert [record["movieId"] for record in records] == [
        f"film+{number}" for number in range(50)] + [
        f"film+{number}" for number in range(50) for _ in range(2)]


def test_rules_without_times_cannot_sort_by_them(mseavro, tmp_path):
    (tmp_path / "n.avsc").write_text('{"type": "record", "name": "N", "fields": [{"name": "n", '
                                     '"type": "int"}]}', encoding="ascii")
    (tmp_path / "rules.toml").write_text("[[event]]\nname = 'N'\nschema = 'n.avsc'\noutput = 'n'\n"
                                         "pattern = '{n:int}'\n", encoding="ascii")
    (tmp_path / "lines.txt").write_text("2\n1\n", encoding="ascii")
    command = ["ingest", tmp_path / "lines.txt", "--rules", tmp_path / "rules.toml", "-o",
               tmp_path / "out"]
    refused = mseavro(*command, "--sort-by", "time", exit_code=2)
    assert "--sort-by time: the rules do not say when a N was" in refused.stderr
    assert not (tmp_path / "out").exists()
    mseavro(*command, "--sort-by", "n")
    assert read(tmp_path / "out/n-00001.avro") == [{"n": 1}, {"n": 2}]


def test_many_files_are_converted_to_sorted_ones(mseavro, log, tmp_path):
    ingest(mseavro, tmp_path / "raw", log, "--rotate-size", "20kB")
    raw = sorted((tmp_path / "raw").glob("movie_watches-*.avro"))
    assert len(raw) > 3
    mseavro("convert", *raw, "-o", tmp_path / "one.avro")
    in_order = [record for path in raw for record in read(path)]
    assert read(tmp_path / "one.avro") == in_order
    mseavro("convert", *raw, "-o", tmp_path / "sorted", "--partition-by", "date", "--sort-by",
            "time", "--map", "timestamp=time")
    files = read_folder(tmp_path / "sorted")
    assert len(files) == 2
    for records in files.values():
        assert [record["time"] for record in records] == sorted(
            record["time"] for record in records)
    assert in_any_order(sum(files.values(), [])) == in_any_order(in_order)
    # A folder is all the files in it.
    folder = tmp_path / "sorted"
    mseavro("convert", folder, "-o", tmp_path / "again.jsonl")
    assert len((tmp_path / "again.jsonl").read_text().splitlines()) == len(in_order)
    assert mseavro("cat", "--plain", folder).stdout == (tmp_path / "again.jsonl").read_text()


def write_versions(tmp_path):
    old = {"type": "record", "name": "R", "fields": [{"name": "n", "type": "int"}]}
    new = {"type": "record", "name": "R", "fields": [
        {"name": "n", "type": "long"}, {"name": "place", "type": "string", "default": "home"}]}
    for name, schema, records in [("a", old, [{"n": 3}, {"n": 1}]),
                                  ("b", new, [{"n": 2, "place": "away"}])]:
        with open(tmp_path / f"{name}.avro", "wb") as file:
            fastavro.writer(file, schema, records)
    return tmp_path / "a.avro", tmp_path / "b.avro"


def test_files_are_read_as_the_first_ones_schema_or_as_that_which_is_asked_for(mseavro, tmp_path):
    old, new = write_versions(tmp_path)
    mseavro("convert", new, old, "-o", tmp_path / "by_first.avro")
    assert read(tmp_path / "by_first.avro") == [
        {"n": 2, "place": "away"}, {"n": 3, "place": "home"}, {"n": 1, "place": "home"}]
    mseavro("convert", old, new, "--reader-schema", new, "-o", tmp_path / "sorted", "--sort-by",
            "n")
    assert [record["n"] for record in read(tmp_path / "sorted/a-00001.avro")] == [1, 2, 3]
    # A long does not fit into the first one's int.
    refused = mseavro("convert", old, new, "-o", tmp_path / "x.avro", exit_code=2)
    assert "b.avro" in refused.stderr and not (tmp_path / "x.avro").exists()


def test_keys_of_folders_stay_in_the_names_of_folders(mseavro, tmp_path):
    for version, number in [("v1", 1), ("v%2F2", 2)]:
        folder = tmp_path / f"in/model_version={version}"
        folder.mkdir(parents=True)
        write_container(folder / "a.avro", NUMBERS, [[{"n": number}]])
    done = mseavro("convert", tmp_path / "in", "-o", tmp_path / "out", "--partition-by",
                   "model_version,n")
    assert "left out" not in done.stderr
    assert read_folder(tmp_path / "out") == {
        "in/model_version=v1/n=1/part-00001.avro": [{"n": 1}],
        "in/model_version=v%2F2/n=2/part-00001.avro": [{"n": 2}]}
    for output in ("one.avro", "one.jsonl", "one.csv"):
        done = mseavro("convert", tmp_path / "in", "-o", tmp_path / output)
        assert "warning: left out: model_version, which the names of folders alone say (to keep: " \
            "--partition-by model_version)" in done.stderr
    alone = mseavro("convert", tmp_path / "in/model_version=v1/a.avro", "--format", "jsonl")
    assert alone.stderr == ""


def test_text_files_share_a_schema(mseavro, tmp_path):
    (tmp_path / "a.csv").write_text("n,place\n1,here\n", encoding="ascii")
    (tmp_path / "b.csv").write_text("place,n\nthere,2\n", encoding="ascii")
    refused = mseavro("convert", tmp_path, "-o", tmp_path / "x.avro", exit_code=2)
    assert "help: give one for all: --schema FILE" in refused.stderr
    mseavro("convert", tmp_path / "a.csv", "-o", tmp_path / "a.avro")
    refused = mseavro("convert", tmp_path / "a.avro", tmp_path / "b.csv", "-o", tmp_path / "x.avro",
                      exit_code=2)
    assert "the inputs are files of different kinds" in refused.stderr
    mseavro("convert", tmp_path / "a.csv", tmp_path / "b.csv", "--schema", tmp_path / "a.avro",
            "-o", tmp_path / "both.avro")
    assert read(tmp_path / "both.avro") == [{"n": 1, "place": "here"}, {"n": 2, "place": "there"}]


def write_container(path, schema, blocks):
    """Each block with its records, uncompressed."""
    with open(path, "wb") as file:
        writer = fastavro.write.Writer(file, schema, codec="null", sync_interval=1 << 30)
        for records in blocks:
            for record in records:
                writer.write(record)
            writer.dump()
    return path


NUMBERS = {"type": "record", "name": "N", "fields": [{"name": "n", "type": "int"}]}
PAIRS = {"type": "record", "name": "P", "fields": [
    {"name": "at", "type": {"type": "long", "logicalType": "timestamp-nanos"}},
    {"name": "key", "type": ["string", {"type": "array", "items": "string"}]}]}


def test_an_error_leaves_no_file_and_no_folder(mseavro, log, tmp_path):
    whole = write_container(tmp_path / "whole.avro", NUMBERS, [[{"n": n} for n in range(900)]] * 9)
    cut = tmp_path / "cut.avro"
    cut.write_bytes(whole.read_bytes()[:-30])
    for options in (["--max-file-size", "1kB"], ["--partition-by", "n"]):
        refused = mseavro("convert", whole, cut, "-o", tmp_path / "out", *options, exit_code=2)
        assert "cut.avro, block 8" in refused.stderr
        assert not (tmp_path / "out").exists()
    # Of a log with too many rejects there are dead letters and nothing else.
    for options in (["--sort-by", "time"], ["--partition-by", "userId"], ["--rotate-size", "1kB"]):
        out = tmp_path / options[0]
        mseavro("ingest", log, "--rules", "movielog", "-o", out, *options, "--max-rejected", "0.1%",
                exit_code=2)
        assert {path.name.split("-")[0] for path in out.iterdir()} == (
            {"dead_letters"} if "--rotate-size" in options else {"dead_letters.avro"})


def test_an_error_names_the_file_that_it_is_in(mseavro, tmp_path):
    bad = write_container(tmp_path / "bad.avro", PAIRS, [[{"at": 1, "key": ["no scalar"]}]])
    good = write_container(tmp_path / "good.avro", PAIRS, [[{"at": 1, "key": "a"}]])
    for paths in [(bad, good), (good, bad)]:
        refused = mseavro("convert", *paths, "-o", tmp_path / "out", "--partition-by", "key",
                          exit_code=2)
        assert '"key" has values that are no scalars' in refused.stderr
        assert f"  at {bad}\n" in refused.stderr


def test_nanoseconds_are_sorted_by(mseavro, tmp_path):
    source = write_container(tmp_path / "a.avro", PAIRS,
                             [[{"at": at, "key": str(at)} for at in (1900, 1100, 1500)]])
    for number, key in enumerate(["time", "at"]):
        mseavro("convert", source, "-o", tmp_path / f"{number}", "--sort-by", key, "--map",
                "timestamp=at")
        assert [record["key"] for record in read(tmp_path / f"{number}/a-00001.avro")] == [
            "1100", "1500", "1900"]


def test_what_is_no_time_is_not_sorted_by_in_silence(mseavro, tmp_path):
    (tmp_path / "a.csv").write_text("n,place,at\n1,eu,soon\n", encoding="ascii")
    mseavro("convert", tmp_path / "a.csv", "-o", tmp_path / "a.avro")
    for options, words in [
            (["--sort-by", "place"], '"place" has values that are no times'),
            (["--partition-by", "date", "--map", "timestamp=at"], "neither a time nor a number")]:
        refused = mseavro("convert", tmp_path / "a.avro", "-o", tmp_path / "out", *options,
                          exit_code=2)
        assert words in refused.stderr


@pytest.mark.parametrize("times,words", [
    ([1738102210, 1738002210], "plain long, seconds by magnitude"),
    ([1738102210.5, 1738102210.25], "seconds by magnitude"),
    (["2025-01-28T22:10:10Z", "2025-01-28T03:10:10Z"], "")])
def test_times_are_found_and_read_as_eval_does(mseavro, tmp_path, times, words):
    (tmp_path / "a.jsonl").write_text("".join(
        json.dumps({"prediction": number, "actual": 1, "zeit": at}) + "\n"
        for number, at in enumerate(times)), encoding="ascii")
    options = ["--map", "timestamp=zeit"]
    done = mseavro("convert", tmp_path / "a.jsonl", "-o", tmp_path / "days", "--partition-by",
                   "date", "--sort-by", "time", *options)
    assert "roles: timestamp=zeit (--map" in done.stderr and words in done.stderr
    files = read_folder(tmp_path / "days")
    assert {path.split("/")[1] for path in files} <= {"date=2025-01-27", "date=2025-01-28"}
    assert [row["prediction"] for rows in files.values() for row in rows] == [1, 0]
    question = ["--window", "day", "--format", "csv", *options]
    assert mseavro("eval", tmp_path / "days", *question).stdout == \
        mseavro("eval", tmp_path / "a.jsonl", *question).stdout
    mseavro("convert", tmp_path / "a.jsonl", "-o", tmp_path / "sorted", "--sort-by", "zeit")
    assert [row["prediction"] for row in read(tmp_path / "sorted/a-00001.avro")] == [1, 0]


def test_labels_have_the_date_on_which_they_were_known(mseavro, tmp_path):
    (tmp_path / "labels.csv").write_text(
        "prediction_id,actual,label_timestamp\na,1,2025-07-28T10:00:00Z\n", encoding="ascii")
    mseavro("convert", tmp_path / "labels.csv", "-o", tmp_path / "out", "--partition-by", "date")
    assert list(read_folder(tmp_path / "out")) == ["labels/date=2025-07-28/part-00001.avro"]


def test_blocks_stay_what_they_are_in_one_file(mseavro, tmp_path):
    sizes = [1, 1, 5, 1, 70_000]
    source = write_container(tmp_path / "a.avro", NUMBERS,
                             [[{"n": n} for n in range(size)] for size in sizes])
    mseavro("convert", source, source, "-o", tmp_path / "b.avro")
    with open(tmp_path / "b.avro", "rb") as file:
        assert [block.num_records for block in fastavro.block_reader(file)] == sizes * 2


def test_records_without_bytes_and_without_fields_are_bounded(mseavro, tmp_path):
    empty = {"type": "record", "name": "E", "fields": []}
    source = write_container(tmp_path / "a.avro", empty, [[{}] * 1000] * 3)
    mseavro("convert", source, "-o", tmp_path / "out", "--max-file-size", "1MB")
    assert read(tmp_path / "out/a-00001.avro") == [{}] * 3000
    texts = write_container(tmp_path / "texts.avro", "string", [["b", "a"] * 500])
    mseavro("convert", texts, "-o", tmp_path / "out", "--max-file-size", "1kB")
    assert sum(map(len, read_folder(tmp_path / "out").values())) == 4000


def test_a_configured_folder_is_one_where_the_output_can_be_one(mseavro, predictions, tmp_path):
    (tmp_path / "mseavro.toml").write_text('partition_by = "date"\n', encoding="ascii")
    here = {"cwd": tmp_path}
    lines = mseavro("convert", predictions, "--format", "jsonl", **here).stdout
    assert len(lines.splitlines()) == 5000
    mseavro("convert", predictions, "-o", "lines", "--format", "jsonl", **here)
    assert (tmp_path / "lines").read_text() == lines
    assert "RMSE" in mseavro("eval", predictions, **here).stdout
    for output in ("rows.csv", "rows.avro", "rows.txt"):
        mseavro("eval", predictions, "-o", output, **here)
        assert (tmp_path / output).is_file()
    mseavro("eval", predictions, "--window", "day", "-o", "rows", **here)
    assert len(read_folder(tmp_path / "rows")) == 4


def test_append_alone_replaces_nothing(mseavro, predictions, tmp_path):
    (tmp_path / "keep.avro").write_bytes(b"kept")
    for command in ("convert", "eval"):
        refused = mseavro(command, predictions, "-o", tmp_path / "keep.avro", "--append",
                          exit_code=2)
        assert "--append adds files to a folder" in refused.stderr
    assert (tmp_path / "keep.avro").read_bytes() == b"kept"


@pytest.mark.parametrize("source,name", [
    ("raw", "raw"), ("raw/", "raw"), ("./raw/.", "raw"), (".", "records"), ("..", "records"),
    ("raw/_u.avro", "records"), ("raw/a.b.avro", "a.b"), ("-", "records")])
def test_files_are_called_after_the_first_input(mseavro, tmp_path, source, name):
    raw = tmp_path / "here/raw"
    raw.mkdir(parents=True)
    for file in ("_u.avro", "a.b.avro"):
        write_container(raw / file, NUMBERS, [[{"n": 1}]])
    with open(raw / "a.b.avro", "rb") as stream:
        mseavro("convert", source, "--input-format", "avro", "-o", tmp_path / "../out",
                "--max-file-size", "1MB", cwd=tmp_path / "here", stdin=stream)
    found = list((tmp_path / "../out").iterdir())
    shutil.rmtree(tmp_path / "../out")
    assert [path.name for path in found] == [f"{name}-00001.avro"]


def test_nothing_is_read_twice_unseen(mseavro, tmp_path):
    raw = tmp_path / "raw"
    raw.mkdir()
    file = write_container(raw / "a.avro", NUMBERS, [[{"n": 1}]])
    for output in (raw, raw / "inner", f"{raw}/../raw/x"):
        refused = mseavro("convert", raw, "-o", output, "--partition-by", "n", exit_code=2)
        assert "the output would stand among what is read" in refused.stderr
    mseavro("convert", raw, "-o", tmp_path / "rawest", "--partition-by", "n")
    assert mseavro("cat", file, raw, tmp_path).stdout == '{"n":1}\n' * 2
    refused = mseavro("convert", "-", "-", "--input-format", "avro", "-o", tmp_path / "x.avro",
                      exit_code=2)
    assert "standard input is read once" in refused.stderr


def test_lines_of_several_files_are_as_the_first_one(mseavro, tmp_path):
    old, new = write_versions(tmp_path)
    refused = mseavro("convert", new, old, "--format", "csv", exit_code=2)
    assert "this file has other columns" in refused.stderr
    assert mseavro("convert", new, old, "--format", "jsonl").stdout == (
        '{"n":2,"place":"away"}\n{"n":3,"place":"home"}\n{"n":1,"place":"home"}\n')


@pytest.fixture(name="predictions")
def two_versions_over_days(tmp_path):
    source = random.Random(2)
    path = tmp_path / "predictions.avro"
    records = [{"prediction_id": f"p{number}", "model_version": source.choice(["v1", "x/y", None]),
                "prediction": source.gauss(0, 1), "actual": source.gauss(0, 1),
                "timestamp": BEGIN + timedelta(seconds=source.randrange(3 * 86400))}
               for number in range(5000)]
    schema = fastavro.parse_schema({"type": "record", "name": "Event", "fields": EVENT_FIELDS})
    with open(path, "wb") as file:
        fastavro.writer(file, schema, records)
    return path


EVENT_FIELDS = [
    {"name": "prediction_id", "type": "string"},
    {"name": "model_version", "type": ["null", "string"], "default": None},
    {"name": "prediction", "type": "double"}, {"name": "actual", "type": "double"},
    {"name": "timestamp", "type": {"type": "long", "logicalType": "timestamp-micros"}}]


def test_metrics_are_parted_and_mean_the_same(mseavro, predictions, tmp_path):
    question = ["eval", predictions, "--window", "hour"]
    mseavro(*question, "-o", tmp_path / "hours.avro")
    done = mseavro(*question, "-o", tmp_path / "out", "--partition-by", "model_version,date",
                   "--codec", "zstandard")
    assert "rows to" in done.stderr
    files = read_folder(tmp_path / "out")
    assert {path.rsplit("/", 1)[0] for path in files} == {
        f"metrics/model_version={version}/date=2025-07-{day}"
        for version in ("v1", "x%2Fy", "__HIVE_DEFAULT_PARTITION__") for day in (28, 29, 30, 31)}
    for path, rows in files.items():
        day = path.split("date=")[1][:10]
        assert {row["window_start"].date().isoformat() for row in rows} == {day}
    days = [mseavro("rollup", tmp_path / source, "--window", "day", "--format", "csv").stdout
            for source in ("hours.avro", "out")]
    assert days[0] == days[1]
    again = mseavro(*question, "-o", tmp_path / "out", "--partition-by", "model_version,date",
                    exit_code=2)
    assert "to add to them: --append" in again.stderr
    mseavro("rollup", tmp_path / "out", "--window", "day", "-o", tmp_path / "days",
            "--partition-by", "date")
    assert mseavro("rollup", tmp_path / "days", "--window", "month", "--format", "csv").stdout == \
        mseavro("rollup", tmp_path / "hours.avro", "--window", "month", "--format", "csv").stdout


def test_metrics_without_windows_have_no_date(mseavro, predictions, tmp_path):
    mseavro("eval", predictions, "-o", tmp_path / "out", "--partition-by", "date")
    assert list(read_folder(tmp_path / "out")) == [
        "metrics/date=__HIVE_DEFAULT_PARTITION__/part-00001.avro"]


@pytest.mark.parametrize("options,words", [
    (["--partition-by", "date"], "give it: -o DIR"),
    (["--partition-by", "date", "-o", "x.avro"], "name a folder for them: -o DIR"),
    (["--partition-by", "date", "-o", "x", "--format", "csv"], "in a folder are Avro"),
    (["--partition-by", "regoin", "-o", "x"], 'MetricRow has no field "regoin"'),
])
def test_wrong_folders_of_metrics_are_refused_before_anything_is_read(mseavro, tmp_path, options,
                                                                      words):
    refused = mseavro("eval", tmp_path / "none.avro", *options, exit_code=2, cwd=tmp_path)
    assert words in refused.stderr
    assert not list(tmp_path.iterdir())
