"""Random Avro schemas, values of them, and readers' versions of them, from a seed.

A value is what fastavro writes: unions are pairs of a branch's name and a value, so that nobody
guesses the branch.
"""

import copy
import io
import random

from avro_json import Notation, PRIMITIVE_TYPES

NUMBERS = ("int", "long", "float", "double")
WIDER = {"int": ("long", "float", "double"), "long": ("float", "double"), "float": ("double",),
         "string": ("bytes",), "bytes": ("string",)}
INTEGERS = (0, 1, -1, 63, 64, -64, -65, 2**31 - 1, -2**31)
LONGS = INTEGERS + (2**31, 2**53 + 1, 2**63 - 1, -2**63)
FLOATS = (0.0, -0.0, 1.5, -2.25, float("inf"), float("-inf"), 3.4028234663852886e38, 1e-45)
DOUBLES = FLOATS + (0.1, 1e308, 5e-324, 28.7)
TEXTS = ("", "a", "eu-west", "x\ny", "\"\\", "\u00e9\u20ac", "\U0001f600", "a" * 70)


class RandomAvro:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.names = 0
        self.records = []  # Full names of the records that are open.

    def chance(self, share):
        return self.random.random() < share

    # ---- Schemas ----

    def record(self, depth=3, namespace=""):
        schema, namespace = self.named("record", namespace)
        self.records.append(f"{namespace}.{schema['name']}" if namespace else schema["name"])
        schema["fields"] = [{"name": f"f{i}", "type": self.type(depth, namespace)}
                            for i in range(self.random.randint(1, 5))]
        self.records.pop()
        return schema

    def named(self, kind, namespace):
        self.names += 1
        schema = {"type": kind, "name": f"N{self.names}"}
        if self.chance(0.2):
            schema["namespace"] = namespace = self.random.choice(("a", "a.b", "c"))
        return schema, namespace

    def type(self, depth, namespace, in_union=False):
        kinds = list(PRIMITIVE_TYPES - {"null"})
        kinds += ["enum", "fixed", "string", "double"]
        if depth > 0:
            kinds += ["record", "array", "map", "array", "map"]
            kinds += [] if in_union else ["union"] * 4
        kind = self.random.choice(sorted(kinds))
        if kind == "enum":
            schema = self.named("enum", namespace)[0]
            schema["symbols"] = self.random.sample(["A", "B", "C", "D"], self.random.randint(1, 4))
            return schema
        if kind == "fixed":
            schema = self.named("fixed", namespace)[0]
            return schema | {"size": self.random.randint(1, 5)}
        if kind == "record":
            return self.record(depth - 1, namespace)
        if kind == "array":
            return {"type": "array", "items": self.type(depth - 1, namespace)}
        if kind == "map":
            return {"type": "map", "values": self.type(depth - 1, namespace)}
        return self.union(depth, namespace) if kind == "union" else kind

    def union(self, depth, namespace):
        branches = ["null"] if self.chance(0.7) else []
        if self.records and self.chance(0.2):
            branches = ["null", self.records[-1]]  # Recursion that can end.
        taken = {branch_key(branch) for branch in branches}
        for _ in range(self.random.randint(1, 3)):
            branch = self.type(depth - 1, namespace, in_union=True)
            if branch_key(branch) not in taken:
                taken.add(branch_key(branch))
                branches.append(branch)
        if not branches:
            branches = ["null"]
        self.random.shuffle(branches)
        return branches

    # ---- A reader's version ----

    def reader(self, writer, changes):
        """The writer's schema after a few changes, most of which a reader may make."""
        schema = copy.deepcopy(writer)
        for _ in range(changes):
            places = list(places_of(schema))
            holder, key = self.random.choice(places)
            self.change(holder, key)
        return schema

    def change(self, holder, key):
        schema = holder[key]
        kind = kind_of(schema)
        if kind == "record" and self.chance(0.8):
            return self.change_fields(schema)
        if kind == "enum" and self.chance(0.8):
            symbols = schema["symbols"]
            if self.chance(0.5):
                symbols.append(f"S{self.random.randint(1, 9)}")
                schema["symbols"] = list(dict.fromkeys(symbols))
            elif len(symbols) > 1:
                symbols.pop(self.random.randrange(len(symbols)))
            if self.chance(0.5):
                schema["default"] = self.random.choice(schema["symbols"])
            self.random.shuffle(schema["symbols"])
            return None
        if kind in ("enum", "fixed") and self.chance(0.3):
            return rename(schema)
        if kind == "union":
            if self.chance(0.3):
                self.random.shuffle(schema)
            elif self.chance(0.3) and len(schema) > 1:
                schema.pop(self.random.randrange(len(schema)))
            elif self.chance(0.5):
                keys = {branch_key(branch) for branch in schema}
                new = self.random.choice(sorted(PRIMITIVE_TYPES - keys) or ["null"])
                if new not in keys:
                    schema.insert(self.random.randint(0, len(schema)), new)
            elif len(schema) == 1 or self.chance(0.3):
                holder[key] = self.random.choice(schema)
            return None
        if kind in WIDER and self.chance(0.7):
            self.put(holder, key, self.random.choice(WIDER[kind]))
        elif self.chance(0.6) and not isinstance(holder, list):
            others = [one for one in ("null", "string", "long") if one != kind]
            holder[key] = [schema, self.random.choice(others)]
            self.random.shuffle(holder[key])
        elif self.chance(0.3):
            self.put(holder, key, self.random.choice(sorted(PRIMITIVE_TYPES)))
        return None

    @staticmethod
    def put(holder, key, schema):
        """Unions hold a type once."""
        if not isinstance(holder, list) or schema not in holder:
            holder[key] = schema

    def change_fields(self, record):
        fields = record["fields"]
        what = self.random.random()
        if what < 0.25:
            self.random.shuffle(fields)
        elif what < 0.45 and len(fields) > 1:
            removed = fields.pop(self.random.randrange(len(fields)))
            if any(isinstance(inner, dict) and "name" in inner
                   for inner in schemas_in(removed["type"])):
                fields.append(removed)  # Others may name what it defines.
        elif what < 0.75:
            kind = self.random.choice(sorted(PRIMITIVE_TYPES) + ["array", "map"])
            kind = {"array": {"type": "array", "items": "int"},
                    "map": {"type": "map", "values": ["null", "int"]}}.get(kind, kind)
            field = {"name": f"new{self.random.randint(0, 99)}", "type": kind}
            if self.chance(0.9):
                field["default"] = self.default(kind)
            if all(field["name"] != other["name"] for other in fields):
                fields.insert(self.random.randint(0, len(fields)), field)
        elif what < 0.9:
            rename(self.random.choice(fields))
        else:
            rename(record)

    def default(self, schema):
        if isinstance(schema, dict):
            return [1, -1] if schema["type"] == "array" else {"k": None}
        return {"null": None, "boolean": True, "int": -7, "long": 2**40, "float": 1.5,
                "double": 0.1, "bytes": "\u00ff", "string": "\u00e9"}[schema]

    # ---- Values ----

    def value(self, schema):
        return self.value_of(Notation(schema), schema, "", 6)

    def value_of(self, names, schema, namespace, depth):
        schema, _, namespace = names.resolve(schema, namespace)
        kind = schema["type"]
        pick = self.random.choice
        if kind == "union":
            return self.branch_value(names, schema["branches"], namespace, depth)
        if kind == "record":
            return {field["name"]: self.value_of(names, field["type"], namespace, depth - 1)
                    for field in schema["fields"]}
        count = self.random.randint(0, 3) if depth > 0 else 0
        if kind == "array":
            return [self.value_of(names, schema["items"], namespace, depth - 1)
                    for _ in range(count)]
        if kind == "map":
            return {f"k{i}": self.value_of(names, schema["values"], namespace, depth - 1)
                    for i in range(count)}
        if kind in ("bytes", "fixed"):
            size = schema["size"] if kind == "fixed" else self.random.randint(0, 9)
            return self.random.randbytes(size)
        return {"null": lambda: None, "boolean": lambda: self.chance(0.5),
                "int": lambda: pick(INTEGERS), "long": lambda: pick(LONGS),
                "float": lambda: pick(FLOATS), "double": lambda: pick(DOUBLES),
                "string": lambda: pick(TEXTS), "enum": lambda: pick(schema["symbols"])}[kind]()

    def branch_value(self, names, branches, namespace, depth):
        index = self.random.randrange(len(branches))
        if depth <= 0 and "null" in branches:
            index = branches.index("null")
        branch = branches[index]
        value = self.value_of(names, branch, namespace, depth - 1)
        return (names.resolve(branch, namespace)[1], value)


