"""The rules of the tree that a compiler does not check.

Each rule is one test. Run all with `python3 tests/style/style_test.py`, one by giving its name;
ctest runs each on its own. Only the standard library is needed.
"""

import collections
import concurrent.futures
import functools
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]

# The floors from the roof down and, within each, its modules. A module includes only floors below
# its own and, on its own floor, modules to its right.
FLOORS = {
    "app": ["cli", "report"],
    "engine": ["ingest", "evaluate", "join", "state", "question"],
    "events": ["contract", "logline", "sink", "source", "role"],
    "quality": ["metric", "window", "stats", "exact"],
    "avro": ["api", "container", "arrow", "wire", "codec", "schema"],
    "base": ["columns", "io", "text", "time", "result"],
}

# System headers with a dot or a slash; every other such name is a third-party library.
SYSTEM_HEADERS = re.compile(
    r"(sys/\w+|linux/\w+|arpa/\w+|netinet/\w+|unistd|fcntl|errno|signal|dirent|poll|pthread|"
    r"immintrin|x86intrin|cpuid|fenv|time|math|string|stdio|stdlib|stdint|limits)\.h$")

README_LINES = 60
LINE_LENGTH = 100


@functools.cache
def tree():
    """Paths of all files that are tracked or would be, relative to the root."""
    listing = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others",
         "--exclude-standard"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return sorted(pathlib.PurePosixPath(name) for name in listing.split("\0")
                  if name and (ROOT / name).is_file())


def files(*suffixes, under=""):
    return [path for path in tree()
            if path.suffix in suffixes and str(path).startswith(under)]


@functools.cache
def text(path):
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")


