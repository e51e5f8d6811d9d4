# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""One run under a training-center-shim, for tests.

The path of the shim comes from the environment, TC_SHIM.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import processes
import tap

HARNESS = Path(__file__).resolve().parent
GAP = 1 << 63


def shim_path() -> str:
    """The shim under test."""
    path = os.environ.get("TC_SHIM")
    if not path:
        sys.exit("TC_SHIM does not say where the shim is")
    return path


def producer(*arguments: object) -> list[str]:
    """The command for a numbered producer."""
    return [sys.executable, "-S", "-E", str(HARNESS / "producer"), *(str(one) for one in arguments)]


@dataclass
class Launch:
    """What the launching process did."""

    status: int
    ready: str
    errors: str
    seconds: float


@dataclass
class IndexRecord:
    """One record of output.idx."""

    offset: int
    realtime_us: int
    boottime_us: int
    monotonic_us: int

    @property
    def is_gap(self) -> bool:
        """Whether it tells of dropped bytes."""
        return self.offset & GAP != 0


class Run:
    """A run folder and what happens in it. Use with `with`: nothing is left behind."""

    def __init__(self, parent: Path | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="tc-run-", dir=parent))
        self.marker = f"TC_TEST_RUN={self.folder}"
        self.tracers: list[subprocess.Popen[str]] = []

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *error: object) -> None:
        self.kill_everything()
        for tracer in self.tracers:
            tracer.communicate()
        shutil.rmtree(self.folder, ignore_errors=True)

    # Starting.

    def launch(self, *command: str, options: Sequence[object] = (), wrapper: Sequence[str] = (),
               environment: dict[str, str] | None = None, **popen: Any) -> Launch:
        """Starts the shim as the engine does, and waits for the launching process."""
        reading, writing = os.pipe()
        argv = [*wrapper, shim_path(), "--run-dir", str(self.folder), "--ready-fd", str(writing),
                *(str(option) for option in options), *(["--", *command] if command else [])]
        name, _, value = self.marker.partition("=")
        began = time.monotonic()
        process = subprocess.Popen(argv, env={**os.environ, **(environment or {}), name: value},
                                   stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                   pass_fds=[writing], text=True, **popen)
        os.close(writing)
        if wrapper and "strace" in wrapper[0]:
            # strace lives, and holds the pipe, as long as what it traces; it
            # is waited for at the end.
            ready = os.read(reading, 4096).decode()
            os.close(reading)
            self.tracers.append(process)
            return Launch(0, ready, "", time.monotonic() - began)
        with open(reading, encoding="utf-8") as stream:
            ready = stream.read()
        errors = process.communicate(timeout=60)[1]
        return Launch(process.returncode, ready, errors, time.monotonic() - began)

    def start(self, *command: str, **more: Any) -> Launch:
        """launch() that must succeed."""
        launch = self.launch(*command, **more)
        tap.check_equal((launch.status, launch.ready), (0, "R"), f"start ({launch.errors.strip()})")
        return launch

    def adopt(self, **more: Any) -> Launch:
        """launch() with --adopt, whatever comes of it."""
        return self.launch(options=["--adopt", *more.pop("options", [])], **more)

    # Looking.

    def identity(self) -> dict[str, Any]:
        """shim.json."""
        return json.loads((self.folder / "shim.json").read_text())

    @property
    def log(self) -> Path:
        """output.log."""
        return self.folder / "output.log"

    def log_size(self) -> int:
        """Bytes in output.log, 0 when there is none yet."""
        return self.log.stat().st_size if self.log.exists() else 0

    def index(self) -> list[IndexRecord]:
        """output.idx."""
        data = (self.folder / "output.idx").read_bytes()
        tap.check_equal(len(data) % 32, 0, "output.idx is not whole records")
        return [IndexRecord(*fields) for fields in struct.iter_unpack("<Qqqq", data)]

    def is_locked(self) -> bool:
        """Whether a shim lives."""
        with open(self.folder / "lock", "rb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def has_ended(self) -> bool:
        """Whether there is an exit record."""
        return (self.folder / "exit.json").exists()

    def record(self, seconds: float = 60) -> dict[str, Any]:
        """exit.json, once it is there and the shim gone."""
        try:
            tap.wait_for(self.has_ended, seconds, "exit.json")
        except AssertionError:
            tap.note(*(processes.describe(pid) + "\n" for pid in self.processes()))
            raise
        tap.wait_for(lambda: not self.is_locked(), 5, "the lock is free")
        return json.loads((self.folder / "exit.json").read_text())

    def pump(self) -> int | None:
        """The pid of the living pump of the living reaper."""
        for pid in processes.children(self.identity()["shim_pid"]):
            if processes.name(pid) == "tc-pump" and processes.is_alive(pid):
                return pid
        return None

    def processes(self) -> list[int]:
        """Every living process of this run, the shim's included."""
        return processes.with_environment(self.marker)

    # Talking.

    @contextlib.contextmanager
    def connection(self, timeout: float = 20) -> Iterator[socket.socket]:
        """A connection to the control socket, whatever the length of its path."""
        folder = os.open(self.folder, os.O_PATH)
        client = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        client.settimeout(timeout)
        try:
            client.connect(f"/proc/self/fd/{folder}/control.sock")
            yield client
        finally:
            client.close()
            os.close(folder)

    def ask(self, message: str | bytes) -> str:
        """Sends one command and returns the reply."""
        with self.connection() as client:
            client.send(message.encode() if isinstance(message, str) else message)
            return client.recv(8192).decode()

    def status(self) -> dict[str, Any]:
        """The reply to "status"."""
        return json.loads(self.ask("status"))

    # Harming.

    def kill_reaper(self) -> None:
        """SIGKILL to the reaper, and waits for its death."""
        self._kill(self.identity()["shim_pid"])

    def kill_pump(self) -> None:
        """SIGKILL to the pump of the last reaper, and waits for its death."""
        self._kill(self.identity()["pump_pid"])

    def _kill(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)
        tap.wait_for(lambda: not processes.is_alive(pid), 5, f"death of {pid}")

    def kill_everything(self) -> None:
        """Kills whatever carries our mark in its environment."""
        for _ in range(100):
            pids = self.processes()
            if not pids:
                return
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.02)
