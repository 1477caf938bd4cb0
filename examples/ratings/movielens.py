"""The 100,004 ratings of the data set movielens in Debian's package r-cran-dslabs.

The package is downloaded by apt-get and unpacked, not installed, unless it is installed already.
What is read is R's own format (R Internals, "Serialization Formats"), as far as it is needed.
"""

import gzip
import pathlib
import struct
import subprocess
import tempfile
import zlib
from dataclasses import dataclass

DATA = pathlib.Path("usr/lib/R/site-library/dslabs/data")


@dataclass(frozen=True)
class Rating:
    user: int
    movie: int
    title: str
    year: int | None
    stars: float
    time: int  # Seconds since 1970-01-01T00:00:00Z.


class Reader:
    """Values of one serialized object: lists for vectors, dicts for lists with names."""

    def __init__(self, data):
        self.data = data
        self.at = 14  # Behind "X\n" and three versions.
        if self.integers(3, at=2)[0] >= 3:
            self.at += 4 + self.integers(1, at=14)[0]  # The native encoding.
        self.references = []

    def integers(self, count, at=None):
        begin = self.at if at is None else at
        if at is None:
            self.at += 4 * count
        return list(struct.unpack_from(f">{count}i", self.data, begin))

    def text(self):
        self.integers(1)
        (size,) = self.integers(1)
        if size < 0:
            return None
        self.at += size
        return self.data[self.at - size:self.at].decode("utf-8")

    def value(self):
        (flags,) = self.integers(1)
        kind, has_attributes = flags & 255, flags & 0x200
        if kind == 254:  # NULL
            return None
        if kind == 255:  # What was there before.
            return self.references[(flags >> 8) - 1]
        if kind == 1:  # A symbol.
            self.references.append(self.text())
            return self.references[-1]
        if kind == 2:  # A pair, of a list of attributes.
            if has_attributes:
                self.value()
            name = self.value() if flags & 0x400 else None
            value = self.value()
            return {name: value} | (self.value() or {})
        (count,) = self.integers(1)
        if kind in (10, 13):
            values = self.integers(count)
        elif kind == 14:
            self.at += 8 * count
            values = list(struct.unpack_from(f">{count}d", self.data, self.at - 8 * count))
        elif kind == 16:
            values = [self.text() for _ in range(count)]
        elif kind == 19:
            values = [self.value() for _ in range(count)]
        else:
            raise ValueError(f"the data set has a value of type {kind}")
        attributes = self.value() if has_attributes else {}
        if kind == 19 and "names" in attributes:
            return dict(zip(attributes["names"], values, strict=True))
        return values


def read_table(folder, name):
    """A data set of the package as a dict of columns."""
    index = Reader(gzip.decompress((folder / "Rdata.rdx").read_bytes())).value()
    offset, size = index["variables"][name]
    packed = (folder / "Rdata.rdb").read_bytes()[offset:offset + size]
    return Reader(zlib.decompress(packed[4:])).value()


def package_data():
    """The folder of the data sets; None when the package cannot be had."""
    if (pathlib.Path("/") / DATA).is_dir():
        return pathlib.Path("/") / DATA, None
    scratch = tempfile.TemporaryDirectory()
    for command in (["apt-get", "download", "-q", "r-cran-dslabs"],
                    ["sh", "-c", "dpkg-deb -x r-cran-dslabs_*.deb ."]):
        try:
            subprocess.run(command, cwd=scratch.name, check=True, capture_output=True, timeout=120)
        except (OSError, subprocess.SubprocessError):
            return None, None
    return pathlib.Path(scratch.name) / DATA, scratch


def read_ratings():
    """All ratings in the order of the data set; None when the package cannot be had."""
    folder, scratch = package_data()
    if folder is None:
        return None
    table = read_table(folder, "movielens")
    if scratch:
        scratch.cleanup()
    names = ("userId", "movieId", "title", "year", "rating", "timestamp")
    columns = (table[name] for name in names)
    return [Rating(*row) for row in zip(*columns, strict=True)]
