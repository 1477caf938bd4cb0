"""Files made to hurt whoever reads them, and what must come of each.

    hostile_files.py FOLDER

writes the files into FOLDER, and index.json: for each file how it is read and what must come out.
It is a program of its own so that the memory it takes to make a bomb is not counted as that of the
command that defuses it.
"""

import bz2
import io
import json
import lzma
import pathlib
import struct
import sys
import zlib

import cramjam
import fastavro
from avro_parts import SYNC, block, file_of, header, long, text
from backports import zstd

MAX = 2**63 - 1
MIN = -2**63
MEBIBYTE = 1 << 20

FILES = {}


def hostile(name, content, cat, evaluation=None):
    """Keeps a file. `cat` and `evaluation` are the error code that the command ends in, or the
    number of records that it must read; without one, eval must do as cat does. Of any command the
    cost is bounded."""
    assert name not in FILES
    expected = {"cat": cat, "eval": cat if evaluation is None else evaluation, "inspect": None}
    # Where nothing is wrong, or the header is, salvage does as the others do.
    if isinstance(cat, str) and not name.startswith(("header", "schema")):
        expected["salvage"] = None
    FILES[name] = (content, expected)


# A prediction event that eval takes, with one field more: the hostile one.
FIELDS = [{"name": "prediction_id", "type": "string"}, {"name": "model_version", "type": "string"},
          {"name": "prediction", "type": "double"}, {"name": "actual", "type": "double"},
          {"name": "timestamp", "type": {"type": "long", "logicalType": "timestamp-micros"}}]
SCORED = text("p-1") + text("v1") + struct.pack("<dd", 28.7, 30.1)
PREDICTION = SCORED + long(1753660800000000)


def event(extra):
    return {"type": "record", "name": "Event", "fields": [*FIELDS, {"name": "x", "type": extra}]}


def event_file(extra, data, codec="null"):
    """One event whose extra field has these bytes."""
    return file_of(event(extra), PREDICTION + data, codec=codec)


PLAIN = {"type": "record", "name": "Event", "fields": FIELDS}
EMPTY_RECORD = {"type": "record", "name": "Empty", "fields": []}


def array(items):
    return {"type": "array", "items": items}


def named_map(values):
    return {"type": "map", "values": values}


# The header.

def header_with(metadata):
    return b"Obj\x01" + metadata


GOOD_ENTRIES = text("avro.codec") + text("null") + text("avro.schema") + text(json.dumps(PLAIN))
hostile("header_count_huge", header_with(long(MAX) + GOOD_ENTRIES), "E0203")
hostile("header_count_least", header_with(long(MIN) + GOOD_ENTRIES), "E0202")
hostile("header_sized_huge",
        header_with(long(-2) + long(MAX) + GOOD_ENTRIES + b"\0" + SYNC) + block(1, PREDICTION), 1)
hostile("header_key_huge", header_with(long(1) + long(MAX) + b"avro"), "E0203")
hostile("header_key_negative", header_with(long(1) + long(-5) + b"avro"), "E0202")
hostile("header_key_least", header_with(long(1) + long(MIN) + b"avro"), "E0202")
hostile("header_value_huge", header_with(long(1) + text("avro.schema") + long(2**40)), "E0203")
hostile("header_number_without_end", header_with(b"\xff" * 1000), "E0202")
hostile("header_of_empty_entries", header_with(long(MAX) + bytes(17 * MEBIBYTE)), "E0209")
hostile("header_of_many_entries", header_with(
    long(2 + 100_000) + GOOD_ENTRIES + b"".join(text(str(i)) + b"\0" for i in range(100_000)) +
    b"\0" + SYNC), "E0209")
hostile("header_of_many_schemas", header_with(
    long(2000) + text("avro.codec") + text("null") +
    (text("avro.schema") + text(json.dumps(PLAIN))) * 1999 + b"\0" + SYNC) +
    block(1, PREDICTION), 1)
hostile("header_value_of_17_mebibytes", header(
    PLAIN, metadata=text("x") + text(bytes(17 * MEBIBYTE)), entries=3) + block(1, PREDICTION),
    "E0209")
hostile("header_codec_name_long", header(PLAIN, codec="x" * MEBIBYTE), "E0205")
hostile("header_without_schema", header_with(long(1) + text("avro.codec") + text("null") +
                                             b"\0" + SYNC), "E0202")
hostile("header_cut_in_marker", header(PLAIN)[:-1], "E0203")
hostile("empty", b"", "E0201")
hostile("magic_only", b"Obj\x01", "E0203")

# Schemas.

def nested_arrays(depth):
    return b'{"type":"array","items":' * depth + b'"int"' + b"}" * depth


