#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Every page and dialog for those who do not see it, and for those who have no mouse."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

from faultstub import FaultStub  # noqa: E402
from windowrun import WindowRun  # noqa: E402
from a11y import Gone, Node  # noqa: E402
from tap import check, check_equal, main, note, test, wait_for  # noqa: E402

FAKE = Path(__file__).resolve().parent / "fake_run.py"
MAX_STOPS = 120
PAGES = (("queue", "Sessions"), ("history", "Sessions that have ended"), ("models", "No Models Yet"), ("keys", "This Month"))
# Two epochs, each with a checkpoint.
SAVES = """
import json, os
for epoch in (1, 2):
    path = os.path.abspath(f"checkpoints/e{epoch}.pt")
    open(path, "wb").write(b"w" * 1000)
    open(os.environ["TRAINING_CENTER_EVENTS"], "a").write(json.dumps(
        {"type": "checkpoint", "path": path, "epoch": epoch, "bytes": 1000, "best": epoch == 2, "val_loss": 3 - epoch}) + "\\n")
"""
DIALOGS = (("preferences", "Preferences"), ("notes", "Training Notes"))


@contextmanager
def busy_window() -> Iterator[WindowRun]:
    """A window with a session that ended, one that runs and one that waits."""
    with WindowRun() as run:
        run.engine.start()
        run.engine.wait(run.engine.run(f"python3 {FAKE} 3 0.01 gates=1:pass"), ("completed",))
        on = run.engine.run(f"python3 {FAKE} 2 0.05 hold", epochs=2)
        run.engine.add(f"python3 {FAKE} 2 1")
        run.engine.wait(on, ("running",))
        run.open()
        run.see("Epoch 2 of")
        run.desktop.keyboard().take_focus()
        yield run


def is_in_combo(node: Node) -> bool:
    """What a combo row shows of its choice is read out by the row."""
    for _ in range(6):
        node = node.parent()
        if node.role == "combo box":
            return True
    return False


def passes_on(node: Node, role: str) -> bool:
    """Boxes that scroll, and lists of rows: the keyboard goes to what is in them."""
    return role == "generic" or (role in ("list", "list item") and any(child.name for child in node.walk() if child != node))


def nameless(run: WindowRun) -> list[str]:
    """What can take the keyboard and is called nothing, in words."""
    found = []
    for node in run.root.walk():
        try:
            role = node.role
            if not node.has("focusable") or node.name or (role in ("list", "list item") and is_in_combo(node)):
                continue
            # A row is what is read out; a list only says where one is.
            if role == "list item" and not any(child.role == "list item" and child.name for child in node.walk()):
                found.append(f"{node} with {node.texts()}")
            elif not passes_on(node, role):
                found.append(f"{node} with {node.texts()}")
        except Gone:
            continue
    return found


def stops(run: WindowRun, where: str) -> list[Node]:
    """Where Tab stops until it is back where it began; it must go on each time, and never to what has no name."""
    keyboard = run.desktop.keyboard()
    keyboard.press("Tab")
    seen = [wait_for(run.focused, 10, f"the keyboard somewhere in {where}")]
    while len(seen) < MAX_STOPS:
        keyboard.press("Tab")
        now = wait_for(lambda: (node := run.focused()) is not None and node != seen[-1] and node, 5,
                       f"Tab to go on from {seen[-1]} in {where}: {seen}")
        # The sidebar is entered at the row of its page, past those above.
        if now in seen[:4]:
            break
        # A page of text alone can be scrolled: its text is what is read out.
        check(now.name or (now.role == "generic" and now.texts()), f"the keyboard on a nameless {now.role} in {where}, after {seen[-1]}")
        check(now not in seen, f"Tab does not come back to the first stops but goes round from {now} in {where}: {seen}")
        seen.append(now)
    check(len(seen) < MAX_STOPS, f"no end in {where}: {seen}")
    note(f"{where}: {len(seen)} stops")
    return seen


def wants(where: str, seen: list[Node], *names: str) -> None:
    """These must be among the stops."""
    missing = [name for name in names if not any(name in node.name for node in seen)]
    check(not missing, f"Tab comes by no {missing} in {where}: {seen}")


