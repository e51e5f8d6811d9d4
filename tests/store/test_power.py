#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""The power goes: what was not synced is lost, or torn, sector by sector."""

import random
import shutil
from pathlib import Path

from storetool import (DATABASE, Driver, StoreDied, check_whole, column, damaged, folder, points,
                       read_on, wanted_points)
from tap import check, check_equal, main, note, test

SEEDS = 150
SESSIONS = 12
POINTS = 400


def lose_power(seed: int, where: Path) -> tuple[Path, int] | None:
    """A life that ends in the dark; what the disk has then, and how many
    answers had been given. None if it was over before."""
    chance = random.Random(seed)
    live, after = where / "live", where / "after"
    for path in (live, after):
        path.mkdir(mode=0o700)

    driver = Driver(live / DATABASE, "--power-loss", after, "--seed", seed,
                    "--at", chance.randrange(1, 160))
    try:
        for number in range(1, SESSIONS + 1):
            driver.wait(driver.send("save", number))
        for start in range(0, POINTS, 40):
            driver.wait(driver.send("ingest", 1, start, 40))
    except StoreDied:
        pass
    if driver.end() != 99:
        return None

    # Files that SQLite does not write were synced by whoever wrote them.
    for path in live.iterdir():
        if path.is_file() and not path.name.startswith(DATABASE + "-") and path.name != DATABASE:
            shutil.copy(path, after)
    for suffix in ("-unclean", "-recovery"):
        if (live / (DATABASE + suffix)).exists():
            shutil.copy(live / (DATABASE + suffix), after)
    return after / DATABASE, int((after / "answers").read_text())


@test(f"D04 power lost at a random moment, {SEEDS} times: whole, and no answered commit is lost")
def power_loss() -> None:
    deaths = answered = 0
    for seed in range(SEEDS):
        with folder() as where:
            outcome = lose_power(seed, where)
            if outcome is None:
                continue
            database, answers = outcome
            deaths += 1
            answered += answers

            driver = Driver(database)
            check(driver.is_open and driver.message == "", seed, driver.first)
            stored = driver.do("sessions").split()
            check(not driver.recovered, seed, driver.recovered)
            check(len(stored) >= min(answers, SESSIONS), seed, "answered", answers, "has", stored)
            if answers > SESSIONS:
                cursor = int(driver.do("cursor", 1).split(" ")[0])
                check(cursor >= (answers - SESSIONS) * 40, seed, "answered", answers, "at", cursor)
            driver.do("save", 1)
            read_on(driver, 1, POINTS, 40)
            driver.close()
            check_whole(database)
            check_equal(points(database), wanted_points(1, POINTS), f"seed {seed}")
            check_equal(damaged(database.parent), [], "moved aside")
    note(f"{deaths} power cuts of {SEEDS} runs, {answered} answers before them")
    check(deaths > SEEDS // 2 and answered > deaths, "too few to mean anything")


if __name__ == "__main__":
    main()
