"""The library's Arrow streams in Python, by the C interface: a test's only way across."""

import ctypes

import pyarrow as pa
from avro_json import Notation


TIMES = (pa.TimestampScalar, pa.Date32Scalar, pa.Time32Scalar, pa.Time64Scalar)


class ArrowStream(ctypes.Structure):
    """struct ArrowArrayStream, which the other side fills and pyarrow empties."""

    _fields_ = [(name, ctypes.c_void_p) for name in
                ("get_schema", "get_next", "get_last_error", "release", "private_data")]


class GuestError(Exception):
    """An error of the library: its code, as in E0306, and its sentence."""


class Guest:
    """The shared library of tests/package."""

    def __init__(self, package):
        self.library = ctypes.CDLL(str(package / "libarrow_guest.so"))
        self.library.guest_error.restype = ctypes.c_char_p

    def read(self, path, reader_schema="", columns=(), row_count=1000):
        stream = ArrowStream()
        self.check(self.library.guest_read(
            str(path).encode(), reader_schema.encode(), " ".join(columns).encode(),
            ctypes.c_int64(row_count), ctypes.byref(stream)))
        reader = pa.RecordBatchReader._import_from_c(ctypes.addressof(stream))
        return reader.read_all()

    def write(self, path, table, schema=""):
        stream = ArrowStream()
        reader = pa.RecordBatchReader.from_batches(table.schema, table.to_batches(100))
        reader._export_to_c(ctypes.addressof(stream))
        self.check(self.library.guest_write(str(path).encode(), schema.encode(),
                                            ctypes.byref(stream)))

    def check(self, code):
        if code != 0:
            raise GuestError(f"E{code:04}: {self.library.guest_error().decode()}")


class ArrowNotation(Notation):
    """Values of Arrow in the notation of a schema (avro_json.py)."""

    def of_row(self, table, row):
        if isinstance(self.root, dict) and self.root["type"] in ("record", "error"):
            _, _, namespace = self.resolve(self.root, "")
            return {"r": [[field["name"],
                           self.of_scalar(field["type"], namespace, table.column(index)[row])]
                          for index, field in enumerate(self.root["fields"])]}
        return self.of_scalar(self.root, "", table.column("value")[row])

    def of_scalar(self, schema, namespace, scalar):
        schema, _, namespace = self.resolve(schema, namespace)
        kind = schema["type"]
        if kind == "union":
            return self.of_union(schema["branches"], namespace, scalar)
        if kind == "array":
            return [self.of_scalar(schema["items"], namespace, item) for item in scalar.values]
        if kind == "map":
            entries = scalar.values
            return {"m": [[entry["key"].as_py(),
                           self.of_scalar(schema["values"], namespace, entry["value"])]
                          for entry in entries]}
        if kind in ("record", "error"):
            return {"r": [[field["name"], self.of_scalar(field["type"], namespace, scalar[index])]
                          for index, field in enumerate(schema["fields"])]}
        return leaf(schema, scalar)

    def of_union(self, branches, namespace, scalar):
        if isinstance(scalar, pa.UnionScalar):
            index, scalar = scalar.type_code, scalar.value
        else:  # Null and one other.
            assert len(branches) == 2
            index = 1 - self.null_branch(branches, namespace) if scalar.is_valid else None
        # Of a null in a union pyarrow does not tell the branch, but only one branch has it.
        if scalar is None or not scalar.is_valid:
            return {"u": self.null_branch(branches, namespace), "v": None}
        return {"u": index, "v": self.of_scalar(branches[index], namespace, scalar)}

    def null_branch(self, branches, namespace):
        return [self.resolve(branch, namespace)[1] for branch in branches].index("null")


def leaf(schema, scalar):
    """What Notation.convert makes of the same value in JSON."""
    kind = schema["type"]
    if kind == "null":
        assert not scalar.is_valid
        return None
    if isinstance(scalar, pa.ExtensionScalar):
        scalar = scalar.value
    if isinstance(scalar, TIMES):
        return scalar.value
    if isinstance(scalar, (pa.Decimal128Scalar, pa.Decimal256Scalar)):
        return "b:" + decimal_bytes(schema, scalar).hex()
    if isinstance(scalar, pa.MonthDayNanoIntervalScalar):
        months, days, nanos = scalar.as_py()
        assert nanos % 1_000_000 == 0
        return "b:" + b"".join(number.to_bytes(4, "little")
                               for number in (months, days, nanos // 1_000_000)).hex()
    value = scalar.as_py()
    assert value is not None
    if kind in ("float", "double"):
        return float_bits(scalar)
    if kind in ("string", "enum"):
        return f"{kind[0]}:{value}"
    if kind in ("bytes", "fixed"):
        return f"b:{value.hex()}"
    return value


def float_bits(scalar):
    """The bits as they lie: a NaN may hold more than as_py tells."""
    letter, size = ("f", 4) if pa.types.is_float32(scalar.type) else ("d", 8)
    bits = pa.array([scalar], scalar.type).buffers()[1].to_pybytes()[:size]
    return f"{letter}:{bits[::-1].hex()}"


def decimal_bytes(schema, scalar):
    unscaled = int(scalar.as_py().scaleb(schema.get("scale", 0)))
    return integer_bytes(unscaled, schema.get("size"))


def integer_bytes(number, size=None):
    """Two's complement, the highest byte first, in as few bytes as it takes if no size is given."""
    size = size or (number + (number < 0)).bit_length() // 8 + 1
    return number.to_bytes(size, "big", signed=True)