def includes(path):
    """Pairs (bracket or quote, included name) of a C++ file."""
    return re.findall(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', text(path), re.MULTILINE)


def module_of(name):
    """("avro", "wire") for avro/wire/read_plan.h, whether or not src/ stands before it.

    What only tests use may stand in a folder testing/ of its module.
    """
    parts = pathlib.PurePosixPath(str(name).removeprefix("src/")).parts
    return parts[:2] if len(parts) == 3 or parts[2:3] == ("testing",) else None


def is_test(path):
    return path.name.endswith("_test.cc") or "testing" in path.parts


def may_include(user, used):
    floors = list(FLOORS)
    if user[0] != used[0]:
        return floors.index(user[0]) < floors.index(used[0])
    order = FLOORS[user[0]]
    return order.index(user[1]) <= order.index(used[1])


class Style(unittest.TestCase):
    def assert_none(self, offences):
        lines = sorted(offences)
        if lines:
            self.fail(f"{len(lines)} offences\n" + "\n".join(lines))

    def test_every_module_has_its_place_on_a_floor(self):
        known = {(floor, name) for floor, names in FLOORS.items() for name in names}
        found = {module_of(path) for path in files(".cc", ".h", under="src/")}
        self.assertEqual(set(), found - known, "not in FLOORS")
        self.assertEqual(set(), known - found, "in FLOORS but not in src/")

    def test_modules_include_only_what_stands_below_or_to_their_right(self):
        offences = []
        for path in files(".cc", ".h", under="src/"):
            for kind, name in includes(path):
                used = module_of(name)
                if kind == '"' and not name.startswith("mseavro/"):
                    if used is None or not (ROOT / "src" / name).is_file():
                        offences.append(f"{path}: {name} is not a path from src/")
                    elif not may_include(module_of(path), used):
                        offences.append(f"{path}: {name}")
        self.assert_none(offences)

    def test_cmake_links_only_what_stands_below_or_to_the_right(self):
        floor_of = {name: floor for floor, names in FLOORS.items() for name in names}
        offences = []
        calls = re.findall(r"mseavro_module\((\w+)/(\w+)([^)]*)\)",
                           text(pathlib.PurePosixPath("src/CMakeLists.txt")))
        self.assertEqual(len(calls), sum(map(len, FLOORS.values())))
        for floor, name, rest in calls:
            dependencies = re.search(r"DEPS((?:\s+[a-z_]+)*)", rest)
            for used in dependencies.group(1).split() if dependencies else []:
                if not may_include((floor, name), (floor_of[used], used)):
                    offences.append(f"{floor}/{name} links {used}")
        self.assert_none(offences)

    def test_quality_never_includes_avro(self):
        self.assert_none(f"{path}: {name}" for path in files(".cc", ".h", under="src/quality/")
                         for _, name in includes(path) if name.startswith("avro/"))

    def test_each_third_party_header_is_included_by_one_module(self):
        users = collections.defaultdict(set)
        offences = []
        for path in files(".cc", ".h"):
            for kind, name in includes(path):
                if kind != "<" or not re.search(r"[./]", name) or SYSTEM_HEADERS.match(name):
                    continue
                library = name.split("/")[0]
                if library == "mseavro":
                    continue  # Ours, as programs that use it include it.
                if library == "fmt":
                    if path.suffix == ".h" and not is_test(path):
                        offences.append(f"{path}: {name} belongs into a .cc file")
                elif library == "tl":
                    if str(path) != "include/mseavro/error.h":
                        offences.append(f"{path}: {name} is included by mseavro/error.h alone")
                elif library in ("gtest", "gmock"):
                    if not is_test(path):
                        offences.append(f"{path}: {name} in a file that is no test")
                elif library == "benchmark":
                    if path.parts[0] != "bench":
                        offences.append(f"{path}: {name} outside bench/")
                else:
                    users[library].add("/".join(module_of(path) or path.parts[:-1]))
        offences += [f"{library} in {', '.join(sorted(modules))}"
                     for library, modules in users.items() if len(modules) > 1]
        self.assert_none(offences)

    def test_public_headers_include_nothing_of_src(self):
        self.assert_none(f"{path}: {name}" for path in files(".h", under="include/")
                         for kind, name in includes(path)
                         if kind == '"' and not name.startswith("mseavro/"))

    def test_public_headers_are_all_under_include_mseavro(self):
        self.assert_none(f"{path}" for path in files(".h", under="include/")
                         if path.parts[:2] != ("include", "mseavro"))

    def test_headers_begin_with_what_they_are_and_pragma_once(self):
        shape = re.compile(r"(//[^\n]*\n)+#pragma once\n")
        self.assert_none(str(path) for path in files(".h") if not shape.match(text(path)))

    def test_every_header_compiles_alone(self):
        compiler = os.environ.get("CXX", "g++")
        flags = ["-std=c++20", "-Wall", "-Wextra", "-Werror", "-fsyntax-only",
                 f"-I{ROOT}/include", f"-I{ROOT}/src"]

        def compile_alone(path):
            name = str(path).removeprefix("src/").removeprefix("include/")
            run = subprocess.run([compiler, *flags, "-x", "c++", "-"],
                                 input=f'#include "{name}"\n', text=True, capture_output=True)
            return f"{path}:\n{run.stderr}" if run.returncode else None

        headers = [path for path in files(".h") if path.parts[0] in ("src", "include")]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            self.assert_none(filter(None, pool.map(compile_alone, headers)))

    def test_a_source_includes_its_own_header_first(self):
        offences = []
        for path in files(".cc", under="src/"):
            stem = path.name.removesuffix("_test.cc").removesuffix(".cc")
            header = path.with_name(stem + ".h")
            names = [name for _, name in includes(path)]
            if header in tree() and names[:1] != [str(header).removeprefix("src/")]:
                offences.append(f"{path}: begins with {names[:1]}")
        self.assert_none(offences)

    def test_no_header_is_dead(self):
        used = collections.defaultdict(set)
        for path in files(".cc", ".h"):
            for _, name in includes(path):
                used[name].add(path)
        offences = []
        for path in files(".h"):
            name = str(path).removeprefix("src/").removeprefix("include/")
            own = {path.with_suffix(".cc"), path.with_name(path.stem + "_test.cc")}
            if not used[name] - own:
                offences.append(f"{path} is included by no other file")
        self.assert_none(offences)

    def test_no_source_is_dead(self):
        modules = {f"src/{floor}/{name}" for floor, names in FLOORS.items() for name in names}
        cmake = "\n".join(text(path) for path in tree()
                          if path.name == "CMakeLists.txt" or path.suffix == ".cmake")
        built = [re.compile(r"fuzz/\w+_fuzzer\.cc"), re.compile(r"bench/\w+_bench\.cc")]
        self.assert_none(
            str(path) for path in files(".cc")
            if str(path.parent) not in modules and path.name not in cmake
            and not any(pattern.fullmatch(str(path)) for pattern in built))

    def test_no_script_is_dead(self):
        known = re.compile(r"tests/(.+/)?(test_\w+|\w+_check|conftest)\.py|"
                           r"testdata/.+/make_\w+\.py")
        self.assert_none(
            f"{path} is neither a test nor named by another file" for path in files(".py", ".sh")
            if not known.fullmatch(str(path)) and not self.is_named(path, path.stem))

    def test_no_document_is_dead(self):
        self.assert_none(
            f"{path} is not named by another document" for path in files(".md")
            if path.name != "README.md" and len(path.parts) > 1
            and not self.is_named(path, path.name))

    def is_named(self, path, name):
        word = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
        readable = {".md", ".py", ".sh", ".cc", ".h", ".txt", ".cmake", ".toml", ".java", ""}
        return any(word.search(text(other)) for other in tree()
                   if other != path and other.suffix in readable)

    def test_links_between_documents_lead_somewhere(self):
        offences = []
        for path in files(".md"):
            for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text(path)):
                if "://" not in target and not (ROOT / path.parent / target).exists():
                    offences.append(f"{path}: {target}")
        self.assert_none(offences)

    def test_every_module_has_a_readme_of_one_screen(self):
        offences = []
        for floor, names in FLOORS.items():
            for name in names:
                readme = pathlib.PurePosixPath(f"src/{floor}/{name}/README.md")
                if readme not in tree():
                    offences.append(f"{readme} is missing")
                elif len(text(readme).splitlines()) > README_LINES:
                    offences.append(f"{readme} has more than {README_LINES} lines")
        self.assert_none(offences)

    def test_the_reference_says_what_the_code_has(self):
        reference = text("docs/reference.md")
        columns = re.findall(r'^    \{"(\w+)", (?:false|true),', text(
            "src/app/report/metric_output.cc"), re.MULTILINE)
        table = reference.split("## Columns of CSV and JSON")[1].split("\n\n**")[0]
        said = re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)))
        self.assertEqual(["model_version", "window_start", "window_end", *columns], said)

        synonyms = {}
        for name, role in re.findall(r'^    \{"(\w+)", k(\w+), k', text(
                "src/events/role/synonyms.cc"), re.MULTILINE):
            synonyms.setdefault(re.sub(r"(?<!^)([A-Z])", r"_\1", role).lower(), set()).add(name)
        roles = re.findall(r"^\| `(\w+)` \| [\w ]+ \| (.*) \|$",
                           reference.split("## Roles")[1].split("## ")[0], re.MULTILINE)
        self.assertEqual(sorted(synonyms), sorted(role for role, names in roles))
        self.assert_none(f"{role}: {name}" for role, names in roles
                         for name in re.findall(r"`(\w+)`", names) if name not in synonyms[role])

    def test_nothing_is_left_to_do_now(self):
        mark = "TODO" + "(now)"
        self.assert_none(str(path) for path in self.texts() if mark in text(path))

    def test_no_path_of_one_machine_is_in_the_tree(self):
        machine = re.compile(r"(?<![\w.~$}])/(work|home|root|Users|tmp/bench)/")
        self.assert_none(
            f"{path}:{number}: {line.strip()}" for path in self.texts()
            if path.name != "style_test.py"
            for number, line in enumerate(text(path).splitlines(), 1) if machine.search(line))

    def test_lines_are_at_most_100_characters(self):
        # Tables, links and the output in fenced blocks of documents cannot be broken.
        unbreakable = re.compile(r"^\s*\||\]\(|://")
        offences = []
        for path in self.texts():
            if path.name not in ("CMakeLists.txt", "dev") and path.suffix not in {
                    ".cc", ".h", ".py", ".sh", ".md", ".cmake", ".java"}:
                continue
            is_document, is_fenced = path.suffix == ".md", False
            for number, line in enumerate(text(path).splitlines(), 1):
                is_fenced ^= is_document and line.startswith("```")
                if len(line) > LINE_LENGTH and not is_fenced and not (
                        is_document and unbreakable.search(line)):
                    offences.append(f"{path}:{number}")
        self.assert_none(offences)

    def test_sources_are_formatted(self):
        pinned = ROOT / "build/venv/bin/clang-format"
        program = str(pinned) if pinned.exists() else shutil.which("clang-format-19")
        if program is None:
            self.skipTest("clang-format 19 is not installed; ./dev test and ./dev format bring it")
        run = subprocess.run([program, "--dry-run", "-Werror",
                              *map(str, files(".cc", ".h"))], cwd=ROOT, text=True,
                             capture_output=True)
        self.assertEqual(0, run.returncode, "run ./dev format\n" + run.stderr[:4000])

    def texts(self):
        binary = {".avro", ".gz", ".zst", ".png", ".bin", ".parquet", ".xz"}
        return [path for path in tree()
                if path.suffix not in binary and "corpus" not in path.parts
                and (ROOT / path).stat().st_size < 1 << 20]


if __name__ == "__main__":
    rules = [name.removeprefix("test_") for name in unittest.TestLoader().getTestCaseNames(Style)]
    if sys.argv[1:] == ["--list"]:
        print("\n".join(rules))
    else:
        chosen = [f"Style.test_{name}" for name in sys.argv[1:]]
        unittest.main(argv=[sys.argv[0], "--verbose", *chosen])
