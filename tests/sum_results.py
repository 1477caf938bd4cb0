"""Adds up the JUnit files that ctest and pytest left.

Usage: sum_results.py BUILD_STATUS FOLDER. Prints each failure with its output, each skipped test
with its reason, and last of all `N passed, N failed, N skipped`. A build that failed and a result
file that says nothing are failures too, so that no part can drop out unseen.
"""

import pathlib
import re
import sys
import xml.etree.ElementTree

OUTPUT_LINES = 60


def read(path):
    """(name, outcome, detail) of every test of a result file; outcome as counted."""
    try:
        cases = list(xml.etree.ElementTree.parse(path).getroot().iter("testcase"))
    except xml.etree.ElementTree.ParseError as error:
        return [(path.stem, "failed", f"no readable results: {error}")]
    if not cases:
        return [(path.stem, "failed", "no test ran")]
    return [(f"{path.stem}: {name_of(case)}", *outcome_of(case)) for case in cases]


def name_of(case):
    group, name = case.get("classname", ""), case.get("name")
    return name if group in ("", name) else f"{group}.{name}"


def outcome_of(case):
    output = case.findtext("system-out") or ""
    for failure in [*case.findall("failure"), *case.findall("error")]:
        return "failed", output or failure.text or failure.get("message") or ""
    skipped = case.find("skipped")
    if skipped is None:
        return "passed", ""
    # ctest knows only that a test was skipped; unittest and GoogleTest print why.
    reason = re.search(r"skipped '(.*)'|: Skipped\n(.*)", output)
    said = next(filter(None, reason.groups()), "") if reason else skipped.get("message", "")
    # A test that could not be started is not one that chose to be skipped.
    return ("skipped", said) if said else ("failed", "was not run")


def main(build_status, folder):
    results = [result for path in sorted(pathlib.Path(folder).glob("*.xml"))
               for result in read(path)]
    parts = {path.stem for path in pathlib.Path(folder).glob("*.log")}
    results += [(part, "failed", "ended without results") for part in sorted(parts)
                if not pathlib.Path(folder, part + ".xml").exists()]
    if build_status != "0":
        results.append(("build", "failed", "see above"))

    for name, outcome, detail in results:
        if outcome == "failed":
            print(f"FAILED {name}")
            print("\n".join("    " + line for line in detail.splitlines()[-OUTPUT_LINES:]))
    for name, outcome, detail in results:
        if outcome == "skipped":
            print(f"SKIPPED {name}: {detail}")
    count = {outcome: sum(result[1] == outcome for result in results)
             for outcome in ("passed", "failed", "skipped")}
    print(f"{count['passed']} passed, {count['failed']} failed, {count['skipped']} skipped")
    return 1 if count["failed"] or not count["passed"] else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
