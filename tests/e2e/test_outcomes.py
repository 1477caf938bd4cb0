"""Every row that is read ends in exactly one counted outcome, and the counts add up everywhere."""

import csv
import json

import fastavro
import pytest
from events import (DAY, HOUR, PREDICTION_FIELDS, label, prediction, write_avro, write_labels,
                    write_predictions)

OUTCOMES = ("scored", "unlabelled", "duplicate", "superseded", "filtered", "after_as_of",
            "rejected")
LABEL_OUTCOMES = ("matched", "unmatched", "superseded", "duplicate", "expired", "after_as_of",
                  "rejected")
# As the columns of the CSV are called.
OUTCOME_COLUMNS = ("count",) + OUTCOMES[1:]
NAN = float("nan")
INFINITY = float("inf")


def evaluate(mseavro, tmp_path, predictions, labels=None, options=()):
    """The JSON answer to a question about these records."""
    arguments = write_sources(tmp_path, predictions, labels)
    done = mseavro("eval", *arguments, "--max-rejected", "100%", "--format", "json", *options)
    answer = json.loads(done.stdout)
    check_sums(answer)
    return answer


def write_sources(tmp_path, predictions, labels):
    """Writes the files and gives the arguments that name them."""
    path = tmp_path / "predictions.avro"
    if labels is None:
        return [write_predictions(path, predictions)]
    has_actuals = any(record["actual"] is not None for record in predictions)
    return [write_predictions(path, predictions, has_actuals),
            "--labels", write_labels(tmp_path / "labels.avro", labels)]


def check_sums(answer):
    counts = answer["accounting"]["predictions"]
    assert counts["rows"] == sum(counts[outcome] for outcome in OUTCOMES)
    assert counts["rejected"] == sum(counts["rejected_by_reason"].values())
    counts = answer["accounting"]["labels"]
    assert counts["rows"] == sum(counts[outcome] for outcome in LABEL_OUTCOMES)
    assert counts["rejected"] == sum(counts["rejected_by_reason"].values())
    for row in answer["rows"]:
        assert row["predictions"] == sum(row[column] for column in OUTCOME_COLUMNS)


def nonzero(counts, names):
    return {name: counts[name] for name in names if counts[name]}


# name: (predictions, labels, options, outcomes of the predictions, mse)
PREDICTION_CASES = {
    "scored by its inline actual": (
        [prediction(1, 10.0, actual=12.0)], None, [], {"scored": 1}, 4.0),
    "scored by a label": (
        [prediction(1, 10.0)], [label(1, 13.0)], [], {"scored": 1}, 9.0),
    "scored by its inline actual beside labels of others": (
        [prediction(1, 10.0, actual=12.0)], [label(2, 5.0)], [], {"scored": 1}, 4.0),
    "a later label corrects an inline actual": (
        [prediction(1, 10.0, actual=12.0)], [label(1, 13.0, HOUR)], [], {"scored": 1}, 9.0),
    "unlabelled without an actual": (
        [prediction(1, 10.0, actual=12.0), prediction(2)], None, [],
        {"scored": 1, "unlabelled": 1}, 4.0),
    "unlabelled when its label never came": (
        [prediction(1), prediction(2)], [label(1, 10.0)], [],
        {"scored": 1, "unlabelled": 1}, 0.0),
    "unlabelled when its label was deleted": (
        [prediction(1)], [label(1, 10.0, HOUR), label(1, None, 2 * HOUR, deleted=True)], [],
        {"unlabelled": 1}, None),
    "unlabelled when its label came too late": (
        [prediction(1)], [label(1, 10.0, 3 * DAY)], ["--max-label-delay", "2d"],
        {"unlabelled": 1}, None),
    "unlabelled when its label was not known then": (
        [prediction(1)], [label(1, 10.0, 3 * DAY)], ["--as-of", "2025-07-29"],
        {"unlabelled": 1}, None),
    "an equal repeat is a duplicate": (
        [prediction(1), prediction(1), prediction(1)], [label(1, 12.0)], [],
        {"scored": 1, "duplicate": 2}, 4.0),
    "a repeat with another number is superseded by the earliest": (
        [prediction(1, 30.0, seconds=HOUR), prediction(1, 10.0)], [label(1, 12.0)], [],
        {"scored": 1, "superseded": 1}, 4.0),
    "an id of two versions is two predictions": (
        [prediction(1, version="v1"), prediction(1, version="v2")], [label(1, 10.0)], [],
        {"scored": 2}, 0.0),
    "repeats are kept when ids are not read": (
        [prediction(1, actual=12.0), prediction(1, actual=12.0)], None, [], {"scored": 2}, 4.0),
    "repeats are dropped when that is asked": (
        [prediction(1, actual=12.0), prediction(1, actual=12.0)], None,
        ["--duplicates", "drop"], {"scored": 1, "duplicate": 1}, 4.0),
    "filtered by --where": (
        [prediction(1, actual=12.0, region="eu"), prediction(2, actual=99.0, region="us"),
         prediction(3, actual=99.0)],
        None, ["--where", "region == 'eu'"], {"scored": 1, "filtered": 2}, 4.0),
    "filtered by --from and --to": (
        [prediction(1, actual=99.0), prediction(2, actual=12.0, seconds=DAY),
         prediction(3, actual=99.0, seconds=2 * DAY)],
        None, ["--from", "2025-07-29", "--to", "2025-07-30"], {"scored": 1, "filtered": 2}, 4.0),
    "a filtered repeat is a duplicate first": (
        [prediction(1, region="us"), prediction(1, region="us"), prediction(2, region="eu")],
        [label(1, 10.0), label(2, 12.0)], ["--where", "region == 'eu'"],
        {"scored": 1, "filtered": 1, "duplicate": 1}, 4.0),
    "after --as-of": (
        [prediction(1), prediction(2, seconds=2 * DAY)],
        [label(1, 12.0, HOUR), label(2, 99.0, 2 * DAY)], ["--as-of", "2025-07-29"],
        {"scored": 1, "after_as_of": 1}, 4.0),
    "an overflowing error is scored and has no MSE": (
        [prediction(1, 1e200, actual=-1e200)], None, [], {"scored": 1}, None),
    "a term that is infinite is scored and has no MSE": (
        [prediction(1, 1.7e308, actual=-1.7e308)], None, [], {"scored": 1}, None),
}


