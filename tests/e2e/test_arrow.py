"""Arrow streams of the library hold, in pyarrow, what other Avro libraries read.

The consensus files of the corpus (test_corpus.py) are compared where they are to be found.
"""

import datetime
import decimal
import json
import pathlib
import uuid

import fastavro
import pyarrow as pa
import pytest
from arrow_guest import ArrowNotation, Guest, GuestError, integer_bytes
from avro_json import Notation, header_schema, lines_of
from test_corpus import CORPUS, ERRORS, container_files

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "testdata/avro"
UTC = datetime.timezone.utc

# Times that are not within a day come as they are.
BEYOND_ARROW = {"duckdb-avro/test/time_millis.avro"}


@pytest.fixture(scope="module")
def guest(package):
    return Guest(package)


@pytest.mark.parametrize("name", ["fastavro_null", "fastavro_zstandard", "java_snappy",
                                  "java_sized"])
def test_every_type_has_the_values_that_were_written(guest, name):
    path = GOLDEN / f"{name}.avro"
    with pytest.raises(GuestError, match="E0306.*golden.Link"):
        guest.read(path)
    schema = header_schema(path.read_bytes())
    schema["fields"] = [field for field in schema["fields"] if field["name"] != "chain"]
    table = guest.read(path, columns=[field["name"] for field in schema["fields"]], row_count=7)
    lines = lines_of((GOLDEN / "expected.jsonl").read_text(encoding="utf-8"))
    table.validate(full=True)
    assert table.num_rows == len(lines)
    for row, line in enumerate(lines):
        expected = Notation(header_schema(path.read_bytes())).of_json(line)
        expected["r"] = [shortened(*pair) for pair in expected["r"] if pair[0] != "chain"]
        assert ArrowNotation(schema).of_row(table, row) == expected, f"record {row}"


def shortened(name, value):
    """Of a decimal's bytes Arrow keeps the number alone, not how many there were."""
    if name == "price":
        number = int.from_bytes(bytes.fromhex(value.removeprefix("b:")), "big", signed=True)
        value = f"b:{integer_bytes(number).hex()}"
    return [name, value]


def test_logical_types_are_those_of_python(guest, tmp_path):
    types = {
        "day": ({"type": "int", "logicalType": "date"}, datetime.date(2025, 7, 28)),
        "clock": ({"type": "long", "logicalType": "time-micros"}, datetime.time(12, 34, 56, 789)),
        "instant": ({"type": "long", "logicalType": "timestamp-millis"},
                    datetime.datetime(2025, 7, 28, 1, 2, 3, 4000, UTC)),
        "local": ({"type": "long", "logicalType": "local-timestamp-micros"},
                  datetime.datetime(2025, 7, 28, 1, 2, 3, 4)),
        "price": ({"type": "bytes", "logicalType": "decimal", "precision": 50, "scale": 2},
                  decimal.Decimal("-12345678901234567890123456789012345678901234567.89")),
        "suit": ({"type": "enum", "name": "Suit", "symbols": ["CLUBS", "HEARTS"]}, "HEARTS"),
        "id": ({"type": "string", "logicalType": "uuid"}, uuid.UUID(int=7)),
    }
    schema = {"type": "record", "name": "R",
              "fields": [{"name": name, "type": kind} for name, (kind, _) in types.items()]}
    path = tmp_path / "logical.avro"
    record = {name: value for name, (_, value) in types.items()}
    with open(path, "wb") as file:
        fastavro.writer(file, schema, [record])
    read = guest.read(path).to_pylist()[0]
    assert uuid.UUID(read.pop("id")) == record.pop("id")
    assert read == record


def test_a_fixed_uuid_is_the_extension_type(guest, tmp_path):
    schema = {"type": "fixed", "name": "U", "size": 16, "logicalType": "uuid"}
    path = tmp_path / "uuid.avro"
    with open(path, "wb") as file:
        fastavro.writer(file, schema, [bytes(range(16))])
    table = guest.read(path)
    assert table.schema.field("value").type == pa.uuid()
    assert table["value"].to_pylist() == [uuid.UUID(bytes=bytes(range(16)))]


def test_a_damaged_file_ends_in_an_error_that_says_where(guest, tmp_path):
    path = tmp_path / "cut.avro"
    path.write_bytes((GOLDEN / "fastavro_null.avro").read_bytes()[:-20])
    with pytest.raises(pa.ArrowInvalid, match="E0203"):
        guest.read(path, columns=["flag"])


@pytest.mark.parametrize("file", container_files())
def test_files_of_other_engines_hold_the_truth(guest, file):
    if file in ERRORS:
        pytest.skip("damaged")
    path = CORPUS / file
    try:
        table = guest.read(path)
    except GuestError as error:
        assert "contains itself" in str(error)
        return
    schema = header_schema(path.read_bytes())
    truth = lines_of((CORPUS / f"{file}.java.jsonl").read_text(encoding="utf-8"))
    table.validate(full=file not in BEYOND_ARROW)
    assert table.num_rows == len(truth)
    for row, line in enumerate(truth):
        assert ArrowNotation(schema).of_row(table, row) == json.loads(line), f"record {row}"
