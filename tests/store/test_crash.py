#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""The store is killed, or its system calls fail, at every point there is."""

import random
import subprocess
import time
from pathlib import Path

import storetool
from storetool import (DATABASE, Driver, StoreDied, check_whole, column, events, folder, points,
                       read_on, wanted_points)
from tap import check, check_equal, main, note, test

import crashpoints

KILLS = 100
POINTS = 120


def work(driver: Driver, known: set[int], first: int) -> None:
    """A short life: sessions, points and settings, each waited for or not."""
    numbers = {driver.send("save", number): number for number in range(first, first + 4)}
    driver.send("set", "pause", first)
    driver.send("ingest", first, 0, POINTS)
    last = driver.send("event", "hello")
    try:
        driver.wait(last)
    finally:
        known.update(number for line, number in numbers.items()
                     if driver.answers.get(line, (False,))[0])


def check_life(database: Path, known: set[int], what: str) -> None:
    """Nothing that was answered is missing, nothing is half there."""
    check_whole(database)
    stored = set(column(database, "SELECT id FROM sessions"))
    check(known <= stored, what, "lost", sorted(known - stored))
    connection = storetool.look(database)
    torn = connection.execute(
        "SELECT session, log_offset, (SELECT count(*) FROM points JOIN series"
        " ON series.id = points.series WHERE series.session = cursors.session) AS n"
        " FROM cursors WHERE n <> log_offset").fetchall()
    connection.close()
    check_equal(torn, [], f"{what}: (session, cursor, points)")


def make(database: Path) -> None:
    """A database that has come to an orderly end once."""
    Driver(database).close()


@test(f"D01 kill -9 at {KILLS} random times: whole, and every answered row is there")
def kill_writer() -> None:
    chance = random.Random(1)
    with folder() as where:
        database = where / DATABASE
        make(database)
        known: set[int] = set()
        first = 1
        unanswered = 0
        for _ in range(KILLS):
            driver = Driver(database)
            numbers = {}
            end = time.monotonic() + chance.uniform(0.002, 0.04)
            number = first
            while time.monotonic() < end:
                numbers[driver.send("save", number)] = number
                driver.send("ingest", number, 0, 20)
                number += 1
            driver.kill()
            unanswered += driver.sent - len(driver.answers)
            known.update(n for line, n in numbers.items() if driver.answers.get(line, (0,))[0])
            first = max(known, default=0) + 1
            # The next engine looks first: a look of ours would tidy up for it.
            driver = Driver(database)
            check(driver.is_open and driver.message == "", driver.first)
            driver.do("sessions")
            check(not driver.recovered, driver.recovered)
            driver.close() if chance.random() < 0.5 else driver.kill()
            check_life(database, known, "D01")
        note(f"{KILLS} kills, {len(known)} answered sessions, {unanswered} commands in flight")
        check(len(known) > KILLS and unanswered > KILLS, "too few to mean anything")


def run_under(database: Path, prefix: list[str], known: set[int], first: int) -> bool:
    """A life under strace; whether it came to its orderly end."""
    driver = Driver(database, prefix=prefix)
    try:
        if driver.is_open:
            work(driver, known, first)
    except StoreDied:
        pass
    driver.end()
    return driver.closed


@test("D02 killed at every write, sync, truncation and rename: whole, nothing answered is lost")
def kill_at_each_call() -> None:
    for syscall in ("pwrite64", "fdatasync", "fsync", "ftruncate", "rename", "unlink"):
        for is_new in (True, False):
            lives = kill_at_each(syscall, is_new)
            note(f"{syscall}, {'new' if is_new else 'old'} database: {lives} deaths")


