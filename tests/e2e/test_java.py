"""Avro Java reads the files that we write: part of `./dev test --full`, with a JDK and Maven."""

import os
import subprocess

import pytest
from avro_json import Notation, header_schema, lines_of, unordered
from conftest import JAVA

CODECS = ("null", "deflate", "snappy", "zstandard")

pytestmark = pytest.mark.skipif(os.environ.get("MSEAVRO_FULL") != "1",
                                reason="needs a JDK and Maven: ./dev test --full")


def read_with_java(libraries, path):
    done = subprocess.run(["java", "-cp", f"{libraries}/*", JAVA / "PrintRecords.java", path],
                          check=True, capture_output=True, encoding="utf-8", timeout=300)
    return done.stdout


@pytest.mark.parametrize("codec", CODECS)
def test_metrics_files_with_each_codec(mseavro, flights_demo, libraries, tmp_path, codec):
    metrics = tmp_path / "metrics.avro"
    mseavro("eval", flights_demo / "predictions", "--labels", flights_demo / "labels", "--by",
            "origin", "--window", "month", "--metrics", "quantiles", "--codec", codec, "-o",
            metrics)
    assert_equal_in_both(mseavro, libraries, metrics)


def test_partitions_of_the_demo(mseavro, flights_demo, libraries):
    assert_equal_in_both(mseavro, libraries, flights_demo / "labels/date=2013-07-28/part-0.avro")


def assert_equal_in_both(mseavro, libraries, path):
    values = Notation(header_schema(path.read_bytes())).of_json
    ours = [values(line) for line in lines_of(mseavro("cat", path).stdout)]
    theirs = [values(line) for line in lines_of(read_with_java(libraries, path))]
    assert len(ours) > 0
    # Maps have no order: Java's come in that of their hashes.
    assert [unordered(value) for value in ours] == [unordered(value) for value in theirs]
