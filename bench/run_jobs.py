"""Measures whole jobs, ours and the peers', and writes the page of results.

    run_jobs.py BUILD [--runs N] [--count RECORDS] [--no-peers] [--memory]

BUILD is the folder of a build with MSEAVRO_BENCHMARKS. The files are made there, in files/RECORDS/,
if they are missing, and the peers built, in peers/, by cargo and go; one that cannot be built is
named on the page, BUILD/results.md. `./dev bench` calls this with its arguments.
"""

import argparse
import dataclasses
import datetime
import json
import pathlib
import platform
import re
import shutil
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
TESTS = ROOT / "tests/e2e"
sys.path.insert(0, str(TESTS))
import avro_parts  # noqa: E402

FILES = ("narrow_null", "narrow_snappy", "narrow_deflate", "narrow_zstandard", "narrow_snappy16k",
         "narrowshuf_null", "wide_null", "wide_snappy", "wide_deflate", "nested_null",
         "nested_snappy")
NARROW = "model_version,prediction,actual,timestamp"
NESTED = "estimator,predicted_minutes,delivered_minutes,requested_at,city"
MAP_NESTED = [word for role, field in zip(("model_version", "prediction", "actual", "timestamp"),
                                          NESTED.split(","))
              for word in ("--map", f"{role}={field}")] + ["--by", "city"]
METHOD = """\
Whole processes on the same files, in turn: each program once to warm up and then {runs} times.
Figures are medians, of the wall's time and of the kernel's account of the process (user and system
time, peak memory). Columns and writing are timed inside the process, behind the reading of what is
written, in nanoseconds a record. `x` is the multiple of ours; ratios are of one run, and of
processor time they bear a busy machine best."""


def say(words):
    print(f"== {words}", file=sys.stderr, flush=True)


