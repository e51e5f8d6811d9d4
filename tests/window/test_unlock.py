#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""The banner of a locked keyring: gnome-keyring's own question, answered as a person does, and what starts then."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

from windowrun import WindowRun  # noqa: E402
from faultstub import FaultStub  # noqa: E402
from prompter import Prompter  # noqa: E402
from tap import check, check_equal, main, test, wait_for  # noqa: E402

SECRET = "xai-CaNaRyOfTheUnlockedWindow0123456789abcdefghij"
LOCKED = "The keyring is locked."


def add_key(run: WindowRun, stub: FaultStub) -> None:
    """A key that is good, and in the keyring."""
    stub.keys["xai"] = {SECRET}
    status, answer = run.engine.request("POST", "/api/keys/add", {"provider": "xai", "name": "mine", "secret": SECRET,
                                                                  "base_url": stub.base("xai")})
    check_equal(status, 201, str(answer))


def lock(run: WindowRun) -> str:
    """Locks the keyring; a session that waits for its key."""
    run.desktop.lock()
    check_equal(run.engine.post("/api/keys/check/1")["key"]["state"], "no-secret", "locked")
    session = run.engine.run("sleep 60", provider="xai", model="grok-4.5", grace_seconds=0)
    wait_for(lambda: "locked" in (run.engine.session(session)["waiting_for"] or ""), 20, "it to wait")
    return session


def wait_open(run: WindowRun, session: str) -> None:
    """The keyring is open: the session runs, the key works, and nothing is said of it any more."""
    wait_for(lambda: run.engine.session(session)["status"] == "running", 20, "the session to start")
    wait_for(lambda: not run.root.find_all("button", "Unlock…"), 20, "the banner to go")
    check_equal(run.engine.get("/api/keys/list")["keys"][0]["state"], "valid", "the key")
    check_equal(run.messages(), [], "messages")


@test("Unlock in the banner: a no is a no, the password starts what waited")
def banner() -> None:
    with FaultStub() as stub, WindowRun() as run:
        run.open()
        run.see("Nothing Queued")
        add_key(run, stub)
        session = lock(run)
        run.see(LOCKED)
        prompter = Prompter(run.desktop)
        run.press("Unlock…", "button")
        prompter.answer(None)
        run.see(LOCKED)
        check(not run.sees("Nobody can ask"), run.root.texts())

        check_equal(run.engine.session(session)["status"], "queued", "still locked")

        prompter.get_ready()
        run.press("Unlock…", "button")
        prompter.wait()
        run.see("The desktop asks for the password")
        check_equal(run.root.find_all("button", "Unlock…"), [], "a second question")
        prompter.answer()
        wait_open(run, session)


@test("nobody can show the question: the banner says so, once, and works when somebody can")
def nobody() -> None:
    with FaultStub() as stub, WindowRun() as run:
        run.open()
        run.see("Nothing Queued")
        add_key(run, stub)
        session = lock(run)
        run.press("Unlock…", "button")
        run.see("Nobody can ask for the keyring")
        prompter = Prompter(run.desktop)
        run.press("Unlock…", "button")
        prompter.answer()
        wait_open(run, session)


@test("trainctl ends its waiting while the question is shown: the keyring lives, and an answer counts")
def ended() -> None:
    with FaultStub() as stub, WindowRun() as run:
        run.open()
        run.see("Nothing Queued")
        add_key(run, stub)
        session = lock(run)
        prompter = Prompter(run.desktop)
        asking = subprocess.Popen([os.environ["TC_TRAINCTL"], "keys", "unlock"], env=run.engine.environment,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        prompter.wait()
        run.see("The desktop asks for the password")
        asking.send_signal(signal.SIGINT)
        check(asking.wait(60) != 0, "the exit code")
        run.see(LOCKED)
        check_equal(run.desktop.daemon.poll(), None, "gnome-keyring")
        prompter.answer()
        wait_open(run, session)


@test("a locked keyring without a key that waits: the page of keys offers to unlock it")
def page() -> None:
    with FaultStub() as stub, WindowRun() as run:
        run.open()
        run.see("Nothing Queued")
        run.desktop.lock()
        check_equal(run.engine.request("POST", "/api/keys/add", {"provider": "xai", "name": "mine", "secret": SECRET,
                                                                 "base_url": stub.base("xai")})[0], 503, "locked")
        run.show("keys")
        run.see("The keyring is locked")
        prompter = Prompter(run.desktop)
        run.press("Unlock…", "button")
        prompter.answer()
        wait_for(lambda: not run.sees("The keyring is locked"), 20, "the row to go")
        add_key(run, stub)


main()
