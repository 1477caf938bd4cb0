"""What a record costs in instructions, which neither a clock nor other programs change.

Each job runs under callgrind on a smaller and on a larger file, and what differs is what the
records cost. Only our own code counts: the libraries choose theirs by the processor. The numbers
are those of the release as gcc 12.2 makes it, the compiler of Debian 12.
"""

import pathlib
import re
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT

# Of the narrow files and of lines; a wide one has half of it, a nested one a quarter.
FEW, MANY = 10_000, 50_000
SHARES = {"narrow": 1, "wide": 2, "nested": 4, "lines": 1}
TOLERANCE = 0.03
SCORE = ["mseavro", "eval", "FILE", "--window", "day", "--format", "csv", "--quiet",
         "--threads", "1"]
SCORE_NESTED = [*SCORE, "--map", "model_version=estimator", "--map",
                "prediction=predicted_minutes", "--map", "actual=delivered_minutes", "--map",
                "timestamp=requested_at"]

# Instructions a record. A change that lowers one lowers it here, so that it stays low.
JOBS = {
    "score narrow_null": (SCORE, 386),
    "score narrow_snappy": (SCORE, 349),
    "score wide_null": (SCORE, 579),
    "score nested_null": (SCORE_NESTED, 2059),
    "columns of narrow_null": (["bench/columns_job", "read", "FILE"], 523),
    "columns of nested_null": (["bench/columns_job", "read", "FILE"], 7573),
    "columns and writing of narrow_null": (
        ["bench/columns_job", "write", "FILE", "null", "/dev/null"], 922),
    "ingest of lines": (["mseavro", "ingest", "FILE", "--rules", "movielog", "--codec", "null",
                         "--quiet", "--threads", "1", "-o", "FOLDER"], 1140),
}


@pytest.fixture(scope="module")
def build(mseavro):
    """The folder of a build whose instructions are comparable."""
    folder = pathlib.Path(mseavro.path).resolve().parent
    if shutil.which("valgrind") is None:
        pytest.skip("valgrind is not installed")
    if "avx2" not in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8"):
        pytest.skip("the kernels that are counted are those for AVX2")
    if not (folder / "bench/columns_job").exists():
        pytest.skip("build the targets make_files and columns_job beside the binary")
    cache = (folder / "CMakeCache.txt").read_text(encoding="utf-8")
    compiler = next(folder.glob("CMakeFiles/*/CMakeCXXCompiler.cmake")).read_text(encoding="utf-8")
    if "CMAKE_BUILD_TYPE:STRING=Release" not in cache or not re.search(
            r'CMAKE_CXX_COMPILER_ID "GNU"\)\nset\(CMAKE_CXX_COMPILER_VERSION "12\.2\.', compiler):
        pytest.skip("only the release of gcc 12.2 is counted")
    return folder


@pytest.fixture(scope="module")
def files(build, tmp_path_factory):
    folder = tmp_path_factory.mktemp("instructions")
    for count in (FEW, MANY):
        subprocess.run([build / "bench/make_files", folder / str(count), str(count)], check=True)
        subprocess.run([sys.executable, ROOT / "bench/ingest/make_lines.py", str(count),
                        folder / str(count) / "lines.csv"], check=True)
    yield folder
    shutil.rmtree(folder)  # pytest keeps the folders of its last runs.


def own_instructions(profile, program):
    """What callgrind counted in the program itself, as the sum over its functions."""
    total = 0
    is_own = is_call = False
    for line in profile.read_text(encoding="utf-8").splitlines():
        if line.startswith("ob="):
            is_own = line == f"ob={program}"
        elif line.startswith("calls="):
            is_call = True  # The line after it has what the callee took.
        elif line[:1].isdigit():
            total += 0 if is_call or not is_own else int(line.split()[1])
            is_call = False
    return total


def count(command, build, file, profile):
    program = build / command[0]
    names = {"FILE": file, "FOLDER": profile.with_name(profile.name + ".out")}
    words = [names.get(word, word) for word in command[1:]]
    subprocess.run(["valgrind", "--tool=callgrind", "--quiet", "--compress-strings=no",
                    "--compress-pos=no", f"--callgrind-out-file={profile}", program, *words],
                   check=True, stdout=subprocess.DEVNULL, timeout=300)
    return own_instructions(profile, program)


@pytest.mark.parametrize("job", JOBS)
def test_a_record_takes_no_more_instructions_than_it_did(build, files, tmp_path, job):
    command, allowed = JOBS[job]
    name = job.split()[-1]
    few, many = (count(command, build, next((files / str(number)).glob(f"{name}.*")),
                       tmp_path / f"callgrind.{number}") for number in (FEW, MANY))
    taken = (many - few) * SHARES[name.split("_")[0]] / (MANY - FEW)
    change = f"{job}: a record takes {taken:.1f} instructions, {taken / allowed - 1:+.1%}"
    assert taken <= allowed * (1 + TOLERANCE), (
        f"{change}. See callgrind_annotate {tmp_path / f'callgrind.{MANY}'} for where; if it is "
        f"worth it, raise the number in {pathlib.Path(__file__).name} and say why in the commit")
    assert taken >= allowed * (1 - TOLERANCE), (
        f"{change}, which is good: lower the number in {pathlib.Path(__file__).name}")
