"""Files as they are when somebody tries the program for the first time: what is odd in them is
counted or named, and sound rows are never blamed for it."""

import json

import pytest
from events import write_avro

DAY_SECONDS = 86400
START_SECONDS = 1768867200  # 2026-01-20T00:00:00Z


def answer_of(mseavro, *arguments):
    return json.loads(mseavro("eval", *arguments, "--format", "json").stdout)


def write_csv(path, header, rows):
    path.write_text("".join(",".join(map(str, row)) + "\n" for row in [header, *rows]),
                    encoding="utf-8")
    return path


def day_rows(count, bad_row=None, bad_time=None):
    """Rows (time, prediction, actual) of two days."""
    rows = [[f"2026-01-{20 + number % 2}T00:00:00+00:00", 1.5, 2.0] for number in range(count)]
    if bad_row is not None:
        rows[bad_row][0] = bad_time
    return rows


@pytest.mark.parametrize("row", [0, 2, 1500])
@pytest.mark.parametrize("bad", ["soon", "2026-13-45"])
def test_one_unreadable_time_is_one_rejected_row(mseavro, tmp_path, row, bad):
    path = write_csv(tmp_path / "events.csv", ["ScoredAt", "prediction", "actual"],
                     day_rows(2000, row, bad))
    answer = answer_of(mseavro, path, "--map", "timestamp=ScoredAt", "--window", "day")
    counts = answer["accounting"]["predictions"]
    assert counts["rejected_by_reason"] == {"bad_timestamp": 1}
    assert counts["scored"] == 1999
    assert [row["count"] for row in answer["rows"]] in ([999, 1000], [1000, 999])


def test_a_refused_time_is_shown_by_a_value_that_does_not_fit(mseavro, tmp_path):
    rows = day_rows(10)
    for number in range(3, 10):
        rows[number][0] = f"later {number}"
    path = write_csv(tmp_path / "events.csv", ["ScoredAt", "prediction", "actual"], rows)
    done = mseavro("eval", path, "--map", "timestamp=ScoredAt", "--window", "day", exit_code=2)
    assert "error[E0405]" in done.stderr
    assert "7 of its first 10 values are neither a time nor a number" in done.stderr
    assert "value: later 3\n" in done.stderr


SECONDS = [START_SECONDS + DAY_SECONDS - 0.000001, START_SECONDS + DAY_SECONDS + 0.0,
           START_SECONDS + DAY_SECONDS + 0.25]


def test_seconds_with_a_fraction_are_times(mseavro, tmp_path):
    """As time.time() of Python writes them: a microsecond before midnight is the day before."""
    rows = [(repr(seconds), 1.0, 2.0) for seconds in SECONDS]
    header = ["timestamp", "prediction", "actual"]
    text = write_csv(tmp_path / "events.csv", header, rows)
    lines = tmp_path / "events.jsonl"
    lines.write_text("".join(json.dumps(dict(zip(header, [seconds, 1.0, 2.0]))) + "\n"
                             for seconds in SECONDS), encoding="utf-8")
    fields = {"timestamp": "double", "prediction": "double", "actual": "double"}
    avro = write_avro(tmp_path / "events.avro", fields,
                      [dict(zip(header, [seconds, 1.0, 2.0])) for seconds in SECONDS])
    for path in (text, lines, avro):
        for unit in ([], ["--time-unit", "s"]):
            answer = answer_of(mseavro, path, "--window", "day", *unit)
            assert [(row["window_start"], row["count"]) for row in answer["rows"]] == [
                ("2026-01-20T00:00:00Z", 1), ("2026-01-21T00:00:00Z", 2)]


def test_whole_seconds_may_be_followed_by_fractions(mseavro, tmp_path):
    rows = [(START_SECONDS + number, 1.0, 2.0) for number in range(1500)]
    rows += [(START_SECONDS + 0.5, 1.0, 2.0)]
    path = write_csv(tmp_path / "events.csv", ["timestamp", "prediction", "actual"], rows)
    assert answer_of(mseavro, path, "--window", "day")["rows"][0]["count"] == 1501


def test_the_time_of_labels_takes_no_field_of_predictions(mseavro, tmp_path):
    """Both files have `ts`; naming it as the labels' time leaves the predictions theirs."""
    fields = {"item": "string", "ts": "long"}
    predictions = write_avro(
        tmp_path / "predicted.avro", fields | {"forecast": "double"},
        [{"item": "a", "ts": START_SECONDS + number, "forecast": 1.0} for number in range(3)])
    labels = write_avro(tmp_path / "sold.avro", fields | {"price": "double"},
                        [{"item": "a", "ts": START_SECONDS + 2, "price": 3.0}])
    question = [predictions, "--labels", labels, "--map", "key=item", "--map", "actual=price",
                "--map", "prediction=forecast", "--match", "latest-before"]
    without = mseavro("eval", *question, "--format", "json")
    named = mseavro("eval", *question, "--map", "label_timestamp=ts", "--format", "json")
    assert json.loads(without.stdout)["rows"] == json.loads(named.stdout)["rows"]
    roles = next(line for line in named.stderr.splitlines() if "roles of predictions" in line)
    assert "timestamp=ts (" in roles
    assert "label_timestamp" not in roles