@pytest.mark.parametrize("case", PREDICTION_CASES)
def test_prediction_ends_in_its_outcome(mseavro, tmp_path, case):
    predictions, labels, options, outcomes, mse = PREDICTION_CASES[case]
    answer = evaluate(mseavro, tmp_path, predictions, labels, ["--mix-versions", *options])
    assert nonzero(answer["accounting"]["predictions"], OUTCOMES) == outcomes
    (row,) = answer["rows"]
    assert row["mse"] == mse
    assert nonzero(row, OUTCOME_COLUMNS[1:]) == nonzero(outcomes | dict.fromkeys(
        set(OUTCOMES) - set(outcomes), 0), OUTCOMES[1:])


# reason: (predictions, labels, options)
REJECTED_PREDICTIONS = {
    "missing_prediction": ([prediction(1, None, actual=1.0)], None, []),
    "prediction_not_finite": (
        [prediction(1, NAN, actual=1.0), prediction(2, -INFINITY, actual=1.0)], None, []),
    "actual_not_finite": (
        [prediction(1, actual=NAN), prediction(2, actual=INFINITY)], None, []),
    "missing_id": ([prediction(None)], [label(1, 1.0)], []),
    "missing_timestamp": (
        [prediction(1, actual=1.0) | {"timestamp": None}], None, ["--window", "day"]),
}


@pytest.mark.parametrize("reason", REJECTED_PREDICTIONS)
def test_prediction_is_rejected_for_a_reason(mseavro, tmp_path, reason):
    predictions, labels, options = REJECTED_PREDICTIONS[reason]
    good = prediction(100, actual=1.0)
    answer = evaluate(mseavro, tmp_path, [good, *predictions], labels, options)
    counts = answer["accounting"]["predictions"]
    assert counts["rejected_by_reason"] == {reason: len(predictions)}
    assert counts["scored"] == 1


def test_prediction_of_the_wrong_type_is_rejected(mseavro, tmp_path):
    """The first file settles what the fields are; later ones may have been written otherwise."""
    write_predictions(tmp_path / "logs/1.avro", [prediction(1, actual=1.0)])
    write_avro(tmp_path / "logs/2.avro", PREDICTION_FIELDS | {"prediction": "string"},
               [prediction(2, "ten", actual=1.0)])
    write_avro(tmp_path / "logs/3.avro", PREDICTION_FIELDS | {"actual": "boolean"},
               [prediction(3, actual=True), prediction(4, actual=False)])
    done = mseavro("eval", tmp_path / "logs", "--max-rejected", "100%", "--format", "json")
    answer = json.loads(done.stdout)
    check_sums(answer)
    assert answer["accounting"]["predictions"]["rejected_by_reason"] == {
        "prediction_wrong_type": 1, "actual_wrong_type": 2}


