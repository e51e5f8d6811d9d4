#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Lost, damaged, old and new databases."""

import contextlib
import random
import shutil
import sqlite3
from pathlib import Path

import storetool
from storetool import (DATABASE, Driver, StoreDied, backups, check_whole, column, damaged, events,
                       folder, look, points, read_on, small_disk, wanted_points)
from tap import check, check_equal, main, note, test

import crashpoints

HERE = Path(__file__).resolve().parent
POINTS = 3000
PAGE = 4096


def make(where: Path, is_backed_up: bool = True, count: int = POINTS) -> Path:
    """A database of two sessions, closed; with a backup that has only the
    first and a third of its points."""
    database = where / DATABASE
    driver = Driver(database)
    driver.do("save", 1)
    driver.do("set", "who", "me")
    read_on(driver, 1, count // 3, 100)
    driver.close()
    if (where / "backups").exists():
        shutil.rmtree(where / "backups")
    if is_backed_up:
        driver = Driver(database)
        driver.close()
        check_equal(len(backups(where)), 1, "backups")
    driver = Driver(database)
    driver.do("save", 2)
    read_on(driver, 1, count, 100)
    driver.close()
    if not is_backed_up:
        shutil.rmtree(where / "backups", ignore_errors=True)
    return database


def rebuild(database: Path, count: int = POINTS) -> None:
    """What the engine does after a loss: saves what the run folders say and
    reads on. The result must be that of a straight run."""
    driver = Driver(database)
    check(driver.is_open, driver.first)
    driver.do("save", 1)
    driver.do("save", 2)
    read_on(driver, 1, count, 100)
    driver.close()
    check_whole(database)
    check_equal(points(database), wanted_points(1, count), "points")
    check_equal(events(database), [(1, x) for x in range(0, count, 100)], "events")


@test("D06 the write-ahead log is lost: read on from the cursor, row for row a straight run")
def lost_log() -> None:
    with folder() as where:
        database = where / DATABASE
        driver = Driver(database)
        driver.do("save", 1)
        read_on(driver, 1, 2000, 100)
        driver.kill()
        Path(f"{database}-wal").unlink()
        rebuild(database)


@test("D06 yesterday's backup instead of the database: the same")
def restored_backup() -> None:
    with folder() as where:
        database = make(where)
        shutil.copy(backups(where)[0], database)
        check_equal(column(database, "SELECT count(*) FROM points"), [POINTS // 3], "old points")
        rebuild(database)


@test("D06 no database and no backup: a new one, filled again from cursor 0")
def lost_all() -> None:
    with folder() as where:
        database = make(where, is_backed_up=False)
        database.unlink()
        rebuild(database)


def overwrite(database: Path, offset: int, length: int, chance: random.Random) -> None:
    """dd of=database"""
    with database.open("r+b") as file:
        file.seek(offset)
        file.write(chance.randbytes(length))


def check_replaced(where: Path, original: bytes | None, said: str, has_backup: bool) -> None:
    """The original is still there, people were told, the best copy is in place."""
    database = where / DATABASE
    check_whole(database)
    kept = damaged(where)
    if original is not None:
        check(any(path.is_file() and path.read_bytes() == original for path in kept),
              "the damaged file was not kept:", kept)
        check(any(path.name in said for path in kept), "the message names no file:", said)
    check("damaged" in said and "run folders" not in said, said)
    told = column(database, "SELECT text FROM events WHERE kind = 'recovery'")
    check_equal(told, [said], "events that tell of it")
    check_equal(column(database, "SELECT value FROM settings WHERE key = 'who'"),
                ["me"] if has_backup else [], "the setting of the backup")
    check(not Path(f"{database}-recovery").exists(), "the note is still there")


def recover(database: Path) -> str:
    """Starts an engine on it; what people are told, at the start or later."""
    driver = Driver(database)
    check(driver.is_open, driver.first)
    driver.do("sessions")
    said = driver.message or (driver.recovered or [""])[0]
    driver.close()
    return said


@test("D07 random pages overwritten at 50 places after a crash: each is found, set aside, replaced")
def corrupt_pages() -> None:
    chance = random.Random(7)
    found = 0
    with folder() as origin:
        database = make(origin)
        mark = f"{DATABASE}-unclean"
        for number in range(50):
            with folder() as where:
                shutil.copytree(origin, where, dirs_exist_ok=True)
                copy = where / DATABASE
                n_pages = copy.stat().st_size // PAGE
                overwrite(copy, chance.randrange(n_pages) * PAGE, PAGE, chance)
                original = copy.read_bytes()
                (where / mark).write_text("open\n")
                said = recover(copy)
                if is_free_page(origin / DATABASE, copy, original):
                    continue
                check_replaced(where, original, said, has_backup=True)
                found += 1
                if number < 3:
                    rebuild(copy)
    note(f"{found} of 50 places were in use")
    check(found >= 40, "too few places in use to mean anything")


def is_free_page(good: Path, copy: Path, original: bytes) -> bool:
    """Whether the overwritten page holds nothing: the copy is whole, and says
    what the good one says."""
    return copy.read_bytes() == original and points(copy) == points(good)


@test("D07 a page that is damaged while the database is in use")
def corrupt_in_use() -> None:
    with folder() as where:
        database = make(where, count=30_000)
        driver = Driver(database)
        driver.do("get", "who")
        size = database.stat().st_size
        # All but the pages read so far: the header, the tables and the settings.
        overwrite(database, size // 2, size // 2 - PAGE, random.Random(1))
        driver.do("metrics", 1)
        check_equal(len(driver.recovered), 1, "told")
        # Whoever has not asked where the new one stands would leave a gap.
        check_equal(driver.fails("ingest", 1, 30_000, 10), "conflict", "code")
        driver.do("save", 2)
        at = int(driver.do("cursor", 1).split(" ")[0])
        check_equal(at, 10_000, "cursor of the backup")
        read_on(driver, 1, 30_000, 500)
        driver.close()
        kept = [path for path in damaged(where) if not path.name.endswith("-wal")]
        check_equal(len(kept), 1, "moved aside")
        check_whole(database)
        check_equal(points(database), wanted_points(1, 30_000), "points")


def replace(where: Path, what: str) -> bytes | None:
    """Puts something else where the database was."""
    database = where / DATABASE
    database.unlink()
    if what == "garbage":
        database.write_bytes(random.Random(2).randbytes(50_000))
    elif what == "text":
        database.write_text("This is not a database\n" * 100)
    elif what == "zero-length":
        database.write_bytes(b"")
    elif what == "another program's":
        with sqlite3.connect(database) as connection:
            connection.execute("CREATE TABLE bookmarks (url TEXT)")
        connection.close()
    elif what == "folder":
        database.mkdir()
        (database / "kept").write_text("kept")
        return None
    return database.read_bytes()


@test("D07 garbage, text, nothing, a folder or another program's file in its place")
def wrong_files() -> None:
    with folder() as origin:
        make(origin)
        for what in ("garbage", "text", "zero-length", "another program's", "folder"):
            for has_backup in (True, False):
                with folder() as where:
                    shutil.copytree(origin, where, dirs_exist_ok=True)
                    if not has_backup:
                        shutil.rmtree(where / "backups")
                    original = replace(where, what)
                    said = recover(where / DATABASE)
                    check_replaced(where, original, said, has_backup)
                    if what == "folder":
                        check_equal([(path / "kept").read_text() for path in damaged(where)],
                                    ["kept"], "folder")
                    rebuild(where / DATABASE)


@test("D07 the newest backup is damaged too: the one before it is taken")
def bad_backup() -> None:
    with folder() as where:
        database = make(where)
        good = backups(where)[0]
        bad = good.with_name("training-center-20991231T235959Z.db")
        bad.write_bytes(good.read_bytes()[:PAGE * 2] + bytes(PAGE * 3))
        original = replace(where, "garbage")
        check_replaced(where, original, recover(database), has_backup=True)


@test("D07 an old log of another database beside ours, after an orderly end: not read in")
def stale_log() -> None:
    with folder() as other, folder() as where:
        driver = Driver(other / DATABASE)
        for number in range(1, 40):
            driver.do("save", number)
        driver.kill()
        database = make(where)
        shutil.copy(f"{other / DATABASE}-wal", f"{database}-wal")
        log = Path(f"{database}-wal").read_bytes()
        driver = Driver(database)
        check(driver.is_open and ".damaged-" in driver.message, driver.first)
        check_equal(driver.do("sessions").split(), ["1", "2"], "sessions")
        driver.close()
        check_equal([path.read_bytes() for path in damaged(where)], [log], "the log was kept")
        rebuild(database)


@test("D07 an old log of another database beside ours, after a crash: ours is used without it")
def stale_log_after_crash() -> None:
    with folder() as other, folder() as where:
        driver = Driver(other / DATABASE)
        driver.do("save", 1)
        read_on(driver, 1, 1000, 50)
        driver.kill()
        database = make(where)
        name = column(database, "SELECT value FROM settings WHERE key = 'store.id'")[0]
        original = database.read_bytes()
        shutil.copy(f"{other / DATABASE}-wal", f"{database}-wal")
        Path(f"{database}-unclean").write_text(f"open {name}\n")
        said = recover(database)
        check("without its journal" in said, said)
        check_replaced(where, original, said, has_backup=True)
        check_equal(points(database), wanted_points(1, POINTS), "points")


@test("D08 killed at every rename, sync and write of a recovery: the next start finishes it")
def interrupted_recovery() -> None:
    with folder() as origin:
        make(origin)
        deaths = 0
        for syscall in ("rename", "fsync", "write", "copy_file_range", "pwrite64", "unlink"):
            for what in ("garbage", "folder"):
                deaths += interrupt_each(origin, syscall, what)
        note(f"{deaths} deaths")
        check(deaths >= 20, "too few to mean anything:", deaths)


def interrupt_each(origin: Path, syscall: str, what: str) -> int:
    """Goes on until a recovery meets no such call any more; how many did."""
    for n in range(1, 200):
        with folder() as where:
            shutil.copytree(origin, where, dirs_exist_ok=True)
            original = replace(where, what)
            driver = Driver(where / DATABASE, prefix=crashpoints.kill_at(syscall, str(n)))
            said = driver.message
            driver.end()
            is_clean = driver.closed
            # Whether this start or the one before told, it is an event now.
            driver = Driver(where / DATABASE)
            check(driver.is_open, syscall, n, driver.first)
            driver.do("sessions")
            check(is_clean or said or driver.message, syscall, n, "nobody was told")
            driver.close()
            told = column(where / DATABASE, "SELECT text FROM events WHERE kind = 'recovery'")
            check_equal(len(told), 1, f"{syscall} {n}: events that tell of it")
            check_replaced(where, original, told[0], has_backup=True)
            if is_clean:
                return n - 1
    raise AssertionError(f"no end of {syscall} in sight")


@test("D08 the disk is full in a recovery: nothing is lost, and the next start finishes it")
def recovery_on_full_disk() -> None:
    with small_disk("2m") as where:
        make(where)
        original = replace(where, "garbage")
        ballast = where / "ballast"
        with ballast.open("wb") as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(4096))
        driver = Driver(where / DATABASE)
        check(driver.message.startswith("no-space "), driver.first)
        driver.end()
        check(any(path.is_file() and path.read_bytes() == original
                  for path in [*damaged(where), where / DATABASE]), "the original is gone")
        ballast.unlink()
        check_replaced(where, original, recover(where / DATABASE), has_backup=True)


FIXTURES = sorted((HERE / "fixtures").glob("version-*.sql"))
check(len(FIXTURES) > 0, "no released databases to upgrade")


def make_old(fixture: Path, where: Path) -> tuple[Path, int]:
    """A database as an earlier release left it, and the version of its tables."""
    database = where / DATABASE
    with sqlite3.connect(database) as connection:
        connection.executescript(fixture.read_text())
    connection.close()
    database.chmod(0o600)
    return database, column(database, "PRAGMA user_version")[0]


def shape(database: Path) -> tuple[int, list]:
    """Version and tables."""
    return (column(database, "PRAGMA user_version")[0],
            column(database, "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name"))


@test("D09 killed at each statement of each upgrade: old or new, never between, backup exists")
def interrupted_upgrade() -> None:
    for fixture in FIXTURES:
        n_between = 0
        with folder() as where:
            database, version = make_old(fixture, where)
            shapes = {version: shape(database)}
            rows = points(database)
            driver = Driver(database, "--migrate", HERE / "migrations")
            check_equal(driver.first, "migrated", "upgrade")
            check_equal(points(database), rows, "points after the upgrade")
            newest = shape(database)
        for n in range(1, 200):
            with folder() as where:
                database, version = make_old(fixture, where)
                driver = Driver(database, "--migrate", HERE / "migrations",
                                "--kill-at-statement", n)
                is_done = driver.first == "migrated"
                driver.end()
                reached = shape(database)
                check_whole(database)
                # Each version looks the same however often it was reached.
                check_equal(shapes.setdefault(reached[0], reached), reached, f"statement {n}")
                check_equal(points(database), rows, f"statement {n}: points")
                if reached[0] > version:
                    check_equal([shape(path) for path in backups(where)], [shapes[version]],
                                f"statement {n}: backup")
                n_between += version < reached[0] < newest[0]
                driver = Driver(database, "--migrate", HERE / "migrations")
                check_equal(driver.first, "migrated", f"statement {n}: the next start")
                driver.end()
                check_equal(shape(database), newest, f"statement {n}: the next start")
                if is_done:
                    note(f"{fixture.name}: {n - 1} deaths, versions {sorted(shapes)}")
                    check(n > 20 and n_between > 0, "too few statements to mean anything")
                    break
        check(is_done, "no end in sight")


@test("D09 a step that fails leaves everything as it was, and says so")
def failing_upgrade() -> None:
    # The steps of releases do not fail; the one that does comes after the newest.
    for fixture in FIXTURES[-1:]:
        with folder() as where, folder() as steps:
            database, version = make_old(fixture, where)
            before = shape(database), points(database)
            (steps / f"{version + 1:03d}.sql").write_text(
                "DELETE FROM points; CREATE TABLE extra (x); INSERT INTO nowhere VALUES (1);")
            driver = Driver(database, "--migrate", steps)
            check(driver.first.startswith("failed failed "), driver.first)
            check_equal((shape(database), points(database)), before, "database")


@test("D09 the released databases open and work")
def released() -> None:
    for fixture in FIXTURES:
        with folder() as where:
            database, _ = make_old(fixture, where)
            rows = points(database)
            driver = Driver(database)
            check(driver.is_open and driver.message == "", driver.first)
            check(driver.do("sessions").split() != [], "no sessions")
            driver.close()
            check_equal(points(database), rows, "points")


@test("D10 a database of a newer version is refused with a reason, and stays byte for byte")
def newer() -> None:
    with folder() as where:
        database = make(where)
        connection = look(database)
        connection.execute("PRAGMA user_version = 9999")
        connection.close()
        for path in where.glob(f"{DATABASE}-*"):
            path.unlink()
        before = database.read_bytes()
        driver = Driver(database)
        check(not driver.is_open and driver.message.startswith("newer "), driver.first)
        check("9999" in driver.message and "newer" in driver.message[6:], driver.message)
        driver.end()
        check(database.read_bytes() == before, "the database was changed")
        check_equal(sorted(path.name for path in where.iterdir()), ["backups", DATABASE], "files")


@test("D10 the same after a crash of the newer program: its log stays as well")
def newer_after_crash() -> None:
    with folder() as where:
        database = make(where)
        connection = look(database)
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("PRAGMA user_version = 9999")
        for suffix in ("", "-wal"):
            shutil.copy(f"{database}{suffix}", f"{database}{suffix}.copy")
        connection.close()
        Path(f"{database}-unclean").write_text("open\n")
        for suffix in ("", "-wal"):
            Path(f"{database}{suffix}.copy").rename(f"{database}{suffix}")
        before = [Path(f"{database}{suffix}").read_bytes() for suffix in ("", "-wal")]
        driver = Driver(database)
        check(not driver.is_open and driver.message.startswith("newer "), driver.first)
        driver.end()
        check([Path(f"{database}{suffix}").read_bytes() for suffix in ("", "-wal")] == before,
              "the newer program's files were changed")


if __name__ == "__main__":
    main()
