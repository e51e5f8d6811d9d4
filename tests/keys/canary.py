# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Looks for a secret where it must not be: in files, in processes, in their memory."""

from __future__ import annotations

import base64
import os
import re
import stat
import urllib.parse
from pathlib import Path
from typing import Any

from processes import children


def forms(secret: str) -> list[bytes]:
    """A secret as it might be found: plain, base64 at each offset, in a URL, UTF-16."""
    plain = secret.encode()
    found = [plain, secret.encode("utf-16-le"), urllib.parse.quote(secret, safe="").encode(), plain[12:40]]
    for offset in range(3):
        found.append(base64.b64encode(b" " * offset + plain)[4:-4])
    return found


def search(folder: Path, secret: str) -> list[str]:
    """The files below a folder that have the secret in some form."""
    wanted = forms(secret)
    hits = []
    for where, _, names in os.walk(folder):
        for name in names:
            path = Path(where, name)
            if not stat.S_ISREG(path.lstat().st_mode):
                continue
            data = path.read_bytes()
            if any(form in data for form in wanted):
                hits.append(str(path))
    return hits


def search_processes(secret: str) -> list[str]:
    """The processes that have the secret in their environment or command line."""
    hits = []
    own = {os.getpid(), os.getppid()}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) in own:
            continue
        for name in ("environ", "cmdline"):
            try:
                data = (entry / name).read_bytes()
            except OSError:
                continue
            if secret.encode() in data:
                hits.append(str(entry / name))
    return hits


def tree_of(pid: int) -> list[int]:
    """A process and all below it."""
    return [pid] + [found for child in children(pid) for found in tree_of(child)]


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
