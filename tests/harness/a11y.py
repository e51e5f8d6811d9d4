# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""What a screen reader sees of a window, and what it can do there.

Speaks AT-SPI over its bus itself: nothing is cached, and every question has a
time limit, so that a window that hangs is told from one that is slow.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from gi.repository import Gio, GLib

from tap import PATIENCE

CALL_MS = 10_000
REGISTRY = ("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")
PREFIX = "org.a11y.atspi."
# Bits of the state, as AtspiStateType numbers them.
STATES = {"checked": 4, "enabled": 8, "expanded": 10, "focusable": 11, "focused": 12, "selected": 23,
          "sensitive": 24, "showing": 25, "visible": 30}


class Gone(Exception):
    """The object, or its whole application, is not there any more."""


class Tree:
    """The accessibility bus."""

    def __init__(self, session_address: str) -> None:
        session = connect(session_address)
        address = session.call_sync("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", None,
                                    None, Gio.DBusCallFlags.NO_AUTO_START, CALL_MS, None).unpack()[0]
        self.bus = connect(address)
        session.close_sync()

        # The first call starts the registry, which belongs to the bus.
        self.applications()

    def applications(self) -> list["Node"]:
        """All that have come."""
        found = self.bus.call_sync(*REGISTRY, PREFIX + "Accessible", "GetChildren", None, None,
                                   Gio.DBusCallFlags.NONE, CALL_MS, None).unpack()[0]
        return [Node(self, bus, path) for bus, path in found]


