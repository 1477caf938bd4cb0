"""`mseavro ingest`: lines of logs to events, with fastavro on the other side."""

import gzip
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from datetime import datetime, timezone

import fastavro
import pytest
from backports import zstd
from conftest import ROOT

sys.path.append(str(ROOT / "bench/ingest"))
import plain_ingest  # noqa: E402

MOVIELOG = ROOT / "testdata/movielog"
SHARED = ROOT.parent / "shared/data"
EVENTS = {"MovieWatchEvent": "movie_watches", "MovieRatingEvent": "movie_ratings",
          "RecommendationRequest": "recommendation_requests"}
FILES = [*EVENTS.values(), "dead_letters"]
WATCH = b"2024-03-08T23:06:09,42,GET /data/m/alien+1979/%d.mpg\n"


def read(path):
    with open(path, "rb") as file:
        return list(fastavro.reader(file))


def read_all(folder):
    return {name: read(folder / f"{name}.avro") for name in FILES}


def ingest(mseavro, folder, *arguments, data=None, exit_code=0, rules="movielog"):
    done = subprocess.run([mseavro.path, "ingest", *map(str, arguments), "--rules", str(rules),
                           "-o", str(folder)], input=data, capture_output=True, check=False,
                          timeout=300)
    assert done.returncode == exit_code, done.stderr.decode()
    return done.stderr.decode()


def check_expectations(mseavro, folder, lines_path, expected_path):
    """Each line's outcome, in the order of the lines."""
    ingest(mseavro, folder, lines_path)
    files = read_all(folder)
    lines = lines_path.read_bytes().split(b"\n")
    expected = [json.loads(line) for line in expected_path.read_text().splitlines()]
    next_event = {name: iter(files[file]) for name, file in EVENTS.items()}
    dead = iter(files["dead_letters"])
    for number, outcome in enumerate(expected, 1):
        if "reject" in outcome:
            assert next(dead) == {"reason": outcome["reject"], "source": str(lines_path),
                                  "line_number": number, "raw": lines[number - 1]}
        else:
            name = outcome.pop("event")
            assert next(next_event[name]) == outcome, number
    assert sum(map(len, files.values())) == len(expected)


def test_lines_of_each_kind_become_what_is_expected(mseavro, tmp_path):
    check_expectations(mseavro, tmp_path / "out", MOVIELOG / "lines.csv",
                       MOVIELOG / "expected.jsonl")


@pytest.mark.skipif(not SHARED.exists(), reason="the shared lines are not here")
def test_shared_lines_become_what_is_expected(mseavro, tmp_path):
    check_expectations(mseavro, tmp_path / "out", SHARED / "movielog_lines.csv",
                       SHARED / "movielog_expected.jsonl")


def test_files_have_the_shipped_schemas(mseavro, tmp_path):
    ingest(mseavro, tmp_path, "-", data=b"")
    for name, schema in [("movie_watches", "movie_watch"), ("movie_ratings", "movie_rating"),
                         ("recommendation_requests", "recommendation_request")]:
        text = (ROOT / f"src/events/contract/{schema}_schema.avsc").read_text()
        with open(tmp_path / f"{name}.avro", "rb") as file:
            reader = fastavro.reader(file)
            assert json.loads(reader.metadata["avro.schema"]) == json.loads(text)
            assert not list(reader)
    assert not read(tmp_path / "dead_letters.avro")


def test_typed_writes_timestamps_and_lists(mseavro, tmp_path):
    line = (b"2022-02-08T18:06:56.1451049+01:00,2,recommendation request h:80, status %b, "
            b"result: %b, 45ms\n")
    ingest(mseavro, tmp_path, "-", "--typed",
           data=line % (b"200", b"a+1, b+2,c+3") + line % (b"500", b"java.io.Exception: a, b"))
    at = datetime(2022, 2, 8, 17, 6, 56, 145104, timezone.utc)
    rest = {"time": at, "userId": "2", "server": "h:80", "responseTime": 45}
    assert read(tmp_path / "recommendation_requests.avro") == [
        {**rest, "status": 200, "recommendations": ["a+1", "b+2", "c+3"]},
        {**rest, "status": 500, "recommendations": None}]


