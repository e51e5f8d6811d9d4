#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""What is notified, with which buttons, and what they do; in words that are text and nothing else."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

from windowrun import GLib, WindowRun  # noqa: E402
from faultstub import Act, FaultStub  # noqa: E402
from tap import Skip, check, check_equal, main, test, wait_for  # noqa: E402
from vendormoney import Usage  # noqa: E402

FAKE = Path(__file__).resolve().parent / "fake_run.py"
ON = ["Show", "Pause", "Stop"]
SPEED = 240
STILL = ("import signal, time\nfor n in range(1, 20):\n"
         "    print(f'EPOCH {n}/100 (Phase 1)\\nTrain Loss: {5 - n / 10}', flush=True)\n"
         "while True: signal.pause()\n")
HOSTILE = "<b>bold</b> %n%s &amp; ../../x \u202e-rm `id` $(id)"


def notice(run: WindowRun, title: str, seconds: float = 30) -> Any:
    """The first notice of that title, waited for."""
    return wait_for(lambda: next((one for one in run.mocks.notices if one.title == title), None), seconds,
                    f"“{title}” among {run.mocks.notices}, events "
                    f"{[run.engine.events(str(n)) for n in range(1, len(run.engine.get('/api/training/queue')['sessions']) + 1)]}")


def buttons(one: Any) -> list[str]:
    """Labels of a notice's buttons."""
    return [label for label in one.actions.values() if label]


def count(run: WindowRun, start: str) -> int:
    """Notices whose titles begin so."""
    return sum(one.title.startswith(start) for one in run.mocks.notices)


def choose_epochs(run: WindowRun) -> None:
    """Epochs are told of only when that was asked for."""
    folder = run.engine.root / "config_home" / "glib-2.0" / "settings"
    folder.mkdir(parents=True, mode=0o700)
    (folder / "keyfile").write_text("[dev/hlx/TrainingCenter]\nnotify-epochs=true\n")


@test("ends, failures with their reason, gates and one epoch; Pause, Stop and Show do what they say")
def ends_and_gates() -> None:
    with WindowRun() as run:
        choose_epochs(run)
        run.engine.start()
        run.open()
        run.see("Nothing Queued")
        run.desktop.keyboard().let_go()
        first = run.engine.run(f"python3 {FAKE} 40 0.02", epochs=40, title="Many epochs")
        run.engine.wait(first)
        done = notice(run, "Training Complete")
        check("Many epochs" in done.body and "best validation loss 1.275 in epoch 40" in done.body, done)
        check_equal(buttons(done), ["Show"], "nothing to pause at the end")
        told = [one for one in run.mocks.notices if one.title.startswith("Epoch")]
        check_equal(len(told), 1, f"epochs are told once in five minutes: {told}")
        check_equal(buttons(told[0]), ON, told)

        second = run.engine.run(f"python3 {FAKE} 1 0.01 exit=3", title="Fails")
        run.engine.wait(second)
        failed = notice(run, "Training Failed")
        check(failed.body.startswith("Fails · ") and run.engine.session(second)["reason"] in failed.body, failed)
        check_equal(buttons(failed), ["Show"], failed)

        third = run.engine.run(f"python3 {FAKE} 3 2 gates=1:pass,2:warn,3:fail hold", epochs=3, title="At the gates")
        for title, button in (("Quality Gate Passed at Epoch 1", "Show"), ("Quality Gate Warns at Epoch 2", "Pause"),
                              ("Quality Gate Failed at Epoch 3", "Stop")):
            gate = notice(run, title)
            check(gate.body.startswith("At the gates"), gate)
            check_equal((buttons(gate), count(run, title)), (ON, 1), gate)
            run.mocks.invoke(gate, button)
            if button == "Show":
                run.root.find("tab", "Overview")
            elif button == "Pause":
                run.engine.wait(third, ("paused",))
                run.engine.post(f"/api/training/resume/{third}")
        run.engine.wait(third, ("cancelled",))
        check_equal(count(run, "Training Failed"), 1, "who stops a training knows that it has ended")
        check_equal(run.messages(), [], "what the window complains of")