class Node:
    """One accessible object. Two nodes are equal when they are the same object."""

    def __init__(self, tree: Tree, bus: str, path: str) -> None:
        self.tree, self.bus, self.path = tree, bus, path

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and (self.bus, self.path) == (other.bus, other.path)

    def __hash__(self) -> int:
        return hash((self.bus, self.path))

    def __repr__(self) -> str:
        try:
            return f"<{self.role} “{self.name}”>"
        except Gone:
            return "<gone>"

    def call(self, interface: str, method: str, arguments: GLib.Variant | None = None) -> Any:
        """A method of one of its interfaces."""
        try:
            return self.tree.bus.call_sync(self.bus, self.path, interface, method, arguments, None,
                                           Gio.DBusCallFlags.NO_AUTO_START, CALL_MS, None).unpack()
        except GLib.Error as error:
            raise Gone(f"{method} of {self.bus} {self.path}: {error.message}") from error

    def get(self, interface: str, name: str) -> Any:
        """A property of one of its interfaces."""
        return self.call("org.freedesktop.DBus.Properties", "Get", GLib.Variant("(ss)", (PREFIX + interface, name)))[0]

    @property
    def name(self) -> str:
        """What it is called."""
        return self.get("Accessible", "Name")

    @property
    def description(self) -> str:
        """What is said of it beyond the name."""
        return self.get("Accessible", "Description")

    @property
    def role(self) -> str:
        """What it is: "button", "label" …"""
        return self.call(PREFIX + "Accessible", "GetRoleName")[0]

    @property
    def interfaces(self) -> list[str]:
        """What it can do, without the prefix."""
        return [name.removeprefix(PREFIX) for name in self.call(PREFIX + "Accessible", "GetInterfaces")[0]]

    def has(self, state: str) -> bool:
        """Whether it is in one of STATES."""
        low, high = self.call(PREFIX + "Accessible", "GetState")[0]
        return bool((low | high << 32) >> STATES[state] & 1)

    def children(self) -> list["Node"]:
        """Its children, in order."""
        return [Node(self.tree, bus, path) for bus, path in self.call(PREFIX + "Accessible", "GetChildren")[0]]

    def walk(self, only_shown: bool = True) -> Iterator["Node"]:
        """It and all below it, parents first; without only_shown also what is hidden."""
        stack = [self]
        while stack:
            node = stack.pop()
            try:
                if only_shown and node is not self and not (node.has("visible") or node.has("showing")):
                    continue
                yield node
                stack += reversed(node.children())
            except Gone:
                continue

    def text(self) -> str:
        """What stands in it: its text, else its name."""
        if "Text" in self.interfaces:
            return self.call(PREFIX + "Text", "GetText", GLib.Variant("(ii)", (0, -1)))[0]
        return self.name

    def texts(self) -> list[str]:
        """All that can be read in it and below."""
        found = []
        for node in self.walk():
            try:
                found += [text for text in dict.fromkeys((node.name, node.description)) if text]
            except Gone:
                continue
        return found

    def set_text(self, text: str) -> None:
        """Replaces what stands in it."""
        if not self.call(PREFIX + "EditableText", "SetTextContents", GLib.Variant("(s)", (text,)))[0]:
            raise AssertionError(f"{self} takes no text")

    def set_value(self, value: float) -> None:
        """Sets a number, as in a spin button."""
        self.call("org.freedesktop.DBus.Properties", "Set",
                  GLib.Variant("(ssv)", (PREFIX + "Value", "CurrentValue", GLib.Variant("d", value))))

    @property
    def role_number(self) -> int:
        """What it is, in AT-SPI's numbers: the names of roles are translated."""
        return self.call(PREFIX + "Accessible", "GetRole")[0]

    def actions(self) -> list[str]:
        """Names of what can be done with it."""
        if "Action" not in self.interfaces:
            return []
        return [name.lower() for name, *_ in self.call(PREFIX + "Action", "GetActions")[0]]

    def act(self, name: str = "click") -> None:
        """Does one of its actions."""
        names = self.actions()
        # They are translated; the first is what a press does.
        number = names.index(name) if name in names else 0
        if not self.call(PREFIX + "Action", "DoAction", GLib.Variant("(i)", (number,)))[0]:
            raise AssertionError(f"{self} did not {name}")

    def parent(self) -> "Node":
        """What it is in."""
        return Node(self.tree, *self.get("Accessible", "Parent"))

    def row(self) -> "Node | None":
        """The row of a list that it is in, or is."""
        node = self
        for _ in range(16):
            above = node.parent()
            if above.role == "list":
                return node
            node = above
        return None

    def has_keyboard(self) -> bool:
        """Whether the keyboard is on it or on something in it."""
        return any(node.has("focused") for node in self.walk())

    def extents(self) -> tuple[int, int, int, int]:
        """x, y, width, height in its window."""
        return self.call(PREFIX + "Component", "GetExtents", GLib.Variant("(u)", (1,)))[0]

    def matches(self, role: str = "", name: str = "",
                where: Callable[["Node"], bool] | None = None) -> Iterator["Node"]:
        """Shown objects below it of that role and name ("~name": it is a part of theirs) that fulfil a condition."""
        part = name[1:] if name.startswith("~") else ""
        for node in self.walk():
            try:
                if (not role or node.role == role) and (not name or node.name == name or part and part in node.name) \
                        and (where is None or where(node)):
                    yield node
            except Gone:
                continue

    def find_all(self, role: str = "", name: str = "", where: Callable[["Node"], bool] | None = None) -> list["Node"]:
        """All such objects."""
        return list(self.matches(role, name, where))

    def find(self, role: str = "", name: str = "", where: Callable[["Node"], bool] | None = None,
             seconds: float = 20) -> "Node":
        """The first such object, waited for."""
        deadline = time.monotonic() + PATIENCE * seconds
        while True:
            found = next(self.matches(role, name, where), None)
            if found is not None:
                return found
            if time.monotonic() > deadline:
                raise AssertionError(f"no {role or 'object'} “{name}” within {seconds} s in:\n{self.dump()}")
            time.sleep(0.05)

    def dump(self) -> str:
        """The tree as text."""
        lines: list[str] = []

        def add(node: Node, depth: int) -> None:
            try:
                if not (node.has("visible") or node.has("showing")) and depth > 0:
                    return
                marks = "".join(f" {state}" for state in ("focusable", "focused", "selected", "checked")
                                if node.has(state))
                actions = ",".join(name for name in node.actions() if "." not in name)
                said = f" = {node.text()!r}" if "EditableText" in node.interfaces else ""
                lines.append(f"{'  ' * depth}{node.role} “{node.name}” {node.description!r}{said}{marks} [{actions}]")
                for child in node.children():
                    add(child, depth + 1)
            except Gone:
                return

        add(self, 0)
        return "\n".join(lines)


def connect(address: str) -> Gio.DBusConnection:
    """A connection of its own to a bus."""
    flags = Gio.DBusConnectionFlags
    return Gio.DBusConnection.new_for_address_sync(
        address, flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION, None, None)