def doubling(leaf, levels):
    """A type that holds 2 to the power of `levels` leaves, by references."""
    kind = leaf
    for level in range(levels):
        name = f"R{level}"
        kind = {"type": "record", "name": name,
                "fields": [{"name": "a", "type": kind},
                           {"name": "b", "type": kind if isinstance(kind, str) else
                            kind["name"]}]}
    return kind


LIST = {"type": "record", "name": "List", "fields": [{"name": "next", "type": ["null", "List"]}]}
MUTUAL = {"type": "record", "name": "A", "fields": [{"name": "b", "type": ["null", {
    "type": "record", "name": "B", "fields": [{"name": "a", "type": ["null", "A"]}]}]}]}
TREE = {"type": "record", "name": "Tree", "fields": [{"name": "children", "type": array("Tree")}]}
MAP_TREE = {"type": "record", "name": "Tree", "fields": [{"name": "m", "type": named_map("Tree")}]}
ENDLESS = {"type": "record", "name": "E", "fields": [{"name": "e", "type": "E"}]}
ENDLESS_PAIR = {"type": "record", "name": "E", "fields": [{"name": "f", "type": {
    "type": "record", "name": "F", "fields": [{"name": "e", "type": "E"}]}}]}
ENDLESS_TWICE = {"type": "record", "name": "E", "fields": [{"name": "e", "type": "E"},
                                                           {"name": "f", "type": "E"}]}

hostile("schema_arrays_100_deep", event_file(
    json.loads(nested_arrays(100)), b"\x02" * 100 + b"\x02" + b"\0" * 100), 1)
hostile("schema_arrays_100000_deep", header(nested_arrays(100_000)), "E0209")
hostile("schema_brackets_without_end", header(b"[" * 10_000_000), "E0209")
hostile("schema_braces_without_end", header(b'{"type":' * 1_000_000), "E0209")
hostile("schema_is_no_json", header(b"\xff\xfe" * 1000), "E0301")
hostile("schema_open_string", header(b'"' + b"a" * MEBIBYTE), "E0301")
hostile("schema_name_of_10_mebibytes", header(b'"' + b"a" * (10 * MEBIBYTE) + b'"'), "E0304")
hostile("schema_number_of_a_million_digits",
        header(b'{"type":"fixed","name":"F","size":' + b"9" * 1_000_000 + b"}"), "E0301")
hostile("schema_fixed_size_negative",
        header({"type": "fixed", "name": "F", "size": -1}), "E0302")
hostile("schema_fixed_size_huge",
        header({"type": "fixed", "name": "F", "size": 2**62}), "E0302")
hostile("schema_million_fields", header(
    b'{"type":"record","name":"R","fields":[' +
    b",".join(b'{"name":"%x","type":"int"}' % i for i in range(500_000)) + b"]}"), "E0209")
hostile("schema_40000_fields", file_of(
    PLAIN | {"fields": FIELDS + [{"name": f"f{i}", "type": "boolean"} for i in range(40_000)]},
    PREDICTION + b"\1" * 40_000), 1)
hostile("schema_40000_null_fields", file_of(
    PLAIN | {"fields": FIELDS + [{"name": f"f{i}", "type": "null"} for i in range(40_000)]},
    PREDICTION * 100, count=100), 100)
hostile("schema_million_symbols", header(
    b'{"type":"enum","name":"E","symbols":[' + b",".join(b'"s%x"' % i for i in range(1_000_000)) +
    b"]}"), "E0209")
hostile("schema_million_branches", header(
    b"[" + b",".join(b'{"type":"fixed","name":"f%x","size":1}' % i for i in range(300_000)) + b"]"),
    "E0209")
hostile("schema_million_aliases", header(
    b'{"type":"record","name":"R","fields":[],"aliases":[' +
    b",".join(b'"a%x"' % i for i in range(1_000_000)) + b"]}"), "E0209")
hostile("schema_thousand_fields_thrice", file_of(
    PLAIN | {"fields": FIELDS + [{"name": "x", "type": {
        "type": "record", "name": "X", "fields": [{"name": "f0", "type": {
            "type": "record", "name": "Y", "fields": [
                {"name": f"f{i}", "type": ["null", "double"]} for i in range(1000)]}}] +
        [{"name": f"f{i}", "type": "Y"} for i in range(1, 1000)]}}]},
    PREDICTION + b"\0" * 1_000_000), 1)