def test_a_field_that_no_file_has_is_missing_where_its_role_belongs(mseavro, tmp_path):
    predictions = write_csv(tmp_path / "preds.csv", ["id", "forecast"], [["a", 1.0], ["b", 2.0]])
    labels = write_csv(tmp_path / "sold.csv", ["id", "price"], [["a", 1.0], ["b", 2.0]])
    question = ["eval", predictions, "--labels", labels, "--map", "prediction_id=id"]
    actual = mseavro(*question, "--map", "prediction=forecast", "--map", "actual=RealValue",
                     exit_code=2)
    assert "there is no field RealValue" in actual.stderr
    assert "price" in actual.stderr and "at sold.csv" in actual.stderr.replace(f"{tmp_path}/", "")
    forecast = mseavro(*question, "--map", "prediction=Guess", "--map", "actual=price", exit_code=2)
    assert "there is no field Guess" in forecast.stderr
    assert "at preds.csv" in forecast.stderr.replace(f"{tmp_path}/", "")


def number_events(path):
    return write_avro(path, {"id": "long", "prediction": "double", "actual": "double"},
                      [{"id": number, "prediction": 1.0, "actual": 2.0} for number in range(3)])


@pytest.mark.parametrize("where", ['id > "x"', 'id == "x"', 'prediction == "1.0"', "id == true"])
def test_a_number_is_not_compared_with_a_text(mseavro, tmp_path, where):
    path = number_events(tmp_path / "events.avro")
    for command in ("eval", "cat"):
        done = mseavro(command, path, "--where", where, exit_code=2)
        assert "error[E0004]" in done.stderr
        assert "without quotes" in done.stderr
    assert mseavro("cat", path, "--where", 'id == "2"').stdout.count("\n") == 1


LOG = ("2026-01-20T00:00:00,7,GET /rate/film+a+2001=4\n"
       "2026-01-20T00:00:01,8,GET /rate/film+b+2002=5\n"
       "nonsense\n")


def test_a_folder_of_ingested_events_is_a_source(mseavro, tmp_path):
    log = tmp_path / "service.log"
    log.write_text(LOG, encoding="utf-8")
    mseavro("ingest", log, "--rules", "movielog", "-o", tmp_path / "events")
    dead = tmp_path / "events/dead_letters.avro"
    assert dead.exists()
    number_events(tmp_path / "mixed/events.avro")
    (tmp_path / "mixed/dead_letters.avro").write_bytes(dead.read_bytes())
    done = mseavro("eval", tmp_path / "mixed", "--format", "json")
    counts = json.loads(done.stdout)["accounting"]["predictions"]
    assert counts["rows"] == counts["scored"] == 3
    assert "left out: " in done.stderr and "dead_letters.avro" in done.stderr
    named = mseavro("eval", dead, exit_code=2)
    assert "error[E0401]" in named.stderr
    assert f"mseavro cat --plain {dead}" in named.stderr
    (tmp_path / "mixed/events.avro").unlink()
    assert "error[E0007]" in mseavro("eval", tmp_path / "mixed", exit_code=2).stderr


@pytest.mark.parametrize("ending", ["avro", "csv", "jsonl"])
def test_metrics_are_no_events(mseavro, tmp_path, ending):
    events = number_events(tmp_path / "events.avro")
    metrics = tmp_path / f"days.{ending}"
    mseavro("eval", events, "-o", metrics)
    done = mseavro("eval", metrics, exit_code=2)
    assert "error[E0401]" in done.stderr
    assert "metrics, not events" in done.stderr
    assert "mseavro report " in done.stderr
    if ending != "avro":
        assert "metrics, not events" in mseavro("report", metrics, exit_code=2).stderr


@pytest.mark.parametrize("document", [{"prediction": 1, "actual": 2},
                                      [{"prediction": 1, "actual": 2}] * 2])
@pytest.mark.parametrize("ending", ["json", "jsonl"])
@pytest.mark.parametrize("indent", [2, None])
def test_a_document_of_json_is_told_how_to_become_lines(mseavro, tmp_path, document, ending,
                                                        indent):
    if indent is None and isinstance(document, dict):
        return  # That is a line.
    path = tmp_path / f"events.{ending}"
    path.write_text(json.dumps(document, indent=indent), encoding="utf-8")
    what = "'.[]'" if isinstance(document, list) else "."
    help_line = f"jq -c {what} {path} > {tmp_path}/events.lines.jsonl\n"
    for command in (["eval", path], ["convert", path, "-o", tmp_path / "events.avro"]):
        done = mseavro(*command, exit_code=2)
        assert "error[E0505]" in done.stderr
        assert help_line in done.stderr


MALFORMED = {
    "csv": ("model_version,prediction,actual\n" + "v1,1,2\n" * 150 + "v1,1,2,3\n" + "v1,4,5\n",
            "v1,1,2,3"),
    "jsonl": ('{"model_version": "v1", "prediction": 1, "actual": 2}\n' * 151 +
              '{"prediction":\n' + '{"model_version": "v1", "prediction": 4, "actual": 5}\n',
              '{"prediction":')}


