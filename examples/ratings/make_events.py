#!/usr/bin/env python3
"""Writes what a movie service would have logged around the ratings of movielens:

    python3 examples/ratings/make_events.py DIR

DIR/master.csv          raw log lines of the ratings, by time
DIR/predictions/*.avro  what two versions of a recommender predicted, before and after them

The ratings are real, the predictions are computed from the ratings that were known at their time,
and when predictions were made is drawn from a seed, as are 2 % of re-ratings, of which the data set
has none. Needs fastavro.
"""

import math
import pathlib
import random
import re
import sys
from collections import Counter, defaultdict
from datetime import datetime, timezone

import fastavro
import movielens

HOUR = 3600
DAY = 24 * HOUR
VERSIONS = ("movie-mean-1", "user-shift-2")

SCHEMA = {
    "type": "record", "name": "RatingPrediction", "namespace": "movies",
    "doc": "The stars that a recommender expected a user to give a movie, when it was asked.",
    "fields": [
        {"name": "userId", "type": "string", "doc": "The user, as in rating events."},
        {"name": "movieId", "type": "string", "doc": "The movie, as in rating events."},
        {"name": "prediction", "type": "double", "doc": "The stars that were expected, 1 to 5."},
        {"name": "model_version", "type": "string", "doc": "The recommender that expected them."},
        {"name": "timestamp", "type": {"type": "long", "logicalType": "timestamp-micros"},
         "doc": "When it was asked."},
    ],
}


def movie_names(ratings):
    """Movie -> what the service calls it: "dangerous+minds+1995"; with its number when two movies
    would be called the same."""
    names = {}
    for rating in ratings:
        words = re.findall(r"[a-z0-9]+", (rating.title or "movie").lower())
        year = [str(rating.year)] if rating.year and rating.year > 0 else []
        names[rating.movie] = "+".join(words + year) or "movie"
    uses = Counter(names.values())
    return {movie: name if uses[name] == 1 else f"{name}+{movie}" for movie, name in names.items()}


def log_ratings(ratings, chance):
    """(time, user, movie, stars) by time. The log has whole stars: half ones are rounded up."""
    logged = []
    for rating in ratings:
        stars = math.ceil(rating.stars)
        logged.append((rating.time, rating.user, rating.movie, stars))
        if chance.random() < 0.02:  # Another opinion, sometimes at the very same instant.
            later = chance.choice((0, 1, HOUR, 3 * DAY, 40 * DAY))
            other = chance.choice([other for other in range(1, 6) if other != stars])
            logged.append((rating.time + later, rating.user, rating.movie, other))
    return sorted(logged)


def asked_at(time, chance):
    """When the recommender was asked about a movie that is rated at `time`."""
    age = chance.choice((0, 1, 60, HOUR, 3 * HOUR, DAY, 20 * DAY, 45 * DAY))
    times = [time - age]
    while chance.random() < 0.4:  # Again, before the rating or after it.
        times.append(time + chance.choice((-1, 0, 1)) * chance.randrange(2 * DAY))
    if chance.random() < 0.02:  # Twice at one instant.
        times.append(times[-1])
    return times


class Recommender:
    """Means of the stars that are known so far, drawn to the mean of all."""

    def __init__(self):
        self.total, self.count = 0, 0
        self.movies = defaultdict(lambda: [0, 0])
        self.users = defaultdict(lambda: [0.0, 0])

    def learn(self, user, movie, stars):
        shift = stars - self.movie_mean(movie)
        for sums, value in ((self.movies[movie], stars), (self.users[user], shift)):
            sums[0] += value
            sums[1] += 1
        self.total += stars
        self.count += 1

    def movie_mean(self, movie):
        mean = self.total / self.count if self.count else 3.0
        total, count = self.movies[movie]
        return (total + 5 * mean) / (count + 5)

    def predict(self, version, user, movie):
        expected = self.movie_mean(movie)
        if version == VERSIONS[1]:
            total, count = self.users[user]
            expected += total / (count + 5)
        return min(5.0, max(1.0, expected))


def predictions(logged, names, chance):
    """Prediction events by time; of one instant the recommender is asked before it learns."""
    questions = [(time, user, movie) for rated, user, movie, _ in logged
                 for time in asked_at(rated, chance)]
    questions.sort()
    recommender = Recommender()
    known = 0
    for time, user, movie in questions:
        while known < len(logged) and logged[known][0] < time:
            recommender.learn(*logged[known][1:])
            known += 1
        for version in VERSIONS:
            # A model that is asked twice at one instant may say two things.
            noise = chance.choice((0.0, 0.0, 0.125))
            yield {"userId": str(user), "movieId": names[movie], "model_version": version,
                   "prediction": recommender.predict(version, user, movie) + noise,
                   "timestamp": datetime.fromtimestamp(time, timezone.utc)}


def write(folder):
    """Writes all files; False when the data set cannot be had."""
    ratings = movielens.read_ratings()
    if ratings is None:
        return False
    chance = random.Random(100_004)
    names = movie_names(ratings)
    logged = log_ratings(ratings, chance)
    (folder / "predictions").mkdir(parents=True)
    with open(folder / "master.csv", "w", encoding="utf-8") as lines:
        for time, user, movie, stars in logged:
            at = datetime.fromtimestamp(time, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
            lines.write(f"{at},{user},GET /rate/{names[movie]}={stars}\n")
    events = list(predictions(logged, names, chance))
    # Two files, so that what belongs together is not read together.
    for part in range(2):
        with open(folder / f"predictions/part-{part}.avro", "wb") as file:
            fastavro.writer(file, SCHEMA, events[part::2], codec="deflate")
    return True


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    if not write(pathlib.Path(sys.argv[1])):
        sys.exit("Debian's package r-cran-dslabs cannot be had here (apt-get download)")
