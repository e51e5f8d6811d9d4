# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Finds lost, doubled and damaged lines in the output of the producer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_LINE = re.compile(rb"line ([0-9]+) *")


@dataclass
class Report:
    """What was found; `clean` sums it up."""

    lines: int = 0
    first: int | None = None
    last: int | None = None
    lost: int = 0
    gaps: int = 0
    doubled: int = 0
    damaged: int = 0

    @property
    def clean(self) -> bool:
        """No line is missing between the first and the last, or there twice."""
        return self.lost == 0 and self.doubled == 0 and self.damaged == 0


def check_lines(data: bytes, first: int | None = None, last: int | None = None) -> Report:
    """Reads lines "line N" in data, which are to be N = first … last in order.

    Without first or last, the ends are what is found there.
    """
    report = Report()
    expected = first
    for text in re.split(rb"[\r\n]", data):
        if text == b"":
            continue
        match = _LINE.fullmatch(text)
        if match is None:
            report.damaged += 1
            continue
        number = int(match.group(1))
        report.lines += 1
        report.last = number
        if report.first is None:
            report.first = number
        if expected is not None and number > expected:
            report.lost += number - expected
            report.gaps += 1
        if expected is not None and number < expected:
            report.doubled += 1
            continue
        expected = number + 1
    if last is not None and (expected or 1) <= last:
        report.lost += last + 1 - (expected or 1)
        report.gaps += 1
    return report


def check_file(path: Path, first: int | None = None, last: int | None = None) -> Report:
    """check_lines() on a file."""
    return check_lines(path.read_bytes(), first, last)
