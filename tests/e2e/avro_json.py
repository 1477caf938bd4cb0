"""Values in the JSON encoding of Avro, brought into a notation in which equal means equal bits.

The notation is that of the truth in the corpus (test_corpus.py): floats are their bits in hex, a
union's value names the branch by index, and the members of records and maps keep their order.
"""

import io
import json
import struct

NAMED_TYPES = ("record", "error", "enum", "fixed")
PRIMITIVE_TYPES = {"null", "boolean", "int", "long", "float", "double", "bytes", "string"}


class Notation:
    """The notation of one schema's values."""

    def __init__(self, schema):
        self.root = schema
        self.named = {}
        self.collect(schema, "")

    def of_json(self, line):
        # Objects stay lists of pairs, so that order and repeated keys are compared as well.
        value = json.loads(line, object_pairs_hook=list, parse_int=exact_integer)
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


def unordered(value):
    """With the entries of maps sorted: Java's come in the order of their hashes."""
    if isinstance(value, dict) and "m" in value:
        return {"m": sorted(([key, unordered(item)] for key, item in value["m"]), key=repr)}
    if isinstance(value, dict):
        return {key: unordered(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [unordered(item) for item in value]
    return value


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


def lines_of(text):
    """Lines end at line feeds alone: str.splitlines also cuts at U+0085, which texts contain."""
    return text.split("\n")[:-1]