class Decoder:
    """Encoded values in the notation of avro_json.py, read in the most obvious way."""

    def __init__(self, schema, encoded):
        self.names = Notation(schema)
        self.bytes = io.BytesIO(encoded)

    def notation(self):
        value = self.read(self.names.root, "")
        assert not self.bytes.read(), "bytes are left"
        return value

    def read(self, schema, namespace):
        schema, _, namespace = self.names.resolve(schema, namespace)
        kind = schema["type"]
        if kind == "record":
            return {"r": [[field["name"], self.read(field["type"], namespace)]
                          for field in schema["fields"]]}
        if kind == "union":
            index = self.long()
            return {"u": index, "v": self.read(schema["branches"][index], namespace)}
        if kind == "array":
            return [self.read(schema["items"], namespace) for _ in self.items()]
        if kind == "map":
            return {"m": [[self.text(), self.read(schema["values"], namespace)]
                          for _ in self.items()]}
        if kind == "fixed":
            return f"b:{self.bytes.read(schema['size']).hex()}"
        return {"null": lambda: None,
                "boolean": lambda: self.bytes.read(1) == b"\1",
                "int": self.long,
                "long": self.long,
                "float": lambda: f"f:{self.bytes.read(4)[::-1].hex()}",
                "double": lambda: f"d:{self.bytes.read(8)[::-1].hex()}",
                "bytes": lambda: f"b:{self.bytes.read(self.long()).hex()}",
                "string": lambda: f"s:{self.text()}",
                "enum": lambda: f"e:{schema['symbols'][self.long()]}"}[kind]()

    def items(self):
        while (count := self.long()) != 0:
            if count < 0:
                count = -count
                self.long()  # Size of the block in bytes.
            yield from range(count)

    def text(self):
        return self.bytes.read(self.long()).decode(errors="replace")  # As cat shows it.

    def long(self):
        value = shift = 0
        while True:
            byte = self.bytes.read(1)[0]
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return (value >> 1) ^ -(value & 1)


def kind_of(schema):
    if isinstance(schema, list):
        return "union"
    return schema if isinstance(schema, str) else schema["type"]


def branch_key(schema):
    """What may stand in a union once."""
    return schema if isinstance(schema, str) else schema.get("name", schema["type"])


def rename(definition):
    """Another name, with the old one as an alias."""
    definition.setdefault("aliases", []).append(definition["name"])
    definition["name"] += "x"


def places_of(schema):
    """Where a type stands inside the schema: the list or object that holds it, and its key."""
    holder = {"root": schema}
    yield holder, "root"
    stack = [schema]
    while stack:
        one = stack.pop()
        if isinstance(one, list):
            inner = [(one, index) for index in range(len(one))]
        elif isinstance(one, dict):
            inner = [(field, "type") for field in one.get("fields", [])]
            inner += [(one, key) for key in ("items", "values") if key in one]
        else:
            continue
        yield from inner
        stack += [holder[key] for holder, key in inner]


def schemas_in(schema):
    yield schema
    for holder, key in places_of(schema):
        if key != "root":
            yield holder[key]
