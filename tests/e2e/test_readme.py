"""The README shows what the command prints."""

import pathlib
import re
import shlex

ROOT = pathlib.Path(__file__).resolve().parents[2]


def test_the_table_of_the_readme_is_what_the_command_prints(mseavro, flights_demo):
    session = re.search(r"```\n\$ mseavro demo demo\n\$ mseavro (.*)\n((?:.*\n)*?)```",
                        (ROOT / "README.md").read_text(encoding="utf-8"))
    command = [word.replace("demo/", f"{flights_demo}/") for word in shlex.split(session[1])]
    assert mseavro(*command).stdout == session[2]