def output_of(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@dataclasses.dataclass
class Peer:
    """A program in bench/peers/ that does the jobs with another library."""
    name: str
    version: str  # Where its folder says it.
    builder: list
    program: str

    def build(self, folder):
        """The program's path; a word why not when it cannot be."""
        if shutil.which(self.builder[0]) is None:
            return None, f"{self.builder[0]} is not installed"
        say(f"building the peer {self.name}")
        shutil.copytree(ROOT / "bench/peers" / self.name, folder / self.name, dirs_exist_ok=True)
        built = subprocess.run(self.builder, cwd=folder / self.name, capture_output=True, text=True)
        if built.returncode != 0:
            return None, (built.stderr.strip().splitlines() or ["it does not build"])[-1]
        return folder / self.name / self.program, ""


PEERS = [
    Peer("arrow-avro", "60.1.0, Rust", ["cargo", "build", "--release", "--quiet"],
         "target/release/arrow-avro-peer"),
    Peer("hamba", "2.31.0, Go", ["go", "build", "-mod=mod", "-o", "hamba-peer", "."],
         "hamba-peer"),
]


class Measure:
    """What commands cost, by the helper that the tests use too."""

    def __init__(self):
        self.helper = subprocess.Popen([sys.executable, "-S", TESTS / "measure.py", "600"],
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self, command):
        print(json.dumps([str(word) for word in command]), file=self.helper.stdin, flush=True)
        measured = json.loads(self.helper.stdout.readline())
        if measured["exit"] != 0:
            sys.exit(f"run_jobs: {' '.join(map(str, command))}: {measured['errors']}")
        return measured

    def in_turn(self, runs, commands):
        """{name: command} to {name: list of what each run cost}."""
        costs = {name: [] for name in commands}
        for turn in range(runs + 1):
            for name, command in commands.items():
                measured = self(command)
                if turn > 0:
                    costs[name].append(measured)
        return costs


def answer_of_ours(csv):
    """{(version, key, day): (count, mse, mae)} of `eval --format csv`."""
    lines = csv.splitlines()
    names = lines[0].split(",")
    answer = {}
    for line in lines[1:]:
        row = dict(zip(names, line.split(",")))
        day = datetime.date.fromisoformat(row["window_start"][:10]) - datetime.date(1970, 1, 1)
        if row["count"] != "0":
            answer[row["model_version"], row.get("city", ""), day.days] = (
                int(row["count"]), float(row["mse"]), float(row["mae"]))
    return answer


def answer_of_peer(lines):
    rows = [line.split(",") for line in lines.splitlines()]
    return {(version, key, int(day)): (int(count), float(mse), float(mae))
            for version, key, day, count, mse, mae in rows}


def agree(ours, theirs):
    return ours.keys() == theirs.keys() and all(
        ours[key][0] == theirs[key][0]
        and all(abs(a - b) <= 1e-9 * abs(a) for a, b in zip(ours[key][1:], theirs[key][1:]))
        for key in ours)


def table(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(row) + " |" for row in lines)


def times(value, ours):
    return f"{value / ours:.2f}"


class Page:
    """The jobs, each a section of the page."""

    def __init__(self, build, files, runs, peers):
        self.build = build
        self.files = files
        self.runs = runs
        self.peers = peers  # {name: program}
        self.measure = Measure()

    def file(self, name):
        return self.files / f"{name}.avro"

    def score_commands(self, file):
        is_nested = file.startswith("nested")
        ours = [self.build / "mseavro", "eval", self.file(file), "--window", "day", "--format",
                "csv", "--quiet", *(MAP_NESTED if is_nested else [])]
        commands = {"mseavro": [*ours, "--threads", "1"],
                    "mseavro, 2 threads": [*ours, "--threads", "2"]}
        for name, program in self.peers.items():
            commands[name] = [program, "score", self.file(file), NESTED if is_nested else NARROW]
        return commands

    def check_answers(self, file, commands):
        ours = answer_of_ours(output_of(*commands["mseavro"]))
        for name in self.peers:
            if not agree(ours, answer_of_peer(output_of(*commands[name]))):
                sys.exit(f"run_jobs: {name} answers otherwise than mseavro on {file}")

    def scoring(self):
        rows = []
        for file in FILES:
            say(f"scoring {file}")
            commands = self.score_commands(file)
            self.check_answers(file, commands)
            costs = self.measure.in_turn(self.runs, commands)
            medians = {name: {key: statistics.median(run[key] for run in runs)
                              for key in ("wall", "cpu", "mebibytes")}
                       for name, runs in costs.items()}
            ours = medians["mseavro"]
            for name, cost in medians.items():
                rows.append([file, name, f"{cost['wall']:.3f}", times(cost["wall"], ours["wall"]),
                             f"{cost['cpu']:.3f}", times(cost["cpu"], ours["cpu"]),
                             f"{cost['mebibytes']:.0f}"])
        return ("## Scoring\n\nMSE, RMSE, MAE and count by version and day, nested also by city, "
                "over actuals in the\nevents. Every answer was compared with ours.\n\n" +
                table(["file", "program", "wall s", "x", "processor s", "x", "MiB"], rows))

    def per_record(self, commands):
        """{name: median nanoseconds a record, of the processor and of the wall}."""
        costs = self.measure.in_turn(self.runs, commands)
        figures = {name: [list(map(float, re.fullmatch(r"(\S+) ns/record, wall (\S+)\n",
                                                       run["out"]).groups())) for run in runs]
                   for name, runs in costs.items()}
        return {name: [statistics.median(column) for column in zip(*runs)]
                for name, runs in figures.items()}

    def per_record_rows(self, job, commands):
        figures = self.per_record(commands)
        ours = figures["mseavro"]
        return [[job, name, f"{wall:.1f}", times(wall, ours[1]), f"{cpu:.1f}", times(cpu, ours[0])]
                for name, (cpu, wall) in figures.items()]

    def columns(self):
        rows = []
        for file in ("narrow_null", "narrow_snappy", "wide_null", "nested_null"):
            say(f"columns of {file}")
            commands = {"mseavro": [self.build / "bench/columns_job", "read", self.file(file)]}
            if "arrow-avro" in self.peers:
                commands["arrow-avro"] = [self.peers["arrow-avro"], "read", self.file(file)]
            rows += self.per_record_rows(file, commands)
        return "## Every column to Arrow batches\n\n" + table(
            ["file", "program", "wall ns", "x", "processor ns", "x"], rows)

    def writing(self):
        rows = []
        on_disk = self.files / "written.avro"
        for codec, out in (("null", "/dev/null"), ("snappy", "/dev/null"),
                           ("deflate", "/dev/null"), ("null", on_disk), ("snappy", on_disk)):
            say(f"writing {codec} to {'a file' if out == on_disk else out}")
            words = ["write", self.file("narrow_null"), codec, out]
            commands = {"mseavro": [self.build / "bench/columns_job", *words],
                        **{name: [program, *words] for name, program in self.peers.items()}}
            place = "a file" if out == on_disk else out
            rows += self.per_record_rows(f"{codec} to {place}", commands)
        on_disk.unlink()
        return "## Writing the narrow records from memory\n\n" + table(
            ["job", "program", "wall ns", "x", "processor ns", "x"], rows)

    def kernels(self):
        rows = []
        for program in sorted((self.build / "bench").glob("*_bench")):
            say(f"kernels of {program.name}")
            report = json.loads(output_of(program, "--benchmark_format=json"))
            for kernel in report["benchmarks"]:
                rows.append([kernel["name"], f"{1e9 / kernel['items_per_second']:.1f}"])
        return "## Kernels\n\nIn memory, by google-benchmark.\n\n" + table(
            ["kernel", "ns a record"], rows)

    def memory(self):
        rows = []
        for file, size in (("narrow_null", 200 << 20), ("narrow_snappy", 200 << 20),
                           ("narrow_snappy", 20 << 30)):
            say(f"memory with {size / 2**30:.1f} GiB of {file}")
            repeated = self.files / "repeated.avro"
            avro_parts.repeat_blocks(self.file(file), repeated, size)
            cost = self.measure([self.build / "mseavro", "eval", repeated, "--window", "day",
                                 "--format", "csv", "--quiet", "--threads", "2"])
            rows.append([file, f"{repeated.stat().st_size / 2**30:.2f}", f"{cost['mebibytes']:.0f}",
                         f"{cost['wall']:.1f}"])
            repeated.unlink()
        return "## Memory\n\nScoring with two threads; the files' blocks are repeated.\n\n" + table(
            ["file", "GiB", "peak MiB", "wall s"], rows)


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def compiler(build):
    found = re.search(r'CMAKE_CXX_COMPILER_VERSION "(.*)"', next(
        build.glob("CMakeFiles/*/CMakeCXXCompiler.cmake")).read_text(encoding="utf-8"))
    return found.group(1)


def heading(build, arguments, failures):
    count = arguments.count
    revision = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty"],
                              capture_output=True, text=True).stdout.strip() or "unknown"
    lines = ["# Results of the benchmarks", "", METHOD.format(runs=arguments.runs), "",
             f"- Records: {count:,} narrow, {count // 2:,} wide, {count // 4:,} nested",
             f"- {output_of(build / 'mseavro', '--version')}, revision {revision}, "
             f"gcc {compiler(build)}",
             f"- {processor()}, {platform.system()} {platform.release()}"]
    for peer in PEERS:
        state = f"not measured: {failures[peer.name]}" if peer.name in failures else peer.version
        lines.append(f"- {peer.name}: {state}")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(prog="./dev bench")
    parser.add_argument("build", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--runs", type=int, default=5, help="counted runs of each (5)")
    parser.add_argument("--count", type=int, default=2_000_000, help="narrow records (2000000)")
    parser.add_argument("--no-peers", action="store_true", help="ours alone; needs no registry")
    parser.add_argument("--memory", action="store_true",
                        help="also the peak memory with a file of 20 GiB, made for it and removed")
    arguments = parser.parse_args()
    build = arguments.build.resolve()

    say("making the files that are missing")
    files = build / "files" / str(arguments.count)
    subprocess.run([build / "bench/make_files", files, str(arguments.count)], check=True)
    programs, failures = {}, {}
    for peer in PEERS:
        program, failure = (None, "--no-peers") if arguments.no_peers else peer.build(
            build / "peers")
        if program:
            programs[peer.name] = program
        else:
            failures[peer.name] = failure
    page = Page(build, files, arguments.runs, programs)
    sections = [page.scoring(), page.columns(), page.writing(), page.kernels()]
    if arguments.memory:
        sections.append(page.memory())
    text = "\n\n".join([heading(build, arguments, failures), *sections])
    (build / "results.md").write_text(text + "\n", encoding="utf-8")
    print(text)
    say(f"left in {build / 'results.md'}")


if __name__ == "__main__":
    main()
