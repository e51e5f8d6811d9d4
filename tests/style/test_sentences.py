#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""The sentences that the window translates are those that the engine says."""

from __future__ import annotations

import re
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

from tap import check, check_equal, main, test  # noqa: E402

SRC = Path(__file__).resolve().parents[2] / "src"
LIST = SRC / "client" / "tc-sentence-list.c"
REWORDING = re.compile(r'\{\s*(?:"(?:[^"\\]|\\.)*"\s*)+,\s*N_\(((?:"(?:[^"\\]|\\.)*"\s*)+)\)')
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# Adjacent literals are one, with the directives GLib has macros for.
LITERAL = re.compile(r'"(?:[^"\\\n]|\\.)*"(?:\s*(?:"(?:[^"\\\n]|\\.)*"|G_G?U?INT64_FORMAT|G_GSIZE_FORMAT))*')
PIECE = re.compile(r'"((?:[^"\\\n]|\\.)*)"|(G_\w+_FORMAT)')
DIRECTIVE = re.compile(r"%(?!%)[-+ '0-9.*#]*(?:ll|l|z|h)?[diuxXeEfgGsc]")


def rewordings() -> list[str]:
    """What the window says instead of the engine's words."""
    return ["".join(text for text, _ in PIECE.findall(found)) for found in REWORDING.findall(LIST.read_text())]


def literals(path: Path) -> list[str]:
    """The texts of a file in C, every directive a %s."""
    source = COMMENT.sub("", path.read_text())
    texts = ["".join("lu" if macro else text for text, macro in PIECE.findall(found.group()))
             for found in LITERAL.finditer(source)]
    return [DIRECTIVE.sub("%s", text) for text in texts]


@test("every sentence of the list is said by the engine, word for word, and stands there once")
def said() -> None:
    known = [text for text in literals(LIST) if " " in text and text not in rewordings()]
    check(len(known) > 300, len(known))
    spoken = "\0".join(text for part in ("engine", "metrics", "model") for path in sorted((SRC / part).rglob("*.c"))
                       for text in literals(path)) + (SRC.parent / "data" / "catalogue.json").read_text()
    check_equal([text for text in known if text not in spoken], [], "said by nobody any more")
    check_equal(sorted({text for text in known if known.count(text) > 1}), [], "twice")


@test("every reason a run can end with has a translation")
def reasons() -> None:
    known = literals(LIST)
    wanted = [text for path in sorted((SRC / "engine" / "watch").glob("tc-exit-verdict*.c")) for text in literals(path)
              if re.match(r"It [a-z]+ .*\.$", text)]
    check(len(wanted) > 5, wanted)
    check_equal([text for text in wanted if text not in known], [], "not in the list")


if __name__ == "__main__":
    main()