hostile("schema_endless_record", event_file(ENDLESS, b""), "E0214")
hostile("schema_endless_pair", event_file(ENDLESS_PAIR, b"\0" * 100), "E0214")
hostile("schema_endless_twice", event_file(ENDLESS_TWICE, b"\0" * 100), "E0214")
hostile("schema_exponential_nothing", event_file(doubling("null", 63), b""), "E0209", 1)
hostile("schema_exponential_nothing_often", file_of(
    event(doubling("null", 19)), PREDICTION * 1000, count=1000), "E0209", 1000)
hostile("schema_exponential_bytes", event_file(doubling("int", 63), b"\0" * 1000), "E0215")
hostile("schema_exponential_texts", event_file(doubling("string", 100), b"\0" * 1000), "E0215")
hostile("schema_exponential_legitimate", event_file(doubling("int", 18), b"\2" * 2**18), 1)
hostile("schema_exponential_fixed", event_file(
    doubling({"type": "fixed", "name": "F", "size": 2**31 - 1}, 60), b"\0" * 1000), "E0215")
hostile("schema_exponential_in_array", event_file(
    array(doubling("null", 63)), long(2**40) + b"\0"), "E0209")
hostile("schema_million_defaults", header(
    b'{"type":"record","name":"R","fields":[{"name":"f","type":{"type":"array","items":"int"},'
    b'"default":[' + b",".join([b"1"] * 1_000_000) + b"]}]}"), "E0209")
hostile("schema_names_long_and_data_short", file_of(
    event(EMPTY_RECORD | {"fields": [{"name": "n" * MEBIBYTE, "type": "boolean"}]}),
    PREDICTION + b"\1"), "E0209")
hostile("schema_names_large_and_data_small", file_of(
    event(EMPTY_RECORD | {"fields": [{"name": f"{i}" + "n" * 60_000, "type": "boolean"}
                                     for i in range(200)]}),
    (PREDICTION + b"\1" * 200) * 1000, count=1000), "E0209", 1000)

# Numbers of each type.

for kind in ("bytes", "string"):
    for name, length in {"huge": MAX, "least": MIN, "negative": -1, "4_gibibytes": 2**32,
                         "one_past_the_end": 4, "2_gibibytes": 2**31}.items():
        hostile(f"{kind}_length_{name}", event_file(kind, long(length) + b"abc"), "E0213")
for kind, items in {"array": array("long"), "map": named_map("long"), "array_of_texts":
                    array("string"), "map_of_texts": named_map("string")}.items():
    hostile(f"{kind}_count_huge", event_file(items, long(MAX) + b"\2\2\2\2\0"), "E0215")
    hostile(f"{kind}_count_least", event_file(items, long(MIN) + b"\2\2\2\2\0"), "E0215")
    hostile(f"{kind}_sized_count_huge", event_file(items, long(-MAX) + long(4) + b"\2\2\2\2\0"),
            "E0215", 1)
    hostile(f"{kind}_size_huge", event_file(items, long(-1) + long(MAX) + b"\2\2\2\2\0"), "E0213")
    hostile(f"{kind}_size_negative", event_file(items, long(-1) + long(-4) + b"\2\2\2\2\0"),
            "E0213")
    hostile(f"{kind}_without_end", event_file(items, long(1)), "E0215")
hostile("map_key_huge", event_file(named_map("long"), long(1) + long(MAX) + b"key"), "E0213")
hostile("map_key_negative", event_file(named_map("long"), long(1) + long(-3) + b"key"), "E0213")
hostile("fixed_past_the_end", event_file(
    {"type": "fixed", "name": "F", "size": 2**31 - 1}, b"abc"), "E0215")
hostile("array_of_fixed_overflows", event_file(
    array({"type": "fixed", "name": "F", "size": 2**31 - 1}), long(2**34) + b"abc"), "E0215")
hostile("decimal_of_30_mebibytes", event_file(
    {"type": "bytes", "logicalType": "decimal", "precision": 2**31 - 1, "scale": 2**30},
    text(b"\x7f" * (30 * MEBIBYTE))), "E0209", 1)
hostile("big_decimal_scale_huge", event_file(
    {"type": "bytes", "logicalType": "big-decimal"}, text(text(b"\x7f") + long(2**31 - 1))), 1)
hostile("decimal_prediction_huge", file_of(
    PLAIN | {"fields": [FIELDS[0], FIELDS[1], {"name": "prediction", "type": {
        "type": "bytes", "logicalType": "decimal", "precision": 2**31 - 1, "scale": 0}},
                        *FIELDS[3:]]},
    text("p-1") + text("v1") + text(b"\x7f" * (20 * MEBIBYTE)) + PREDICTION[15:]), 1, "E0501")
