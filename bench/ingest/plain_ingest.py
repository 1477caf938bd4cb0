"""`mseavro ingest --rules movielog` as one would write it in Python with fastavro.

The other side of the speed comparison (compare.py), and the oracle of the tests: what is an event
and what is not, said a second time with regular expressions.

    python plain_ingest.py LINES... DIR [CODEC]
"""

import pathlib
import re
import sys
from datetime import datetime, timedelta

import fastavro

SCHEMAS = pathlib.Path(__file__).resolve().parents[2] / "src/events/contract"
OUTPUTS = {"movie_watches": "movie_watch_schema", "movie_ratings": "movie_rating_schema",
           "recommendation_requests": "recommendation_request_schema"}
DEAD_LETTER = {
    "type": "record", "name": "DeadLetter", "namespace": "mseavro",
    "fields": [{"name": "reason", "type": "string"}, {"name": "source", "type": "string"},
               {"name": "line_number", "type": "long"}, {"name": "raw", "type": "bytes"}]}
LEVEL = 1  # That of mseavro ingest.

TIME = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(\.\d+)?"
                  r"(?:[Zz]|([+-])(\d\d)(?::?(\d\d))?)?", re.ASCII)
WATCH = re.compile(r"GET /data/m/(.+)/(\d+)\.mpg", re.ASCII | re.DOTALL)
RATING = re.compile(r"GET /rate/(.+)=(\d+)", re.ASCII | re.DOTALL)
REQUEST = re.compile(r"recommendation request ((?:(?!, status ).)+), status (\d+), result: (.*), "
                     r"(\d+) ?ms", re.ASCII | re.DOTALL)


class Reject(Exception):
    """Why a line is no event."""


def canonical(text):
    match = TIME.fullmatch(text)
    if not match:
        raise Reject("bad_time")
    day, clock, fraction, sign, hours, minutes = match.groups()
    try:
        at = datetime.fromisoformat(f"{day}T{clock}")
        if not sign:
            return f"{day}T{clock}{fraction or ''}Z"
        if int(hours) > 23 or int(minutes or 0) > 59:
            raise ValueError
        offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
        at = at + offset if sign == "-" else at - offset
    except (ValueError, OverflowError) as error:
        raise Reject("bad_time") from error
    return f"{at.isoformat()}{fraction or ''}Z"


def integer(text):
    value = int(text)
    if value >= 1 << 31:
        raise Reject("malformed_event")
    return value


def utf8(text):
    """Lines come with their bytes as characters, so that none is lost."""
    try:
        return text if text.isascii() else text.encode("latin-1").decode()
    except UnicodeDecodeError as error:
        raise Reject("malformed_event") from error


def parse(line):
    """The output of a line and its record; Reject when it is no event."""
    line = line.removesuffix("\r")
    if not line.strip(" \t\r\v\f"):
        raise Reject("empty_line")
    parts = line.split(",", 2)
    if len(parts) < 3 or not all(parts):
        raise Reject("missing_field")
    time, user, event = canonical(parts[0]), parts[1], parts[2]
    if event.startswith("GET /data/m/"):
        if match := WATCH.fullmatch(event):
            return "movie_watches", {"time": time, "userId": utf8(user),
                                     "movieId": utf8(match[1]), "minute": integer(match[2])}
    elif event.startswith("GET /rate/"):
        if match := RATING.fullmatch(event):
            record = {"time": time, "userId": utf8(user), "movieId": utf8(match[1]),
                      "rating": integer(match[2])}
            if not 1 <= record["rating"] <= 5:
                raise Reject("rating_out_of_range")
            return "movie_ratings", record
    elif event.startswith("recommendation request "):
        if match := REQUEST.fullmatch(event):
            is_list = match[2] == "200" and match[3]
            return "recommendation_requests", {
                "time": time, "userId": utf8(user), "server": utf8(match[1]),
                "status": integer(match[2]),
                "recommendations": utf8(match[3]) if is_list else None,
                "responseTime": integer(match[4])}
    else:
        raise Reject("unknown_event")
    raise Reject("malformed_event")


class Output:
    """A file of records."""

    def __init__(self, path, schema, codec):
        self.file = open(path, "wb")
        self.writer = fastavro.write.Writer(self.file, fastavro.parse_schema(schema), codec,
                                            compression_level=LEVEL if codec != "null" else None)

    def add(self, record):
        self.writer.write(record)

    def close(self):
        self.writer.flush()
        self.file.close()


def ingest(paths, folder, codec="null"):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    outputs = {name: Output(folder / f"{name}.avro",
                            fastavro.schema.load_schema(SCHEMAS / f"{schema}.avsc"), codec)
               for name, schema in OUTPUTS.items()}
    outputs["dead_letters"] = Output(folder / "dead_letters.avro", DEAD_LETTER, codec)
    dead = outputs["dead_letters"]
    for path in paths:
        with open(path, encoding="latin-1", newline="\n") as lines:
            for number, line in enumerate(lines, 1):
                line = line.removesuffix("\n")
                try:
                    name, record = parse(line)
                    outputs[name].add(record)
                except Reject as reason:
                    dead.add({"reason": str(reason), "source": str(path), "line_number": number,
                              "raw": line.encode("latin-1")})
    for output in outputs.values():
        output.close()


if __name__ == "__main__":
    *INPUTS, FOLDER = [argument for argument in sys.argv[1:] if argument not in ("null", "deflate")]
    ingest(INPUTS, FOLDER, "deflate" if "deflate" in sys.argv else "null")
