# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Completions and manual have every command and option that the program has."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, os.path.dirname(__file__))

from stub_engine import SOURCE, TRAINCTL, Home  # noqa: E402
from tap import Skip, check, check_equal, main, test  # noqa: E402

COMPLETIONS = SOURCE / "data" / "completions"


def table() -> dict[str, Any]:
    """The program's own table of commands."""
    home = Home()
    result = home.run("--json", "help")
    home.close()
    check_equal(result.returncode, 0, result.stderr)
    return json.loads(result.stdout)


def complete(*words: str) -> list[str]:
    """What bash offers for the last word."""
    script = (f"source '{COMPLETIONS / 'trainctl.bash'}'; trainctl() {{ '{TRAINCTL}' \"$@\"; }}; "
              "COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _trainctl; printf '%s\\n' \"${COMPREPLY[@]}\"")
    home = Home()
    result = subprocess.run(["bash", "-c", script, "bash", "trainctl", *words], env=home.environment,
                            capture_output=True, text=True, timeout=60, check=False)
    home.close()
    check_equal((result.returncode, result.stderr), (0, ""), words)
    return result.stdout.split()


@test("bash offers every command, and every option where it belongs")
def _bash() -> None:
    commands = table()["commands"]
    check_equal(set(complete("")), {command["name"].split()[0] for command in commands})
    for command in commands:
        words = command["name"].split()
        if len(words) == 2:
            check(words[1] in complete(words[0], ""), command["name"])
        offered = set(complete(*words, "-"))
        wanted = {f"--{option['name']}" for option in command["options"]}
        check_equal({word for word in offered if word.startswith("--")}, wanted | {"--json", "--help", "--version"},
                    command["name"])


@test("bash offers the choices of an option")
def _bash_choices() -> None:
    for command in table()["commands"]:
        for option in command["options"]:
            if option["choices"]:
                check_equal(complete(*command["name"].split(), f"--{option['name']}", ""), option["choices"].split(),
                            option["name"])


def section(text: str, begin: str, end: str) -> str:
    """The part of a text between two patterns."""
    found = re.search(f"{begin}(.*?){end}", text, re.DOTALL)
    check(found is not None, begin)
    return found[1]


@test("zsh has every command and option")
def _zsh() -> None:
    text = (COMPLETIONS / "_trainctl").read_text()
    for command in table()["commands"]:
        words = command["name"].split()
        check(f"'{words[-1]}:" in text, command["name"])
        if not command["options"]:
            continue
        group = text[text.index(f"_trainctl_{words[0]}()"):] if len(words) == 2 else text
        part = section(group, rf"\n +{re.escape(words[-1])}\)\n", ";;")
        for option in command["options"]:
            check(re.search(rf"--{option['name']}[\[}}]", part), command["name"], option["name"])
            if option["choices"] and option["name"] != "state":
                check(f"({option['choices']})" in part, option["choices"])


@test("fish has every command and option")
def _fish() -> None:
    text = (COMPLETIONS / "trainctl.fish").read_text()
    for command in table()["commands"]:
        words = command["name"].split()
        condition = "__trainctl_has_no_command" if len(words) == 1 else f"'__trainctl_is_only {words[0]}'"
        check(f"-n {condition} -a {words[-1]} " in text, command["name"])
        for option in command["options"]:
            check(re.search(rf"-n '__trainctl_is {command['name']}' .*-l {option['name']} ", text), command["name"],
                  option["name"])


@test("the manual has every command and option")
def _manual() -> None:
    text = (SOURCE / "data" / "man" / "trainctl.1").read_text().replace("\\-", "-")
    for command in table()["commands"]:
        entry = re.search(rf"\n\.TP\n\.[A-Z]+ \"?trainctl {command['name']}\b", text)
        check(entry is not None, command["name"])
        start = entry.start() + len("\n.TP\n")
        following = re.search(r"\n\.(TP\n\.[A-Z]+ \"?trainctl|SH)", text[start:])
        part = text[start:start + following.start()] if following else text[start:]
        for option in command["options"]:
            check(f"--{option['name']}" in part, command["name"], option["name"])
    for option in table()["options"]:
        check(f"--{option['name']}" in text, option["name"])


@test("help names every option of every command")
def _help() -> None:
    for command in table()["commands"]:
        home = Home()
        text = home.run(*command["name"].split(), "--help").stdout.decode()
        home.close()
        for option in command["options"]:
            check(f"--{option['name']}" in text, command["name"], option["name"])


@test("the shells accept their files")
def _syntax() -> None:
    tried = 0
    for shell, name, argument in (("bash", "trainctl.bash", "-n"), ("zsh", "_trainctl", "-n"),
                                  ("fish", "trainctl.fish", "--no-execute")):
        if shutil.which(shell):
            result = subprocess.run([shell, argument, COMPLETIONS / name], capture_output=True, check=False)
            check_equal((result.returncode, result.stderr), (0, b""), name)
            tried += 1
    check(tried > 0, "not even bash")


@test("the manual is free of warnings")
def _manual_syntax() -> None:
    manual = SOURCE / "data" / "man" / "trainctl.1"
    tool = shutil.which("mandoc") or shutil.which("groff")
    if tool is None:
        raise Skip("neither mandoc nor groff")
    arguments = ["-T", "lint", "-W", "warning"] if Path(tool).name == "mandoc" else ["-man", "-ww", "-z", "-K", "utf8"]
    result = subprocess.run([tool, *arguments, manual], capture_output=True, check=False)
    check_equal((result.stdout, result.stderr), (b"", b""))


main()
