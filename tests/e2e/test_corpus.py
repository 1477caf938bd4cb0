"""Real Avro files of other engines decode to what Avro Java makes of them.

The files are not part of the repository: MSEAVRO_SHARED names the folder that holds `corpus`
(by default `shared` beside the repository). Its README.md explains the notation of the truth.
"""

import io
import json
import os
import pathlib
import re
import struct

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORPUS = pathlib.Path(os.environ.get("MSEAVRO_SHARED", ROOT.parent / "shared")) / "corpus"

# Files that end in an error, and in which. The codecs bzip2 and xz are not built yet; the other
# files are damaged.
ERRORS = {
    "arrow-testing/data/avro/alltypes_plain.bzip2.avro": "E0205",
    "arrow-testing/data/avro/alltypes_plain.xz.avro": "E0205",
    "avro/lang/c/tests/avro-1237-bad-union-discriminant.avro": "E0212",
    "avro/lang/c/tests/avro-1238-truncated.avro": "E0203",
    "avro/lang/js/test/dat/person-10.no-codec.avro": "E0203",
    "avro/share/test/data/test.avro12": "E0201",  # Avro 1.2 had another container format.
    "avsc-js/test/dat/person-10.no-codec.avro": "E0203",
    "hamba/ocf/testdata/deflate-invalid-data.avro": "E0206",
    "hamba/ocf/testdata/snappy-invalid-crc.avro": "E0207",
    "hamba/ocf/testdata/snappy-invalid-data.avro": "E0206",
    "hamba/ocf/testdata/snappy-short-crc.avro": "E0206",
    "hamba/ocf/testdata/zstd-invalid-data.avro": "E0206",
    "iceberg-rust/crates/iceberg/testdata/manifests_lists/manifest-list-v3-encrypted.avro": "E0201",
}

NAMED_TYPES = ("record", "error", "enum", "fixed")
PRIMITIVE_TYPES = {"null", "boolean", "int", "long", "float", "double", "bytes", "string"}


def container_files():
    if not (CORPUS / "INDEX.jsonl").exists():
        reason = f"{CORPUS} is missing; MSEAVRO_SHARED can say where it is"
        return [pytest.param(None, marks=pytest.mark.skip(reason=reason))]
    index = map(json.loads, lines_of((CORPUS / "INDEX.jsonl").read_text(encoding="utf-8")))
    return sorted(row["file"] for row in index if row["kind"] == "ocf")


def lines_of(text):
    """Lines end at line feeds alone: str.splitlines also cuts at U+0085, which texts contain."""
    return text.split("\n")[:-1]


@pytest.mark.parametrize("file", container_files())
def test_decodes_to_the_truth_or_ends_in_its_error(mseavro, file):
    if file in ERRORS:
        done = mseavro("cat", "--format", "json", CORPUS / file, exit_code=2)
        assert re.findall(r"error\[(E\d{4})\]", done.stderr) == [ERRORS[file]], done.stderr
        return
    truth = lines_of((CORPUS / f"{file}.java.jsonl").read_text(encoding="utf-8"))
    found = lines_of(mseavro("cat", "--format", "json", CORPUS / file).stdout)
    writer = Truth(header_schema((CORPUS / file).read_bytes()))
    assert len(found) == len(truth)
    for number, (line, expected) in enumerate(zip(found, truth, strict=True)):
        assert writer.of_json(line) == json.loads(expected), f"record {number}"


class Truth:
    """Turns the Avro JSON encoding of a schema's values into the notation of the truth."""

    def __init__(self, schema):
        self.root = schema
        self.named = {}
        self.collect(schema, "")

    def of_json(self, line):
        value = json.loads(line, object_pairs_hook=Pairs, parse_int=exact_integer)
        return self.convert(self.root, "", value)

    def collect(self, schema, namespace):
        """Enters the definitions of named types by full name."""
        if isinstance(schema, list):
            for branch in schema:
                self.collect(branch, namespace)
        if not isinstance(schema, dict):
            return
        if schema["type"] in NAMED_TYPES:
            name, namespace = full_name(schema, namespace)
            self.named[name] = (schema, namespace)
        for part in ("type", "items", "values"):
            self.collect(schema.get(part), namespace)
        for field in schema.get("fields", []):
            self.collect(field["type"], namespace)

    def resolve(self, schema, namespace):
        """The definition behind a name or a wrapping, what a union calls it, and the namespace
        inside it."""
        if isinstance(schema, list):
            return {"type": "union", "branches": schema}, "union", namespace
        if isinstance(schema, str):
            if schema in PRIMITIVE_TYPES:
                return {"type": schema}, schema, namespace
            name = f"{namespace}.{schema}" if namespace and "." not in schema else schema
            return self.named[name][0], name, self.named[name][1]
        kind = schema["type"]
        if kind in NAMED_TYPES:
            return schema, *full_name(schema, namespace)
        if isinstance(kind, str) and kind in PRIMITIVE_TYPES | {"array", "map"}:
            return schema, kind, namespace
        return self.resolve(kind, namespace)

    def convert(self, schema, namespace, value):
        schema, _, namespace = self.resolve(schema, namespace)
        kind = schema["type"]
        if kind in ("null", "boolean", "int", "long"):
            return value
        if kind in ("float", "double"):
            letter, code = ("f", ">f") if kind == "float" else ("d", ">d")
            return f"{letter}:{struct.pack(code, float(value)).hex()}"
        if kind == "string":
            return f"s:{value}"
        if kind == "enum":
            return f"e:{value}"
        if kind in ("bytes", "fixed"):
            return f"b:{value.encode('latin-1').hex()}"
        if kind == "array":
            return [self.convert(schema["items"], namespace, item) for item in value]
        if kind == "map":
            return {"m": [[key, self.convert(schema["values"], namespace, item)]
                          for key, item in value]}
        if kind == "union":
            return self.convert_union(schema["branches"], namespace, value)
        types = {field["name"]: field["type"] for field in schema["fields"]}
        assert [name for name, _ in value] == list(types)
        return {"r": [[name, self.convert(types[name], namespace, item)] for name, item in value]}

    def convert_union(self, branches, namespace, value):
        taken, inner = ("null", None) if value is None else value[0]
        for index, branch in enumerate(branches):
            if self.resolve(branch, namespace)[1] == taken:
                return {"u": index, "v": self.convert(branch, namespace, inner)}
        raise AssertionError(f"no branch is called {taken}")


class Pairs(list):
    """A JSON object as its pairs: order and repeats are kept, and it is no array."""


def exact_integer(text):
    return -0.0 if text == "-0" else int(text)


def full_name(schema, namespace):
    """The full name of a definition, and the namespace of what stands inside it."""
    name = schema["name"]
    if "." in name:
        return name, name.rpartition(".")[0]
    namespace = schema.get("namespace", namespace) or ""
    return (f"{namespace}.{name}" if namespace else name), namespace


def header_schema(file):
    """The writer schema in the header of a container file."""
    stream = io.BytesIO(file[4:])

    def read_long():
        value = shift = 0
        while True:
            byte = stream.read(1)[0]
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return (value >> 1) ^ -(value & 1)

    while (count := read_long()) != 0:
        if count < 0:
            count = -count
            read_long()  # Size of the block in bytes.
        for _ in range(count):
            key = stream.read(read_long())
            value = stream.read(read_long())
            if key == b"avro.schema":
                return json.loads(value)
    raise AssertionError("no schema in the header")
