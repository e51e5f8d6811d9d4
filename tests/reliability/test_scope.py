#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Where a systemd user manager is, a run gets a scope of its own.

Stand-ins for systemd-run show what the engine asks for; what systemd makes of
it needs a user manager and is not shown here.
"""

import os
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

from enginerun import Engine  # noqa: E402
from tap import check, check_equal, main, test  # noqa: E402

RUNS = '#!/bin/sh\necho "$@" >> "$TC_TEST_ROOT/asked"\nwhile [ "$1" != -- ]; do shift; done\nshift\nexec "$@"\n'
REFUSES = '#!/bin/sh\necho "$@" >> "$TC_TEST_ROOT/asked"\necho "Failed to connect to bus" >&2\nexit 1\n'


def engine_with(script: str) -> Engine:
    """An engine that finds this systemd-run, and the sign of a user manager."""
    engine = Engine()
    programs = engine.root / "bin"
    programs.mkdir()
    program = programs / "systemd-run"
    program.write_text(script)
    program.chmod(0o755)
    engine.environment["PATH"] = f"{programs}:{os.environ['PATH']}"
    manager = engine.root / "runtime_dir" / "systemd"
    manager.mkdir()
    (manager / "private").touch()
    return engine


@test("a run is put into a scope, and ends as it would without")
def in_scope() -> None:
    with engine_with(RUNS) as engine:
        found = engine.wait(engine.run("sh -c 'echo hello; exit 5'"))
        check_equal(found["reason_code"], "exit-code", found["reason"])
        check_equal(engine.output(found["session_id"]), b"hello\n", "log")
        asked = (engine.root / "asked").read_text()
        check("--user --scope" in asked and "--unit=training-center-run-1-" in asked, asked)


@test("a systemd-run that refuses does not keep a run from starting")
def refused() -> None:
    with engine_with(REFUSES) as engine:
        found = engine.wait(engine.run("echo hello"))
        check_equal(found["status"], "completed", found["reason"])
        check_equal(len((engine.root / "asked").read_text().splitlines()), 1, "asked once")


if __name__ == "__main__":
    main()
