"""--salvage: a damaged block loses exactly itself, and what was lost is said aloud."""

import json

import pytest
from events import (PREDICTION_FIELDS, avro_bytes, label, prediction, write_labels,
                    write_predictions)

BLOCK_COUNT = 6
BLOCK_ROWS = 50
SYNC = bytes(range(16))
CODECS = ["null", "deflate", "snappy", "zstandard", "bzip2", "xz"]


def make_parts(codec):
    """The header of a file and its blocks: fifty rows each, and those of block i predict i."""
    head = avro_bytes(PREDICTION_FIELDS, [], codec=codec, sync_marker=SYNC)
    blocks = []
    for block in range(BLOCK_COUNT):
        rows = [prediction(block * BLOCK_ROWS + row, value=float(block), actual=block + 1.0)
                for row in range(BLOCK_ROWS)]
        whole = avro_bytes(PREDICTION_FIELDS, rows, codec=codec, sync_marker=SYNC)
        assert whole.startswith(head) and whole.count(SYNC) == 2
        blocks.append(whole[len(head):])
    return head, blocks


@pytest.fixture(scope="module", params=CODECS)
def parts(request):
    return make_parts(request.param)


def wiped(data, begin, end):
    return data[:begin] + b"\xff" * (end - begin) + data[end:]


