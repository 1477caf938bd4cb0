"""Writes canonical.tsv beside this file.

    pip install fastavro==1.13.1
    python make_canonical.py

Each line: a schema, its Parsing Canonical Form, and the form's CRC-64-AVRO (as a number), MD5 and
SHA-256 in hexadecimal, as fastavro makes them.
"""

import json
import pathlib

from fastavro.schema import fingerprint, to_parsing_canonical_form

PRIMITIVES = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"]


def record(name, *fields, **attributes):
    return {"fields": list(fields), "type": "record", "name": name, **attributes}


def field(name, type_, **attributes):
    return {"type": type_, "name": name, **attributes}


SCHEMAS = [
    *PRIMITIVES,
    *({"type": name} for name in PRIMITIVES),
    {"type": "long", "logicalType": "timestamp-millis"},
    {"type": "bytes", "precision": 4, "logicalType": "decimal", "scale": 2},
    [],
    ["null", "int", {"type": "string", "avro.java.string": "String"}],
    {"items": "long", "type": "array", "default": []},
    {"values": ["null", {"type": "array", "items": "int"}], "type": "map", "doc": "nested"},
    {"size": 16, "type": "fixed", "name": "md5", "namespace": "x.y", "aliases": ["hash"]},
    {"type": "fixed", "name": "a.b.F", "namespace": "ignored", "size": 0},
    {"type": "enum", "symbols": ["B", "A"], "name": "E", "default": "A", "doc": "none"},
    {"type": "enum", "symbols": [], "name": "E"},
    record("R"),
    record("R", doc="d", namespace="n", aliases=["Q"], version=1),
    record("R", field("a", "int", default=1, order="descending", aliases=["b"], doc="d")),
    record("n.Tree", field("left", ["null", "Tree"]), field("right", ["null", "n.Tree"])),
    record("n.R", field("f", {"type": "fixed", "name": "F", "size": 2}), field("g", "F"),
           field("h", {"type": "map", "values": "n.F"})),
    record("n.R", field("f", record("m.S", field("e", {"type": "enum", "name": "E",
                                                       "symbols": ["Z"]}))),
           field("g", "m.E")),
    record("Wide", *(field(f"field_{index}", PRIMITIVES[index % 8]) for index in range(100))),
]


def main():
    lines = []
    for schema in SCHEMAS:
        form = to_parsing_canonical_form(schema)
        crc64 = bytes.fromhex(fingerprint(form, "CRC-64-AVRO"))[::-1].hex()  # Lowest byte first.
        columns = [json.dumps(schema), form, crc64, fingerprint(form, "md5"),
                   fingerprint(form, "sha256")]
        lines.append("\t".join(columns) + "\n")
    (pathlib.Path(__file__).parent / "canonical.tsv").write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