hostile("record_numbers_extreme", file_of(
    PLAIN, text("p-1") + text("v1") + struct.pack("<dd", float("nan"), float("inf")) + long(MAX)),
    1, "E0501")

# Varints.

hostile("varint_overlong", event_file("long", b"\x80" * 9 + b"\0"), 1)
hostile("varint_overflowing", event_file("long", b"\xff" * 9 + b"\x7f"), 1)
hostile("varint_of_11_bytes", event_file("long", b"\xff" * 10 + b"\0"), "E0210")
hostile("varint_without_end", event_file("long", b"\x80" * MEBIBYTE), "E0210")
hostile("varint_ends_with_the_block", event_file("long", b"\x80" * 5), "E0215")
hostile("int_of_33_bits", event_file("int", long(2**32)), "E0210")
hostile("int_just_too_large", event_file("int", long(2**31)), "E0210")
hostile("int_overlong", event_file("int", b"\x82\x80\0"), 1)
hostile("varint_of_11_bytes_as_length", event_file("string", b"\x80" * 10 + b"\0"), "E0210")
hostile("block_count_without_end", header(PLAIN) + b"\xff" * 1000, "E0210")
hostile("block_size_without_end", header(PLAIN) + long(1) + b"\xff" * 1000, "E0210")

# Values that no type has.

ENUM = {"type": "enum", "name": "Colour", "symbols": ["RED", "GREEN"]}
hostile("boolean_2", event_file("boolean", b"\2"), "E0211")
hostile("boolean_255", event_file("boolean", b"\xff"), "E0211")
for name, index in {"past_the_last": 2, "negative": -1, "huge": 2**40, "least": MIN}.items():
    hostile(f"enum_{name}", event_file(ENUM, long(index)), "E0212")
    hostile(f"union_{name}", event_file(["null", "string"], long(index)), "E0212")
hostile("union_of_nothing", event_file([], b"\0"), "E0212")
hostile("text_not_utf8", event_file("string", text(b"\xff\xfe\xed\xa0\x80" * 1000)), 1)
hostile("float_signalling_nan", event_file("double", b"\1\0\0\0\0\0\xf4\x7f"), 1)

# Elements that take no bytes.

for name, items in {"nulls": "null", "empty_records": EMPTY_RECORD,
                    "fixed_0": {"type": "fixed", "name": "F", "size": 0}}.items():
    hostile(f"{name}_by_the_billion", event_file(array(items), long(10**9) + b"\0"), "E0209")
    hostile(f"{name}_by_the_trillion_sized",
            event_file(array(items), long(-10**12) + long(0) + b"\0"), "E0209")
hostile("nulls_in_a_million_blocks", event_file(
    array("null"), (long(1000) * 1_000_000) + b"\0"), "E0209")
hostile("nulls_in_many_records", file_of(
    event(array("null")), (PREDICTION + long(100_000) + b"\0") * 1000, count=1000), "E0209")
hostile("nulls_in_many_blocks", header(event(array("null"))) + block(
    1, PREDICTION + long(1_000_000) + b"\0") * 2000, "E0209", 2000)
hostile("datums_of_nothing_by_the_billion", header("null") + block(10**9, b""), "E0209", "E0302")
hostile("datums_of_nothing_in_many_blocks", header(EMPTY_RECORD) + block(10**6, b"") * 1000,
        "E0209", "E0401")
hostile("datums_of_nothing_beyond_number", header(EMPTY_RECORD) + block(MAX, b"") * 3, "E0209",
        "E0401")
hostile("unions_of_null_alone", event_file(array(["null"]), long(10**9) + b"\0"), "E0215")
hostile("empty_arrays_by_the_million", event_file(
    array(array("long")), long(10**6) + b"\0" * 10**6 + b"\0"), 1)

# Depth of data.

hostile("list_1000_deep", event_file(LIST, b"\2" * 1000 + b"\0"), 1)
hostile("list_million_deep", event_file(LIST, b"\2" * 1_000_000 + b"\0"), "E0214")
hostile("mutual_1000_deep", event_file(MUTUAL, b"\2" * 1000 + b"\0"), 1)
hostile("mutual_million_deep", event_file(MUTUAL, b"\2" * 1_000_000 + b"\0"), "E0214")
hostile("tree_1000_deep", event_file(TREE, b"\2" * 1000 + b"\0" * 1001), 1)
hostile("tree_million_deep", event_file(TREE, b"\2" * 1_000_000 + b"\0" * 1_000_001), "E0214")
# Records that hold each other through unions, arrays and maps, of whose levels each is three.
MIXED = {"type": "record", "name": "A", "fields": [{"name": "m", "type": named_map(["null", {
    "type": "record", "name": "B", "fields": [{"name": "a", "type": array("A")},
                                              {"name": "n", "type": "long"}]}])}]}
