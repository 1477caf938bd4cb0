"""One binary runs on every x86-64: what a processor of 2003 answers is what this one answers."""

import platform
import shutil
import subprocess

import pytest

import events

# The first of its kind: neither SSSE3 nor anything later, and an unknown instruction ends it.
EMULATOR = ["qemu-x86_64", "-cpu", "Opteron_G1"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("events")
    for codec in ("null", "deflate", "snappy", "zstandard", "bzip2", "xz"):
        events.write_avro(
            path / f"{codec}.avro", events.PREDICTION_FIELDS,
            (events.prediction(n, value=n * 0.37, actual=None if n % 7 == 0 else n * 0.38,
                               version=f"v{n % 5}", seconds=n * 300, region=f"region-{n % 20}")
             for n in range(3_000)), codec=codec)
    return path


@pytest.mark.parametrize("command", (
    ["eval", ".", "--window", "day", "--by", "region", "--format", "csv", "--quiet"],
    ["eval", ".", "--duplicates", "drop", "--window", "week", "--format", "json", "--quiet"],
    ["eval", ".", "--where", 'region == "region-3"', "--metrics", "quantiles", "--quiet"],
    ["cat", "snappy.avro", "--format", "json"],
    ["cat", "zstandard.avro", "--format", "csv"],
    ["schema", "fingerprint", "null.avro"],
), ids=" ".join)
def test_an_old_processor_gives_the_same_answer(mseavro, folder, command):
    if platform.machine() != "x86_64":
        pytest.skip("this is no x86-64")
    if shutil.which(EMULATOR[0]) is None:
        pytest.skip("qemu-user is not installed")
    here = subprocess.run([mseavro.path, *command], cwd=folder, capture_output=True, check=True)
    old = subprocess.run([*EMULATOR, mseavro.path, *command], cwd=folder, capture_output=True,
                         check=False)
    assert old.returncode == 0, old.stderr
    assert here.stdout != b""
    assert old.stdout == here.stdout
