# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Drives tests/store/store-driver.c, and looks at databases with Python's own
SQLite, which knows nothing of ours."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

from tap import Skip, check, check_equal  # noqa: E402

DATABASE = "training-center.db"


@contextmanager
def folder() -> Iterator[Path]:
    """A folder of our own (mode 0700), gone afterwards."""
    # In memory where possible: what these tests kill and break is the process
    # or the file, and the machine's disk would only make them slow.
    base = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    path = Path(tempfile.mkdtemp(prefix="tc-store-", dir=base))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def small_disk(size: str) -> Iterator[Path]:
    """A file system of that size, as root; else the test is skipped."""
    with folder() as where:
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs",
                                  where], capture_output=True, text=True, check=False)
        if mounted.returncode != 0:
            raise Skip(f"cannot mount a tmpfs: {mounted.stderr.strip()}")
        try:
            yield where
        finally:
            subprocess.run(["umount", "-l", where], check=False)


def driver_argv(database: Path, *options: object) -> list[str]:
    """The command line of the driver."""
    return [os.environ["STORE_DRIVER"], *map(str, options), str(database)]


class StoreDied(Exception):
    """The driver ended before it answered."""


class Driver:
    """A store in a process of its own. Commands are started with send(), in
    order; answers come with wait()."""

    def __init__(self, database: Path, *options: object, prefix: list[str] = (),
                 **popen: object) -> None:
        self.sent = 0
        self.answers: dict[int, tuple[bool, str]] = {}
        self.recovered: list[str] = []
        self.closed = False
        self.process = subprocess.Popen(
            [*prefix, *driver_argv(database, *options)], text=True, bufsize=1,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, **popen)
        self.first = self.process.stdout.readline().strip()

    @property
    def is_open(self) -> bool:
        """Whether the store could be opened."""
        return self.first.split(" ")[0] == "open"

    @property
    def message(self) -> str:
        """What was recovered at the start, or why it failed."""
        return self.first.partition(" ")[2]

    def send(self, *words: object) -> int:
        """Starts a command; the number is that of its answer."""
        self.sent += 1
        try:
            self.process.stdin.write(" ".join(map(str, words)) + "\n")
        except BrokenPipeError:
            raise StoreDied from None
        return self.sent

    def read(self) -> bool:
        """Takes one line in; false at the end."""
        line = self.process.stdout.readline()
        kind, _, rest = line.rstrip("\n").partition(" ")
        if kind in ("ok", "error"):
            number, _, text = rest.partition(" ")
            self.answers[int(number)] = (kind == "ok", text)
        elif kind == "recovered":
            self.recovered.append(rest)
        elif kind == "closed":
            self.closed = True
        return line != ""

    def wait(self, number: int) -> tuple[bool, str]:
        """The answer with that number: whether it worked, and the text."""
        while number not in self.answers:
            if not self.read():
                raise StoreDied
        return self.answers[number]

    def do(self, *words: object) -> str:
        """A command that must work."""
        is_ok, text = self.wait(self.send(*words))
        check(is_ok, words, "failed:", text)
        return text

    def fails(self, *words: object) -> str:
        """A command that must fail; its code."""
        is_ok, text = self.wait(self.send(*words))
        check(not is_ok, words, "should have failed, but:", text)
        return text.split(" ")[0]

    def kill(self) -> None:
        """kill -9, and what was answered until then."""
        self.process.send_signal(signal.SIGKILL)
        self.end()

    def end(self) -> int:
        """Reads what is left; the exit status."""
        self.leave()
        while self.read():
            pass
        return self.process.wait()

    def leave(self) -> None:
        """Says that no more commands come."""
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass

    def close(self) -> None:
        """The orderly end."""
        self.end()
        check(self.closed, "the store did not close:", self.process.returncode)


def look(database: Path) -> sqlite3.Connection:
    """A connection for the test itself."""
    return sqlite3.connect(database, isolation_level=None, timeout=10)


def check_whole(database: Path) -> None:
    """The file is a database without damage."""
    with look(database) as connection:
        check_equal(connection.execute("PRAGMA integrity_check").fetchone()[0], "ok", "integrity")
        check_equal(connection.execute("PRAGMA foreign_key_check").fetchall(), [], "references")
    connection.close()


def column(database: Path, query: str) -> list:
    """The first column of a query."""
    connection = look(database)
    values = [row[0] for row in connection.execute(query)]
    connection.close()
    return values


def points(database: Path) -> list:
    """All points, in a fixed order."""
    connection = look(database)
    rows = connection.execute(
        "SELECT session, name, x, attempt, value, kind FROM points JOIN series"
        " ON series.id = points.series ORDER BY session, name, x, attempt").fetchall()
    connection.close()
    return rows


def events(database: Path) -> list:
    """What the runs said, without what the store itself said."""
    connection = look(database)
    rows = connection.execute("SELECT session, at_us FROM events WHERE kind = 'hundred'"
                              " ORDER BY session, at_us").fetchall()
    connection.close()
    return rows


def wanted_points(session: int, count: int) -> list:
    """What "ingest session 0 count" leaves in the database."""
    return [(session, "train_loss", float(x), 1, x * 0.5, 0) for x in range(count)]


def read_on(driver: Driver, session: int, until: int, step: int) -> None:
    """What an engine does after a start: reads on from the cursor."""
    at = int(driver.do("cursor", session).split(" ")[0])
    while at < until:
        driver.do("ingest", session, at, min(step, until - at))
        at += step


def damaged(where: Path) -> list[Path]:
    """The files that were moved aside."""
    return sorted(path for path in where.iterdir() if ".damaged-" in path.name)


def backups(where: Path) -> list[Path]:
    """The finished backups."""
    return sorted((where / "backups").glob("*.db")) if (where / "backups").exists() else []