for name, depth, outcome in (("1000", 1000, 1), ("million", 1_000_000, "E0214")):
    hostile(f"mixed_{name}_deep", event_file(
        MIXED, b"\2\2k\2\2" * depth + b"\0" + b"\0\6\0" * depth), outcome)
    # As the first field, so that all others lie behind it.
    hostile(f"list_{name}_deep_before_the_rest", file_of(
        PLAIN | {"fields": [{"name": "x", "type": LIST}, *FIELDS]},
        b"\2" * depth + b"\0" + PREDICTION), outcome)
hostile("list_4096_deep", event_file(LIST, b"\2" * 4095 + b"\0"), 1)
hostile("list_4110_deep", event_file(LIST, b"\2" * 4110 + b"\0"), "E0214")
hostile("list_of_a_million_sized_blocks", event_file(
    TREE, long(-1) + long(10**9) + b"\0"), "E0213")
hostile("map_1000_deep", event_file(MAP_TREE, b"\2\2k" * 1000 + b"\0" * 1001), 1)
hostile("map_million_deep", event_file(MAP_TREE, b"\2\2k" * 1_000_000 + b"\0" * 1_000_001),
        "E0214")

# Blocks.

hostile("block_count_negative", header(PLAIN) + block(-1, PREDICTION), "E0215")
hostile("block_count_least", header(PLAIN) + block(MIN, PREDICTION), "E0215")
hostile("block_count_huge", header(PLAIN) + block(MAX, PREDICTION), "E0215")
hostile("block_count_too_small", header(PLAIN) + block(1, PREDICTION * 2), "E0208")
hostile("block_count_none", header(PLAIN) + block(0, PREDICTION), "E0208")
hostile("block_size_huge", header(PLAIN) + block(1, PREDICTION, size=MAX), "E0203")
hostile("block_size_least", header(PLAIN) + block(1, PREDICTION, size=MIN), "E0213")
hostile("block_size_negative", header(PLAIN) + block(1, PREDICTION, size=-1), "E0213")
hostile("block_size_past_the_end", header(PLAIN) + block(1, PREDICTION, size=2**30), "E0203")
hostile("block_size_too_small", header(PLAIN) + block(
    1, PREDICTION, size=len(PREDICTION) - 1) + block(1, PREDICTION), "E0204")
hostile("block_of_65_mebibytes", header(event("bytes")) + block(
    1, PREDICTION + text(bytes(65 * MEBIBYTE))), "E0209")
hostile("block_empty_a_million_times",
        header(PLAIN) + block(0, b"") * 1_000_000 + block(1, PREDICTION), 1)
GOOD_BLOCK = block(1, PREDICTION)
for position in (0, 7, 15):
    wrong = bytearray(SYNC)
    wrong[position] ^= 0x40
    hostile(f"marker_flipped_at_{position}",
            header(PLAIN) + GOOD_BLOCK + block(1, PREDICTION, sync=bytes(wrong)) + GOOD_BLOCK,
            "E0204")
hostile("marker_flipped_at_the_end",
        header(PLAIN) + GOOD_BLOCK * 3 + block(1, PREDICTION, sync=SYNC[::-1]), "E0204")
hostile("another_file_behind_the_last_block", (header(PLAIN) + GOOD_BLOCK) * 2, "E0215")
# What costs salvage most: damage without end, each with a marker or a size that leads on.
hostile("markers_by_the_hundred_thousand", header(PLAIN) + (b"\xff" + SYNC) * 100_000, "E0215")
hostile("wrong_markers_by_the_hundred_thousand",
        header(PLAIN) + block(1, b"\0", sync=bytes(16)) * 100_000 + GOOD_BLOCK, "E0204")
hostile("guesses_by_the_million", header(PLAIN) + b"\xff" * 20 + b"".join(
    long(1) + long(4_000_000 - 5 * i - 5) for i in range(700_000)) + bytes(500_000) + SYNC,
    "E0210")
hostile("zeros_by_the_million", header(PLAIN) + bytes(20_000_000) + GOOD_BLOCK, "E0204")
hostile("bytes_behind_the_last_block", header(PLAIN) + GOOD_BLOCK + b"\0" * 100, "E0204")

# Codecs.

EVENT_DATA = PREDICTION + text("x" * 1000)


def deflate(data):
    state = zlib.compressobj(9, zlib.DEFLATED, -15)
    return state.compress(data) + state.flush()


def snappy(data, crc=None):
    packed = bytes(cramjam.snappy.compress_raw(data))
    return packed + struct.pack(">I", zlib.crc32(data) if crc is None else crc)


