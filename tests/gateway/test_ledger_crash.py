#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""The ledger's process is killed, loses its power, or its disk."""

import random
from pathlib import Path

from ledgertool import COST, DATABASE, HELD, Driver, check_calls, reopen, rows
from crashpoints import fail, trace
from storetool import folder, small_disk
from tap import check, check_equal, main, note, test, wait_for

KILLS = 30
SEEDS = 120
CALLS = 4000


@test(f"killed {KILLS} times: every allowed call is there once, every flushed one is settled")
def killed() -> None:
    chance = random.Random(3)
    allowed: list[int] = []
    settled: list[int] = []
    with folder() as where:
        database = where / DATABASE
        for _ in range(KILLS):
            driver = Driver(database)
            check_equal(driver.first, "open", "first line")
            driver.send("run", CALLS, 16)
            for _ in range(chance.randrange(1, 400)):
                driver.read()
            driver.kill()
            allowed += driver.held
            settled += driver.held[:driver.flushed]
        reopen(database)
        check_calls(database, allowed, settled)
        before = rows(database, "SELECT state, count(*), sum(cost) FROM calls GROUP BY state ORDER BY state")
        reopen(database)
        check_equal(rows(database, "SELECT state, count(*), sum(cost) FROM calls GROUP BY state"
                                   " ORDER BY state"), before, "after one more start")
        counts = {state: number for state, number, _ in before}
        note(f"{len(allowed)} calls allowed, {len(settled)} flushed, {counts}")
        check(counts.get("unsettled", 0) > 0, "no kill came in the middle of a call")
        check(len(settled) > KILLS, "too few to mean anything")


def lose_power(seed: int, where: Path) -> tuple[Path, Driver] | None:
    """A life that ends in the dark, and the disk after it. None if it was over
    before."""
    chance = random.Random(seed)
    live, after = where / "live", where / "after"
    for path in (live, after):
        path.mkdir(mode=0o700)
    driver = Driver(live / DATABASE, "--power-loss", after, "--seed", seed,
                    "--at", chance.randrange(1, 1200))
    driver.send("run", 400, chance.choice((1, 4, 16)))
    if driver.end() != 99:
        return None
    return after / DATABASE, driver


@test(f"D04 power lost at a random moment, {SEEDS} times: the ledger is whole and no flushed call is lost")
def power_lost() -> None:
    deaths = flushed = 0
    for seed in range(SEEDS):
        with folder() as where:
            outcome = lose_power(seed, where)
            if outcome is None:
                continue
            database, driver = outcome
            deaths += 1
            flushed += driver.flushed
            reopen(database)
            settled = driver.held[:driver.flushed]
            check_calls(database, settled, settled)
            check_equal([path.name for path in database.parent.iterdir() if ".damaged-" in path.name],
                        [], f"moved aside with seed {seed}")
    note(f"{deaths} power cuts of {SEEDS} runs, {flushed} calls flushed before them")
    check(deaths > SEEDS // 2 and flushed > deaths, "too few to mean anything")


def traced(log: Path) -> list[tuple[str, str]]:
    """The thread and the name of each system call so far."""
    calls = []
    for line in log.read_text().splitlines():
        thread, _, rest = line.partition(" ")
        if "resumed" not in rest:
            calls.append((thread, rest.strip().partition("(")[0]))
    return calls


@test("what calls cost goes to the disk by itself, and the thread that writes it never waits for that")
def synced() -> None:
    with folder() as where:
        log = where / "calls"
        driver = Driver(where / DATABASE, prefix=trace("pwrite64,fdatasync,fsync", log))
        check_equal(driver.do("hold", HELD), "held 1", "the first call")
        start = len(traced(log))
        for number in range(2, 40):
            check_equal(driver.do("hold", HELD), f"held {number}", "a call")
            driver.send("settle", number, COST)

        def is_synced() -> bool:
            names = [name for _, name in traced(log)[start:]]
            return "pwrite64" in names and names[-1] in ("fdatasync", "fsync")

        wait_for(is_synced, 20, "a sync after the last write")
        calls = traced(log)[start:]
        writers = {thread for thread, name in calls if name == "pwrite64"}
        waiters = {thread for thread, name in calls if name != "pwrite64"}
        # The copy of the day is made by a thread that does both.
        check(len(writers - waiters) == 1, "writers", writers, "waiters", waiters)
        check_equal(driver.end(), 0, "exit status")


@test("a book that is damaged while it is in use is replaced, and calls go on")
def damaged_in_use() -> None:
    with folder() as where:
        database = where / DATABASE
        driver = Driver(database)
        for number in range(1, 6):
            check_equal(driver.do("hold", HELD), f"held {number}", "a call")
        driver.send("settle", 1, COST)
        check_equal(driver.do("flush"), "flushed", "flush")
        rows(database, "PRAGMA wal_checkpoint(TRUNCATE)")
        with database.open("r+b") as file:
            file.seek(4096)
            file.write(b"\xa5" * (database.stat().st_size - 4096))
        # Another program writes: ours has to look at the file again.
        rows(database, "PRAGMA user_version = 2")

        check_equal(driver.do("hold", HELD), "held 6", "the call that finds the damage")
        check_equal(len(driver.recovered), 1, driver.recovered)
        check("was damaged" in driver.recovered[0], driver.recovered)
        driver.send("settle", 6, COST)
        check_equal(driver.do("flush"), "flushed", "flush")
        check_equal(driver.end(), 0, "exit status")
        check(any(".damaged-" in path.name for path in where.iterdir()), "it was not moved aside")
        check_equal(rows(database, "SELECT state, cost FROM calls WHERE id = 6"), [("settled", COST)], "call 6")
        reopen(database)


@test("a sync that fails is no sync: flush says so, and is true again when the disk is")
def sync_fails() -> None:
    with folder() as where:
        # Opening syncs a few times, in a thread that is counted by itself.
        driver = Driver(where / DATABASE, prefix=fail("fdatasync", "EIO", "20..21", where / "calls"))
        check_equal(driver.first, "open", "first line")
        answers: list[str] = []
        while len(answers) < 40:
            check(driver.do("hold", HELD).startswith("held"), "a call waits for the disk")
            answers.append(driver.do("flush"))
        failed = [answer for answer in answers if answer != "flushed"]
        check(failed, "no sync failed")
        check("through to the disk" in failed[0], failed)
        check_equal(answers[-1], "flushed", "when the disk works again")
        check_equal(driver.end(), 0, "exit status")


@test("on a full disk no call is allowed, and what calls have cost gets in when there is room")
def full_disk() -> None:
    with small_disk("1m") as where:
        database = where / DATABASE
        driver = Driver(database)
        check_equal(driver.do("hold", HELD), "held 1", "the first call")
        check_equal(driver.do("flush"), "flushed", "flush")
        filler = where / "filler"
        with filler.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"\0" * 4096)
            except OSError:
                pass
        answers = [driver.do("hold", HELD) for _ in range(300)]
        refused = [answer for answer in answers if answer.startswith("error")]
        check(refused, "calls are allowed on a full disk")
        check(refused[0].startswith("error no-space The call was not made"), refused[0])
        driver.send("settle", 1, COST)
        answer = driver.do("flush")
        check(answer.startswith("error no-space"), "flush said:", answer)
        filler.unlink()
        while driver.do("flush") != "flushed":
            pass
        check_equal(rows(database, "SELECT state, cost FROM calls WHERE id = 1"), [("settled", COST)],
                    "the call of before")
        check(driver.do("hold", HELD).startswith("held"), "calls are not allowed again")
        check_equal(driver.end(), 0, "exit status")


if __name__ == "__main__":
    main()