@test("a verdict, a budget that is nearly used up, and one that is")
def verdict_and_budget() -> None:
    with FaultStub() as stub, WindowRun() as run:
        run.engine.start()
        status, answer = run.engine.request("POST", "/api/keys/add", {
            "provider": "claude", "name": "mine", "secret": "sk-ant-api03-CaNaRyOfTheNotices0123-Zz1",
            "base_url": stub.base("claude")})
        check_equal(status, 201, answer)
        check_equal(run.engine.request("PUT", "/api/budget", {"scope": "month", "limit_usd": "1"})[0], 200, "a budget")
        run.open()
        run.see("Nothing Queued")
        stub.push(Act(usage=Usage(1000, 85_000)), Act(usage=Usage(1000, 20_000)))
        session = run.engine.run(f"python3 {FAKE} 5 1 gates=1:pass,3:pass hold", epochs=5, title="Judged",
                                 provider="claude", model="claude-sonnet-5-5")
        judged = notice(run, "Verdict at Epoch 1: B, 86 of 100")
        check(judged.body.startswith("Judged · ") and buttons(judged) == ON, judged)
        nearly = notice(run, "Budget Nearly Used Up")
        check("80 %" in nearly.body and "$0.852 of $1.00" in nearly.body, nearly)
        used = notice(run, "Budget Used Up")
        check("$1.054 of $1.00" in used.body and buttons(used) == ["Show"], used)
        run.mocks.invoke(used, "Show")
        run.see("This Month")
        run.engine.post(f"/api/training/cancel/{session}")
        run.engine.wait(session)


@test("a training that stalls is told of, by a window that is closed")
def stall() -> None:
    if shutil.which("faketime") is None or os.environ.get("TRAINING_CENTER_SANITIZE") == "1":
        raise Skip("no faketime, or a sanitizer's library that must be the first one")
    with WindowRun() as run:
        run.engine.start()
        (run.engine.root / "still.py").write_text(STILL)
        session = run.engine.run(f"python3 {run.engine.root / 'still.py'}", title="Stands still")
        wait_for(lambda: run.engine.session(session).get("epoch") == 19, 20, "its epochs")
        os.kill(run.engine.shim_record(session)["child_pid"], signal.SIGSTOP)
        run.engine.kill()
        run.engine.start("faketime", "-f", f"+0 x{SPEED}")
        run.open()
        run.see("Epoch 19")
        run.desktop.keyboard().take_focus()
        run.desktop.keyboard().press("Control+w")
        wait_for(lambda: not run.has_window(), 20, "the window to close")
        told = notice(run, "Training Stalls", 40)
        check("Stands still" in told.body and "somebody has stopped its processes" in told.body, told)
        check_equal(buttons(told), ON, told)


@test("P16 hostile names are text: in notices, in either form, and in the window")
def hostile() -> None:
    for with_shell in (False, True):
        with WindowRun() as run:
            if with_shell:
                run.mocks.offer_shell()
            run.engine.start()
            run.open()
            run.see("Nothing Queued")
            session = run.engine.run(f"python3 {FAKE} 1 0.3 hold", title=HOSTILE + "x" * 4000)
            run.engine.wait(session, ("running", "completed"))
            run.see("<b>bold</b> %n%s &amp; ../../x")
            check(not any("\u202e" in text for text in run.root.texts()), "a character that turns the line round")
            run.engine.post(f"/api/training/cancel/{session}")
            run.engine.wait(session)
            second = run.engine.run(f"python3 {FAKE} 1 0.01", title=HOSTILE)
            run.engine.wait(second)
            seen = run.mocks.seen_by_shell if with_shell else run.mocks.notices
            done = wait_for(lambda: next((one for one in seen if one.title == "Training Complete"), None), 20, "a notice")
            check("bold" in done.body and "%n%s" in done.body and "../../x" in done.body, done)
            check(not any(bad in done.body for bad in ("<", ">", "\n", "\u202e")), done)
            check(len(done.body) < 1000, len(done.body))
            if with_shell:
                check_equal(run.mocks.notices, [], "what went the other way")
                check_equal((done.hints["default-action"], done.hints["default-action-target"]),
                            ("app.show-session", int(second)), done)
                run.activate_action("show-session", GLib.Variant("t", int(second)))
                run.root.find("tab", "Overview")
            check_equal(run.messages(), [], "what the window complains of")


main()