COMPRESS = {"deflate": deflate, "snappy": snappy, "zstandard": zstd.compress,
            "bzip2": bz2.compress, "xz": lzma.compress}


def compress_often(codec, head, data, count):
    """`head`, and `count` times the data. The slow codecs compress these once, for streams of
    theirs may follow each other."""
    if codec in ("bzip2", "xz"):
        return COMPRESS[codec](head) + COMPRESS[codec](data) * count
    return COMPRESS[codec](head + data * count)


def compress_text(codec, mebibytes):
    head = PREDICTION + long(mebibytes * MEBIBYTE)
    return compress_often(codec, head, b"x" * MEBIBYTE, mebibytes)


for codec, compress in COMPRESS.items():
    packed = compress(EVENT_DATA)
    hostile(f"{codec}_cut", file_of(event("string"), packed[:-8], codec=codec),
            "E0206")
    hostile(f"{codec}_of_nothing", file_of(event("string"), b"", codec=codec), "E0206")
    hostile(f"{codec}_of_noise", file_of(event("string"), b"\xff\x13" * 5000, codec=codec), "E0206")
    hostile(f"{codec}_and_more", file_of(event("string"), packed + b"junkjunk", codec=codec),
            "E0206")
    # One text of 60 MiB is legitimate, if unusual.
    hostile(f"{codec}_text_of_60_mebibytes", file_of(
        event("string"), compress_text(codec, 60), codec=codec), 1)
    hostile(f"{codec}_bomb_of_200_mebibytes", file_of(
        event("string"), compress_text(codec, 200), codec=codec), "E0209")
    # Snappy makes nothing smaller than a twentieth, so many of its blocks are a large file; bzip2
    # is slow in any case.
    many = {"snappy": 5, "bzip2": 2, "xz": 6}.get(codec, 12)
    hostile(f"{codec}_many_bombs",
            file_of(event("string"), *[compress_text(codec, 50)] * many, codec=codec),
            "E0209" if codec in ("deflate", "zstandard", "xz") else many)
    rows = compress_often(codec, b"", SCORED * 50_000, 20)
    hostile(f"{codec}_bomb_of_rows", header(
        PLAIN | {"fields": FIELDS[:4]}, codec) + block(1_000_000, rows) * 4,
            4_000_000 if codec in ("deflate", "snappy") else "E0209", 4_000_000)
hostile("snappy_size_huge", file_of(
    event("string"), b"\xff\xff\xff\xff\x0f" + snappy(EVENT_DATA)[2:], codec="snappy"), "E0206")
hostile("snappy_size_too_large", file_of(
    event("string"), b"\xff\xff\xff\x1f" + snappy(EVENT_DATA)[2:], codec="snappy"), "E0206")
hostile("snappy_size_too_small", file_of(
    event("string"), b"\x01" + snappy(EVENT_DATA)[2:], codec="snappy"), "E0206")
hostile("snappy_checksum_wrong", file_of(
    event("string"), snappy(EVENT_DATA, crc=1), codec="snappy"), "E0207")
hostile("snappy_copy_before_the_beginning", file_of(
    event("string"), b"\x40\xfe\xff\xff\0\0\0\0", codec="snappy"), "E0206")


def zstd_frame(window, size, data):
    """A frame with these bytes of window descriptor and size, which may lie."""
    descriptor = 0xC0 if size is not None else 0
    return (b"\x28\xb5\x2f\xfd" + bytes([descriptor, window]) +
            (b"" if size is None else struct.pack("<Q", size)) + data)


LAST_RAW = struct.pack("<I", len(EVENT_DATA) << 3 | 1)[:3] + EVENT_DATA
REPEATED = struct.pack("<I", 128 * 1024 << 3 | 2)[:3] + b"\0"
hostile("zstandard_without_size", file_of(
    event("string"), zstd_frame(0x50, None, LAST_RAW), codec="zstandard"), 1)
hostile("zstandard_size_huge", file_of(
    event("string"), zstd_frame(0x50, 2**60, LAST_RAW), codec="zstandard"), "E0206")
hostile("zstandard_size_too_small", file_of(
    event("string"), zstd_frame(0x50, 10, LAST_RAW), codec="zstandard"), "E0206")
hostile("zstandard_window_huge", file_of(
    event("string"), zstd_frame(0xff, None, LAST_RAW), codec="zstandard"), "E0206")
hostile("zstandard_window_of_128_mebibytes", file_of(
    event("string"), zstd_frame(0x88, None, LAST_RAW), codec="zstandard"), 1)
