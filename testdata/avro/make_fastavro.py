"""Writes expected.jsonl and fastavro_<codec>.avro beside this file.

    pip install fastavro==1.13.1 cramjam backports.zstd
    python make_fastavro.py

expected.jsonl holds the records in the JSON encoding of the Avro specification; all golden files,
also those that java/GoldenFiles.java makes, hold exactly these records.
"""

import json
import pathlib
import random

import fastavro

FOLDER = pathlib.Path(__file__).parent
CODECS = ["null", "deflate", "snappy", "zstandard"]
RECORD_COUNT = 32
BLOCK_SIZE_BYTES = 4000

TEXTS = ["", "plain", "Zürich", "東京", "\U0001f600 and more", 'quote " slash \\ tab \t',
         "\x00\x1f\x7f",
         "x" * 300]
LONGS = [0, -1, 63, 64, -64, -65, 2**31, 2**53 + 1, 2**63 - 1, -(2**63)]
INTS = [0, 1, -1, 8191, 8192, -8193, 2**31 - 1, -(2**31)]
FLOATS = [0.0, -0.0, 1.5, -0.1, 16777216.0, 3.4028234663852886e38, 1e-45, "NaN", "Infinity",
          "-Infinity"]
DOUBLES = [0.0, -0.0, 0.1, -1e300, 5e-324, 1.7976931348623157e308, "NaN", "Infinity", "-Infinity"]
SUITS = ["CLUBS", "DIAMONDS", "HEARTS", "SPADES"]


def as_text(data):
    """Bytes as the JSON encoding has them: one character each."""
    return bytes(data).decode("latin-1")


def place(index):
    return {"name": TEXTS[index % 6], "at": {"x": index / 8, "y": -index / 4}}


def chain(length):
    link = None
    for value in range(length):
        link = {"golden.Link": {"value": LONGS[value % len(LONGS)], "next": link}}
    return link


def choice(index):
    return [
        {"int": INTS[index % len(INTS)]},
        {"string": TEXTS[index % len(TEXTS)]},
        {"golden.Suit": SUITS[index % 4]},
        {"golden.Digest": as_text([index, 0, 255, 128])},
        {"golden.inner.Place": place(index)},
        {"map": {f"k{k}": {"x": float(k), "y": 0.5} for k in range(index % 3)}},
    ][index % 6]


def record(index, rng):
    pick = lambda values: values[index % len(values)]
    return {
        "nothing": None,
        "flag": index % 2 == 1,
        "small": pick(INTS),
        "large": pick(LONGS),
        "single": pick(FLOATS),
        "wide": pick(DOUBLES),
        "raw": as_text(range(256) if index == 7 else rng.randbytes(index % 9)),
        "text": pick(TEXTS),
        "suit": pick(SUITS),
        "digest": as_text(rng.randbytes(4)),
        "numbers": [rng.randint(-(2**40), 2**40) for _ in range(index % 5)],
        "places": [place(index + k) for k in range(index % 3)],
        "weights": {f"w{k}": k / 16 for k in range(index % 4)},
        "tags": {"none": None, "text": {"string": pick(TEXTS)}, "": {"array": [index, -index]}}
        if index % 3 else {},
        "maybe": None if index % 4 == 0 else {"double": index / 3},
        "choice": choice(index),
        "chain": chain(60 if index == 11 else index % 4),
        "empty": {},
        "day": 20000 + index * 97,
        "time_millis": index * 1_800_000 % 86_400_000,
        "time_micros": index * 1_800_000_001 % 86_400_000_000,
        "timestamp_millis": 1738102210123 + index * 86_400_000,
        "timestamp_micros": None if index % 5 == 0 else {"long": 1738102210123456 - index * 10**12},
        "timestamp_nanos": 1738102210123456789 + index,
        "local_millis": -index,
        "local_micros": 1738102210123456 + index,
        "local_nanos": -1738102210123456789 - index,
        "price": as_text((index * 12345 - 100000).to_bytes(4, "big", signed=True)),
        "amount": as_text((index * 10**15 - 10**16).to_bytes(8, "big", signed=True)),
        "id_text": f"{index:08x}-0000-4000-8000-{rng.getrandbits(48):012x}",
        "id_bytes": as_text(rng.randbytes(16)),
        "span": as_text(b"".join(n.to_bytes(4, "little") for n in (index, 2 * index, 3 * index))),
        "odd": pick(TEXTS[:3]),
        "unknown": f"https://example.org/{index}",
    }


def from_json(value, schema, names):
    """A value of the JSON encoding as fastavro's writer takes it, logical types as stored."""
    if isinstance(schema, list):
        if value is None:
            return None
        (branch, inner), = value.items()
        for candidate in schema:
            kind = candidate["type"] if isinstance(candidate, dict) else candidate
            name = candidate["name"] if kind in ("record", "enum", "fixed") else kind
            if name == branch:
                return (branch, from_json(inner, candidate, names))
        raise ValueError(branch)
    if isinstance(schema, str):
        return from_json(value, names[schema], names) if schema in names else leaf(value, schema)
    kind = schema["type"]
    if kind == "array":
        return [from_json(item, schema["items"], names) for item in value]
    if kind == "map":
        return {key: from_json(item, schema["values"], names) for key, item in value.items()}
    if kind == "record":
        return {field["name"]: from_json(value[field["name"]], field["type"], names)
                for field in schema["fields"]}
    return leaf(value, kind)


def leaf(value, kind):
    if kind in ("bytes", "fixed"):
        return value.encode("latin-1")
    return float(value) if kind in ("float", "double") else value


def main():
    schema = json.loads((FOLDER / "schema.avsc").read_text())
    rng = random.Random(20250128)
    rows = [record(index, rng) for index in range(RECORD_COUNT)]
    lines = [json.dumps(row, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
             for row in rows]
    text = "".join(line + "\n" for line in lines)
    (FOLDER / "expected.jsonl").write_text(text, encoding="utf-8", newline="\n")

    names = {}
    parsed = fastavro.parse_schema(schema, names)
    records = [from_json(row, parsed, names) for row in rows]
    for codec in CODECS:
        with open(FOLDER / f"fastavro_{codec}.avro", "wb") as out:
            fastavro.writer(out, schema, records, codec=codec, sync_interval=BLOCK_SIZE_BYTES,
                            sync_marker=b"golden fastavro!", metadata={"made.by": "fastavro"})

    with open(FOLDER / "fastavro_null.avro", "rb") as made:
        count = sum(1 for _ in fastavro.reader(made))
    assert count == RECORD_COUNT, count


if __name__ == "__main__":
    main()
