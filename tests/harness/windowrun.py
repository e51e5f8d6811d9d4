# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""The window of Training Center on a desktop of its own, used as a person uses it.

    with WindowRun() as run:
        run.open()
        run.press("New Session")
        run.root.find("label", "Nothing Queued")

TC_WINDOW names the program under test, and the variables of enginerun.py those
it starts: the window itself starts the engine unless the test does.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from typing import Any

from gi.repository import Gio, GLib

import processes
from a11y import Gone, Node, connect
from desktop import Desktop
from enginerun import Engine
from tap import check, wait_for

APP_ID = "dev.hlx.TrainingCenter"
APP_PATH = "/dev/hlx/TrainingCenter"


class WindowRun:
    """A desktop, the data of an engine, and windows on them; a context."""

    def __init__(self, keyring: bool = True, width: int = 1100, height: int = 760, **environment: str) -> None:
        self.desktop = Desktop(keyring, width, height)
        self.more = environment
        self.window: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "WindowRun":
        self.desktop.__enter__()
        given = {name: value for name, value in self.desktop.environment.items()
                 if os.environ.get(name) != value and (not name.startswith("XDG_") or name == "XDG_DATA_DIRS")}
        self.engine = Engine(**(given | {"HOME": str(self.desktop.root)} | self.more))
        for name in ("WAYLAND_DISPLAY", "NO_AT_BRIDGE", "G_DEBUG"):
            self.engine.environment.pop(name, None)
        self.environment = self.engine.environment
        self.log = self.engine.root / "window.log"
        self.mocks = self.desktop.mocks
        return self

    def __exit__(self, *what: object) -> None:
        if self.window is not None and self.window.poll() is None:
            self.window.kill()
            self.window.wait()
        self.engine.__exit__(*what)
        self.desktop.__exit__(*what)

    # The process

    def open(self, *arguments: str, seconds: float = 60) -> Node:
        """Starts the window and waits until it is there; its root."""
        self.start(*arguments)
        return self.appear(seconds)

    def start(self, *arguments: str, prefix: tuple[str, ...] = ()) -> None:
        """Starts the program; prefix wraps the command."""
        with self.log.open("ab") as log:
            self.window = subprocess.Popen([*prefix, os.environ["TC_WINDOW"], *arguments], env=self.environment,
                                           stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)

    def appear(self, seconds: float = 60) -> Node:
        """Waits for the window of the process that was started."""
        self.root = wait_for(self._find_frame, seconds, "a window")
        return self.root

    def _find_frame(self) -> Node | None:
        if self.window is not None and self.window.poll() is not None:
            raise AssertionError(f"the window ended with {self.window.returncode}: {self.log.read_text()[-2000:]}")
        for application in self.desktop.tree.applications():
            try:
                if application.name != "training-center":
                    continue
                for frame in application.children():
                    if frame.has("showing") or frame.has("visible"):
                        return frame
            except Gone:
                continue
        return None

    def has_window(self) -> bool:
        """Whether a window is to be seen."""
        return self._find_frame() is not None

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Ends the window's process."""
        self.window.send_signal(number)
        self.window.wait()

    def messages(self) -> list[str]:
        """Warnings and worse that the window wrote, but for what a machine without a free inotify makes GLib say."""
        return [line for line in self.log.read_text(errors="replace").splitlines()
                if any(word in line for word in ("CRITICAL", "WARNING", "ERROR")) and "file monitor" not in line]

    # A person's hands

    def press(self, name: str, role: str = "", where: Node | None = None, seconds: float = 20) -> None:
        """Presses a button (or what else can be clicked) of that name."""
        deadline = time.monotonic() + seconds
        root = where or self.root
        while True:
            button = root.find(role, name, lambda node: "click" in node.actions() and node.has("sensitive"),
                               max(0.1, deadline - time.monotonic()))
            try:
                button.act("click")
                return
            except Gone:
                continue

    def type_into(self, name: str, text: str, where: Node | None = None) -> None:
        """Writes into the entry of that name."""
        entry = (where or self.root).find("", name, lambda node: "EditableText" in node.interfaces and node.has("focusable"))
        entry.set_text(text)

    def focused(self) -> Node | None:
        """What has the keyboard."""
        for node in self.root.walk():
            try:
                if node.has("focused"):
                    return node
            except Gone:
                continue
        return None

    def reach(self, target: Node, presses: int = 60, hold: str = "") -> None:
        """Goes to an object with Tab, and among the rows of a list with the arrow keys.

        With hold="Control+" the rows on the way are not selected.
        """
        keyboard = self.desktop.keyboard()
        keyboard.take_focus()
        row = target.row()
        rows = row.parent().children() if row is not None else []
        for _ in range(presses):
            if target.has_keyboard():
                return
            here = next((i for i, node in enumerate(rows) if node.has_keyboard()), None)
            # In a number the arrow keys make it more or less.
            if row is None or here is None or rows[here] == row or rows[here].find_all("spin button"):
                keyboard.press("Tab")
            else:
                keyboard.press(hold + ("Down" if here < rows.index(row) else "Up"))
        raise AssertionError(f"the keyboard does not come to {target} in\n{self.root.dump()}")

    def choose(self, name: str, item: str, where: Node | None = None) -> None:
        """Opens the list of a combo row and takes an item, by keyboard."""
        keyboard = self.desktop.keyboard()
        row = (where or self.root).find("combo box", name)
        if item in [label.name for label in row.find_all("label")]:
            return
        self.reach(row)
        keyboard.press("space")
        listed = row.find("list", "", lambda node: len(node.children()) > 1)
        texts = [child.texts() for child in listed.children()]
        number = next((i for i, found in enumerate(texts) if item in found), None)
        check(number is not None, f"no {item} in {texts}")
        wait_for(listed.has_keyboard, 10, f"the keyboard in the list of {name}")
        keyboard.press("Home", *["Down"] * number, "Return")
        wait_for(lambda: item in [label.name for label in row.find_all("label")], 10, f"{item} in {name}")

    def see(self, text: str, seconds: float = 20, where: Node | None = None) -> str:
        """Waits until something that can be read holds the text; that."""
        return wait_for(lambda: next((seen for seen in (where or self.root).texts() if text in seen), None), seconds,
                        f"“{text}” in\n{(where or self.root).dump()}")

    def sees(self, text: str) -> bool:
        """Whether that can be read now."""
        return any(text in seen for seen in self.root.texts())

    # The application on the bus

    def call(self, interface: str, method: str, arguments: GLib.Variant, path: str = APP_PATH) -> Any:
        """A method of the application, as the desktop calls it."""
        bus = connect(self.desktop.address)
        try:
            return bus.call_sync(APP_ID, path, interface, method, arguments, None,
                                 Gio.DBusCallFlags.NO_AUTO_START, 20_000, None).unpack()
        finally:
            bus.close_sync()

    def is_on_bus(self) -> bool:
        """Whether the application has its name."""
        bus = connect(self.desktop.address)
        try:
            return bus.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameHasOwner",
                                 GLib.Variant("(s)", (APP_ID,)), None, Gio.DBusCallFlags.NONE, 20_000, None).unpack()[0]
        finally:
            bus.close_sync()

    def activate_action(self, name: str, *values: GLib.Variant) -> None:
        """An action of the application, as a notification does it."""
        self.call("org.freedesktop.Application", "ActivateAction",
                  GLib.Variant("(sava{sv})", (name, list(values), {})))

    def show(self, page: str) -> None:
        """Goes to a page of the sidebar."""
        self.activate_action("show-page", GLib.Variant("s", page))

    def engine_pid(self) -> int:
        """The engine that the window started."""
        found = [pid for pid in processes.with_environment(self.engine.mark) if is_program(pid, os.environ["TC_ENGINE"])]
        check(len(found) == 1, "engines:", found)
        return found[0]


def is_program(pid: int, path: str) -> bool:
    """Whether a process runs that program."""
    try:
        return os.readlink(f"/proc/{pid}/exe") == os.path.realpath(path)
    except OSError:
        return False
