"""Files written by fastavro are read equal with each codec, and fastavro reads ours equal."""

import csv
import json
import pathlib
import random
from datetime import datetime, timedelta, timezone

import fastavro
import pytest
from avro_json import Notation, header_schema, lines_of

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "testdata/avro"
CODECS = ("null", "deflate", "snappy", "zstandard")

SCHEMA = {
    "type": "record",
    "name": "Prediction",
    "fields": [
        {"name": "prediction_id", "type": "string"},
        {"name": "model_version", "type": ["null", "string"]},
        {"name": "prediction", "type": "double"},
        {"name": "actual", "type": ["null", "double"]},
        {"name": "timestamp", "type": {"type": "long", "logicalType": "timestamp-micros"}},
        {"name": "region", "type": ["null", "string"]},
    ],
}


def events():
    """Predictions of three days with every kind of null; the same each time."""
    chance = random.Random(2013)
    first = datetime(2025, 7, 28, tzinfo=timezone.utc)
    return [{
        "prediction_id": f"p-{number}",
        "model_version": chance.choice([None, "v1", "v2"]),
        "prediction": chance.gauss(20, 5),
        "actual": chance.choice([None, chance.gauss(20, 7)]),
        "timestamp": first + timedelta(minutes=chance.randrange(3 * 24 * 60)),
        "region": chance.choice([None, "eu", "us"]),
    } for number in range(2000)]


def evaluate(mseavro, tmp_path, codec, *options):
    path = tmp_path / f"{codec}.avro"
    with open(path, "wb") as file:
        fastavro.writer(file, SCHEMA, events(), codec=codec, sync_interval=4096)
    return mseavro("eval", path, "--by", "region", "--window", "day", *options).stdout


@pytest.mark.parametrize("codec", CODECS)
def test_events_of_fastavro_are_read_equal_with_each_codec(mseavro, tmp_path, codec):
    plain = evaluate(mseavro, tmp_path, "null", "--format", "csv")
    # Three versions, null included, times three regions times three days, and the names of columns.
    assert len(plain.splitlines()) == 28
    assert evaluate(mseavro, tmp_path, codec, "--format", "csv") == plain


@pytest.mark.parametrize("codec", CODECS)
def test_metrics_files_are_read_by_fastavro_and_equal_the_csv(mseavro, tmp_path, codec):
    metrics = tmp_path / "metrics.avro"
    rows = list(csv.DictReader(
        evaluate(mseavro, tmp_path, "null", "--format", "csv").splitlines()))
    evaluate(mseavro, tmp_path, "null", "--format", "avro", "--codec", codec, "-o", metrics)
    with open(metrics, "rb") as file:
        reader = fastavro.reader(file)
        assert reader.codec == codec
        assert reader.writer_schema["name"] == "mseavro.MetricRow"
        found = [as_csv_row(record) for record in reader]
    assert len(found) == len(rows)
    for record, row in zip(found, rows, strict=True):
        for column, value in record.items():
            cell = row[column]
            assert (float(cell) if isinstance(value, float) and cell else cell) == value, column


def as_csv_row(record):
    """A metric row as its cells in the CSV; floats are compared as floats."""
    row = {
        "model_version": record["model_version"] or "",
        "window_start": f"{record['window_start']:%Y-%m-%dT%H:%M:%SZ}",
        "window_end": f"{record['window_end']:%Y-%m-%dT%H:%M:%SZ}",
        "predictions": str(record["predictions"]),
        "count": str(record["count"]),
    }
    row |= {part["key"]: part["value"] or "" for part in record["slice"]}
    for name in ("coverage", "mse", "rmse", "mae", "bias"):
        row[name] = "" if record[name] is None else record[name]
    return row


@pytest.mark.parametrize("file", sorted(GOLDEN.glob("*.avro")), ids=lambda file: file.name)
def test_golden_files_are_shown_as_what_was_written(mseavro, file):
    values = Notation(header_schema(file.read_bytes())).of_json
    expected = (GOLDEN / "expected.jsonl").read_text(encoding="utf-8")
    found = mseavro("cat", "--format", "json", file).stdout
    assert list(map(values, lines_of(found))) == list(map(values, lines_of(expected)))


def test_the_files_of_the_demo_are_read_by_fastavro(mseavro, flights_demo):
    for folder in ("predictions/model_version=carryover-2", "labels"):
        path = flights_demo / folder / "date=2013-07-28/part-0.avro"
        with open(path, "rb") as file:
            assert file.read(200).find(b"snappy") > 0
            file.seek(0)
            found = [(record["prediction_id"], record.get("prediction", record.get("actual")))
                     for record in fastavro.reader(file)]
        shown = map(json.loads, mseavro("cat", path).stdout.splitlines())
        assert found == [(record["prediction_id"], record.get("prediction", record.get("actual")))
                         for record in shown]
        assert len(found) > 500