# name: (labels, options, outcomes of the labels, reasons)
LABEL_CASES = {
    "matched": ([label(1, 1.0)], [], {"matched": 1}, {}),
    "unmatched": ([label(77, 1.0)], [], {"unmatched": 1}, {}),
    "the latest wins": (
        [label(1, 1.0, HOUR), label(1, 2.0, DAY), label(1, 3.0)], [],
        {"matched": 1, "superseded": 2}, {}),
    "an equal repeat": (
        [label(1, 1.0, HOUR), label(1, 1.0, HOUR)], [], {"matched": 1, "duplicate": 1}, {}),
    "expired": (
        [label(1, 1.0, 3 * DAY)], ["--max-label-delay", "2d"], {"expired": 1}, {}),
    "after --as-of": (
        [label(1, 1.0, HOUR), label(1, 2.0, DAY + HOUR)], ["--as-of", "2025-07-29"],
        {"matched": 1, "after_as_of": 1}, {}),
    "rejected": (
        [label(None, 1.0), label(1, None), label(1, NAN), label(1, 1.0)], [],
        {"matched": 1, "rejected": 3},
        {"missing_id": 1, "missing_actual": 1, "actual_not_finite": 1}),
    "rejected without a time": (
        [label(1, 1.0)], ["--as-of", "2025-07-29"], {"rejected": 1},
        {"missing_label_timestamp": 1}),
}


@pytest.mark.parametrize("case", LABEL_CASES)
def test_label_ends_in_its_outcome(mseavro, tmp_path, case):
    labels, options, outcomes, reasons = LABEL_CASES[case]
    answer = evaluate(mseavro, tmp_path, [prediction(1)], labels, options)
    counts = answer["accounting"]["labels"]
    assert nonzero(counts, LABEL_OUTCOMES) == outcomes
    assert counts["rejected_by_reason"] == reasons


def test_labels_in_csv_count_like_those_in_avro(mseavro, tmp_path):
    predictions = write_predictions(tmp_path / "predictions.avro", [prediction(1), prediction(2)])
    labels = tmp_path / "labels.csv"
    labels.write_text("prediction_id,actual,label_timestamp\n"
                      "p-1,12.0,2025-07-28T01:00:00Z\n"
                      "p-1,13.0,2025-07-28T02:00:00Z\n"
                      "p-2,much,2025-07-28T02:00:00Z\n"
                      "p-3,1.0,\n", encoding="utf-8")
    done = mseavro("eval", predictions, "--labels", labels, "--max-rejected", "100%", "--format",
                   "json")
    answer = json.loads(done.stdout)
    check_sums(answer)
    assert nonzero(answer["accounting"]["labels"], LABEL_OUTCOMES) == {
        "matched": 1, "superseded": 1, "unmatched": 1, "rejected": 1}
    (row,) = answer["rows"]
    assert (row["mse"], row["coverage"]) == (9.0, 0.5)


def test_why_a_metric_is_null_is_said(mseavro, tmp_path):
    answer = evaluate(mseavro, tmp_path, [prediction(1, 1e200, actual=-1e200)])
    (row,) = answer["rows"]
    assert row["mse"] is None and row["rmse"] is None and row["mae"] == 2e200
    assert row["null_reasons"]["mse"] == "overflow"
    assert "abs_error_p50" not in row["null_reasons"]


def a_bit_of_everything():
    """Predictions and labels with every outcome, in three windows and two regions."""
    predictions = [prediction(number, 10.0 + number, version=f"v{number % 2}",
                              seconds=number * HOUR, region=("eu", "us", None)[number % 3])
                   for number in range(60)]
    predictions += [predictions[3], predictions[4] | {"prediction": 99.0},
                    prediction(70, NAN, seconds=5), prediction(71, seconds=9 * DAY),
                    prediction(None), prediction(72) | {"timestamp": None}]
    labels = [label(number, 12.0, seconds=number * HOUR + 60) for number in range(0, 60, 2)]
    labels += [labels[0], label(2, 55.0, DAY), label(5, 1.0, 40 * DAY), label(99, 1.0, HOUR),
               label(7, NAN, HOUR)]
    return predictions, labels


EVERYTHING = ("--by", "region", "--window", "day", "--where", "prediction < 60", "--as-of",
              "2025-08-01", "--max-label-delay", "30d")


