#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Every text of the window can be translated, and is, in every language of po/LINGUAS."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

from tap import check, check_equal, main, note, test  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
PO = ROOT / "po"
# What marks a text in C; the engine and trainctl speak English.
MARKED = re.compile(r"(?<!\w)(?:_|N_|C_|NC_|ngettext) ?\(")
KEYWORDS = ("_", "N_", "C_:1c,2", "NC_:1c,2", "ngettext:1,2")


def lines(name: str) -> list[str]:
    """The lines of a list in po/, without remarks."""
    return [line for line in (PO / name).read_text().split("\n") if line and not line.startswith("#")]


def run(*command: str) -> str:
    """What a command of gettext says, which must succeed."""
    done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=False)
    check_equal(done.returncode, 0, f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def has_text(path: Path) -> bool:
    """Whether there is something to translate in a file."""
    if path.suffix == ".ui":
        return 'translatable="yes"' in path.read_text()
    return path.suffix == ".c" and MARKED.search(path.read_text()) is not None


def make_template(folder: str) -> str:
    """All texts as they are now."""
    template = f"{folder}/training-center.pot"
    run("xgettext", "--from-code=UTF-8", "--add-comments=Translators", *(f"--keyword={word}" for word in KEYWORDS),
        "--output", template, *lines("POTFILES.in"))
    return template


@test("po/POTFILES.in names every file with a text to translate")
def files() -> None:
    found = {str(path.relative_to(ROOT)) for part in ("app", "base", "client") for path in (ROOT / "src" / part).rglob("*")
             if path.suffix in (".c", ".ui") and has_text(path)}
    found |= {str(path.relative_to(ROOT)) for path in (ROOT / "data").glob("*.desktop.in")}
    found |= {str(path.relative_to(ROOT)) for path in (ROOT / "data").glob("*.metainfo.xml.in")}
    check(len(found) > 40, found)
    check_equal(sorted(lines("POTFILES.in")), sorted(found))


@test("every language has every text, with the same directives and a mnemonic where there is one")
def complete() -> None:
    check_equal(sorted(lines("LINGUAS")), sorted(path.stem for path in PO.glob("*.po")), "po/LINGUAS and the files")
    check({"de", "es", "fr", "ja"} <= set(lines("LINGUAS")), lines("LINGUAS"))
    with tempfile.TemporaryDirectory() as folder:
        template = make_template(folder)
        for language in lines("LINGUAS"):
            merged = f"{folder}/{language}.po"
            run("msgmerge", "--quiet", "--no-fuzzy-matching", "--output-file", merged, f"po/{language}.po", template)
            said = run("msgfmt", "--check", "--check-accelerators=_", "--statistics", "--output-file=/dev/null", merged)
            note(f"{language}: {said.strip()}")
            missing = run("msgattrib", "--untranslated", "--no-wrap", merged) + \
                run("msgattrib", "--only-fuzzy", "--no-wrap", merged)
            check_equal(re.findall(r'^msgid "(.+)', missing, re.MULTILINE), [], f"{language}: not translated")


main()
