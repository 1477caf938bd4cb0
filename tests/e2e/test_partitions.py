"""Folders of files, wherever files are written: parted, bounded in size, sorted by time."""

import json
import random
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