@test("pages: what takes the keyboard has a name, and Tab comes by everything and back")
def pages() -> None:
    with busy_window() as run:
        for page, text in PAGES:
            run.show(page)
            run.see(text)
            check(not (found := nameless(run)), f"{page}: {found}")
            seen = stops(run, page)
            wants(page, seen, "Keys & Budget", "Main Menu")
            if page == "queue":
                wants(page, seen, "Queue", "New Session", "More to Queue", "Pause the queue")
            elif page == "keys":
                wants(page, seen, "Add Key")


@test("the card of what runs: Pause and Stop are reached with the keyboard, and a key does what they say")
def card() -> None:
    with busy_window() as run:
        pause = run.root.find("button", "Pause")
        run.reach(pause)
        run.desktop.keyboard().press("space")
        run.engine.wait("2", ("paused",))
        resume = run.root.find("button", "Resume")
        run.reach(resume)
        run.desktop.keyboard().press("space")
        run.engine.wait("2", ("running",))
        run.reach(run.root.find("button", "Stop"))
        run.desktop.keyboard().press("Tab")
        wait_for(lambda: (node := run.focused()) is not None and node.name != "Stop", 5, "Tab to leave Stop")


@test("a session's page: figures have names, Tab goes through its tabs and past the chart")
def session() -> None:
    with busy_window() as run:
        run.reach(run.root.find("list item", "", lambda node: "Epoch 2 of" in " ".join(node.texts())))
        run.desktop.keyboard().press("Return")
        run.root.find("tab", "Overview")
        for tab, names in (("Overview", ("Loss by epoch", "Log Scale", "Smoothing", "Back")), ("Log", ("Search the Log", "Jump to Error", "Wrap Long Lines", "Back")),
                           ("Checkpoints", ("Back",)), ("Details", ("Copy Command", "Back"))):
            run.press(tab, "tab")
            wait_for(lambda tab=tab: run.root.find("tab", tab).has("selected"), 10, f"the tab {tab}")
            check(not (found := nameless(run)), f"{tab}: {found}")
            wants(tab, stops(run, tab), *names)


@test("a session's log: Ctrl+F searches it from any tab and says how often, Ctrl+E finds the error")
def log() -> None:
    with WindowRun() as run:
        run.engine.start()
        run.engine.post("/api/training/start")
        script = run.engine.root / "fails.py"
        script.write_text("for number in range(500): print('line', number)\nraise ValueError('too many values to unpack')\n")
        run.engine.wait(run.engine.add(f"python3 {script}", title="Fails"), ("failed",))
        run.open()
        run.reach(run.root.find("list item", "~Fails"))
        run.desktop.keyboard().press("Return")
        run.root.find("tab", "Overview")
        run.desktop.keyboard().press("Control+f")
        search = run.root.find("search box", "Search the log")
        wait_for(lambda: search.has("focused"), 10, "the keyboard to be in the search")
        check(not (found := nameless(run)), found)
        run.type_into("Search the log", "line 49")
        run.see("1 of 11")
        run.press("Previous match")
        run.see("11 of 11")
        wait_for(lambda: run.root.find("list item", "line 499").has("selected"), 10, "the last hit")
        run.press("Overview", "tab")
        wait_for(lambda: run.root.find("tab", "Overview").has("selected"), 10, "the tab Overview")
        run.desktop.keyboard().press("Control+e")
        wait_for(lambda: run.root.find("list item", "ValueError: too many values to unpack").has("selected"), 10, "the error")


def open_menu(run: WindowRun, button: Node, letter: str) -> None:
    """Opens a menu with the keyboard, and takes the entry with a letter."""
    run.reach(button)
    run.desktop.keyboard().press("space")
    wait_for(lambda: any(item.has("focused") for item in run.root.find_all("menu item")), 10, "the menu")
    run.desktop.keyboard().press(letter)


