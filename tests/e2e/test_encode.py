"""`mseavro encode` and `decode`: datums by themselves, against fastavro."""

import io
import json
import os
import subprocess

import fastavro
import pytest
from avro_parts import long
from conftest import open_terminal
from fastavro.schema import fingerprint, to_parsing_canonical_form

SCHEMA = {
    "type": "record", "name": "Event", "namespace": "log",
    "fields": [
        {"name": "id", "type": "string"},
        {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["VIEW", "BUY"]}},
        {"name": "price", "type": ["null", "double"], "default": None},
        {"name": "tags", "type": {"type": "map", "values": ["null", "long", "string"]},
         "default": {}},
        {"name": "raw", "type": {"type": "fixed", "name": "Raw", "size": 3}},
        {"name": "items", "type": {"type": "array", "items": "float"}},
        {"name": "parent", "type": ["null", "Event"], "default": None},
    ],
}

DATUM = {"id": "a\u00e9\U0001F600", "kind": "BUY", "price": -1e-320,
         "tags": {"n": -2**63, "t": "x", "z": None}, "raw": b"\x00\x80\xff",
         "items": [0.5, 16777216.0],
         "parent": {"id": "", "kind": "VIEW", "price": None, "tags": {}, "raw": b"abc",
                    "items": [], "parent": None}}

AVRO_JSON = {"id": "a\u00e9\U0001F600", "kind": "BUY", "price": {"double": -1e-320},
             "tags": {"n": {"long": -2**63}, "t": {"string": "x"}, "z": None},
             "raw": "\u0000\u0080\u00ff", "items": [0.5, 16777216.0],
             "parent": {"log.Event": {"id": "", "kind": "VIEW", "price": None, "tags": {},
                                      "raw": "abc", "items": [], "parent": None}}}


def unwrapped(value):
    """Plain JSON of Avro JSON in which every object of one member names a branch."""
    branches = {"double", "long", "string", "log.Event"}
    if isinstance(value, dict) and value and set(value) <= branches:
        return unwrapped(next(iter(value.values())))
    if isinstance(value, dict):
        return {name: unwrapped(member) for name, member in value.items()}
    return value


def fastavro_bytes(datum=DATUM):
    out = io.BytesIO()
    fastavro.schemaless_writer(out, SCHEMA, datum)
    return out.getvalue()


@pytest.fixture(name="schema")
def schema_file(tmp_path):
    path = tmp_path / "event.avsc"
    path.write_text(json.dumps(SCHEMA))
    return path


@pytest.fixture(name="lines")
def lines_file(tmp_path):
    path = tmp_path / "events.jsonl"
    path.write_text(json.dumps(AVRO_JSON) + "\n\n" + json.dumps(AVRO_JSON) + "\n")
    return path


def test_the_bytes_are_those_of_fastavro(mseavro, tmp_path, schema, lines):
    out = tmp_path / "out.bin"
    mseavro("encode", "--schema", schema, lines, "-o", out)
    assert out.read_bytes() == 2 * fastavro_bytes()
    decoded = mseavro("decode", "--schema", schema, out).stdout.splitlines()
    assert [json.loads(line) for line in decoded] == [AVRO_JSON, AVRO_JSON]


def test_plain_json_makes_the_same_bytes(mseavro, tmp_path, schema):
    plain = tmp_path / "plain.jsonl"
    plain.write_text(json.dumps(unwrapped(AVRO_JSON)))
    hexed = mseavro("encode", "--schema", schema, plain, "--plain", "--hex").stdout
    assert hexed == fastavro_bytes().hex() + "\n"
    digits = tmp_path / "digits"
    digits.write_text(hexed.upper())
    decoded = mseavro("decode", "--schema", schema, digits, "--plain", "--hex").stdout
    assert json.loads(decoded) == unwrapped(AVRO_JSON)


def test_single_objects_carry_the_fingerprint(mseavro, tmp_path, schema, lines):
    out = tmp_path / "out.bin"
    mseavro("encode", "--schema", schema, lines, "--single-object", "-o", out)
    # fastavro names a schema with the lowest byte first, as messages do.
    name = fingerprint(to_parsing_canonical_form(SCHEMA), "CRC-64-AVRO")
    assert out.read_bytes() == 2 * (b"\xc3\x01" + bytes.fromhex(name) + fastavro_bytes())
    decoded = mseavro("decode", "--schema", schema, "--single-object", out).stdout.splitlines()
    assert [json.loads(line) for line in decoded] == [AVRO_JSON, AVRO_JSON]

    other = tmp_path / "other.avsc"
    other.write_text('"int"')
    failed = mseavro("decode", "--schema", other, "--single-object", out, exit_code=2)
    assert "error[E0308]" in failed.stderr
    bare = mseavro("decode", "--schema", schema, out, exit_code=2)
    assert "add --single-object" in bare.stderr