def test_counts_add_up_in_every_output(mseavro, tmp_path):
    predictions, labels = a_bit_of_everything()
    answer = evaluate(mseavro, tmp_path, predictions, labels, EVERYTHING)
    counts = answer["accounting"]["predictions"]
    assert counts["rows"] == len(predictions)
    assert answer["accounting"]["labels"]["rows"] == len(labels)
    for outcome in OUTCOMES:
        assert counts[outcome] > 0, outcome
    # The row without a time is in no window, and a window with nothing but rows that the question
    # leaves out is not shown.
    left_out = counts["filtered"] + counts["after_as_of"] + 1
    assert len(predictions) - left_out <= sum(row["predictions"] for row in answer["rows"])
    assert sum(row["count"] for row in answer["rows"]) == counts["scored"]
    assert sum(row["unlabelled"] for row in answer["rows"]) == counts["unlabelled"]

    arguments = ("eval", tmp_path / "predictions.avro", "--labels", tmp_path / "labels.avro",
                 "--max-rejected", "100%", *EVERYTHING)
    rows = list(csv.DictReader(mseavro(*arguments, "--format", "csv").stdout.splitlines()))
    assert len(rows) == len(answer["rows"])
    for row, same in zip(rows, answer["rows"], strict=True):
        assert int(row["predictions"]) == sum(int(row[column]) for column in OUTCOME_COLUMNS)
        assert [int(row[column]) for column in OUTCOME_COLUMNS] == [
            same[column] for column in OUTCOME_COLUMNS]

    metrics = tmp_path / "metrics.avro"
    mseavro(*arguments, "-o", metrics)
    with open(metrics, "rb") as file:
        for record, same in zip(fastavro.reader(file), answer["rows"], strict=True):
            assert record["predictions"] == sum(record[column] for column in OUTCOME_COLUMNS)
            assert record["mse"] == same["mse"]


def test_the_accounting_is_said_with_reasons(mseavro, tmp_path):
    path = write_predictions(tmp_path / "predictions.avro",
                             [prediction(1, actual=1.0), prediction(2, NAN), prediction(3)])
    done = mseavro("eval", path, "--max-rejected", "50%")
    assert ("predictions: 3 rows = 1 scored + 1 unlabelled + 1 rejected; rejected = "
            "1 prediction_not_finite\n") in done.stderr


def test_dead_letters_keep_reason_place_and_bytes(mseavro, tmp_path):
    path = write_predictions(tmp_path / "predictions.avro",
                             [prediction(1, actual=1.0), prediction(2, NAN), prediction(3)])
    labels = tmp_path / "labels.csv"
    labels.write_text("prediction_id,actual\np-3,1\np-4,oops\n", encoding="utf-8")
    letters = tmp_path / "letters.avro"
    mseavro("eval", path, "--labels", labels, "--max-rejected", "50%", "--dead-letters", letters)
    with open(letters, "rb") as file:
        csv_letter, avro_letter = sorted(fastavro.reader(file), key=lambda one: one["source"])
    assert csv_letter["reason"] == "actual_wrong_type" and csv_letter["line"] == 3
    assert csv_letter["source"] == str(labels) and csv_letter["raw"].rstrip() == b"p-4,oops"
    assert avro_letter["reason"] == "prediction_not_finite"
    assert (avro_letter["source"], avro_letter["block"], avro_letter["record"]) == (str(path), 0, 1)
    assert b"p-2" in avro_letter["raw"]


@pytest.mark.parametrize("predictions, labels, options, why", [
    ([prediction(1)], None, [], "no prediction has a label yet"),
    ([prediction(1)], [label(2, 1.0)], [], "no label has the id of a prediction"),
    ([prediction(1, actual=1.0, region="us")], None, ["--where", "region == 'eu'"],
     "no prediction fits --where"),
    ([prediction(1)], [label(1, 1.0, 0)], ["--as-of", "2024-01-01"],
     "every prediction is later than --as-of"),
    ([], None, [], "the sources have no rows"),
    ([prediction(1, NAN)], None, [], "no row can be used"),
])
def test_an_answer_without_scores_says_why(mseavro, tmp_path, predictions, labels, options, why):
    arguments = write_sources(tmp_path, predictions, labels)
    done = mseavro("eval", *arguments, "--max-rejected", "100%", *options)
    assert f"warning: nothing is scored: {why}" in done.stderr


def test_csv_without_rows_has_all_columns(mseavro, tmp_path):
    path = write_predictions(tmp_path / "predictions.avro", [])
    some = write_predictions(tmp_path / "some.avro", [prediction(1, actual=1.0)])
    options = ("--by", "region", "--format", "csv")
    empty = mseavro("eval", path, *options).stdout
    assert empty == mseavro("eval", some, *options).stdout.splitlines()[0] + "\n"
