# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Drives tests/gateway/ledger-driver.c, and looks at its database with Python's
own SQLite, which knows nothing of ours."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "harness"))
sys.path.insert(0, str(HERE.parent / "store"))

from tap import check, check_equal  # noqa: E402

DATABASE = "ledger.db"
HELD = 700
COST = 300


class Driver:
    """A ledger in a process of its own."""

    def __init__(self, database: Path, *options: object, prefix: list[str] = ()) -> None:
        environment = dict(os.environ)
        if prefix:
            # Leaks cannot be looked for in a process that is traced.
            environment["ASAN_OPTIONS"] = f"{os.environ.get('ASAN_OPTIONS', '')}:detect_leaks=0"
        self.process = subprocess.Popen(
            [*prefix, os.environ["LEDGER_DRIVER"], *map(str, options), str(database)], text=True, bufsize=1,
            env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.held: list[int] = []
        self.errors: list[str] = []
        self.recovered: list[str] = []
        self.flushed = 0
        self.closed = False
        self.first = self.read()

    def read(self) -> str:
        """Takes one line in; empty at the end."""
        line = self.process.stdout.readline().strip()
        word, _, rest = line.partition(" ")
        if word == "held":
            self.held.append(int(rest))
        elif word == "flushed" and rest:
            self.flushed = max(self.flushed, int(rest))
        elif word == "recovered":
            self.recovered.append(rest)
            return self.read()
        elif word == "error":
            self.errors.append(rest)
        self.closed = self.closed or word == "closed"
        return line

    def send(self, *words: object) -> None:
        """Starts a command."""
        try:
            self.process.stdin.write(" ".join(map(str, words)) + "\n")
        except BrokenPipeError:
            pass

    def do(self, *words: object) -> str:
        """A command with one answer."""
        self.send(*words)
        return self.read()

    def kill(self) -> None:
        """kill -9, and what was said until then."""
        self.process.send_signal(signal.SIGKILL)
        self.end()

    def end(self) -> int:
        """Reads what is left; the exit status."""
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        while self.read():
            pass
        self.process.stdout.close()
        return self.process.wait()


def rows(database: Path, query: str) -> list[tuple]:
    """All rows of a query."""
    connection = sqlite3.connect(database, isolation_level=None, timeout=10)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def reopen(database: Path) -> None:
    """The next engine's start and orderly end."""
    driver = Driver(database)
    check_equal(driver.first, "open", "opens without a word")
    check_equal(driver.end(), 0, "exit status")
    check(driver.closed, "it did not close")
    check_equal(rows(database, "PRAGMA integrity_check"), [("ok",)], "integrity")


def check_calls(database: Path, acknowledged: list[int], settled: list[int]) -> None:
    """Every call that was allowed is there once; those settled and flushed have
    cost what they did; the rest has cost that or all that was held."""
    calls = rows(database, "SELECT id, state, cost FROM calls ORDER BY id")
    states = {number: (state, cost) for number, state, cost in calls}
    check_equal(len(states), len(calls), "calls that are there twice")
    missing = [number for number in acknowledged if number not in states]
    check_equal(missing, [], "allowed calls that are missing")
    wrong = [number for number in settled if states.get(number) != ("settled", COST)]
    check_equal(wrong, [], "flushed calls that are not settled")
    for number, state in states.items():
        check(state in (("settled", COST), ("unsettled", HELD)), "call", number, "is", state)