def test_a_datum_is_read_as_a_reader_schema_does(mseavro, tmp_path, schema, lines):
    reader = tmp_path / "reader.avsc"
    reader.write_text(json.dumps({
        "type": "record", "name": "Event", "namespace": "log",
        "fields": [{"name": "id", "type": "bytes"},
                   {"name": "new", "type": "int", "default": 7}]}))
    out = tmp_path / "out.bin"
    mseavro("encode", "--schema", schema, lines, "-o", out)
    decoded = mseavro("decode", "--schema", schema, "--reader-schema", reader, out).stdout
    assert json.loads(decoded.splitlines()[1])["new"] == 7


def test_a_wrong_value_is_named_with_its_place(mseavro, tmp_path, schema):
    path = tmp_path / "wrong.jsonl"
    wrong = {**AVRO_JSON, "tags": {"n": {"long": 2**63}}}
    path.write_text(json.dumps(AVRO_JSON) + "\n" + json.dumps(wrong) + "\n")
    out = tmp_path / "out.bin"
    failed = mseavro("encode", "--schema", schema, path, "-o", out, exit_code=2)
    assert "error[E0506]" in failed.stderr
    assert 'tags["n"]' in failed.stderr and "line 2" in failed.stderr
    assert "9223372036854775808" in failed.stderr
    assert not out.exists()


def test_a_value_that_is_plain_json_names_the_option(mseavro, tmp_path):
    schema = tmp_path / "time.avsc"
    schema.write_text('{"type":"long","logicalType":"timestamp-micros"}')
    line = tmp_path / "time.json"
    line.write_text('"2025-07-28T00:00:00Z"\n')
    assert "--plain" in mseavro("encode", "--schema", schema, line, "--hex", exit_code=2).stderr
    hexed = mseavro("encode", "--schema", schema, line, "--hex", "--plain").stdout
    assert hexed == f"{long(1753660800000000).hex()}\n"


def test_every_cut_of_a_datum_is_an_error(mseavro, tmp_path, schema):
    cut = tmp_path / "cut"
    digits = fastavro_bytes().hex()
    for size in range(0, len(digits), 16):
        cut.write_text(digits[:size] or "c3")
        failed = mseavro("decode", "--schema", schema, "--hex", cut, exit_code=2)
        assert failed.stderr.startswith("error[E02")


def test_bytes_are_not_written_to_a_terminal(mseavro, schema, lines):
    ours, theirs = open_terminal()
    done = subprocess.run([mseavro.path, "encode", "--schema", schema, lines], stdout=theirs,
                          stderr=subprocess.PIPE, encoding="utf-8", timeout=60, check=False)
    os.close(theirs)
    os.close(ours)
    assert done.returncode == 2 and "error[E0001]" in done.stderr


def test_a_schema_must_be_given_and_obey_the_rules_of_names(mseavro, tmp_path, lines):
    assert "--schema" in mseavro("encode", lines, exit_code=2).stderr
    odd = tmp_path / "odd.avsc"
    odd.write_text('{"type":"record","name":"R","fields":[{"name":"a b","type":"int"}]}')
    assert "error[E0302]" in mseavro("encode", "--schema", odd, lines, "--hex",
                                     exit_code=2).stderr


def test_data_of_thousands_of_levels_is_encoded_and_of_a_million_refused(mseavro, tmp_path):
    schema = tmp_path / "node.avsc"
    schema.write_text('{"type":"record","name":"N","fields":[{"name":"n","type":["null","N"]}]}')
    path = tmp_path / "deep.jsonl"
    path.write_text('{"n":{"N":' * 4095 + '{"n":null}' + "}}" * 4095)
    hexed = mseavro("encode", "--schema", schema, path, "--hex").stdout
    assert hexed == "02" * 4095 + "00\n"
    path.write_text('{"n":' * 1_000_000 + "null" + "}" * 1_000_000)
    for options in ([], ["--plain"]):
        failed = mseavro("encode", "--schema", schema, path, "--hex", *options, exit_code=2)
        assert "error[E0214]" in failed.stderr
