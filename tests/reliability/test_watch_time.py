#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""The watchdog through a whole engine, whose clock runs fast, or is wrong."""

import os
import shutil
import signal
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

from enginerun import Engine  # noqa: E402
from scenes import check_metrics, fake, python, texts  # noqa: E402
from tap import Skip, check, check_equal, main, note, test, wait_for  # noqa: E402

SPEED = 240
WAITING = ("import signal\nfor n in range(1, 20):\n"
           "    print(f'EPOCH {n}/100 (Phase 1)\\nTrain Loss: {5 - n / 10}', flush=True)\n"
           "signal.signal(signal.SIGCONT, lambda *_: print('awake', flush=True))\n"
           "while True: signal.pause()\n")


def need_faketime() -> None:
    """Skips where clocks cannot be faked."""
    if shutil.which("faketime") is None:
        raise Skip("no faketime")
    if os.environ.get("TRAINING_CENTER_SANITIZE") == "1":
        raise Skip("a sanitizer's library must be the first one, and so must faketime's")


@test("W01 a run that stands still: told once that it is stalled and how, cleared when it moves again")
def stall() -> None:
    need_faketime()
    with Engine() as engine:
        session = engine.run(python(WAITING))
        wait_for(lambda: engine.session(session).get("epoch") == 19, 20, "its epochs")
        child = engine.shim_record(session)["child_pid"]
        os.kill(child, signal.SIGSTOP)
        engine.kill()
        engine.start("faketime", "-f", f"+0 x{SPEED}")
        began = time.monotonic()
        wait_for(lambda: "error stall" in texts(engine, session), 30, "the stall")
        minutes = (time.monotonic() - began) * SPEED / 60
        time.sleep(3)
        told = texts(engine, session)
        note(f"told after {minutes:.0f} minutes: {told}")
        check_equal(told.count("error stall"), 1, told)
        check("somebody has stopped its processes" in told, told)
        check("first step" not in told, "the steps before the crash are forgotten:", told)
        check(5 < minutes < 45, minutes, "minutes")
        os.kill(child, signal.SIGCONT)
        wait_for(lambda: "moves again" in texts(engine, session), 15, "the end of the stall")
        check_equal(engine.session(session)["status"], "running", "auto-stop was not asked for")


@test("W04 the clock of the wall is ten years off, either way: order, durations and ends are right")
def wrong_wall_clock() -> None:
    need_faketime()
    for offset in ("-10y", "+10y"):
        with Engine(FAKETIME_DONT_FAKE_MONOTONIC="1") as engine:
            session = engine.run(fake(60, 10, 0.005))
            engine.wait(session, ("running",))
            engine.kill()
            began = time.monotonic()
            engine.start("faketime", "-f", offset)
            found = engine.wait(session)
            took = time.monotonic() - began
            check_equal(found["status"], "completed", found["reason"])
            check(0 < found["elapsed_seconds"] < took + 5, offset, "elapsed", found["elapsed_seconds"])
            check_metrics(engine, session, 60, 10)
            check("stall" not in texts(engine, session), texts(engine, session))
            check_equal([event for event in engine.events(session) if event["severity"] == "error"], [], offset)


if __name__ == "__main__":
    main()
