#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""The lives of the window and of its engine: neither depends on the other's."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

from windowrun import GLib, WindowRun  # noqa: E402
from a11y import Gone, Node  # noqa: E402
from tap import Skip, check, check_equal, main, note, test, wait_for  # noqa: E402

FAKE = Path(__file__).resolve().parent / "fake_run.py"


def close(run: WindowRun) -> None:
    """Closes the window as a person does."""
    run.desktop.keyboard().take_focus()
    run.desktop.keyboard().press("Control+w")


@test("a dead engine: the window opens, says so, and Start Engine helps; killed again, it comes back by itself")
def dead_engine() -> None:
    with WindowRun() as run:
        program = run.engine.root / "engine"
        run.environment["TRAINING_CENTER_ENGINE"] = str(program)
        program.write_text("#!/bin/sh\necho 'the disk is on fire' >&2\nexit 3\n")
        program.chmod(0o700)
        run.open()
        run.see("Trainings go on without it.")
        run.see("the disk is on fire")
        program.unlink()
        program.symlink_to(os.environ["TC_ENGINE"])
        # It tries by itself as well, and may be quicker than a hand.
        for button in run.root.find_all("button", "Start Engine"):
            try:
                button.act()
            except Gone:
                note("it came back by itself")
        run.see("Nothing Queued")
        wait_for(lambda: not run.sees("Trainings go on without it."), 20, "the banner to go")

        session = run.engine.run(f"python3 {FAKE} 3 0.2 hold", epochs=3)
        run.see("Epoch 3 of 3")
        first = run.engine_pid()
        child = run.engine.shim_record(session)["child_pid"]
        os.kill(first, signal.SIGKILL)
        wait_for(lambda: run.engine.answers() and run.engine_pid() != first, 30, "another engine")
        run.engine.post(f"/api/training/suspend/{session}")
        run.root.find("button", "Resume")
        check(Path(f"/proc/{child}").exists(), "the training has died with the engine")
        check(not run.sees("Trainings go on without it."), "the banner is still there")
        run.engine.post(f"/api/training/cancel/{session}")


@test("one window however often it is started; its size is kept")
def one_window() -> None:
    with WindowRun() as run:
        run.open()
        run.see("Nothing Queued")
        again = subprocess.run([os.environ["TC_WINDOW"]], env=run.environment, timeout=60, check=False,
                               stdin=subprocess.DEVNULL, capture_output=True)
        check_equal(again.returncode, 0, again.stderr)
        check_equal(len(windows(run)), 1, "windows")
        run.desktop.keyboard().take_focus()
        run.desktop.keyboard().resize(820, 560)
        wait_for(lambda: run.desktop.keyboard().window_size() == (820, 560), 10, "the new size")
        wait_for(lambda: run.root.extents()[2:] == (820, 560), 10, "the window to know its size")
        close(run)
        check_equal(run.window.wait(20), 0, "the window's exit")
        run.open()
        wait_for(lambda: run.desktop.keyboard().window_size() == (820, 560), 20,
                 f"the size of before, not {run.desktop.keyboard().window_size()}")


def windows(run: WindowRun) -> list[Node]:
    """All windows of the application."""
    return [frame for application in run.desktop.tree.applications() if application.name == "training-center"
            for frame in application.children()]


@test("closed while a training runs it stays for the notices, a notice opens it again, and it leaves when all is over")
def closed() -> None:
    with WindowRun() as run:
        run.engine.start()
        session = run.engine.run(f"python3 {FAKE} 3 0.1 hold", title="Goes on", epochs=3)
        run.open()
        run.see("Epoch 3 of 3")
        close(run)
        wait_for(lambda: not run.has_window(), 20, "the window to close")
        check_equal(run.window.poll(), None, "the process")

        run.activate_action("show-session", GLib.Variant("t", int(session)))
        run.appear()
        run.root.find("tab", "Overview")
        run.see("Goes on")
        close(run)
        wait_for(lambda: not run.has_window(), 20, "the window to close again")
        second = run.engine.add(f"python3 {FAKE} 1 0.01", title="The next")
        run.engine.post(f"/api/training/cancel/{session}")
        run.engine.wait(second)
        done = wait_for(lambda: next((one for one in run.mocks.notices if one.title == "Training Complete"), None), 20,
                        "a notice without a window")
        check("The next" in done.body, done)
        check_equal(run.window.wait(30), 0, "nothing is left to do")


@test("started for a notice's action: the page of a session that the window has yet to hear of")
def started_for_action() -> None:
    with WindowRun() as run:
        run.engine.start()
        session = run.engine.run(f"python3 {FAKE} 2 0.01", title="Long ago")
        run.engine.wait(session)
        run.start("--gapplication-service")
        wait_for(lambda: run.is_on_bus(), 20, "the service")
        check(not run.has_window(), "a window that nobody asked for")
        run.activate_action("show-session", GLib.Variant("t", int(session)))
        run.appear()
        run.root.find("tab", "Overview")
        run.see("Long ago")
        run.activate_action("show-session", GLib.Variant("t", 4711))
        run.see("That session is not there any more.")


@test("S05 a file is chosen through the desktop's portal, which can look at the window; at the engine nobody can")
def portals() -> None:
    if shutil.which("strace") is None or os.environ.get("TRAINING_CENTER_SANITIZE") == "1":
        raise Skip("no strace, or leak detection, which cannot work in a traced process")
    with WindowRun(GDK_DEBUG="portals") as run:
        script = run.engine.root / "script of mine.py"
        script.write_text("print('mine')\n")
        run.mocks.offer_portal(script.as_uri())
        trace = run.engine.root / "trace"
        run.engine.start("strace", "-f", "-qq", "-e", "trace=prctl", "-o", str(trace) + ".engine")
        run.start(prefix=("strace", "-f", "-qq", "-e", "trace=prctl", "-o", str(trace) + ".window"))
        run.appear()
        run.see("Nothing Queued")
        run.desktop.keyboard().take_focus()
        run.desktop.keyboard().press("Control+n")
        dialog = run.root.find("dialog", "New Session")
        run.reach(dialog.find("list item", "Advanced"))
        run.desktop.keyboard().press("space")
        run.press("Script", "button", dialog)
        run.see(script.name)
        check_equal([name for name, _ in run.mocks.asked], ["OpenFile"], "what the portal was asked")
        check(all(root is not None for _, root in run.mocks.asked), "the portal could not open /proc/PID/root")
        undumpable = "PR_SET_DUMPABLE, SUID_DUMP_DISABLE"
        check(undumpable in Path(f"{trace}.engine").read_text(), "the engine can be dumped")
        check(undumpable not in Path(f"{trace}.window").read_text(), "the window cannot be looked at by a portal")


main()
