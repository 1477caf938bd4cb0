"""Random schemas and values, read by us and by others. Each case has a seed: run one alone with

    MSEAVRO_SEEDS=17:18 ... pytest tests/e2e/test_differential.py
"""

import io
import json
import os
import subprocess

import fastavro
import pytest
from avro_parts import file_of
from avro_json import Notation, lines_of, unordered
from conftest import JAVA
from random_avro import Decoder, RandomAvro

IS_FULL = os.environ.get("MSEAVRO_FULL") == "1"
VALUE_COUNT = 3


def seeds(count, full_count):
    first, end = os.environ.get("MSEAVRO_SEEDS", f"0:{full_count if IS_FULL else count}").split(":")
    return range(int(first), int(end))


def encode(schema, value):
    encoded = io.BytesIO()
    fastavro.schemaless_writer(encoded, fastavro.parse_schema(json.loads(json.dumps(schema))),
                               value)
    return encoded.getvalue()


def test_values_and_bytes_are_those_of_fastavro(mseavro, tmp_path):
    """What fastavro wrote is read as the values that it was given, and these are encoded as the
    bytes that it makes of them."""
    file, lines, datums = (tmp_path / name for name in ("a.avro", "a.jsonl", "a.bin"))
    for seed in seeds(300, 3000):
        source = RandomAvro(seed)
        schema = source.record()
        values = [source.value(schema) for _ in range(VALUE_COUNT)]
        with file.open("wb") as out:
            fastavro.writer(out, json.loads(json.dumps(schema)), values,
                            codec=source.random.choice(("null", "deflate", "snappy", "zstandard")))
        encoded = [encode(schema, value) for value in values]
        mseavro("cat", file, "-o", lines)
        ours = [Notation(schema).of_json(line)
                for line in lines_of(lines.read_text(encoding="utf-8"))]
        about = f"seed {seed}: {json.dumps(schema)}"
        assert ours == [Decoder(schema, datum).notation() for datum in encoded], about
        mseavro("encode", lines, "--schema", file, "-o", datums)
        assert datums.read_bytes() == b"".join(encoded), about


# What a reader's version makes of the values, or None where they cannot be read.

def resolved_by_us(mseavro, tmp_path, writer, reader, datum):
    (tmp_path / "reader.avsc").write_text(json.dumps(reader), encoding="utf-8")
    (tmp_path / "datum.avro").write_bytes(file_of(writer, datum))
    done = subprocess.run([mseavro.path, "cat", "--reader-schema", tmp_path / "reader.avsc",
                           tmp_path / "datum.avro"], capture_output=True, encoding="utf-8",
                          timeout=60, check=False)
    if done.returncode != 0:
        assert done.returncode == 2 and "error[E030" in done.stderr, done.stderr
        return None, done.stderr
    return unordered(Notation(reader).of_json(done.stdout[:-1])), ""


def resolved_by_java(libraries, tasks):
    lines = "".join(json.dumps({"writer": writer, "reader": reader,
                                "data": [datum.hex() for datum in data]}) + "\n"
                    for _, writer, reader, data in tasks)
    done = subprocess.run(["java", "-cp", f"{libraries}/*", JAVA / "Resolve.java"], input=lines,
                          check=True, capture_output=True, encoding="utf-8", timeout=600)
    answers = iter(lines_of(done.stdout))
    for _, _, reader, data in tasks:
        for _ in data:
            answer = next(answers)
            yield (None if answer.startswith("!") else
                   unordered(Decoder(reader, bytes.fromhex(answer)).notation())), answer


def resolution_tasks(wanted):
    for seed in wanted:
        source = RandomAvro(seed)
        writer = source.record()
        reader = source.reader(writer, source.random.randint(1, 4))
        yield seed, writer, reader, [encode(writer, source.value(writer))
                                     for _ in range(VALUE_COUNT)]


@pytest.mark.skipif(not IS_FULL, reason="needs a JDK and Maven: ./dev test --full")
def test_resolution_as_java_does_it(mseavro, libraries, tmp_path):
    tasks = list(resolution_tasks(seeds(0, 3000)))
    answers = resolved_by_java(libraries, tasks)
    equal_count = 0
    for seed, writer, reader, data in tasks:
        for datum in data:
            theirs, answer = next(answers)
            ours, error = resolved_by_us(mseavro, tmp_path, writer, reader, datum)
            if ours is None and theirs is not None and has_empty_items(theirs):
                continue
            assert ours == theirs, (f"seed {seed}: {error or ours}; Java: {answer}; "
                                    f"{json.dumps(writer)} read as {json.dumps(reader)}")
            equal_count += ours is not None
    assert equal_count > 2 * len(tasks)


def has_empty_items(value):
    """The one difference: whether items can be read is decided when the schemas are compared; Java
    waits for the first item, which arrays and maps that are empty do not have."""
    if isinstance(value, dict):
        return value.get("m") == [] or any(map(has_empty_items, value.values()))
    return isinstance(value, list) and (not value or any(map(has_empty_items, value)))


def test_what_is_compatible_can_be_read_and_only_that(mseavro, tmp_path):
    compatible_count = 0
    for seed, writer, reader, data in resolution_tasks(seeds(200, 3000)):
        about = f"seed {seed}: {json.dumps(writer)} read as {json.dumps(reader)}"
        (tmp_path / "writer.avsc").write_text(json.dumps(writer), encoding="utf-8")
        errors = [resolved_by_us(mseavro, tmp_path, writer, reader, datum)[1] for datum in data]
        verdict = subprocess.run([mseavro.path, "schema", "check", tmp_path / "reader.avsc",
                                  tmp_path / "writer.avsc"], capture_output=True, check=False)
        if verdict.returncode == 0:
            compatible_count += 1
            assert errors == ["", "", ""], about
        # Without a block the schemas alone were at fault.
        elif any(error and ", block " not in error for error in errors):
            assert verdict.returncode in (1, 2) and all(errors), about
    assert compatible_count > 50