hostile("zstandard_bomb_without_size", file_of(
    event("string"), zstd_frame(0x50, None, REPEATED * 100_000), codec="zstandard"), "E0209")
hostile("zstandard_many_frames", file_of(
    event("string"), zstd.compress(b"") * 1_000_000 + zstd.compress(EVENT_DATA),
    codec="zstandard"), 1)
hostile("zstandard_skippable_frame_huge", file_of(
    event("string"), b"\x50\x2a\x4d\x18" + b"\xff" * 4 + b"\0" * 100, codec="zstandard"), "E0206")
hostile("bzip2_streams_of_nothing", file_of(
    event("string"), bz2.compress(b"") * 1_000_000 + bz2.compress(EVENT_DATA), codec="bzip2"),
    "E0209")
hostile("xz_streams_of_nothing", file_of(
    event("string"), lzma.compress(b"") * 100_000 + lzma.compress(EVENT_DATA), codec="xz"), 1)
hostile("xz_dictionary_huge", file_of(event("string"), lzma.compress(EVENT_DATA, filters=[
    {"id": lzma.FILTER_LZMA2, "dict_size": 2**30}]), codec="xz"), "E0209")
hostile("deflate_of_empty_blocks", file_of(
    event("string"), b"\0\0\0\xff\xff" * 4_000_000 + deflate(EVENT_DATA), codec="deflate"), 1)

# Labels as CSV, for the predictions of p-0 to p-9.

CSV = "prediction_id,actual\n"


def labels(name, content, evaluation):
    raw = content if isinstance(content, bytes) else content.encode()
    FILES[f"labels_{name}.csv"] = (raw, {"labels": evaluation, "inspect": None})


labels("good", CSV + "p-1,30.1\n", 1)
labels("empty", "", "E0502")
labels("header_only", CSV, 0)
labels("open_quote_of_20_mebibytes", CSV + '"' + "a" * (20 * MEBIBYTE), "E0209")
labels("line_of_20_mebibytes", CSV + "a" * (20 * MEBIBYTE), "E0209")
labels("header_of_20_mebibytes", "a" * (20 * MEBIBYTE), "E0209")
labels("million_columns", ",".join(f"c{i}" for i in range(1_000_000)) + "\n", "E0209")
labels("million_commas", CSV + "," * 1_000_000 + "\n", "E0209")
labels("number_of_a_million_digits", CSV + "p-1," + "9" * 1_000_000 + "\n", "E0501")
labels("number_of_a_million_zeros", CSV + "p-1,0." + "0" * 1_000_000 + "1\n", 1)
labels("exponent_huge", CSV + "p-1,1e999999999\n", "E0501")
labels("not_a_number", CSV + "p-1,nan\n", "E0501")
labels("zero_bytes", CSV.encode() + bytes(MEBIBYTE), "E0501")
labels("not_utf8", CSV.encode() + b"\xff\xfe\xed\xa0\x80,1\n", 0)
labels("noise", CSV.encode() + bytes(i * i % 251 for i in range(100_000)), "E0501")
labels("too_few_fields", CSV + "p-1\n", "E0501")
labels("quotes_by_the_million", CSV + '"' * 1_000_000 + ",1\n", 0)
labels("carriage_returns", CSV + "\r" * 100_000, "E0501")
labels("empty_lines_by_the_million", CSV + "\n" * 5_000_000 + "p-1,30.1\n", 1)
labels("half_a_million_labels_of_one", CSV + "p-1,30.1\n" * 500_000, 1)

# Metrics files, for rollup and report.

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROW_SCHEMA = json.loads((ROOT / "src/engine/question/metric_row.avsc").read_text(encoding="utf-8"))
# One row, from the example in docs/formats/metric_state.md.
STATE = bytes.fromhex("01 01 02 061f 00000080bb47e17a14ae0f00 0420 3833333333330b00 00 01 9cff0b01")
VERSION, FLAGS, COUNT, SUMS, SKETCH = STATE[:1], STATE[1:2], STATE[2:3], STATE[3:-5], STATE[-5:]
DAY = 86_400_000_000
MONDAY = 1_753_660_800_000_000


def metrics(name, evaluation, *rows):
    """Rows that differ from a good one in the fields given."""
    good = {"model_version": "v1", "window_start": MONDAY, "window_end": MONDAY + DAY,
            "window": "day", "predictions": 1, "count": 1, "state": STATE}
    file = io.BytesIO()
    fastavro.writer(file, ROW_SCHEMA, [good | row for row in rows])
    FILES[f"metrics_{name}.avro"] = (file.getvalue(), {"rollup": evaluation})


