# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Processes as /proc shows them, and fault injection on them."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path


def start_time(pid: int) -> int | None:
    """Field 22 of /proc/PID/stat, or None when there is no such process."""
    fields = stat_fields(pid)
    return int(fields[19]) if fields else None


def state(pid: int) -> str | None:
    """The state letter of a process, or None."""
    fields = stat_fields(pid)
    return fields[0] if fields else None


def stat_fields(pid: int) -> list[str]:
    """Fields 3 and up of /proc/PID/stat; empty when there is no such process."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()


def is_alive(pid: int) -> bool:
    """Whether pid is a process that is not a zombie."""
    return state(pid) not in (None, "Z", "X")


def name(pid: int) -> str:
    """The name of a process, "" when it is gone."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def all_pids() -> list[int]:
    """Every pid visible here."""
    return [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]


def children(pid: int) -> list[int]:
    """Direct children of pid."""
    return [other for other in all_pids() if (stat_fields(other) or ["", "-1"])[1] == str(pid)]


def with_environment(entry: str) -> list[int]:
    """Living processes that have entry ("NAME=value") in their environment."""
    found = []
    wanted = entry.encode()
    for pid in all_pids():
        try:
            environment = Path(f"/proc/{pid}/environ").read_bytes()
        except OSError:
            continue
        if wanted in environment.split(b"\0") and is_alive(pid):
            found.append(pid)
    return found


def describe(pid: int) -> str:
    """One line on what a process is doing, for failure messages."""
    parts = [str(pid), name(pid), state(pid) or "gone"]
    for entry in ("wchan", "syscall", "stack"):
        try:
            parts.append(f"{entry}: " + " < ".join(Path(f"/proc/{pid}/{entry}").read_text().split("\n")))
        except OSError:
            continue
    return " ".join(parts)


def cpu_seconds(pid: int) -> float:
    """User and system time used so far."""
    fields = stat_fields(pid)
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def context_switches(pid: int) -> int:
    """How often a process has gone to sleep of its own: its wake-ups."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("voluntary_ctxt_switches"):
            return int(line.split()[1])
    raise AssertionError("no voluntary_ctxt_switches")


def resident_kib(pid: int) -> int:
    """VmRSS in KiB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1])
    raise AssertionError("no VmRSS")


def open_files(pid: int) -> int:
    """The number of open descriptors."""
    return len(os.listdir(f"/proc/{pid}/fd"))


def kill_loop(find: Callable[[], int | None], kills: int, shortest: float, longest: float,
              more: Callable[[], bool] = lambda: True) -> int:
    """Kills with SIGKILL whatever find() names, again and again.

    Waits a random time between shortest and longest seconds before each kill.
    Ends after `kills` kills, or when more() says no. Returns how many.
    """
    done = 0
    while done < kills and more():
        time.sleep(random.uniform(shortest, longest))
        pid = find()
        if pid is None:
            continue
        try:
            os.kill(pid, signal.SIGKILL)
            done += 1
        except ProcessLookupError:
            pass
    return done
