"""Predictions and labels that are not Avro yet: CSV and JSON lines, plain and compressed, straight
into `eval` and through `convert`, give the answer that Python computes from the same rows."""

import csv
import functools
import gzip
import io
import json
import math
import random
from datetime import datetime, timedelta, timezone

import pytest
from backports import zstd

ROW_COUNT = 3000
DECIMALS_FROM = 2000  # Predictions before are whole numbers.
ZONES = [timezone.utc, timezone(timedelta(hours=2)), timezone(timedelta(hours=-5, minutes=-30))]
ROLES = ["--map", "timestamp=when", "--map", "prediction_id=request"]
QUESTION = ["--window", "day", "--by", "region", "--format", "json"]


def make_rows():
    source = random.Random(4)
    rows = []
    for number in range(ROW_COUNT):
        truth = source.uniform(0, 10)
        guess = truth + source.gauss(0, 1)
        at = datetime(2026, 3, 1, tzinfo=timezone.utc) + timedelta(minutes=17 * number)
        rows.append({
            "request": f"r-{number}", "when": at.astimezone(ZONES[number % 3]).isoformat(" "),
            "model": {"name": "eta", "version": ["v1", "v2"][number % 2]},
            "y_hat": guess if number >= DECIMALS_FROM else round(guess),
            "truth": truth if number % 7 else None,
            "region": ["north", "south, or so", None][number % 5 % 3]})
    return rows


ROWS = make_rows()


def csv_text(rows, delimiter=","):
    file = io.StringIO()
    table = csv.writer(file, delimiter=delimiter)
    table.writerow(["request", "when", "model_version", "y_hat", "truth", "region"])
    for row in rows:
        table.writerow([row["request"], row["when"], row["model"]["version"], row["y_hat"],
                        row["truth"], row["region"]])
    return file.getvalue()