def kill_at_each(syscall: str, is_new: bool) -> int:
    """Goes on until a life meets no such call any more; how many did."""
    with folder() as where:
        for n in range(1, 400):
            database = where / str(n) / DATABASE
            database.parent.mkdir(mode=0o700)
            known: set[int] = set()
            if not is_new:
                make(database)
                driver = Driver(database)
                work(driver, known, 1)
                driver.kill()
            is_clean = run_under(database, crashpoints.kill_at(syscall, str(n)), known, 100)
            # The next engine finds whatever was left.
            driver = Driver(database)
            check(driver.is_open and driver.message == "", syscall, n, driver.first)
            driver.do("save", 900)
            read_on(driver, 900, POINTS, 50)
            driver.close()
            check_life(database, known | {900}, f"{syscall} {n}")
            if is_clean:
                return n - 1
    raise AssertionError(f"no end of {syscall} in sight")


@test("D03 each call fails once, or from then on: an error, no abort, and whole afterwards")
def fail_at_each_call() -> None:
    for syscall, error in (("pwrite64", "EIO"), ("pwrite64", "ENOSPC"), ("fdatasync", "EIO"),
                           ("ftruncate", "EIO"), ("pread64", "EIO")):
        for sticky in ("", "+"):
            codes = fail_at_each(syscall, error, sticky)
            note(f"{syscall} {error}{sticky}: {codes}")
            check("corrupt" not in codes, "an operational error was called damage")
            if error == "ENOSPC":
                check("no-space" in codes and set(codes) <= {"no-space", "not-found"}, codes)


def fail_at_each(syscall: str, error: str, sticky: str) -> dict[str, int]:
    """Lets the Nth call fail, N = 1, 2, … until none is met."""
    codes: dict[str, int] = {}
    with folder() as where:
        for n in range(1, 300):
            database = where / str(n) / DATABASE
            database.parent.mkdir(mode=0o700)
            known: set[int] = set()
            make(database)
            driver = Driver(database)
            work(driver, known, 1)
            driver.kill()

            trace = where / "trace"
            driver = Driver(database, prefix=crashpoints.fail(syscall, error, f"{n}{sticky}", trace),
                            stderr=subprocess.DEVNULL)
            if driver.is_open:
                work(driver, known, 100)
            status = driver.end()
            if status == 127:  # The loader could not even read the C library.
                continue
            check(status in (0, 1), syscall, n, "ended with", status)
            for is_ok, text in [*driver.answers.values(), (driver.is_open, driver.message)]:
                if not is_ok:
                    codes[text.split(" ")[0]] = codes.get(text.split(" ")[0], 0) + 1
            check(not driver.recovered, "recovered:", driver.recovered)
            check_equal(storetool.damaged(database.parent), [], "moved aside")
            # A log that could not be read is no reason to lose what is in it.
            driver = Driver(database)
            check(driver.is_open and driver.message == "", syscall, n, driver.first)
            driver.close()
            check_life(database, known, f"{syscall} {error} {n}")
            if "INJECTED" not in trace.read_text():
                return codes
    raise AssertionError(f"no end of {syscall} in sight")


@test("D13 a run is read on after each of 60 kills; the points equal those of a straight run")
def resume_by_cursor() -> None:
    chance = random.Random(13)
    count, step, at, progressed = 3000, 3, 0, 0
    with folder() as where:
        database = where / DATABASE
        make(database)
        for _ in range(60):
            driver = Driver(database)
            driver.do("save", 1)
            before, at = at, int(driver.do("cursor", 1).split(" ")[0])
            progressed += at > before
            for start in range(at, min(at + 40 * step, count), step):
                number = driver.send("ingest", 1, start, step)
                if chance.random() < 0.1:
                    driver.wait(number)
            time.sleep(chance.uniform(0, 0.002))
            driver.kill()
        driver = Driver(database)
        read_on(driver, 1, count, step)
        driver.close()
        check_whole(database)
        check_equal(points(database), wanted_points(1, count), "points")
        check_equal([at for _, at in events(database)], list(range(0, count, 100)), "events")
        note(f"{progressed} lives got on")
        check(progressed >= 20, "too few to mean anything")


if __name__ == "__main__":
    main()
