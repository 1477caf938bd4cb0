"""Memory does not grow with the file."""

import json
import pathlib
import subprocess
import sys

import pytest

import avro_parts
import events

HERE = pathlib.Path(__file__).parent
MEBIBYTES_MAX = 64


@pytest.mark.parametrize("codec", ("null", "snappy"))
def test_two_threads_take_little_whatever_the_size_of_the_file(mseavro, tmp_path, codec):
    row_count, megabytes = 20_000, 300
    few = events.write_avro(
        tmp_path / "few.avro", events.PREDICTION_FIELDS,
        (events.prediction(n, value=n * 0.37, actual=n * 0.38, version=f"v{n % 5}", seconds=n * 30,
                           region=f"region-{n % 20}") for n in range(row_count)),
        codec=codec, sync_interval=64 << 10)
    many = tmp_path / "many.avro"
    times = avro_parts.repeat_blocks(few, many, megabytes * 1_000_000)
    command = [str(mseavro.path), "eval", str(many), "--window", "day", "--threads", "2"]
    answer = subprocess.run([sys.executable, "-S", HERE / "measure.py"], input=json.dumps(command),
                            capture_output=True, encoding="utf-8", check=True).stdout
    many.unlink()  # It is large, and pytest keeps the folders of its last runs.
    measured = json.loads(answer)
    assert measured["exit"] == 0, measured["errors"]
    assert f"{times * row_count:,} scored" in measured["errors"]
    assert measured["mebibytes"] <= MEBIBYTES_MAX
