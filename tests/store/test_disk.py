#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Full disks, read-only folders, size limits, locks: errors, never damage."""

import os
import resource
import subprocess
import time

from storetool import (DATABASE, Driver, check_whole, column, damaged, events, folder, look, points,
                       read_on, small_disk, wanted_points)
from tap import Skip, check, check_equal, main, note, test

# Longer than the five seconds SQLite itself waits; STORE_LOCK_SECONDS=30 for
# the full length.
LOCK_SECONDS = float(os.environ.get("STORE_LOCK_SECONDS", "8"))
STALL_LIMIT_MS = 100


def fill(driver: Driver, session: int, step: int, limit: int) -> tuple[int, str]:
    """Ingests until it fails; how far it came, and the code of the failure."""
    for at in range(0, limit, step):
        is_ok, text = driver.wait(driver.send("ingest", session, at, step))
        if not is_ok:
            return at, text.split(" ")[0]
    raise AssertionError("the disk was never full")


@test("D05 the disk is full: no-space, reads work, and reading on later adds nothing twice")
def full_disk() -> None:
    with small_disk("2m") as where:
        database = where / DATABASE
        (where / "ballast").write_bytes(bytes(400_000))
        driver = Driver(database)
        driver.do("save", 1)
        at, code = fill(driver, 1, 500, 200_000)
        note(f"full after {at} points")
        check_equal(code, "no-space", "code")
        check(at > 1000, "nothing was stored before the disk was full")
        check_equal(driver.fails("ingest", 1, at, 500), "no-space", "the second time")
        check_equal(driver.do("cursor", 1).split(" ")[0], str(at), "cursor")
        check(driver.do("metrics", 1).count("[") >= at, "the points can be read")
        check_equal(driver.do("sessions").split(), ["1"], "the sessions can be read")
        check_equal(damaged(where), [], "moved aside")

        (where / "ballast").unlink()
        read_on(driver, 1, at + 2000, 500)
        driver.close()
        check_whole(database)
        check_equal(points(database), wanted_points(1, at + 2000), "points")
        check_equal([x for _, x in events(database)], list(range(0, at + 2000, 100)), "events")


@test("D05 the disk is full at the start: an error that says so, and nothing is moved")
def full_at_start() -> None:
    with small_disk("64k") as where:
        (where / "ballast").write_bytes(bytes(60 * 1024))
        driver = Driver(where / DATABASE)
        check(not driver.is_open and driver.message.startswith("no-space "), driver.first)
        driver.end()
        check_equal(damaged(where), [], "moved aside")
        (where / "ballast").unlink()


@test("D12 a file size limit is an error, not a signal; runs go on from their cursor")
def size_limit() -> None:
    with folder() as where:
        database = where / DATABASE
        driver = Driver(database, preexec_fn=lambda: resource.setrlimit(
            resource.RLIMIT_FSIZE, (1_000_000, 1_000_000)))
        driver.do("save", 1)
        at, code = fill(driver, 1, 500, 200_000)
        check_equal(code, "no-space", "code")
        check(at > 1000, "nothing was stored before the limit")
        check_equal(driver.do("cursor", 1).split(" ")[0], str(at), "cursor")
        check_equal(driver.do("sessions").split(), ["1"], "sessions")
        check_equal(driver.end(), 0, "exit status")

        driver = Driver(database)
        check(driver.is_open and driver.message == "", driver.first)
        read_on(driver, 1, at + 1000, 500)
        driver.close()
        check_whole(database)
        check_equal(points(database), wanted_points(1, at + 1000), "points")


@test("D12 a read-only file system is an error of permission, and stays untouched")
def read_only() -> None:
    with small_disk("8m") as where:
        database = where / DATABASE
        driver = Driver(database)
        driver.do("save", 1)
        driver.close()
        before = {path.name: path.stat().st_mtime_ns for path in where.iterdir()}
        if subprocess.run(["mount", "-o", "remount,ro", where], check=False).returncode != 0:
            raise Skip("cannot make a file system read-only")
        driver = Driver(database)
        check(not driver.is_open, driver.first)
        check_equal(driver.message.split(" ")[0], "permission", driver.message)
        driver.end()
        check_equal({path.name: path.stat().st_mtime_ns for path in where.iterdir()}, before,
                    "files")
        subprocess.run(["mount", "-o", "remount,rw", where], check=True)
        driver = Driver(database)
        check_equal(driver.do("sessions").split(), ["1"], "sessions")
        driver.close()


@test(f"D11 another program locks the database for {LOCK_SECONDS:g} s: nobody waits, nothing is lost")
def lock() -> None:
    with folder() as where:
        database = where / DATABASE
        driver = Driver(database)
        driver.do("save", 1)
        other = look(database)
        other.execute("BEGIN EXCLUSIVE")
        other.execute("INSERT INTO settings VALUES ('other', 'x')")
        began = time.monotonic()
        sent = []
        while time.monotonic() - began < LOCK_SECONDS:
            at = len(sent) * 10
            sent.append(driver.send("ingest", 1, at, 10))
            time.sleep(0.1)
        other.execute("COMMIT")
        other.close()
        for number in sent:
            is_ok, text = driver.wait(number)
            check(is_ok, number, text)
        waited = time.monotonic() - began
        stall = int(driver.do("stall"))
        note(f"{len(sent)} batches waited up to {waited:.1f} s, longest stall of the main loop"
             f" {stall} ms")
        check(stall <= STALL_LIMIT_MS, "the main loop stood still for", stall, "ms")
        driver.close()
        check_whole(database)
        check_equal(points(database), wanted_points(1, len(sent) * 10), "points")
        check_equal(column(database, "SELECT value FROM settings WHERE key = 'other'"), ["x"], "the other's write")


@test("D11 closed while another program holds the lock: an answer to each write, no endless wait")
def lock_at_close() -> None:
    with folder() as where:
        database = where / DATABASE
        driver = Driver(database)
        driver.do("save", 1)
        other = look(database)
        other.execute("BEGIN EXCLUSIVE")
        numbers = [driver.send("ingest", 1, 0, 10), driver.send("save", 2)]
        began = time.monotonic()
        driver.do("close")
        driver.close()
        check(time.monotonic() - began < 20, "closing took", time.monotonic() - began)
        other.execute("ROLLBACK")
        other.close()
        check_equal([driver.answers[n][1].split(" ")[0] for n in numbers], ["busy", "busy"], "answers")
        driver = Driver(database)
        check_equal(driver.do("sessions").split(), ["1"], "sessions")
        driver.close()


if __name__ == "__main__":
    main()
