"""One question, one answer: threads, the order of files, how records are dealt to files and the
order in which answers are merged never show, not in one bit."""

import random

import pytest
from events import DAY, label, prediction, write_labels, write_predictions

RECORDS = 6000


def make_records():
    """Predictions and labels so far apart that sums of doubles depend on their order."""
    chance = random.Random(28)
    predictions = []
    labels = []
    for number in range(RECORDS):
        seconds = chance.randrange(90 * DAY)
        value = chance.gauss(0, 1) * 10.0 ** chance.randrange(-9, 9)
        predictions.append(prediction(
            number, value, version=chance.choice((None, "v1", "v2")), seconds=seconds,
            region=chance.choice((None, "eu", "us"))))
        for _ in range(chance.choice((0, 1, 1, 2))):
            labels.append(label(number, chance.gauss(0, 1) * 10.0 ** chance.randrange(-9, 9),
                                seconds + chance.randrange(-100, 9 * DAY)))
    predictions += chance.choices(predictions, k=200)
    predictions += [record | {"prediction": 1.0} for record in chance.choices(predictions, k=200)]
    return predictions, labels


@pytest.fixture(scope="module")
def records():
    return make_records()


def deal(chance, records, folder, write, **options):
    """The records in a random order, in files of random sizes, given in a random order."""
    records = chance.sample(records, len(records))
    cuts = sorted(chance.sample(range(len(records)), chance.choice((0, 1, 6))))
    files = []
    for begin, end in zip([0, *cuts], [*cuts, len(records)], strict=True):
        files.append(write(folder / f"{chance.randrange(10**9)}.avro", records[begin:end],
                           codec=chance.choice(("null", "deflate", "snappy")),
                           sync_interval=chance.choice((200, 16000)), **options))
    return chance.sample(files, len(files))


QUESTION = ("--window", "day", "--by", "region", "--metrics", "quantiles", "--format", "csv")


def test_threads_order_and_files_do_not_show(mseavro, tmp_path, records):
    predictions, labels = records
    answers = set()
    for seed, threads in enumerate((1, 2, 8, 1, 8, 8)):
        chance = random.Random(seed)
        folder = tmp_path / str(seed)
        prediction_files = deal(chance, predictions, folder / "p", write_predictions,
                                has_actuals=False)
        label_files = deal(chance, labels, folder / "l", write_labels)
        label_options = [word for file in label_files for word in ("--labels", file)]
        answers.add(mseavro("eval", *prediction_files, *label_options, *QUESTION, "--threads",
                            threads).stdout)
    (answer,) = answers
    assert len(answer.splitlines()) > 500


def test_inline_actuals_are_the_same_for_threads_order_and_files(mseavro, tmp_path, records):
    answers = set()
    actuals = {record["prediction_id"]: record["actual"] for record in records[1]}
    predictions = [record | {"actual": actuals.get(record["prediction_id"])}
                   for record in records[0]]
    for seed, threads in enumerate((1, 2, 8, 8)):
        files = deal(random.Random(seed), predictions, tmp_path / str(seed), write_predictions)
        answers.add(mseavro("eval", *files, *QUESTION, "--threads", threads).stdout)
    assert len(answers) == 1


@pytest.fixture(scope="module")
def scored(records, tmp_path_factory):
    """Predictions with inline actuals in one file, and the same in nine."""
    folder = tmp_path_factory.mktemp("scored")
    chance = random.Random(9)
    predictions = [record | {"actual": chance.choice((None, chance.gauss(0, 1e6)))}
                   for record in records[0]]
    whole = write_predictions(folder / "whole.avro", predictions)
    parts = [write_predictions(folder / f"part{part}.avro", predictions[part::9])
             for part in range(9)]
    return whole, parts


def merge_at_random(mseavro, chance, files, folder, *options):
    """Merges files two to four at a time until one is left."""
    files = list(files)
    while len(files) > 1:
        chance.shuffle(files)
        count = min(len(files), chance.randrange(2, 5))
        merged = folder / f"{chance.randrange(10**9)}.avro"
        mseavro("rollup", *files[:count], "--disjoint", *options, "-o", merged)
        files[:count] = [merged]
    return files[0]


def test_any_merge_tree_of_parts_equals_the_whole(mseavro, scored, tmp_path):
    whole, parts = scored
    expected = mseavro("eval", whole, *QUESTION).stdout
    metrics = []
    for part in parts:
        metrics.append(tmp_path / f"{part.stem}.avro")
        mseavro("eval", part, *QUESTION[:-2], "-o", metrics[-1])
    for seed in range(3):
        merged = merge_at_random(mseavro, random.Random(seed), metrics, tmp_path)
        assert mseavro("rollup", merged, "--format", "csv").stdout == expected


def rolled(mseavro, whole, tmp_path, question, rollup):
    """The same question asked of events, and of the rows of a finer question."""
    fine = tmp_path / "fine.avro"
    mseavro("eval", whole, "--metrics", "quantiles", *question, "-o", fine)
    return mseavro("rollup", fine, *rollup, "--format", "csv").stdout


@pytest.mark.parametrize("fine, coarse", [
    (("--window", "day"), ("--window", "month")),
    (("--window", "hour"), ("--window", "week")),
    (("--window", "6h"), ("--window", "day")),
    (("--window", "day"), ("--window", "week", "--week-start", "sunday")),
    (("--window", "month"), ("--window", "quarter")),
    (("--window", "day"), ("--window", "none")),
])
def test_shorter_windows_roll_up_to_longer_ones(mseavro, scored, tmp_path, fine, coarse):
    by = ("--by", "region")
    expected = mseavro("eval", scored[0], "--metrics", "quantiles", *by, *coarse, "--format",
                       "csv").stdout
    assert rolled(mseavro, scored[0], tmp_path, by + fine, coarse) == expected


def test_days_of_a_time_zone_roll_up_to_its_months(mseavro, scored, tmp_path):
    zone = ("--timezone", "America/New_York")
    expected = mseavro("eval", scored[0], "--metrics", "quantiles", *zone, "--window", "month",
                       "--format", "csv").stdout
    fine = ("--window", "day", *zone)
    assert rolled(mseavro, scored[0], tmp_path, fine, ("--window", "month")) == expected


def test_slices_and_versions_roll_up_to_totals(mseavro, scored, tmp_path):
    week = ("--window", "week")
    expected = mseavro("eval", scored[0], "--metrics", "quantiles", *week, "--mix-versions",
                       "--format", "csv").stdout
    fine = ("--by", "region", *week)
    assert rolled(mseavro, scored[0], tmp_path, fine, ("--by", "", "--mix-versions")) == expected


def test_some_slice_keys_are_kept(mseavro, scored, tmp_path):
    expected = mseavro("eval", scored[0], "--metrics", "quantiles", "--by", "region", "--format",
                       "csv").stdout
    fine = ("--by", "prediction_id,region")
    assert rolled(mseavro, scored[0], tmp_path, fine, ("--by", "region")) == expected


def test_the_latest_revision_replaces_the_others(mseavro, scored, tmp_path):
    rows = tmp_path / "rows.avro"
    mseavro("eval", scored[0], "--window", "month", "-o", rows)
    again = tmp_path / "again.avro"
    again.write_bytes(rows.read_bytes())
    assert mseavro("rollup", rows, again, "--latest", "--format", "csv").stdout == mseavro(
        "rollup", rows, "--format", "csv").stdout
