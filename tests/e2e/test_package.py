"""A project apart finds the installed library, and the example computes what the command does."""

import subprocess

import fastavro

SCHEMA = {
    "type": "record",
    "name": "PredictionEvent",
    "fields": [
        {"name": "prediction_id", "type": "string"},
        {"name": "prediction", "type": "float"},
        {"name": "actual", "type": ["null", "double"]},
    ],
}


def run_example(package, path, exit_code=0):
    done = subprocess.run([package / "example/mse", path], capture_output=True, text=True,
                          timeout=60, check=False)
    assert done.returncode == exit_code, done.stderr
    return done


def test_the_example_computes_the_mean_squared_error_of_known_actuals(package, tmp_path):
    path = tmp_path / "events.avro"
    events = [{"prediction_id": f"p-{i}", "prediction": float(i),
               "actual": None if i % 3 == 0 else i + 0.5} for i in range(1000)]
    with open(path, "wb") as file:
        fastavro.writer(file, SCHEMA, events, codec="deflate")
    assert run_example(package, path).stdout == "MSE 0.25 of 666\n"


def test_the_example_says_what_is_wrong(package, tmp_path):
    path = tmp_path / "events.avro"
    path.write_bytes(b"no avro")
    assert run_example(package, path, exit_code=2).stderr.startswith("mse: ")
