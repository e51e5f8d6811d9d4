# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Looks for a secret where it must not be, piece of memory by piece, beyond what harness/secretsearch.py does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from secretsearch import forms, in_files as search, in_processes as search_processes, tree as tree_of

__all__ = ["flags_of", "forms", "holds_in_memory", "regions_with", "search", "search_processes", "tree_of"]


def holds_in_memory(pid: int, secret: str) -> bool:
    """Whether a process has the secret, plain, in memory it may write."""
    return regions_with(pid, secret) != []


def flags_of(pid: int, region: str) -> list[str]:
    """The kernel's flags of a piece of memory, "dd" for one that is in no dump."""
    text = Path(f"/proc/{pid}/smaps").read_text(encoding="utf-8")
    return re.search(rf"^{region} .*?^VmFlags: (.*?)$", text, re.M | re.S).group(1).split()


def regions_with(pid: int, secret: str) -> list[str]:
    """The pieces of memory of a process, "START-END", that have the secret."""
    wanted = secret.encode()
    hits = []
    with open(f"/proc/{pid}/maps", encoding="utf-8") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            found = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
            if not found:
                continue
            first, last = (int(part, 16) for part in found.groups())
            # What is larger is no memory but a sanitizer's map of all there could be.
            if last - first < 1 << 36 and piece_has(memory, first, last, wanted):
                hits.append(found.group(0).split()[0])
    return hits


def piece_has(memory: Any, first: int, last: int, wanted: bytes) -> bool:
    """Whether the bytes are in a piece of memory."""
    before = b""
    while first < last:
        try:
            memory.seek(first)
            data = memory.read(min(1 << 24, last - first))
        except (OSError, OverflowError):
            return False
        if not data:
            return False
        if wanted in before + data:
            return True
        before, first = data[-len(wanted):], first + len(data)
    return False
