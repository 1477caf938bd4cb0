"""Old and new versions of the shipped schemas, every one read as every other: by us, fastavro and,
with `./dev test --full`, Avro Java. The values are the same in all."""

import io
import itertools
import json
import os

import fastavro
import pytest
from conftest import ROOT
from random_avro import Decoder, RandomAvro
from avro_json import unordered
from test_differential import encode, resolved_by_java, resolved_by_us

CONTRACT = ROOT / "src/events/contract"
VALUE_COUNT = 6


def shipped(name):
    return json.loads((CONTRACT / f"{name}.avsc").read_text(encoding="utf-8"))


def without(schema, *names):
    """The version before these fields came."""
    assert all("default" in field for field in schema["fields"] if field["name"] in names)
    return {**schema, "fields": [field for field in schema["fields"] if field["name"] not in names]}


def required_only(schema):
    return without(schema, *(field["name"] for field in schema["fields"] if "default" in field))


def versions():
    """Of each record, its versions from the oldest on."""
    prediction, label = shipped("prediction_event"), shipped("label_event")
    metric = json.loads((ROOT / "src/engine/question/metric_row.avsc").read_text(encoding="utf-8"))
    return {
        "MovieWatchEvent": [shipped("movie_watch_schema"), shipped("movie_watch_schema_v2"),
                            shipped("movie_watch_schema_v3")],
        "MovieRatingEvent": [shipped("movie_rating_schema"), shipped("movie_rating_schema_v2")],
        "RecommendationRequest": [shipped("recommendation_request_schema"),
                                  shipped("recommendation_request_schema_v2")],
        "PredictionEvent": [required_only(prediction),
                            without(prediction, "squared_error", "featureset_version", "tags"),
                            prediction],
        "LabelEvent": [required_only(label), without(label, "deleted"), label],
        "MetricRow": [required_only(metric),
                      without(metric, *optional_names(metric)[-3:]), metric],
    }


def optional_names(schema):
    return [field["name"] for field in schema["fields"] if "default" in field]


PAIRS = [pytest.param(name, writer, reader, id=f"{name}-{first}-as-{second}")
         for name, all_versions in versions().items()
         for (first, writer), (second, reader) in itertools.product(enumerate(all_versions, 1),
                                                                    repeat=2)]


def bare(schema):
    """Without logical types, which have no say in bytes but keep Python from reading them all."""
    if isinstance(schema, list):
        return [bare(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: value if key == "default" else bare(value) for key, value in schema.items()
            if key != "logicalType"}


def datums(writer):
    source = RandomAvro(11)
    return [encode(bare(writer), source.value(bare(writer))) for _ in range(VALUE_COUNT)]


def resolved_by_fastavro(writer, reader, datum):
    parsed = [fastavro.parse_schema(bare(schema)) for schema in (writer, reader)]
    value = fastavro.schemaless_reader(io.BytesIO(datum), *parsed)
    for field in reader["fields"]:
        # It takes the default of bytes as the text that stands for them in JSON.
        if field["type"] == "bytes" and isinstance(value[field["name"]], str):
            value[field["name"]] = value[field["name"]].encode("latin-1")
    return unordered(Decoder(reader, encode(bare(reader), value)).notation())


@pytest.mark.parametrize("name,writer,reader", PAIRS)
def test_every_version_reads_every_other(mseavro, tmp_path, name, writer, reader):
    for datum in datums(writer):
        ours, error = resolved_by_us(mseavro, tmp_path, writer, reader, datum)
        assert ours is not None, f"{name}: {error}"
        assert ours == resolved_by_fastavro(writer, reader, datum)
    (tmp_path / "writer.avsc").write_text(json.dumps(writer), encoding="utf-8")
    mseavro("schema", "check", tmp_path / "reader.avsc", tmp_path / "writer.avsc")


def test_renamed_fields_are_found_by_their_aliases(mseavro, tmp_path):
    new = shipped("prediction_event")
    old = {**new, "fields": [{**field, "name": field.get("aliases", [field["name"]])[0],
                              "aliases": []} for field in new["fields"]]}
    assert old["fields"][1]["name"] == "predicted_value"
    for datum in datums(old):
        ours, error = resolved_by_us(mseavro, tmp_path, old, new, datum)
        assert ours == resolved_by_fastavro(old, new, datum), error
        assert ours == unordered(Decoder(new, datum).notation())


@pytest.mark.skipif(os.environ.get("MSEAVRO_FULL") != "1",
                    reason="needs a JDK and Maven: ./dev test --full")
def test_java_reads_the_same(mseavro, libraries, tmp_path):
    tasks = [(name, writer, reader, datums(writer))
             for name, writer, reader in (pair.values for pair in PAIRS)]
    answers = resolved_by_java(libraries, tasks)
    for name, writer, reader, data in tasks:
        for datum in data:
            theirs, answer = next(answers)
            ours, error = resolved_by_us(mseavro, tmp_path, writer, reader, datum)
            assert ours == theirs and ours is not None, f"{name}: {error}; Java: {answer}"


def test_evolved_schemas_only_add_optional_fields():
    for all_versions in versions().values():
        for old, new in itertools.pairwise(all_versions):
            added = [field for field in new["fields"]
                     if field["name"] not in [other["name"] for other in old["fields"]]]
            assert added and all("default" in field for field in added)
    newest = {name: {field["name"] for field in all_versions[-1]["fields"]}
              for name, all_versions in versions().items()}
    assert "deviceType" in newest["RecommendationRequest"]
    assert {"watchedInFull", "watchedWithSubtitles"} <= newest["MovieWatchEvent"]
    assert "ratingContext" in newest["MovieRatingEvent"]
