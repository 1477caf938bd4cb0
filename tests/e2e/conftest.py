"""What the end-to-end tests share: the binary under test and the flights it writes."""

import functools
import os
import pathlib
import pty
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
JAVA = ROOT / "testdata/avro/java"


class Mseavro:
    """The binary, run as a user runs it."""

    def __init__(self, path):
        self.path = path

    def __call__(self, *arguments, exit_code=0, **options):
        """Runs it and gives the finished process; stdout and stderr are text."""
        done = subprocess.run([self.path, *map(str, arguments)], capture_output=True,
                              encoding="utf-8", timeout=300, check=False, **options)
        assert done.returncode == exit_code, f"exit {done.returncode}: {done.stderr}"
        return done


def open_terminal():
    """Both ends of a terminal, the leader's first."""
    try:
        return pty.openpty()
    except OSError as error:
        return pytest.skip(f"there are no terminals here: {error}")


@pytest.fixture(scope="session")
def mseavro():
    path = pathlib.Path(os.environ.get("MSEAVRO_BINARY", ROOT / "build/release/mseavro"))
    assert path.exists(), f"{path} is missing: build it, or say where it is with MSEAVRO_BINARY"
    return Mseavro(path)


@pytest.fixture(scope="session")
def flights_demo(mseavro, tmp_path_factory):
    """A folder with the predictions and labels of `mseavro demo`."""
    folder = tmp_path_factory.mktemp("demo") / "flights"
    mseavro("demo", folder)
    return folder


@pytest.fixture(scope="session")
def libraries(tmp_path_factory):
    """Avro Java and its codecs, from the registry."""
    folder = tmp_path_factory.mktemp("java")
    subprocess.run(["mvn", "-q", "-B", "-f", JAVA / "pom.xml", "dependency:copy-dependencies",
                    f"-DoutputDirectory={folder}"], check=True, timeout=600)
    return folder


@pytest.fixture(scope="session")
def package(mseavro, tmp_path_factory):
    """The build folder of tests/package, a project that uses the library as it is installed."""
    folder = tmp_path_factory.mktemp("package")
    run = functools.partial(subprocess.run, check=True, stdout=subprocess.DEVNULL, timeout=300)
    run(["cmake", "--install", pathlib.Path(mseavro.path).parent, "--prefix", folder / "prefix",
         "--component", "library"])
    run(["cmake", "-S", ROOT / "tests/package", "-B", folder / "build", "-G", "Ninja",
         f"-DCMAKE_PREFIX_PATH={folder / 'prefix'}"])
    run(["cmake", "--build", folder / "build"])
    return folder / "build"
