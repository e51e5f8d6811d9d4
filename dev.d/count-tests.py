#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Counts a test run from Meson's log and prints the closing line.

Usage: count-tests.py TESTLOG.JSON EXIT-CODE-OF-MESON

A test that speaks TAP counts with each of its results, any other test as one.
The last line is exactly "N passed, N failed", with ", N skipped" when some
were. The exit code is 0 when nothing failed and something passed.
"""

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

TAP_LINE = re.compile(r"^\s*(not ok|ok)\b(.*)$")
TAP_DIRECTIVE = re.compile(r"#\s*(skip|todo)\b", re.IGNORECASE)
GOOD = {"OK", "EXPECTEDFAIL"}


@dataclass
class Counts:
    """How many results were good, bad and left out."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def add(self, other: "Counts") -> None:
        """Adds the results of another test."""
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped


def count_tap(text: str) -> Counts:
    """Counts the result lines of TAP output, those of subtests included."""
    counts = Counts()
    for line in text.splitlines():
        match = TAP_LINE.match(line)
        if match is None:
            continue
        directive = TAP_DIRECTIVE.search(match.group(2))
        if directive is not None:
            counts.skipped += 1
        elif match.group(1) == "ok":
            counts.passed += 1
        else:
            counts.failed += 1
    return counts


def count_test(record: dict) -> Counts:
    """Counts one record of Meson's log.

    What the whole test came to always shows: a crash after three good results
    is three passed and one failed, and a test without TAP is one result.
    """
    result = record["result"]
    counts = count_tap(record.get("stdout") or "")
    if result == "SKIP":
        return Counts(skipped=max(1, counts.skipped))
    if result in GOOD:
        counts.failed = 0 if result == "EXPECTEDFAIL" else counts.failed
        if counts.passed + counts.failed + counts.skipped == 0:
            counts.passed = 1
        return counts
    counts.failed = max(1, counts.failed)
    return counts


def main() -> int:
    """Prints the closing line; see the module's text."""
    log = Path(sys.argv[1])
    meson_status = int(sys.argv[2])
    total = Counts()
    if log.exists():
        for line in log.read_text(encoding="utf-8").splitlines():
            total.add(count_test(json.loads(line)))
    if meson_status != 0 and total.failed == 0:
        print("The test run itself did not end well.", file=sys.stderr)
        total.failed = 1
    line = f"{total.passed} passed, {total.failed} failed"
    if total.skipped > 0:
        line += f", {total.skipped} skipped"
    sys.stderr.flush()
    print(line, flush=True)
    return 0 if total.failed == 0 and total.passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
