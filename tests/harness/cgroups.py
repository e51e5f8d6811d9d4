# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Memory and freezer cgroups for tests, real ones and fake ones.

Real ones need root and a writable hierarchy; where there is none, the test is
skipped. The fake root stands in for the counters (TC_CGROUP_ROOT).
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

import tap

ROOT = Path("/sys/fs/cgroup")


class Cgroup:
    """A cgroup of our own below the one we are in."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def wrapper(self) -> list[str]:
        """An argv prefix that runs a command inside."""
        return ["sh", "-c", f'echo $$ > "{self.path}/cgroup.procs" && exec "$@"', "sh"]

    def write(self, name: str, value: str) -> None:
        """Sets one of its files."""
        (self.path / name).write_text(value)


def _own_path(controller: str) -> str | None:
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        number, controllers, path = line.split(":", 2)
        if controller in controllers.split(",") or (number == "0" and controller == ""):
            return path
    return None


@contextlib.contextmanager
def _group(parent: Path) -> Iterator[Cgroup]:
    path = parent / f"tc-test-{os.getpid()}-{time.monotonic_ns()}"
    try:
        path.mkdir()
    except OSError as error:
        raise tap.Skip(f"cannot make a cgroup: {error}") from error
    try:
        yield Cgroup(path)
    finally:
        _remove(path)


def _remove(path: Path) -> None:
    """Moves who is left to the parent, since a dying process leaves late."""
    deadline = time.monotonic() + 5
    while True:
        for pid in (path / "cgroup.procs").read_text().split():
            with contextlib.suppress(OSError):
                (path.parent / "cgroup.procs").write_text(pid)
        try:
            path.rmdir()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


@contextlib.contextmanager
def memory(limit: int) -> Iterator[Cgroup]:
    """A memory cgroup, v2 or v1, with a limit in bytes and no swap."""
    v1 = _own_path("memory")
    if v1 is not None:
        with _group(ROOT / "memory" / v1.lstrip("/")) as group:
            group.write("memory.limit_in_bytes", str(limit))
            with contextlib.suppress(OSError):
                group.write("memory.memsw.limit_in_bytes", str(limit))
            yield group
        return
    v2 = _own_path("")
    if v2 is None:
        raise tap.Skip("no memory cgroup here")
    with _group(ROOT / v2.lstrip("/")) as group:
        if not (group.path / "memory.max").exists():
            raise tap.Skip("the memory controller is not handed down to us")
        group.write("memory.max", str(limit))
        with contextlib.suppress(OSError):
            group.write("memory.swap.max", "0")
        yield group


@contextlib.contextmanager
def freezer() -> Iterator[Cgroup]:
    """A v1 freezer: what is frozen in it outlives even SIGKILL, as if in state D."""
    path = _own_path("freezer")
    if path is None:
        raise tap.Skip("no v1 freezer cgroup here")
    with _group(ROOT / "freezer" / path.lstrip("/")) as group:
        try:
            yield group
        finally:
            group.write("freezer.state", "THAWED")


class FakeRoot:
    """A folder for TC_CGROUP_ROOT with the counters of cgroup v1 or v2."""

    def __init__(self, folder: Path, version: int) -> None:
        self.folder = folder
        self.file = folder / ("memory.events" if version == 2 else "memory.oom_control")
        self.version = version
        folder.mkdir(parents=True, exist_ok=True)
        self.set_kills(0)

    def set_kills(self, kills: int) -> None:
        """Sets the counter of kills."""
        self.file.write_text(self.content(kills))

    def content(self, kills: int) -> str:
        """What the kernel would write."""
        if self.version == 2:
            return f"low 0\nhigh 0\nmax {kills}\noom {kills}\noom_kill {kills}\noom_group_kill 0\n"
        return f"oom_kill_disable 0\nunder_oom 0\noom_kill {kills}\n"