def json_lines(rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


COMPRESSIONS = {"": bytes, ".gz": gzip.compress, ".zst": zstd.compress}
FORMS = {"csv": csv_text, "tsv": functools.partial(csv_text, delimiter="\t"), "jsonl": json_lines}


def write(path, text):
    path.write_bytes(COMPRESSIONS.get(path.suffix, bytes)(text.encode("utf-8")))
    return path


def expected_answer():
    """(version, day, region) -> count, mse"""
    residuals = {}
    for row in ROWS:
        day = datetime.fromisoformat(row["when"]).astimezone(timezone.utc).date()
        cell = row["model"]["version"], f"{day}T00:00:00Z", row["region"]
        found = residuals.setdefault(cell, [])
        if row["truth"] is not None:
            found.append(row["truth"] - row["y_hat"])
    return {cell: (len(found), math.fsum(r * r for r in found) / len(found) if found else None)
            for cell, found in residuals.items()}


def answer_of(done):
    rows = json.loads(done.stdout)["rows"]
    answer = {(row["model_version"], row["window_start"], row["slice"]["region"]):
              (row["count"], row["mse"]) for row in rows}
    assert len(answer) == len(rows)
    return answer


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("form", FORMS)
def test_eval_and_convert_take_the_same_from_text(mseavro, tmp_path, form, compression):
    source = write(tmp_path / f"events.{form}{compression}", FORMS[form](ROWS))
    direct = mseavro("eval", source, *ROLES, *QUESTION)
    assert answer_of(direct) == expected_answer()
    avro = tmp_path / "events.avro"
    said = mseavro("convert", source, "-o", avro).stderr
    assert '{"name": "y_hat", "type": ["null", "double"], "default": null}' in said
    assert mseavro("eval", avro, *ROLES, *QUESTION).stdout == direct.stdout
    assert "3,000" in mseavro("inspect", source).stdout


def test_the_delimiter_is_that_of_the_header(mseavro, tmp_path):
    source = write(tmp_path / "events.csv", csv_text(ROWS, ";"))
    assert answer_of(mseavro("eval", source, *ROLES, *QUESTION)) == expected_answer()


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_compressed_standard_input_is_converted(mseavro, tmp_path, compression):
    source = write(tmp_path / f"events.csv{compression}", csv_text(ROWS))
    avro = tmp_path / "events.avro"
    with open(source, "rb") as file:
        mseavro("convert", "-", "--input-format", "csv", "-o", avro, stdin=file)
    assert answer_of(mseavro("eval", avro, *ROLES, *QUESTION)) == expected_answer()


def test_labels_from_text_join_predictions_in_another_form(mseavro, tmp_path):
    labels = [{"request": row["request"], "outcome": row["truth"],
               "known_at": "2026-05-01T10:00:00+02:00"} for row in ROWS if row["truth"] is not None]
    predictions = write(tmp_path / "events.csv.gz", csv_text([{**row, "truth": None}
                                                              for row in ROWS]))
    source = write(tmp_path / "labels.jsonl.zst", json_lines(labels))
    done = mseavro("eval", predictions, "--labels", source, *ROLES, *QUESTION)
    assert answer_of(done) == expected_answer()


def test_folders_are_searched_for_compressed_text(mseavro, tmp_path):
    half = ROW_COUNT // 2
    write(tmp_path / "a.csv.gz", csv_text(ROWS[:half]))
    write(tmp_path / "b.jsonl.zst", json_lines([{**row, "model_version": row["model"]["version"]}
                                                for row in ROWS[half:]]))
    assert answer_of(mseavro("eval", tmp_path, *ROLES, *QUESTION)) == expected_answer()


def quote_all(row):
    return {**row, "y_hat": str(row["y_hat"])}


def quote_some(row):
    return quote_all(row) if row["request"].endswith("3") else row


def quote_missing(row):
    return {**row, "truth": "NA" if row["truth"] is None else row["truth"]}


@pytest.mark.parametrize("quote", [quote_all, quote_some, quote_missing])
def test_numbers_in_quotes_are_asked_for_in_json_lines_as_in_avro(mseavro, tmp_path, quote):
    source = write(tmp_path / "events.jsonl", json_lines(map(quote, ROWS)))
    avro = tmp_path / "events.avro"
    mseavro("convert", source, "-o", avro)
    for path in (source, avro):
        refused = mseavro("eval", path, *ROLES, *QUESTION, exit_code=2).stderr
        assert "error[E0404]" in refused
        assert "help: --parse-text-numbers reads them" in refused
        asked = mseavro("eval", path, *ROLES, *QUESTION, "--parse-text-numbers")
        assert answer_of(asked) == expected_answer()


def test_a_number_in_quotes_far_behind_is_a_rejected_row(mseavro, tmp_path):
    source = write(tmp_path / "events.jsonl",
                   json_lines([*ROWS[:-1], {**ROWS[-1], "y_hat": "1.5"}]))
    found = json.loads(mseavro("eval", source, *ROLES, *QUESTION).stdout)["accounting"]
    assert found["predictions"]["rejected_by_reason"] == {"prediction_wrong_type": 1}
    asked = json.loads(mseavro("eval", source, *ROLES, *QUESTION,
                               "--parse-text-numbers").stdout)["accounting"]
    assert asked["predictions"]["rejected"] == 0


def test_what_a_file_is_not_said_to_be_is_told_by_its_content_or_asked_for(mseavro, tmp_path):
    lines = write(tmp_path / "events.json", json_lines(ROWS))
    assert answer_of(mseavro("eval", lines, *ROLES, *QUESTION)) == expected_answer()
    table = write(tmp_path / "events.txt", csv_text(ROWS))
    asked = mseavro("eval", table, *ROLES, *QUESTION, exit_code=2).stderr
    help_line = next(line for line in asked.splitlines() if line.startswith("help: "))
    # What it says to type works.
    words = help_line.split("mseavro ")[1].replace("'", "").split()
    words[words.index("events.avro")] = avro = tmp_path / "events.avro"
    mseavro(*words)
    assert answer_of(mseavro("eval", avro, *ROLES, *QUESTION)) == expected_answer()


@pytest.mark.parametrize("word", ["NA", "NULL", "None", "\\N", "n/a"])
def test_words_for_nothing_are_null_where_numbers_stand(mseavro, tmp_path, word):
    """As R, databases and Python write them. A region of this name stays one."""
    text = csv_text([{**row, "truth": row["truth"] or word, "region": row["region"] or word}
                     for row in ROWS])
    source = write(tmp_path / "events.csv", text)
    expected = {(version, day, region or word): cell
                for (version, day, region), cell in expected_answer().items()}
    assert answer_of(mseavro("eval", source, *ROLES, *QUESTION)) == expected
    avro = tmp_path / "events.avro"
    mseavro("convert", source, "-o", avro)
    assert answer_of(mseavro("eval", avro, *ROLES, *QUESTION)) == expected


def test_seconds_with_decimals_are_times(mseavro, tmp_path):
    """As Python's time.time() logs them."""
    rows = [{**row, "when": datetime.fromisoformat(row["when"]).timestamp() + number % 4 / 4}
            for number, row in enumerate(ROWS)]
    source = write(tmp_path / "events.jsonl", json_lines(rows))
    direct = mseavro("eval", source, *ROLES, *QUESTION)
    assert answer_of(direct) == expected_answer()
    assert "when (--map; plain number in text, seconds by magnitude)" in direct.stderr
    avro = tmp_path / "events.avro"
    mseavro("convert", source, "-o", avro)
    assert answer_of(mseavro("eval", avro, *ROLES, *QUESTION)) == expected_answer()
    days = tmp_path / "days"
    mseavro("convert", source, "-o", days, "--partition-by", "date", *ROLES,
            "--time-unit", "s")
    assert answer_of(mseavro("eval", days, *ROLES, *QUESTION)) == expected_answer()


def test_nan_is_named_as_what_json_does_not_have(mseavro, tmp_path):
    source = write(tmp_path / "events.jsonl", json_lines([{"prediction": math.nan, "actual": 1}]))
    for arguments in (["eval"], ["convert", "-o", tmp_path / "x.avro"]):
        said = mseavro(*arguments, source, exit_code=2).stderr
        assert "error[E0505]" in said
        assert "help: NaN and Infinity are no JSON: write null for no number\n" in said


def test_decimal_commas_are_named(mseavro, tmp_path):
    source = write(tmp_path / "events.csv", "prediction;actual\n1,5;2\n2,5;3\n")
    said = mseavro("eval", source, exit_code=2).stderr
    assert "value: 1,5\n" in said and "a decimal point, as in 1.5" in said


def test_standard_input_is_no_source_and_eval_says_what_to_type(mseavro):
    for name in ("-", "/dev/stdin"):
        done = mseavro("eval", name, input=csv_text(ROWS), exit_code=2)
        assert "mseavro convert - --input-format csv -o events.avro" in done.stderr


def test_inspect_shows_names_that_look_like_numbers_as_they_are(mseavro, tmp_path):
    source = write(tmp_path / "events.csv",
                   "mdl_ver,zip,y_hat,count\n1.10,007,10.5,7\n1.9,01067,9.25,12\n")
    found = json.loads(mseavro("inspect", source, "--format", "json").stdout)["fields"]
    assert [(field["min"], field["max"]) for field in found] == [
        ("1.10", "1.9"), ("007", "01067"), (9.25, 10.5), (7, 12)]
    table = mseavro("inspect", source).stdout
    assert table.count("1.10") == 2 and table.count("007") == 2