def test_compressed_and_joined_inputs_are_read_as_they_are(mseavro, tmp_path):
    lines = [WATCH % minute for minute in range(3000)]
    half = b"".join(lines[:1500]), b"".join(lines[1500:])
    inputs = {"plain.csv": half[0] + half[1],
              "two.gz": gzip.compress(half[0]) + gzip.compress(half[1]) + bytes(100),
              "two.log": zstd.compress(half[0]) + zstd.compress(half[1])}
    for name, data in inputs.items():
        (tmp_path / name).write_bytes(data)
    for name in inputs:
        ingest(mseavro, tmp_path / name.replace(".", "_"), tmp_path / name)
        records = read(tmp_path / name.replace(".", "_") / "movie_watches.avro")
        assert [record["minute"] for record in records] == list(range(3000)), name
    ingest(mseavro, tmp_path / "all", *(tmp_path / name for name in inputs))
    assert len(read(tmp_path / "all/movie_watches.avro")) == 9000
    ingest(mseavro, tmp_path / "in", "-", data=inputs["two.gz"])
    assert len(read(tmp_path / "in/movie_watches.avro")) == 3000


@pytest.mark.parametrize("kind", ["gzip", "zstd"])
def test_cut_and_damaged_compression_is_an_error_and_leaves_nothing(mseavro, tmp_path, kind):
    data = b"".join(WATCH % minute for minute in range(100_000))
    packed = gzip.compress(data) if kind == "gzip" else zstd.compress(
        data, options={zstd.CompressionParameter.checksum_flag: 1})
    cut = packed[:len(packed) // 2]
    assert "E0203" in ingest(mseavro, tmp_path / "out", "-", data=cut, exit_code=2)
    damaged = cut[:-1] + bytes([cut[-1] ^ 255]) + packed[len(cut):]
    assert re.search("E020[67]", ingest(mseavro, tmp_path / "out", "-", data=damaged, exit_code=2))
    assert not list((tmp_path / "out").iterdir())


def test_any_bytes_are_survived(mseavro, tmp_path):
    lines = [b"\0" * 100, b"\xff\xfe,1,GET /data/m/a/1.mpg", b"2024-03-08T23:06:09,4,GET \xff",
             b"2024-03-08T23:06:09,\xff,GET /data/m/a/1.mpg", b"x" * 3_000_000,
             b"2024-03-08T23:06:09,a\0b,GET /data/m/\xc3\xa9/1.mpg", b"\r", b" \t", b"end"]
    error = ingest(mseavro, tmp_path, "-", data=b"\xef\xbb\xbf" + b"\n".join(lines))
    dead = read(tmp_path / "dead_letters.avro")
    assert [(letter["line_number"], letter["reason"]) for letter in dead] == [
        (1, "missing_field"), (2, "bad_time"), (3, "unknown_event"), (4, "malformed_event"),
        (5, "line_too_long"), (7, "empty_line"), (8, "empty_line"), (9, "missing_field")]
    assert dead[4]["raw"] == b"x" * (1 << 20)
    assert all(letter["raw"] == lines[letter["line_number"] - 1]
               for letter in dead if letter["reason"] != "line_too_long")
    watch, = read(tmp_path / "movie_watches.avro")
    assert (watch["userId"], watch["movieId"]) == ("a\0b", "é")
    assert re.search(r"line_too_long +1", error)


def test_a_line_without_end_takes_no_memory(mseavro, tmp_path):
    command = (f"ulimit -v 600000; yes xxxxxxxxxxxxxxx | tr -d '\\n' | head -c 1000000000 |"
               f" '{mseavro.path}' ingest - --rules movielog -o '{tmp_path}' --threads 2")
    subprocess.run(["bash", "-c", command], check=True, timeout=300, capture_output=True)
    letter, = read(tmp_path / "dead_letters.avro")
    assert letter["reason"] == "line_too_long" and len(letter["raw"]) == 1 << 20


def test_too_many_rejects_keep_only_the_dead_letters(mseavro, tmp_path):
    data = WATCH % 1 * 9 + b"bad\n"
    error = ingest(mseavro, tmp_path, "-", "--max-rejected", "5%", data=data, exit_code=2)
    assert "E0501" in error and "missing_field 1" in error
    assert [path.name for path in tmp_path.iterdir()] == ["dead_letters.avro"]
    ingest(mseavro, tmp_path, "-", "--max-rejected", "10%", data=data)


def test_ranges_can_be_set(mseavro, tmp_path):
    data = b"2024-03-08T23:06:09,4,GET /rate/a=9\n"
    ingest(mseavro, tmp_path, "-", data=data)
    assert read(tmp_path / "dead_letters.avro")[0]["reason"] == "rating_out_of_range"
    ingest(mseavro, tmp_path, "-", "--range", "rating=1..10", data=data)
    assert read(tmp_path / "movie_ratings.avro")[0]["rating"] == 9
    refused = ingest(mseavro, tmp_path, "-", "--range", "ratin=1..10", data=data, exit_code=2)
    assert "did you mean rating?" in refused


def test_errors_of_rules_say_the_place_and_what_to_type(mseavro, tmp_path):
    rules = tmp_path / "mine.toml"
    rules.write_text('''[line]
pattern = "{} \\"Ä {event...}\\" {time:tme}"

[[event]]
name = "MovieRatingEvent"
schema = "movie_rating_schema"
output = "movie_ratings"
pattern = "GET /rate/{movieId...}={rating:count}"
''')
    refused = ingest(mseavro, tmp_path / "out", "-", data=b"", exit_code=2, rules=rules)
    assert "column 38: there is no type \"tme\"" in refused and "mine.toml" in refused
    assert "the types are text, int, count" in refused


def random_log(seed, count):
    """Lines of all kinds, one in a hundred bad."""
    source = random.Random(seed)
    lines = []
    for _ in range(count):
        at = (f"2024-{source.randint(1, 12):02}-{source.randint(1, 28):02}T10:11:"
              f"{source.randint(0, 59):02}")
        user = source.randint(1, 10**6)
        kind = source.random()
        if source.random() < 0.01:
            lines.append(source.choice(["", "bad", f"{at},{user},GET /none",
                                        f"x,{user},GET /rate/a=1", f"{at},{user},GET /rate/a=77"]))
        elif kind < 0.8:
            lines.append(f"{at},{user},GET /data/m/movie+{user % 999}/{source.randint(0, 200)}.mpg")
        elif kind < 0.9:
            lines.append(f"{at},{user},GET /rate/movie+{user % 999}={source.randint(1, 5)}")
        else:
            lines.append(f"{at}.{source.randint(0, 10**6)},{user},recommendation request h:80, "
                         f"status 200, result: a+1, b+2, c+3, {source.randint(1, 900)} ms")
    return "\n".join(lines).encode() + b"\n"


def test_every_line_is_accounted_for_and_threads_do_not_show(mseavro, tmp_path):
    count = 60_000
    log = tmp_path / "big.csv"
    log.write_bytes(random_log(1, count))
    for threads in (1, 2, 5):
        ingest(mseavro, tmp_path / f"t{threads}", log, "--threads", threads)
    files = read_all(tmp_path / "t1")
    assert sum(map(len, files.values())) == count
    assert 300 < len(files["dead_letters"]) < 900
    for name in FILES:
        first = (tmp_path / f"t1/{name}.avro").read_bytes()
        for threads in (2, 5):
            assert (tmp_path / f"t{threads}/{name}.avro").read_bytes() == first


PIECES = [b",", b"GET /rate/", b"GET /data/m/", b".mpg", b"/", b"=", b"3", b"-1", b"ms", b" ms",
          b", ",
          b"recommendation request ", b", status 200", b", status 500", b", result: ", b"T", b"Z",
          b"+01:00", b".5", b"\xff", b"\xc3\xa9", b"\0", b" ", b"\r", b"99999999999999999999", b""]


def broken_lines(seed, count):
    """Good lines of the test data with pieces put in, taken out and doubled."""
    source = random.Random(seed)
    good = (MOVIELOG / "lines.csv").read_bytes().split(b"\n")
    for _ in range(count):
        line = source.choice(good)
        for _ in range(source.randint(0, 3)):
            at, end = sorted(source.randint(0, len(line)) for _ in range(2))
            if source.random() < 0.5:
                end = min(end, at + 3)
            line = line[:at] + source.choice([*PIECES, line[at:end] * 2]) + line[end:]
        yield line.replace(b"\n", b"")


def test_an_oracle_with_regular_expressions_agrees(mseavro, tmp_path):
    lines = list(broken_lines(seed=5, count=40_000))
    log = tmp_path / "broken.csv"
    log.write_bytes(b"".join(line + b"\n" for line in lines))
    ingest(mseavro, tmp_path / "ours", log)
    plain_ingest.ingest([log], tmp_path / "plain")
    ours, plain = read_all(tmp_path / "ours"), read_all(tmp_path / "plain")
    for name in FILES:
        for our, other in zip(ours[name], plain[name]):
            assert our == other
        assert len(ours[name]) == len(plain[name]) > 50


def test_files_rotate_by_size(mseavro, tmp_path):
    data = random_log(2, 20_000)
    ingest(mseavro, tmp_path, "-", "--rotate-size", "20kB", data=data)
    paths = sorted(tmp_path.glob("movie_watches-*.avro"))
    assert len(paths) > 3 and paths[0].name == "movie_watches-00001.avro"
    assert all(path.stat().st_size <= 20_000 for path in paths)
    ingest(mseavro, tmp_path / "one", "-", data=data)
    rotated = [record for path in paths for record in read(path)]
    assert rotated == read(tmp_path / "one/movie_watches.avro")
    refused = ingest(mseavro, tmp_path, "-", "--rotate-size", "20kB", data=data, exit_code=2)
    assert "--append" in refused
    ingest(mseavro, tmp_path, "-", "--rotate-size", "20kB", "--append", data=data)
    assert len(list(tmp_path.glob("movie_watches-*.avro"))) == 2 * len(paths)


def test_events_are_parted_by_date(mseavro, tmp_path):
    data = random_log(3, 5_000)
    ingest(mseavro, tmp_path, "-", "--partition-by", "date", data=data)
    ingest(mseavro, tmp_path / "one", "-", data=data)
    for name in EVENTS.values():
        found = []
        for path in sorted(tmp_path.glob(f"{name}/date=*/part-*.avro")):
            date = path.parent.name.removeprefix("date=")
            records = read(path)
            assert records and all(record["time"].startswith(date) for record in records)
            found += records
        key = json.dumps
        assert sorted(map(key, found)) == sorted(map(key, read(tmp_path / f"one/{name}.avro")))
    assert read(tmp_path / "dead_letters.avro") == read(tmp_path / "one/dead_letters.avro")


def test_events_are_parted_by_fields(mseavro, tmp_path):
    data = random_log(3, 300)
    ingest(mseavro, tmp_path, "-", "--partition-by", "userId,date", "--rotate-size", "20kB",
           "--codec", "zstandard", data=data)
    ingest(mseavro, tmp_path / "one", "-", data=data)
    for name in EVENTS.values():
        found = []
        for path in sorted(tmp_path.glob(f"{name}/*/*/part-*.avro")):
            user, date = (part.split("=")[1] for part in path.parts[-3:-1])
            records = read(path)
            assert records and path.stat().st_size <= 20_000
            assert all(record["time"].startswith(date) and record["userId"] == user
                       for record in records)
            found += records
        key = json.dumps
        assert sorted(map(key, found)) == sorted(map(key, read(tmp_path / f"one/{name}.avro")))
    refused = ingest(mseavro, tmp_path / "no", "-", "--partition-by", "rating", data=data,
                     exit_code=2)
    assert "has no field \"rating\"" in refused


def test_files_are_followed_until_interrupted(mseavro, tmp_path):
    log, out = tmp_path / "service.log", tmp_path / "out"
    log.write_bytes(WATCH % 0 + WATCH[:20])
    with subprocess.Popen([mseavro.path, "ingest", log, "--rules", "movielog", "--follow", "-o",
                           out, "--rotate-every", "1s"], stderr=subprocess.PIPE) as process:
        time.sleep(0.5)
        with open(log, "ab") as file:
            file.write(WATCH[20:] % 1 + WATCH % 2)
        time.sleep(0.5)
        os.rename(log, tmp_path / "service.log.1")
        time.sleep(0.3)
        with open(tmp_path / "service.log.1", "ab") as file:
            file.write(WATCH % 3)
        log.write_bytes(WATCH % 4)
        time.sleep(1.5)
        assert list(out.glob("movie_watches-*.avro")), "files appear while it runs"
        log.write_bytes(b"")
        time.sleep(0.5)
        log.write_bytes(WATCH % 5 + b"no end")
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0, process.stderr.read()
    paths = sorted(out.glob("movie_watches-*.avro"))
    minutes = [record["minute"] for path in paths for record in read(path)]
    assert minutes == list(range(6))
    dead = [letter for path in sorted(out.glob("dead_letters-*.avro")) for letter in read(path)]
    assert [(letter["raw"], letter["line_number"]) for letter in dead] == [(b"no end", 2)]
    assert not list(out.glob(".*")), "no temporary file stays"


def test_another_format_is_a_matter_of_rules(mseavro, tmp_path):
    """An access log of nginx with predictions in its query strings (examples/nginx)."""
    folder = ROOT / "examples/nginx"
    ingest(mseavro, tmp_path, folder / "access.log", rules=folder / "rules.toml")
    expected = [json.loads(line) for line in (folder / "expected.jsonl").read_text().splitlines()]
    shown = mseavro("cat", "--plain", tmp_path / "predictions.avro").stdout
    assert [json.loads(line) for line in shown.splitlines()] == expected
    reasons = [letter["reason"] for letter in read(tmp_path / "dead_letters.avro")]
    assert reasons == ["missing_field", "bad_time", "unknown_event", "malformed_event",
                       "malformed_event"]
    done = mseavro("eval", tmp_path / "predictions.avro", "--format", "csv")
    assert done.stdout.startswith("model_version,")
