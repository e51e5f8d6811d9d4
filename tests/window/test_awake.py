#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""W10: who keeps the computer awake, from when to when, and who may say no."""

from __future__ import annotations

import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

from windowrun import WindowRun  # noqa: E402
from enginerun import FINAL  # noqa: E402
from tap import check, check_equal, main, test, wait_for  # noqa: E402

FAKE = Path(__file__).resolve().parent / "fake_run.py"


def locks(run: WindowRun) -> list[tuple[str, str, str]]:
    """Locks that logind has given out and that are held."""
    return [(one.who, one.what, one.mode) for one in run.mocks.held() if one.mode != "session"]


LOCK = ("Training Center", "sleep", "block")


@test("W10 the engine holds the lock while a training runs, whoever dies, and lets it go within a second of its end")
def life_time() -> None:
    with WindowRun() as run:
        run.mocks.offer_login()
        run.engine.start()
        session = run.engine.add(f"python3 {FAKE} 2 0.01 hold")
        check_equal(locks(run), [], "before anything runs")
        run.engine.post("/api/training/start")
        run.engine.wait(session, ("running",))
        wait_for(lambda: locks(run) == [LOCK], 10, "the lock")
        check_equal(run.engine.get("/api/awake"), {"enabled": True, "held": True}, "told")

        run.open()
        run.see("Epoch")
        run.kill()
        check_equal(locks(run), [LOCK], "after the window's death")

        run.engine.post(f"/api/training/suspend/{session}")
        run.engine.wait(session, ("paused",))
        wait_for(lambda: not locks(run), 1, "the lock to go while the training is paused")
        run.engine.post(f"/api/training/resume/{session}")
        wait_for(lambda: locks(run) == [LOCK], 10, "the lock, as it goes on")

        run.engine.kill()
        wait_for(lambda: not locks(run), 10, "the kernel to take the lock of an engine that is dead")
        run.engine.start()
        wait_for(lambda: locks(run) == [LOCK], 10, "the lock of the next engine")

        run.engine.post(f"/api/training/cancel/{session}")
        run.engine.wait(session, FINAL)
        wait_for(lambda: not locks(run), 1, "the lock to go with the end")


@test("W10 the setting in Preferences holds for the engine, also for the next one")
def setting() -> None:
    with WindowRun() as run:
        run.mocks.offer_login()
        run.engine.start()
        session = run.engine.run(f"python3 {FAKE} 2 0.01 hold")
        run.open()
        run.see("Epoch")
        wait_for(lambda: locks(run) == [LOCK], 10, "the lock")
        run.activate_action("preferences")
        dialog = run.root.find("dialog", "Preferences")
        switch = dialog.find("switch", "Keep Awake", lambda node: "toggle" in node.actions())
        switch.act("toggle")
        wait_for(lambda: not locks(run), 10, "the lock to go")
        run.kill()
        run.engine.kill()
        run.engine.start()
        run.engine.wait(session, ("running",))
        check_equal((run.engine.get("/api/awake"), locks(run)), ({"enabled": False, "held": False}, []), "the next engine")
        check_equal(run.engine.request("PUT", "/api/awake", {"enabled": "yes"})[0], 400, "no boolean")
        check_equal(run.engine.request("PUT", "/api/awake", {"enabled": True})[0], 200, "on again")
        wait_for(lambda: locks(run) == [LOCK], 10, "the lock again")
        run.engine.post(f"/api/training/cancel/{session}")


@test("W10 without logind trainings run all the same; the window asks the session manager, and tells that it has")
def session_manager() -> None:
    with WindowRun() as run:
        run.mocks.offer_session()
        run.engine.start()
        session = run.engine.run(f"python3 {FAKE} 2 0.01 hold")
        run.open()
        run.see("Epoch")
        run.see("Kept awake while a training runs")
        held = wait_for(run.mocks.held, 10, "an inhibition")
        check("training" in held[0].why.lower(), held)
        check_equal(run.engine.get("/api/awake"), {"enabled": True, "held": False}, "nobody to ask")
        run.engine.post(f"/api/training/cancel/{session}")
        run.engine.wait(session, FINAL)
        wait_for(lambda: not run.mocks.held(), 5, "the inhibition to go with the end")
        wait_for(lambda: not run.sees("Kept awake"), 5, "nobody to say that it holds")
        check_equal(run.messages(), [], "what the window complains of")


main()