metrics("good", 1, {})
for name, state in {
        "empty": b"",
        "version_2": b"\2" + STATE[1:],
        "flags_unknown": VERSION + b"\xff" + STATE[2:],
        "and_more": STATE + b"\0",
        "of_noise": bytes(i * i % 251 for i in range(100_000)),
        "of_30_mebibytes": STATE + bytes(30 * MEBIBYTE),
        "count_past_2_to_53": VERSION + FLAGS + long(2**53 + 1) + SUMS + SKETCH,
        "count_without_end": VERSION + FLAGS + b"\xff" * 1000,
        "count_overlong": VERSION + FLAGS + b"\x82\0" + SUMS + SKETCH,
        "count_is_not_that_of_the_sketch": VERSION + FLAGS + long(2) + SUMS + SKETCH,
        "sum_digits_past_the_end": VERSION + FLAGS + COUNT + b"\x7e\0" + b"\1" * 20,
        "sum_digits_too_many": VERSION + FLAGS + COUNT + b"\xfe\0" + b"\1" * 1000,
        "sum_too_high": VERSION + FLAGS + COUNT + b"\x06\x43" + STATE[5:],
        "sum_with_zero_digits": VERSION + FLAGS + COUNT + b"\x04\x20" + bytes(8) + STATE[17:],
        "buckets_huge": STATE[:-5] + b"\xff" * 8 + b"\x7f",
        "buckets_by_the_million": STATE[:-5] + b"\xc0\x84\x3d" + b"\0\1" * 1_000_000,
        "bucket_past_the_last": STATE[:-5] + b"\1\xff\xff\xff\x7f\1",
        "bucket_of_nothing": STATE[:-2] + b"\0\0",
        "bucket_count_huge": STATE[:-1] + b"\xff" * 9 + b"\1"}.items():
    metrics(f"state_{name}", "E0604", {"state": state})
for size in range(len(STATE)):
    metrics(f"state_cut_at_{size}", "E0604", {"state": STATE[:size]})
metrics("count_differs_from_state", "E0604", {"count": 2, "predictions": 2})
metrics("outcomes_negative", "E0601", {"rejected": -5, "predictions": -4})
metrics("outcomes_overflow", "E0601", {"rejected": MAX, "filtered": MAX, "predictions": MAX})
metrics("outcomes_huge_together", 3, *[
    {"rejected": 2**53 - 1, "predictions": 2**53, "window_start": MONDAY + i * DAY,
     "window_end": MONDAY + (i + 1) * DAY} for i in range(3)])
metrics("window_backwards", 1, {"window_end": MONDAY - DAY})
metrics("window_without_end", 1, {"window_end": None})
metrics("window_of_all_time", 1, {"window_start": MIN, "window_end": MAX})
metrics("window_at_the_end_of_time", 1, {"window_start": MAX - DAY, "window_end": MAX})
metrics("window_unknown", "E0601", {"window": "fortnight"})
metrics("window_of_nothing", "E0601", {"window": "0m"})
metrics("window_of_ages", "E0601", {"window": "9" * 100_000 + "d"})
metrics("timezone_unknown", 1, {"timezone": "../../../../etc/passwd"})
metrics("timezone_long", 1, {"timezone": "A/" * MEBIBYTE})
metrics("week_start_unknown", "E0601", {"week_start": "noday"})
metrics("twice", "E0602", {}, {})
metrics("slice_of_300000_keys", "E0209", {"slice": [
    {"key": f"k{i}", "value": None} for i in range(300_000)]})
metrics("slice_of_one_key_twice", 1, {"slice": [{"key": "k", "value": "a"}] * 2})
metrics("of_20000_rows", 20_000, *[{"model_version": f"v{i}"} for i in range(20_000)])
metrics("rolling", "E0603", {"kind": "ROLLING"})

# What the other files go with.

PREDICTIONS = header(PLAIN | {"fields": FIELDS[:3] + FIELDS[4:]}) + block(10, b"".join(
    text(f"p-{i}") + text("v1") + struct.pack("<d", i) + long(1753660800000000 + i)
    for i in range(10)))


def main():
    folder = pathlib.Path(sys.argv[1])
    index = {}
    for name, (content, expected) in FILES.items():
        name = name if "." in name else f"{name}.avro"
        (folder / name).write_bytes(content)
        index[name] = expected
    (folder / "good").mkdir()
    (folder / "good/predictions.avro").write_bytes(PREDICTIONS)
    (folder / "good/scored.avro").write_bytes(header(PLAIN) + block(2, PREDICTION * 2) * 3)
    (folder / "index.json").write_text(json.dumps(index), encoding="utf-8")


if __name__ == "__main__":
    main()
