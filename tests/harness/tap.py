# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""A very small test runner that speaks TAP.

A test is a function decorated with @test("R02 what it shows"). It fails by an
exception (assert, check_equal …) and is skipped, which is not a pass, by
raising Skip with the reason.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

# What takes a second where nothing else is to be done may take some where much is.
PATIENCE = 4

_tests: list[tuple[str, Callable[[], None]]] = []


class Skip(Exception):
    """This environment cannot run the test; the argument says why."""


def test(title: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Registers the decorated function under a title."""

    def register(function: Callable[[], None]) -> Callable[[], None]:
        _tests.append((title, function))
        return function

    return register


def check(condition: bool, *what: Any) -> None:
    """Fails with what was seen unless condition holds."""
    if not condition:
        raise AssertionError(" ".join(str(part) for part in what))


def check_equal(seen: Any, wanted: Any, what: str = "") -> None:
    """Fails unless seen equals wanted, and says what both are."""
    if seen != wanted:
        raise AssertionError(f"{what}: saw {seen!r}, wanted {wanted!r}")


def wait_for(condition: Callable[[], Any], seconds: float, what: str) -> Any:
    """Polls until condition gives something true, and returns that.

    seconds is what it takes at most on a quiet machine; it is given PATIENCE times that.
    """
    deadline = time.monotonic() + PATIENCE * seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= deadline:
            raise AssertionError(f"not within {PATIENCE} × {seconds} s: {what}")
        time.sleep(0.01)


def note(*what: Any) -> None:
    """Prints a diagnostic line: measured figures, mostly."""
    text = " ".join(str(part) for part in what)
    print("\n".join(f"# {line}" for line in text.splitlines()), flush=True)


def main() -> None:
    """Runs the registered tests (those whose title contains argv[1]) and exits."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    chosen = [entry for entry in _tests if wanted in entry[0]]
    failed = 0
    print(f"1..{len(chosen)}", flush=True)
    for number, (title, function) in enumerate(chosen, 1):
        began = time.monotonic()
        try:
            function()
            outcome = f"ok {number} - {title}"
        except Skip as reason:
            outcome = f"ok {number} - {title} # SKIP {reason}"
        except Exception:
            failed += 1
            print(traceback.format_exc(), file=sys.stderr, flush=True)
            outcome = f"not ok {number} - {title}"
        print(outcome, flush=True)
        note(f"{time.monotonic() - began:.2f} s")
    sys.exit(1 if failed else 0)
