# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Looks for a secret where none may be: files, command lines, environments, memory of processes."""

from __future__ import annotations

import base64
import os
import stat
import urllib.parse
from collections.abc import Iterable
from pathlib import Path

CHUNK = 16 << 20


def forms(secret: str) -> list[bytes]:
    """A secret as it might be found: plain, base64 at each offset, in a URL, UTF-16, a good part of it."""
    plain = secret.encode()
    found = [plain, secret.encode("utf-16-le"), urllib.parse.quote(secret, safe="").encode(), plain[12:40]]
    for offset in range(3):
        found.append(base64.b64encode(b" " * offset + plain)[4:-4])
    return found


def in_files(folder: Path, secret: str) -> list[str]:
    """The regular files below a folder that have the secret in some form."""
    wanted = forms(secret)
    hits = []
    for where, _, names in os.walk(folder):
        for name in names:
            path = Path(where, name)
            try:
                if stat.S_ISREG(path.lstat().st_mode) and any(form in path.read_bytes() for form in wanted):
                    hits.append(str(path))
            except FileNotFoundError:
                continue
    return hits


def in_processes(secret: str) -> list[str]:
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


def tree(pid: int) -> list[int]:
    """A process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return found


def in_memory(pids: Iterable[int], secret: str) -> list[str]:
    """Where in the writable memory of processes the secret is; PermissionError when they may not be read."""
    wanted = secret.encode()
    hits = []
    for pid in pids:
        try:
            maps = Path(f"/proc/{pid}/maps").read_text().splitlines()
        except FileNotFoundError:
            continue
        with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
            for line in maps:
                words = line.split()
                if "w" in words[1] and any(_chunks_with(memory, words[0], wanted)):
                    hits.append(f"{pid} {line}")
    return hits


def _chunks_with(memory: object, bounds: str, wanted: bytes) -> Iterable[bool]:
    at, end = (int(part, 16) for part in bounds.split("-"))
    while at < end:
        try:
            memory.seek(at)  # type: ignore[attr-defined]
            data = memory.read(min(CHUNK, end - at))  # type: ignore[attr-defined]
        except OSError:
            return
        if not data:
            return
        yield wanted in data
        # A secret may lie across two chunks.
        at += len(data) if at + len(data) >= end else max(1, len(data) - len(wanted))
