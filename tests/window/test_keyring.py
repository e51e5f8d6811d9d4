#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""S07 in the window: a keyring that is absent, locked, hangs, or whose question is answered with no."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

import secretsearch  # noqa: E402
from windowrun import WindowRun  # noqa: E402
from a11y import Node  # noqa: E402
from faultstub import FaultStub  # noqa: E402
from tap import check, check_equal, main, note, test, wait_for  # noqa: E402

SECRET = "sk-CaNaRyOfTheWindowsKeyring0123456789-Kk7"
# The engine gives a keyring five seconds; the rest is the window's, on a busy machine.
LIMIT = 8


def fill_in(run: WindowRun, stub: FaultStub) -> Node:
    """The dialog for a key, filled in; not sent yet."""
    run.open()
    run.see("Nothing Queued")
    run.show("keys")
    run.see("No keys yet")
    run.press("Add Key", "button")
    dialog = run.root.find("dialog", "Add Key")
    run.choose("Provider", "OpenAI-compatible server", dialog)
    run.type_into("Name", "Mine", dialog)
    run.type_into("Address", stub.base("compatible"), dialog)
    run.type_into("Key", SECRET, dialog)
    return dialog


def refused(run: WindowRun, dialog: Node, words: str) -> float:
    """Sends the form: these words come within the limit, the window answers meanwhile, and the key is nowhere."""
    began = time.monotonic()
    run.press("Add", "button", dialog)
    slowest = 0.0
    while not any(words in text for text in dialog.texts()):
        asked = time.monotonic()
        dialog.find("text box", "Name").text()
        slowest = max(slowest, time.monotonic() - asked)
        check(time.monotonic() - began < LIMIT, f"no “{words}” within {LIMIT} s, but {dialog.texts()}")
    seconds = time.monotonic() - began
    note(f"“{words}” after {seconds:.1f} s; the window answered within {slowest:.2f} s")
    check(slowest < 3, "the window stood still for", slowest)
    check(dialog.find("button", "Add").has("sensitive"), "it cannot be tried again")
    for root in (run.engine.root, run.desktop.root):
        check_equal(secretsearch.in_files(root, SECRET), [], "files with the key")
    check_equal(run.engine.get("/api/keys/list")["keys"], [], "keys")
    return seconds


@test("S07 no keyring: the dialog says so")
def absent() -> None:
    with FaultStub() as stub, WindowRun(keyring=False) as run:
        refused(run, fill_in(run, stub), "There is no keyring")


@test("S07 a keyring that hangs: the dialog says so in time, and Add works when it is back")
def hung() -> None:
    with FaultStub() as stub, WindowRun() as run:
        stub.keys["compatible"] = {SECRET}
        dialog = fill_in(run, stub)
        run.desktop.hang()
        refused(run, dialog, "did not answer")
        run.desktop.daemon.send_signal(18)
        run.press("Add", "button", dialog)
        run.see("Valid")


@test("S07 a locked keyring: the dialog says so; with a key in it the banner does, until it is open again")
def locked() -> None:
    with FaultStub() as stub, WindowRun() as run:
        stub.keys["compatible"] = {SECRET}
        dialog = fill_in(run, stub)
        run.desktop.lock()
        refused(run, dialog, "locked")
        unlock(run)
        run.press("Add", "button", dialog)
        run.see("Valid")
        run.desktop.lock()
        run.press("Check Again")
        run.root.find("button", "Unlock…")
        check(run.sees("locked"), run.root.texts())
        unlock(run)
        wait_for(lambda: not run.root.find_all("button", "Unlock…"), 20, "the banner to go")
        run.see("Valid")


def unlock(run: WindowRun) -> None:
    """The keyring, open again."""
    run.desktop.daemon.kill()
    run.desktop.daemon.wait()
    run.desktop.start_keyring()


@test("S07 the keyring asks and the person says no: the dialog says so")
def dismissed() -> None:
    with FaultStub() as stub, WindowRun(keyring=False) as run:
        service = subprocess.Popen([os.environ["TC_PROMPTING_SERVICE"], "dismiss"], env=run.desktop.environment,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        run.desktop.processes.append(service)
        check_equal(service.stdout.readline(), b"ready\n", "the keyring that asks")
        refused(run, fill_in(run, stub), "dismissed")


main()
