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


COLUMNS = {
    "null": pa.array([None] * 4),
    "flag": pa.array([True, None, False, True]),
    "small": pa.array([-128, 127, None, 0], pa.int8()),
    "natural": pa.array([0, 2**32 - 1, 1, None], pa.uint32()),
    "single": pa.array([0.5, None, float("inf"), -0.0], pa.float32()),
    "wide": pa.array([0.1, 1e300, None, 5e-324]),
    "text": pa.array(["", None, "grün", "a longer text than fits in a view"]),
    "large_text": pa.array(["a", "b", None, "c"], pa.large_utf8()),
    "text_view": pa.array(["a", None, "a longer text than fits in a view", ""], pa.string_view()),
    "binary_view": pa.array([b"a", None, b"thirteen bytes", b""], pa.binary_view()),
    "fixed": pa.array([b"abc", None, b"def", b"ghi"], pa.binary(3)),
    "category": pa.array(["x", None, "y", "x"]).dictionary_encode(),
    "price": pa.array([decimal.Decimal("1.50"), None, decimal.Decimal("-99999.99"),
                       decimal.Decimal(0)], pa.decimal128(7, 2)),
    "great": pa.array([decimal.Decimal(10) ** 60, None, -decimal.Decimal(10) ** 60, None],
                      pa.decimal256(70, 0)),
    "day": pa.array([datetime.date(1969, 12, 31), None] * 2),
    "day64": pa.array([datetime.date(2025, 7, 28), None] * 2, pa.date64()),
    "clock": pa.array([datetime.time(23, 59, 59), None] * 2, pa.time32("s")),
    "instant": pa.array([0, None, -1, 2**40], pa.timestamp("us", "Europe/Berlin")),
    "seconds": pa.array([0, None, -1, 2**31], pa.timestamp("s")),
    "span": pa.array([pa.MonthDayNano([1, 2, 3_000_000]), None] * 2),
    "list": pa.array([[1, None], None, [], [2]]),
    "large_list": pa.array([["a"], None, [], ["b", "c"]], pa.large_list(pa.utf8())),
    "pair": pa.array([[1, 2], None, [3, 4], [5, 6]], pa.list_(pa.int32(), 2)),
    "map": pa.array([[("k", 1)], None, [], [("l", None), ("m", 2)]],
                    pa.map_(pa.utf8(), pa.int64())),
    "struct": pa.array([{"a": 1, "b": ["x"]}, None, {"a": None, "b": None}, {"a": 2, "b": []}],
                       pa.struct({"a": pa.int32(), "b": pa.list_(pa.utf8())})),
}

# What comes back as another type, because Avro has no such one.
RETURNED_TYPES = {
    "small": pa.int32(), "natural": pa.int64(), "large_text": pa.utf8(), "text_view": pa.utf8(),
    "binary_view": pa.binary(), "category": pa.utf8(), "day64": pa.date32(),
    "clock": pa.time32("ms"), "instant": pa.timestamp("us", "UTC"), "seconds": pa.timestamp("ms"),
    "large_list": pa.list_(pa.utf8()), "pair": pa.list_(pa.int32()),
}


@pytest.mark.parametrize("rows", [slice(0, 4), slice(1, 3), slice(3, 4), slice(0, 0)])
@pytest.mark.parametrize("name", COLUMNS)
def test_columns_of_pyarrow_come_back_equal(guest, tmp_path, name, rows):
    # A slice is the same buffers with an offset.
    table = pa.table({"x": COLUMNS[name]})[rows]
    path = tmp_path / "written.avro"
    guest.write(path, table)
    read = guest.read(path)["x"].combine_chunks()
    expected = table["x"].combine_chunks()
    if name in RETURNED_TYPES:
        expected = expected.cast(RETURNED_TYPES[name])
    assert read.to_pylist() == expected.to_pylist()
    if len(expected) > 0 and not pa.types.is_nested(expected.type):
        assert read.type == expected.type


def test_fastavro_reads_what_was_written(guest, tmp_path):
    path = tmp_path / "written.avro"
    names = ["flag", "small", "wide", "text", "category", "price", "day", "instant", "list",
             "struct"]
    table = pa.table({name: COLUMNS[name] for name in names})
    guest.write(path, table)
    with open(path, "rb") as file:
        assert list(fastavro.reader(file)) == table.to_pylist()


NUMBERS, TEXTS = pa.array([1, 2, 3]), pa.array(["a", "b", "c"])
TYPE_IDS = pa.array([1, 0, 1], pa.int8())
UNIONS = [
    (pa.UnionArray.from_dense(TYPE_IDS, pa.array([0, 2, 1], pa.int32()), [NUMBERS, TEXTS],
                              ["long", "string"]), ["a", 3, "b"]),
    (pa.UnionArray.from_sparse(TYPE_IDS, [NUMBERS, TEXTS], ["long", "string"]), ["a", 2, "c"]),
]


@pytest.mark.parametrize(("union", "values"), UNIONS, ids=["dense", "sparse"])
def test_unions_and_enums_take_columns_by_a_schema(guest, tmp_path, union, values):
    suits = ["CLUBS", "HEARTS", "CLUBS"]
    schema = {"type": "record", "name": "R", "fields": [
        {"name": "suit", "type": {"type": "enum", "name": "S", "symbols": ["HEARTS", "CLUBS"]}},
        {"name": "new", "type": "int", "default": 7},
        {"name": "x", "type": ["null", "string", "long"]}]}
    table = pa.table({"x": union, "suit": pa.array(suits).dictionary_encode()})
    path = tmp_path / "written.avro"
    guest.write(path, table, json.dumps(schema))
    with open(path, "rb") as file:
        assert list(fastavro.reader(file)) == [{"suit": suit, "new": 7, "x": value}
                                               for suit, value in zip(suits, values, strict=True)]


def test_columns_that_avro_has_no_type_for_are_refused_by_name(guest, tmp_path):
    table = pa.table({"ok": [1], "half": pa.array([1.5], pa.float16())})
    with pytest.raises(GuestError, match="E0306"):
        guest.write(tmp_path / "written.avro", table)
    assert not list(tmp_path.iterdir())


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
