# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Kills a program at chosen system calls, and makes system calls fail.

Wrappers around strace: each returns an argv prefix to put before a command.
`when` has the meaning it has in strace(1) ("3", "3+", "2..5"), and counts for
each process on its own.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import tap


def need_strace() -> str:
    """The path of a strace that works here; else the test is skipped."""
    strace = shutil.which("strace")
    if strace is None:
        raise tap.Skip("no strace")
    tried = subprocess.run([strace, "-f", "-e", "trace=none", "-o", "/dev/null", "true"],
                           capture_output=True, check=False)
    if tried.returncode != 0:
        raise tap.Skip("strace may not trace here")
    return strace


def kill_at(syscall: str, when: str) -> list[str]:
    """The process that makes the call for the when-th time is killed just then."""
    return [need_strace(), "-f", "-qq", "-o", "/dev/null", "-e", f"trace={syscall}",
            "-e", f"inject={syscall}:signal=KILL:when={when}"]


def fail(syscall: str, error: str, when: str, output: Path) -> list[str]:
    """The call fails with error (a name, or "retval=N") without being made.

    All calls of that name are recorded in output, one a line.
    """
    outcome = error if error.startswith("retval=") else f"error={error}"
    return [need_strace(), "-f", "-qq", "-o", str(output), "-e", f"trace={syscall}",
            "-e", f"inject={syscall}:{outcome}:when={when}"]


def trace(syscalls: str, output: Path) -> list[str]:
    """Records calls in output, one a line, and changes nothing."""
    return [need_strace(), "-f", "-qq", "-o", str(output), "-e", f"trace={syscalls}"]
