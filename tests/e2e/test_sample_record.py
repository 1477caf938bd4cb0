"""The record that a team of the mission logs works as it stands: no options, no configuration."""

import csv

import fastavro

SCHEMA = {
    "type": "record",
    "name": "Prediction",
    "fields": [
        {"name": "prediction_id", "type": "string"},
        {"name": "model_version", "type": "string"},
        {"name": "prediction", "type": "double"},
        {"name": "actual", "type": ["null", "double"]},
        {"name": "squared_error", "type": "double"},
        {"name": "timestamp", "type": "long"},
    ],
}
RECORD = {
    "prediction_id": "p-10488",
    "model_version": "v4.1.0",
    "prediction": 28.7,
    "actual": 30.1,
    "squared_error": 1.96,
    "timestamp": 1738102210,
}


def evaluate(mseavro, tmp_path, *options):
    path = tmp_path / "sample.avro"
    with open(path, "wb") as file:
        fastavro.writer(file, SCHEMA, [RECORD])
    done = mseavro("eval", path, "--format", "csv", *options)
    (row,) = csv.DictReader(done.stdout.splitlines())
    return row, done.stderr


def test_gives_the_squared_error_of_its_one_row(mseavro, tmp_path):
    row, _ = evaluate(mseavro, tmp_path)
    assert row["model_version"] == "v4.1.0"
    assert row["predictions"] == row["count"] == "1"
    assert float(row["mse"]) == (30.1 - 28.7) ** 2
    # 1.96 is off by less than 1e-9, so it agrees; it is never used for the metric.
    assert float(row["mse"]) != RECORD["squared_error"]


def test_reads_its_plain_number_as_seconds_and_says_so(mseavro, tmp_path):
    row, said = evaluate(mseavro, tmp_path, "--window", "day")
    assert row["window_start"] == "2025-01-28T00:00:00Z"
    assert "seconds" in said
