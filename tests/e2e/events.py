"""Prediction and label files that the tests make up."""

import io

import fastavro

# 2025-07-28T00:00:00Z, a Monday.
MONDAY = 1753660800
HOUR = 3600
DAY = 24 * HOUR

TIMESTAMP = {"type": "long", "logicalType": "timestamp-micros"}
PREDICTION_FIELDS = {
    "prediction_id": ["null", "string"],
    "model_version": ["null", "string"],
    "prediction": ["null", "double"],
    "actual": ["null", "double"],
    "timestamp": ["null", TIMESTAMP],
    "region": ["null", "string"],
}
LABEL_FIELDS = {
    "prediction_id": ["null", "string"],
    "actual": ["null", "double"],
    "label_timestamp": ["null", TIMESTAMP],
    "deleted": "boolean",
}


def record_schema(fields, name="Event"):
    return {"type": "record", "name": name,
            "fields": [{"name": field, "type": kind} for field, kind in fields.items()]}


def at(seconds):
    """An instant as the files have it: microseconds, here from MONDAY on."""
    return (MONDAY + seconds) * 1_000_000


def avro_bytes(fields, records, codec="null", **options):
    file = io.BytesIO()
    fastavro.writer(file, record_schema(fields), records, codec=codec, **options)
    return file.getvalue()


def write_avro(path, fields, records, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(avro_bytes(fields, records, **options))
    return path


def prediction(number, value=10.0, actual=None, version="v1", seconds=0, region=None):
    return {"prediction_id": number if number is None else f"p-{number}", "prediction": value,
            "actual": actual, "model_version": version, "timestamp": at(seconds),
            "region": region}


def label(number, actual, seconds=None, deleted=False):
    return {"prediction_id": number if number is None else f"p-{number}", "actual": actual,
            "label_timestamp": None if seconds is None else at(seconds), "deleted": deleted}


def write_predictions(path, records, has_actuals=True, **options):
    """With `has_actuals` false the events have no field for an actual: it comes in labels only."""
    fields = dict(PREDICTION_FIELDS)
    if not has_actuals:
        del fields["actual"]
    return write_avro(path, fields, records, **options)


def write_labels(path, records, **options):
    return write_avro(path, LABEL_FIELDS, records, **options)
