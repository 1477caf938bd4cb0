"""Real Avro files of other engines decode to what Avro Java makes of them.

The files are not part of the repository: MSEAVRO_SHARED names the folder that holds `corpus`
(by default `shared` beside the repository). Its README.md explains the notation of the truth.
"""

import json
import os
import pathlib
import re
import subprocess

import pytest
from avro_json import Notation, header_schema, lines_of

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORPUS = pathlib.Path(os.environ.get("MSEAVRO_SHARED", ROOT.parent / "shared")) / "corpus"

# Damaged files, and the error that each ends in.
ERRORS = {
    "avro/lang/c/tests/avro-1237-bad-union-discriminant.avro": "E0212",
    "avro/lang/c/tests/avro-1238-truncated.avro": "E0203",
    "avro/lang/js/test/dat/person-10.no-codec.avro": "E0203",
    "avro/share/test/data/test.avro12": "E0201",  # Avro 1.2 had another container format.
    "avsc-js/test/dat/person-10.no-codec.avro": "E0203",
    "hamba/ocf/testdata/deflate-invalid-data.avro": "E0206",
    "hamba/ocf/testdata/snappy-invalid-crc.avro": "E0207",
    "hamba/ocf/testdata/snappy-invalid-data.avro": "E0206",
    "hamba/ocf/testdata/snappy-short-crc.avro": "E0206",
    "hamba/ocf/testdata/zstd-invalid-data.avro": "E0207",
    "iceberg-rust/crates/iceberg/testdata/manifests_lists/manifest-list-v3-encrypted.avro": "E0201",
}


def container_files():
    if not (CORPUS / "INDEX.jsonl").exists():
        reason = f"{CORPUS} is missing; MSEAVRO_SHARED can say where it is"
        return [pytest.param(None, marks=pytest.mark.skip(reason=reason))]
    index = map(json.loads, lines_of((CORPUS / "INDEX.jsonl").read_text(encoding="utf-8")))
    return sorted(row["file"] for row in index if row["kind"] == "ocf")


@pytest.mark.parametrize("file", container_files())
def test_decodes_to_the_truth_or_ends_in_its_error(mseavro, file):
    if file in ERRORS:
        done = mseavro("cat", "--format", "json", CORPUS / file, exit_code=2)
        assert re.findall(r"error\[(E\d{4})\]", done.stderr) == [ERRORS[file]], done.stderr
        return
    truth = lines_of((CORPUS / f"{file}.java.jsonl").read_text(encoding="utf-8"))
    found = lines_of(mseavro("cat", "--format", "json", CORPUS / file).stdout)
    writer = Notation(header_schema((CORPUS / file).read_bytes()))
    assert len(found) == len(truth)
    for number, (line, expected) in enumerate(zip(found, truth, strict=True)):
        assert writer.of_json(line) == json.loads(expected), f"record {number}"


# Their writer schemas have names that break the name rule, which only readers forgive.
ODD_NAMES = "error[E0302]"


@pytest.mark.parametrize("file", container_files())
def test_comes_back_from_other_containers_and_json_lines(mseavro, tmp_path, file):
    if file in ERRORS:
        pytest.skip("a damaged file")
    printed = mseavro("cat", CORPUS / file).stdout
    avro, lines = tmp_path / "out.avro", tmp_path / "out.jsonl"
    done = subprocess.run([mseavro.path, "convert", CORPUS / file, "-o", avro, "--codec", "null"],
                          capture_output=True, encoding="utf-8", timeout=60, check=False)
    if done.returncode != 0:
        assert ODD_NAMES in done.stderr
        return
    assert mseavro("cat", avro).stdout == printed
    for style in ([], ["--avro-json"]):
        mseavro("convert", CORPUS / file, "-o", lines, *style)
        mseavro("convert", lines, "-o", avro, "--schema", CORPUS / file, *style)
        assert mseavro("cat", avro).stdout == printed