@test("what was removed on a page comes back with Ctrl+Z there: a key, and a session from its own page")
def undo() -> None:
    with FaultStub() as stub, WindowRun() as run:
        run.engine.start()
        run.engine.post("/api/training/queue", {"sessions": [{"command": "true", "title": "Taken away"}]})
        status, answer = run.engine.request("POST", "/api/keys/add", {
            "provider": "openai", "name": "Mine", "secret": "sk-live-0123456789abcdef", "base_url": stub.base("openai")})
        check_equal(status, 201, str(answer))
        run.open()
        run.show("keys")
        keys = lambda: [key["name"] for key in run.engine.get("/api/keys/list")["keys"]]  # noqa: E731
        open_menu(run, run.root.find("toggle button", "More"), "r")
        wait_for(lambda: keys() == [], 10, "the key to go")
        run.desktop.keyboard().press("Control+z")
        wait_for(lambda: keys() == ["Mine"], 10, "the key to come back")
        run.show("queue")
        run.reach(run.root.find("list item", "~Taken away"))
        run.desktop.keyboard().press("Return")
        run.root.find("tab", "Overview")
        titles = lambda: [session["title"] for session in run.engine.get("/api/training/queue")["sessions"]]  # noqa: E731
        open_menu(run, run.root.find("toggle button", "More Actions"), "r")
        wait_for(lambda: titles() == [], 10, "the session to go")
        wait_for(lambda: not run.root.find_all("tab", "Overview"), 10, "its page to close")
        run.desktop.keyboard().press("Control+z")
        wait_for(lambda: titles() == ["Taken away"], 10, "the session to come back")


@test("models: Delete puts a checkpoint aside, and Ctrl+Z brings it back from wherever the keyboard is")
def models() -> None:
    with WindowRun() as run:
        run.engine.start()
        script = run.engine.root / "saves.py"
        script.write_text(SAVES)
        session = run.engine.run(f"python3 {script}", epochs=2, title="Saved")
        run.engine.wait(session)
        run.open()
        run.show("models")
        keyboard = run.desktop.keyboard()

        def state() -> str:
            found = run.engine.get(f"/api/checkpoints?session={session}")["checkpoints"]
            return next(one["state"] for one in found if one["epoch"] == 1)

        run.reach(run.root.find("list item", "Epoch 1 of Saved"))
        keyboard.press("Shift+F10")
        menu = run.root.find("menu", "More actions for epoch 1")
        wait_for(lambda: any(item.has("focused") for item in menu.find_all("menu item")), 10, "the keyboard in the menu")
        keyboard.press("Escape")
        wait_for(lambda: not run.root.find_all("menu", "More actions for epoch 1"), 10, "the menu to close")
        for _ in range(2):
            run.reach(run.root.find("list item", "Epoch 1 of Saved"))
            keyboard.press("Delete")
            wait_for(lambda: state() == "removed", 10, "the checkpoint to be put aside")
            run.see("1 checkpoint deleted")
            keyboard.press("Control+z")
            wait_for(lambda: state() == "there", 10, "the checkpoint to come back")
        run.reach(run.root.find("list item", "Epoch 1 of Saved"))
        keyboard.press("Delete")
        wait_for(lambda: state() == "removed", 10, "the checkpoint to be put aside")
        run.see("1 checkpoint deleted")
        run.reach(run.root.find("button", "Main Menu"))
        keyboard.press("Control+z")
        wait_for(lambda: state() == "there", 10, "the checkpoint to come back")


@test("dialogs: what takes the keyboard has a name, Tab stays inside, Escape closes")
def dialogs() -> None:
    with busy_window() as run:
        keyboard = run.desktop.keyboard()
        opened = [(lambda name=name: run.activate_action(name), title) for name, title in DIALOGS]
        opened += [(lambda: keyboard.press("Control+n"), "New Session"),
                   (lambda: keyboard.press("Control+Shift+n"), "Queue Curriculum"),
                   (lambda: (run.show("keys"), run.press("Add Key", "button")), "Add Key")]
        for open_it, title in opened:
            open_it()
            dialog = run.root.find("dialog", title)
            check(not (found := nameless(run)), f"{title}: {found}")
            seen = stops(run, title)
            inside = list(dialog.walk())
            outside = [node for node in seen if node not in inside]
            check(not outside, f"the keyboard leaves {title} for {outside}")
            keyboard.press("Escape")
            wait_for(lambda title=title: not run.root.find_all("dialog", title), 10, f"{title} to close")


main()
