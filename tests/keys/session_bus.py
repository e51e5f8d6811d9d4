# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""A session bus of its own, with a real gnome-keyring-daemon on it or without."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "harness"))

from tap import Skip, wait_for  # noqa: E402

# No service folders: what is to be absent must not be started by the bus.
CONFIG = """<busconfig><type>session</type><listen>unix:path={path}</listen>
<policy context="default"><allow send_destination="*"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>"""


class SessionBus:
    """A bus, a home folder, and the keyring; a context that leaves nothing behind."""

    def __init__(self, keyring: bool = True) -> None:
        for tool in ("dbus-daemon", "dbus-send", "gnome-keyring-daemon"):
            if shutil.which(tool) is None:
                raise Skip(f"no {tool}")
        self.root = Path(tempfile.mkdtemp(prefix="tc-bus-"))
        self.address = f"unix:path={self.root}/bus"
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("XDG_")}
        self.environment |= {
            "HOME": str(self.root), "XDG_DATA_HOME": str(self.root / "data"),
            "XDG_RUNTIME_DIR": str(self.root / "run"), "DBUS_SESSION_BUS_ADDRESS": self.address,
        }
        (self.root / "run").mkdir(mode=0o700)
        self.wants_keyring = keyring
        self.processes: list[subprocess.Popen[bytes]] = []
        self.daemon: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "SessionBus":
        config = self.root / "bus.conf"
        config.write_text(CONFIG.format(path=self.root / "bus"))
        self._spawn("dbus-daemon", "--nofork", "--nopidfile", f"--config-file={config}")
        wait_for((self.root / "bus").exists, 10, "the bus")
        if self.wants_keyring:
            self.start_keyring()
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self.processes):
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()
        shutil.rmtree(self.root, ignore_errors=True)

    def _spawn(self, *command: str, stdin: bytes = b"") -> subprocess.Popen[bytes]:
        process = subprocess.Popen(command, env=self.environment, stdin=subprocess.PIPE,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        process.stdin.write(stdin)
        process.stdin.close()
        self.processes.append(process)
        return process

    def start_keyring(self) -> None:
        """Starts the keyring, open."""
        self.daemon = self._spawn("gnome-keyring-daemon", "--foreground", "--components=secrets",
                                  "--unlock", stdin=b"password of a test")
        try:
            wait_for(lambda: "/collection/" in self.call("ReadAlias", "string:default"), 10, "a keyring")
        except AssertionError as error:
            raise Skip(f"gnome-keyring-daemon does not work here: {error}") from error

    def call(self, method: str, *arguments: str) -> str:
        """A method of the Secret Service; what came back as text, or nothing."""
        done = subprocess.run(["dbus-send", f"--bus={self.address}", "--print-reply", "--reply-timeout=2000",
                               "--dest=org.freedesktop.secrets", "/org/freedesktop/secrets",
                               f"org.freedesktop.Secret.Service.{method}", *arguments],
                              env=self.environment, capture_output=True, text=True, check=False)
        return done.stdout

    def names(self) -> str:
        """Who is on the bus, as text."""
        done = subprocess.run(["dbus-send", f"--bus={self.address}", "--print-reply", "--dest=org.freedesktop.DBus",
                               "/org/freedesktop/DBus", "org.freedesktop.DBus.ListNames"],
                              env=self.environment, capture_output=True, text=True, check=False)
        return done.stdout

    def lock(self) -> None:
        """Locks the keyring."""
        path = self.call("ReadAlias", "string:default").split('"')[1]
        self.call("Lock", f"array:objpath:{path}")

    def items(self) -> int:
        """How many secrets of Training Center the keyring has."""
        answer = self.call("SearchItems", "dict:string:string:xdg:schema,dev.hlx.TrainingCenter.ApiKey")
        return answer.count("object path")

    def hang(self) -> None:
        """The keyring answers no more."""
        self.daemon.send_signal(signal.SIGSTOP)
        time.sleep(0.05)
