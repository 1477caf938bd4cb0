"""Lines of a movie-streaming service, one in a hundred bad; the same for the same count and seed.

    python make_lines.py COUNT FILE [SEED]
"""

import random
import sys

BAD = ["", "test, data", "this,is,a bad request", "{at},{user},GET /create_account",
       "{at},{user},GET /rate/{movie}=9", "{at},{user},GET /rate/{movie}",
       "{at},{user},GET /data/m/{movie}/-1.mpg", "{at},,GET /data/m/{movie}/14.mpg",
       "2020-04-07T09:26,{user},GET /data/m/{movie}/0.mpg",
       "{at},{user},recommendation request 17645"]
HOST = "17645-team{team:02}.isri.cmu.edu:8082"


def movies(source, count):
    words = ("the of and a in night dead man love life house great star war little lost girl "
             "city big king last").split()
    return ["+".join([*source.choices(words, k=source.randint(1, 5)),
                      str(source.randint(1940, 2010))]) for _ in range(count)]


def lines(count, seed):
    source = random.Random(seed)
    titles = movies(source, 5000)
    for number in range(count):
        second = number // 40
        at = (f"2024-{second // 2419200 % 12 + 1:02}-{second // 86400 % 28 + 1:02}T"
              f"{second // 3600 % 24:02}:{second // 60 % 60:02}:{second % 60:02}")
        user, movie = source.randrange(1_000_000), titles[source.randrange(5000)]
        kind = source.random()
        if kind < 0.01:
            yield source.choice(BAD).format(at=at, user=user, movie=movie)
        elif kind < 0.9:
            yield f"{at},{user},GET /data/m/{movie}/{source.randrange(180)}.mpg"
        elif kind < 0.95:
            yield f"{at},{user},GET /rate/{movie}={source.randint(1, 5)}"
        elif kind < 0.995:
            listed = ", ".join(source.sample(titles, 20))
            yield (f"{at}.{source.randrange(1_000_000):06},{user},recommendation request "
                   f"{HOST.format(team=source.randrange(30))}, status 200, result: {listed}, "
                   f"{source.randrange(800)} ms")
        else:
            host = HOST.format(team=source.randrange(30))
            yield (f"{at}.{source.randrange(1_000_000):06},{user},recommendation request {host}, "
                   f"status 0, result: java.util.concurrent.TimeoutException: Request timeout to "
                   f"{host} after 800 ms, {source.randrange(800, 900)} ms")


if __name__ == "__main__":
    with open(sys.argv[2], "w", encoding="ascii") as file:
        SEED = int(sys.argv[3]) if len(sys.argv) > 3 else 1
        file.writelines(line + "\n" for line in lines(int(sys.argv[1]), SEED))
