#!/usr/bin/env python3
"""Compares every (version, month) of the ratings example, bit for bit, with a computation from the
raw log lines and the predictions by the standard library and fastavro alone.

    pytest tests/e2e/ratings_check.py
    python3 tests/e2e/ratings_check.py FOLDER [MSEAVRO]     FOLDER as make_events.py leaves it
"""

import importlib.util
import json
import math
import os
import pathlib
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone

ROOT = pathlib.Path(__file__).resolve().parents[2]
MAX_AGE = timedelta(days=30)
COUNTS = ("predictions", "count", "unlabelled", "duplicate", "superseded")


def read_predictions(folder):
    import fastavro

    for path in sorted((folder / "predictions").glob("*.avro")):
        with open(path, "rb") as file:
            yield from fastavro.reader(file)


def read_labels(folder):
    """(user, movie) -> [(time, stars)]"""
    labels = defaultdict(list)
    with open(folder / "master.csv", encoding="utf-8") as lines:
        for line in lines:
            time, user, request = line.rstrip("\n").split(",", 2)
            movie, stars = request.removeprefix("GET /rate/").rsplit("=", 1)
            at = datetime.fromisoformat(time).replace(tzinfo=timezone.utc)
            labels[user, movie].append((at, float(stars)))
    return labels


def settle(predictions, labels, outcomes):
    """Yields (prediction time, outcome, residual) of each row of one key and one version;
    `predictions` is [(time, stars)]. Every pair is looked at. What became of each label goes to
    `outcomes`, best last."""
    times = sorted({time for time, _ in predictions})
    for time in times:
        values = sorted(value for at, value in predictions if at == time)
        own, passed_by = [], []
        for at, stars in labels:
            if time <= at <= time + MAX_AGE:
                newer = any(time < other <= at for other in times)
                (passed_by if newer else own).append((at, stars))
        for value in values[1:]:
            yield time, "duplicate" if value == values[0] else "superseded", None
        if own:
            winner = max(own)
            for label in own:
                outcomes[label] = max(outcomes.get(label, ""),
                                      "matched" if label == winner else "a loser")
            yield time, "count", winner[1] - values[0]
        else:
            yield time, "superseded" if passed_by else "unlabelled", None


def expected_answer(folder):
    """Rows by (version, month), and the counts of label rows."""
    labels = read_labels(folder)
    by_key = defaultdict(lambda: defaultdict(list))
    for event in read_predictions(folder):
        key = event["userId"], event["movieId"]
        by_key[key][event["model_version"]].append((event["timestamp"], event["prediction"]))
    counts = defaultdict(Counter)
    residuals = defaultdict(list)
    label_counts = Counter()
    for key in by_key.keys() | labels.keys():
        outcomes = {}
        for version, predictions in by_key.get(key, {}).items():
            for time, outcome, residual in settle(predictions, labels.get(key, []), outcomes):
                cell = version, f"{time:%Y-%m}-01T00:00:00Z"
                counts[cell]["predictions"] += 1
                counts[cell][outcome] += 1
                if outcome == "count":
                    residuals[cell].append(residual)
        for label in set(labels.get(key, [])):
            outcome = outcomes.get(label, "unmatched")
            label_counts["superseded" if outcome == "a loser" else outcome] += 1
    rows = {cell: [counts[cell][name] for name in COUNTS] + metrics(residuals[cell])
            for cell in counts}
    return rows, label_counts


def metrics(residuals):
    """mse, rmse, mae, bias"""
    if not residuals:
        return [None] * 4
    count = len(residuals)
    mse = math.fsum(residual * residual for residual in residuals) / count
    return [mse, math.sqrt(mse), math.fsum(map(abs, residuals)) / count,
            math.fsum(-residual for residual in residuals) / count]


def eval_arguments(folder):
    return ["eval", f"{folder}/predictions", "--labels", f"{folder}/events/movie_ratings.avro",
            "--map", "key=userId,movieId", "--map", "actual=rating", "--match", "latest-before",
            "--max-age", "30d", "--window", "month", "--format", "json"]


def rows_of_json(text):
    rows = {}
    for row in json.loads(text)["rows"]:
        cell = row["model_version"], row["window_start"]
        assert cell not in rows, f"{cell} stands twice in the answer"
        numbers = (row[name] for name in ("mse", "rmse", "mae", "bias"))
        rows[cell] = [row[name] for name in COUNTS] + [
            None if number is None else float(number) for number in numbers]
    return rows


def differences(expected, found):
    for cell in sorted(expected.keys() | found.keys()):
        # As text, so that every bit counts.
        if repr(expected.get(cell)) != repr(found.get(cell)):
            yield f"{cell}: expected {expected.get(cell)}, found {found.get(cell)}"


def write_example(folder):
    """What the example's script writes; False when the data set cannot be had."""
    path = ROOT / "examples/ratings/make_events.py"
    sys.path.insert(0, str(path.parent))
    try:
        spec = importlib.util.spec_from_file_location("make_events", path)
        example = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(example)
        return example.write(folder)
    finally:
        sys.path.remove(str(path.parent))


def test_every_month_equals_the_computation_from_the_raw_lines(mseavro, tmp_path):
    import pytest

    folder = tmp_path / "ratings"
    if not write_example(folder):
        pytest.skip("Debian's package r-cran-dslabs cannot be had")
    mseavro("ingest", folder / "master.csv", "--rules", "movielog", "-o", folder / "events")
    expected, label_counts = expected_answer(folder)
    # Two versions in most months of 22 years.
    assert len(expected) > 2 * 200
    done = mseavro(*eval_arguments(folder))
    assert not list(differences(expected, rows_of_json(done.stdout)))
    # Everything that can happen happens: ties, re-ratings, repeats, too old, too early.
    totals = [sum(row[index] for row in expected.values()) for index in range(len(COUNTS))]
    assert min(totals) > 5000, totals
    words = " + ".join(f"{label_counts[name]:,} {name}"
                       for name in ("matched", "unmatched", "superseded"))
    assert f"rows = {words}" in done.stderr
    other = mseavro(*eval_arguments(folder), "--threads", 3)
    assert other.stdout == done.stdout


def main(folder, binary=os.environ.get("MSEAVRO_BINARY", "build/release/mseavro")):
    answer = subprocess.run([binary, *eval_arguments(folder)], check=True, capture_output=True,
                            encoding="utf-8").stdout
    expected, _ = expected_answer(pathlib.Path(folder))
    different = list(differences(expected, rows_of_json(answer)))
    print(*different, sep="\n")
    print(f"{len(expected)} cells, {len(different)} different")
    sys.exit(1 if different else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
