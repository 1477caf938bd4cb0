"""The parts of Avro files, by hand, so that they can be wrong or very many."""

import json

SYNC = bytes(range(16))


def long(value):
    """A long as Avro writes it; numbers beyond 64 bits have more than 10 bytes."""
    raw = value << 1 if value >= 0 else ~value << 1 | 1
    out = bytearray()
    while raw > 0x7F:
        out.append(raw & 0x7F | 0x80)
        raw >>= 7
    out.append(raw)
    return bytes(out)


def text(value):
    raw = value if isinstance(value, bytes) else value.encode()
    return long(len(raw)) + raw


def header(schema, codec="null", metadata=b"", entries=2):
    """`schema` is a type as JSON, or its text as bytes."""
    raw = schema if isinstance(schema, bytes) else json.dumps(schema).encode()
    return (b"Obj\x01" + long(entries) + text("avro.codec") + text(codec) + text("avro.schema") +
            text(raw) + metadata + b"\x00" + SYNC)


def block(count, data, size=None, sync=SYNC):
    return long(count) + long(len(data) if size is None else size) + data + sync


def file_of(schema, *data, codec="null", count=1):
    return header(schema, codec) + b"".join(block(count, one) for one in data)


def repeat_blocks(source, target, size):
    """Writes a file of at least `size` bytes: the blocks of another, again and again. Returns how
    many times."""
    data = source.read_bytes()
    marker = data[-16:]
    begin = data.index(marker) + len(marker)
    with open(target, "wb") as file:
        file.write(data[:begin])
        times = 0
        while file.tell() < size:
            file.write(memoryview(data)[begin:])
            times += 1
    return times
