#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Holds the list of tests against what the closing line relies on.

Usage: test_names.py BUILD-FOLDER

Meson stops in the middle of a run when two TAP tests share a name, and a test
without a suite cannot be asked for. Speaks TAP.
"""

import json
import sys
from collections import Counter
from pathlib import Path


def main() -> int:
    """Prints one result for each property of the list."""
    listed = Path(sys.argv[1], "meson-info", "intro-tests.json")
    tests = json.loads(listed.read_text(encoding="utf-8"))
    names = Counter(test["name"] for test in tests)
    findings = {
        "there are tests": [] if tests else ["none"],
        "names are unique": [name for name, count in names.items() if count > 1],
        "each has a suite": [test["name"] for test in tests
                             if not any(":" in suite for suite in test["suite"])],
    }
    print(f"1..{len(findings)}")
    for number, (what, wrong) in enumerate(findings.items(), 1):
        print(f"{'not ok' if wrong else 'ok'} {number} - {what}")
        for name in wrong:
            print(f"{what}: not so for {name}", file=sys.stderr)
    return 1 if any(findings.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
