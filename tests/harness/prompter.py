# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""The person in front of gnome-keyring: its real question (gcr-prompter), on a real display.

    with Desktop() as desktop:
        prompter = Prompter(desktop)
        prompter.answer("password of a test")      # or None: Cancel
"""

from __future__ import annotations

import os
import subprocess
import time

from desktop import Desktop
from a11y import Gone, Node
from tap import Skip, wait_for

PROGRAMS = ("/usr/libexec/gcr-prompter", "/usr/lib/gcr/gcr-prompter", "/usr/lib/x86_64-linux-gnu/gcr/gcr-prompter")
PASSWORD = "password of a test"


class Prompter:
    """The program that shows the keyring's questions; the desktop's to end."""

    def __init__(self, desktop: Desktop) -> None:
        program = next((path for path in PROGRAMS if os.access(path, os.X_OK)), None)
        if program is None:
            raise Skip("no gcr-prompter")
        self.desktop = desktop
        self.program = program
        self.get_ready()

    def get_ready(self) -> None:
        """Has it there: it leaves where it is not asked for ten seconds."""
        environment = {name: value for name, value in self.desktop.environment.items() if name != "GTK_A11Y"}
        process = subprocess.Popen([self.program], env=environment, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.desktop.processes.append(process)
        wait_for(lambda: "SystemPrompter" in self.desktop.names(), 20, "the prompter")

    def question(self) -> Node | None:
        """What it asks now."""
        for application in self.desktop.tree.applications():
            try:
                if application.name != "gcr-prompter":
                    continue
                for child in application.children():
                    if child.has("showing"):
                        return child
            except Gone:
                continue
        return None

    def wait(self, seconds: float = 20) -> Node:
        """The question, when it is there."""
        return wait_for(self.question, seconds, "the keyring's question")

    def answer(self, password: str | None = PASSWORD) -> None:
        """Types the password as a person does, or presses Escape."""
        self.wait()
        keyboard = self.desktop.keyboard()
        keyboard.take_focus()
        time.sleep(0.3)
        keyboard.press(*(["Escape"] if password is None else
                         ["space" if letter == " " else letter for letter in password] + ["Return"]))
        wait_for(lambda: self.question() is None, 20, "the question to go")