@pytest.mark.parametrize("ending", MALFORMED)
def test_a_malformed_line_is_one_rejected_row(mseavro, tmp_path, ending):
    text, line = MALFORMED[ending]
    path = tmp_path / f"events.{ending}"
    path.write_text(text, encoding="utf-8")
    dead = tmp_path / "dead.avro"
    answer = answer_of(mseavro, path, "--dead-letters", dead)
    counts = answer["accounting"]["predictions"]
    assert counts["rejected_by_reason"] == {"malformed_row": 1}
    assert counts["rows"] == counts["scored"] + 1
    assert [row["model_version"] for row in answer["rows"]] == ["v1"]
    letters = [json.loads(letter) for letter in mseavro("cat", dead).stdout.splitlines()]
    assert [(letter["reason"], letter["line"], letter["raw"]) for letter in letters] == [
        ("malformed_row", {"long": 152}, line)]
    assert "malformed_row" in mseavro("eval", path, "--max-rejected", "0%", exit_code=2).stderr


def test_a_malformed_line_of_labels_is_one_rejected_row(mseavro, tmp_path):
    predictions = write_csv(tmp_path / "preds.csv", ["prediction_id", "prediction"], [["a", 1.0]])
    labels = tmp_path / "labels.csv"
    labels.write_text("prediction_id,actual\na,2\nb\n", encoding="utf-8")
    answer = answer_of(mseavro, predictions, "--labels", labels, "--max-rejected", "50%")
    assert answer["accounting"]["labels"]["rejected_by_reason"] == {"malformed_row": 1}
    assert answer["rows"][0]["mse"] == 1.0


def test_too_many_rejected_rows_say_what_would_do(mseavro, tmp_path):
    path = write_csv(tmp_path / "events.csv", ["prediction", "actual"],
                     [[1, 2], [1, 2], ["none", 2]])
    dead = tmp_path / "dead.avro"
    done = mseavro("eval", path, "--dead-letters", dead, exit_code=2)
    assert f"mseavro cat --plain {dead}" in done.stderr
    assert "--max-rejected 34%" in done.stderr
    assert mseavro("eval", path, "--max-rejected", "34%").stderr.count("= 2 scored") == 1


def helps(done):
    return next(line for line in done.stderr.splitlines() if line.startswith("help: "))


def test_predictions_without_labels_are_not_offered_twice(mseavro, tmp_path):
    path = write_csv(tmp_path / "p.csv", ["id", "y_hat", "mdl_ver"], [["1", "2", "v1"]])
    assert helps(mseavro("eval", path, exit_code=2)).startswith(
        "help: labels in other files: --labels SRC; or say which one it is: --map actual=FIELD")
    circle = mseavro("eval", path, "--map", "actual=y_hat", exit_code=2)
    assert "--map prediction=FIELD" in helps(circle)
    labels = write_csv(tmp_path / "l.csv", ["id", "actual"], [["1", "4"]])
    assert answer_of(mseavro, path, "--labels", labels)["rows"][0]["mse"] == 4


def key_files(tmp_path, label_header=("userId", "movieId", "rating")):
    predictions = write_csv(tmp_path / "p.csv", ["uid", "film", "prediction"],
                            [["u1", "m1", 3], ["u1", "m2", 4]])
    labels = write_csv(tmp_path / "l.csv", label_header, [["u1", "m1", 5], ["u1", "m2", 5]])
    return [predictions, "--labels", labels]


def test_a_key_is_asked_for_with_as_many_fields_as_on_the_other_side(mseavro, tmp_path):
    sources = key_files(tmp_path)
    roles = ["--map", "key=uid,film", "--map", "actual=rating"]
    said = mseavro("eval", *sources, *roles, exit_code=2)
    assert "error[E0401]" in said.stderr and "l.csv" in said.stderr and "uid,film" in said.stderr
    assert helps(said) == "help: say which one it is: --map key=userId,movieId"
    answer = answer_of(mseavro, *sources, *roles, "--map", "key=userId,movieId")
    assert (answer["rows"][0]["count"], answer["rows"][0]["mse"]) == (2, 2.5)
    # And when it is the labels whose key is named.
    said = mseavro("eval", *sources, "--map", "key=userId,movieId", "--map", "actual=rating",
                   exit_code=2)
    assert "p.csv" in said.stderr and helps(said).endswith("--map key=FIELD,FIELD")


def test_a_key_of_another_length_than_the_other_sides_is_refused(mseavro, tmp_path):
    sources = key_files(tmp_path)
    for key in (["--map", "key=uid,film", "--map", "prediction_id=userId"],
                ["--map", "key=userId,movieId", "--map", "prediction_id=uid"]):
        said = mseavro("eval", *sources, *key, "--map", "actual=rating", exit_code=2)
        assert "error[E0008]" in said.stderr and "2 fields" in said.stderr
        assert "one field" in said.stderr and "--map key=FIELD,FIELD" in helps(said)