# What happens to block 2 of 0 to 5, and which blocks are left.
DAMAGE = {
    "data": (lambda block: wiped(block, 20, len(block) - 36), "01345"),
    "marker": (lambda block: wiped(block, len(block) - 9, len(block)), "01345"),
    "frame": (lambda block: wiped(block, 0, 4), "01345"),
    "all": (lambda block: b"\0" * len(block), "01345"),
    "missing": (lambda block: block[:-40], "01345"),
    "garbage in front": (lambda block: b"garbage" * 1000 + block, "012345"),
    "a marker in front": (lambda block: SYNC + block, "012345"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_cat_prints_the_other_blocks(mseavro, parts, tmp_path, damage):
    change, left = DAMAGE[damage]
    head, blocks = parts
    bad = change(blocks[2])
    file = tmp_path / "damaged.avro"
    file.write_bytes(head + b"".join(blocks[:2]) + bad + b"".join(blocks[3:]))
    assert "error[E0" in mseavro("cat", file, exit_code=2).stderr

    done = mseavro("cat", "--salvage", "--plain", file)
    predictions = [json.loads(line)["prediction"] for line in done.stdout.splitlines()]
    assert predictions == [float(block) for block in left for _ in range(BLOCK_ROWS)]
    begin = len(head) + len(blocks[0]) + len(blocks[1])
    assert f"{file}: lost block 2, bytes {begin} to " in done.stderr
    assert "warning: 1 block lost with " in done.stderr


def test_eval_accounts_for_what_was_lost(mseavro, parts, tmp_path):
    head, blocks = parts
    change, _ = DAMAGE["data"]
    # In this order, so that the first block, from which the roles are inferred, is a bad one.
    file = tmp_path / "damaged.avro"
    file.write_bytes(head + change(blocks[0]) + b"".join(blocks[1:4]) + change(blocks[4]) +
                     blocks[5][:-1])
    good = tmp_path / "good.avro"
    good.write_bytes(head + b"".join(blocks[1:4]))
    mseavro("eval", file, exit_code=2)
    want = mseavro("eval", good, "--format", "csv").stdout
    for threads in (1, 4):
        done = mseavro("eval", file, "--salvage", "--threads", threads, "--format", "csv")
        assert done.stdout == want
        assert "150 rows = 150 scored; 3 blocks lost with 150 records\n" in done.stderr
    done = mseavro("eval", file, "--salvage", "--format", "json")
    lost = json.loads(done.stdout)["accounting"]["predictions"]["lost"]
    size = len(blocks[0]) + len(blocks[4]) + len(blocks[5]) - 1
    assert lost == {"blocks": 3, "records": 150, "blocks_of_unknown_count": 0, "bytes": size}
    done = mseavro("report", file, "--salvage", "--format", "csv")
    assert "3 blocks lost" in done.stderr and ",150," in done.stdout


def test_lost_labels_are_counted_as_labels(mseavro, tmp_path):
    head, blocks = make_parts("null")
    predictions = tmp_path / "predictions.avro"
    predictions.write_bytes(head + b"".join(blocks))
    labels = write_labels(tmp_path / "labels.avro", [label(row, 5.0) for row in range(BLOCK_ROWS)])
    labels.write_bytes(labels.read_bytes()[:-20])
    done = mseavro("eval", predictions, "--labels", labels, "--salvage", "--format", "avro", "-o",
                   tmp_path / "metrics.avro")
    assert "labels: 0 rows; 1 block lost with 50 records\n" in done.stderr
    assert b"labels: 0 rows; 1 block lost with 50 records\n" in (
        tmp_path / "metrics.avro").read_bytes()


def test_inspect_shows_what_is_left(mseavro, parts, tmp_path):
    head, blocks = parts
    change, _ = DAMAGE["data"]
    file = tmp_path / "damaged.avro"
    file.write_bytes(head + change(blocks[0]) + b"".join(blocks[1:]))
    mseavro("inspect", file, exit_code=2)
    done = mseavro("inspect", "--salvage", file, "--format", "json")
    inspection = json.loads(done.stdout)
    assert (inspection["records_counted"], inspection["records_lost"]) == (250, 50)
    fields = {field["path"]: field for field in inspection["fields"]}
    assert (fields["prediction"]["min"], fields["prediction"]["max"]) == (1, 5)
    assert fields["prediction_id"]["distinct"] == 250
    assert "1 block lost with 50 records" in done.stderr
    page = mseavro("inspect", "--salvage", file).stdout
    assert "lost      1 block lost with 50 records\n" in page


def test_joined_files_are_named(mseavro, tmp_path):
    head, blocks = make_parts("null")
    other = avro_bytes(PREDICTION_FIELDS, [prediction(1)], sync_marker=SYNC[::-1])
    file = tmp_path / "joined.avro"
    file.write_bytes(head + blocks[0] + other)
    error = mseavro("cat", file, exit_code=2).stderr
    assert error.startswith("error[E0215]: another Avro file begins here")
    assert f"byte {len(head) + len(blocks[0])}" in error
    done = mseavro("cat", file, "--salvage")
    assert len(done.stdout.splitlines()) == BLOCK_ROWS
    assert "another Avro file begins here" in done.stderr


def test_an_error_in_a_block_names_the_option(mseavro, tmp_path):
    file = write_predictions(tmp_path / "cut.avro", [prediction(1, actual=1.0)])
    metrics = tmp_path / "metrics.avro"
    mseavro("eval", file, "-o", metrics)
    for cut in (file, metrics):
        cut.write_bytes(cut.read_bytes()[:-20])
    for command in ("eval", "cat", "inspect"):
        errors = mseavro(command, file, exit_code=2).stderr
        assert "help: to go on behind what is damaged: --salvage" in errors
    assert "--salvage" not in mseavro("rollup", metrics, exit_code=2).stderr


def test_a_damaged_header_is_an_error_with_salvage_too(mseavro, tmp_path):
    head, blocks = make_parts("null")
    file = tmp_path / "damaged.avro"
    file.write_bytes(wiped(head, 4, 20) + b"".join(blocks))
    for command in ("cat", "eval"):
        assert "error[E0202]" in mseavro(command, "--salvage", file, exit_code=2).stderr


def test_metric_rows_are_not_salvaged(mseavro, tmp_path):
    head, blocks = make_parts("null")
    events = tmp_path / "events.avro"
    events.write_bytes(head + b"".join(blocks))
    mseavro("eval", events, "-o", tmp_path / "metrics.avro")
    error = mseavro("report", "--salvage", tmp_path / "metrics.avro", exit_code=2).stderr
    assert "error[E0008]: --salvage is for events" in error
