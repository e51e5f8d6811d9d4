# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""An engine of its own in a folder of its own, driven over its socket.

TC_ENGINE, TC_SHIM, TC_TRAINCTL and TC_TRAINER name the programs under test.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import processes
import tap

ACTIVE = ("starting", "running", "paused")
FINAL = ("completed", "failed", "cancelled", "skipped")
HARNESS = Path(__file__).resolve().parent


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str, timeout: float = 60) -> None:
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Engine:
    """One engine and its data; a context that leaves nothing behind."""

    def __init__(self, **environment: str) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="tc-engine-"))
        self.mark = f"TC_TEST_ROOT={self.root}"
        self.environment = {key: value for key, value in os.environ.items()
                            if not key.startswith("XDG_") and key != "PYTHONUNBUFFERED"}
        self.environment |= {f"XDG_{name}": str(self.root / name.lower()) for name in
                             ("DATA_HOME", "STATE_HOME", "CONFIG_HOME", "CACHE_HOME", "RUNTIME_DIR")}
        self.environment |= {
            "TC_TEST_ROOT": str(self.root),
            "TRAINING_CENTER_SHIM": os.environ["TC_SHIM"],
            "TRAINING_CENTER_ENGINE": os.environ["TC_ENGINE"],
            "TRAINING_CENTER_TRAINER_DIR": os.environ["TC_TRAINER"],
        } | environment
        self.data = self.root / "data_home" / "training-center"
        self.socket = self.root / "runtime_dir" / "training-center" / "engine.sock"
        self.log = self.root / "engine.log"
        self.process: subprocess.Popen[bytes] | None = None
        (self.root / "runtime_dir").mkdir(mode=0o700)

    def __enter__(self) -> "Engine":
        return self.start()

    def __exit__(self, *_: object) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for pid in processes.with_environment(self.mark):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        shutil.rmtree(self.root, ignore_errors=True)

    def start(self, *prefix: str, wait: bool = True, seconds: float = 20) -> "Engine":
        """Starts the engine and waits until it answers; prefix wraps the command."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen([*prefix, os.environ["TC_ENGINE"]], env=self.environment,
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            start_new_session=True)
        if wait:
            deadline = time.monotonic() + tap.PATIENCE * seconds
            while not self.answers():
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise AssertionError(f"the engine does not answer: {self.log.read_text()}")
                time.sleep(0.01)
        return self

    def answers(self) -> bool:
        """Whether the engine answers a request."""
        try:
            return self.request("GET", "/api/engine")[0] == 200
        except OSError:
            return False

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Ends the engine's process."""
        self.process.send_signal(number)
        self.process.wait()

    def fetch(self, path: str) -> bytes:
        """GET, as the bytes that came."""
        connection = UnixConnection(str(self.socket))
        try:
            connection.request("GET", path)
            return connection.getresponse().read()
        finally:
            connection.close()

    def request(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """One request; the answer's status and its JSON (or bytes)."""
        connection = UnixConnection(str(self.socket))
        try:
            text = None if body is None else json.dumps(body)
            connection.request(method, path, text, {"Content-Type": "application/json"} if text else {})
            answer = connection.getresponse()
            data = answer.read()
            if (answer.getheader("Content-Type") or "").startswith("application/json"):
                return answer.status, json.loads(data)
            return answer.status, data
        finally:
            connection.close()

    def get(self, path: str) -> Any:
        """GET that must succeed."""
        status, answer = self.request("GET", path)
        if status != 200:
            raise AssertionError(f"GET {path}: {status} {answer}")
        return answer

    def post(self, path: str, body: Any = None, wanted: tuple[int, ...] = (200, 201)) -> Any:
        """POST that must be answered with one of the statuses wanted."""
        status, answer = self.request("POST", path, body)
        if status not in wanted:
            raise AssertionError(f"POST {path}: {status} {answer}")
        return answer

    def add(self, command: str, **config: Any) -> str:
        """Queues a free-form command; the session's id."""
        answer = self.post("/api/training/queue", {"command": command, "epochs": 3, **config})
        return answer["sessions"][0]["session_id"]

    def run(self, command: str, **config: Any) -> str:
        """Queues a command and starts the queue; the session's id."""
        session = self.add(command, **config)
        self.post("/api/training/start")
        return session

    def session(self, session: str) -> dict[str, Any]:
        """The whole session."""
        return self.get(f"/api/training/status/{session}")["session"]

    def wait(self, session: str, states: tuple[str, ...] = FINAL, seconds: float = 30) -> dict[str, Any]:
        """Waits until the session is in one of the states."""
        deadline = time.monotonic() + tap.PATIENCE * seconds
        while True:
            found = self.session(session)
            if found["status"] in states:
                return found
            if time.monotonic() > deadline:
                raise AssertionError(f"session {session} is {found['status']} ({found['reason']}), not "
                                     f"{' or '.join(states)}, after {seconds} s\n{self.log.read_text()[-2000:]}")
            time.sleep(0.01)

    def run_dir(self, session: str) -> Path:
        """The run folder of a session."""
        return self.data / "runs" / session

    def output(self, session: str) -> bytes:
        """The log of a session."""
        return (self.run_dir(session) / "output.log").read_bytes()

    def metrics(self, session: str) -> dict[str, list[list[Any]]]:
        """All points of a session by series."""
        return self.get(f"/api/training/metrics/{session}")["series"]

    def events(self, session: str) -> list[dict[str, Any]]:
        """The events of a session."""
        return self.get(f"/api/training/events/{session}")["events"]

    def shim_record(self, session: str) -> dict[str, Any]:
        """What the shim wrote of itself."""
        return json.loads((self.run_dir(session) / "shim.json").read_text())

    def trainctl(self, *arguments: str, **more: Any) -> subprocess.CompletedProcess[str]:
        """Runs trainctl to its end."""
        return subprocess.run([os.environ["TC_TRAINCTL"], *arguments], env=self.environment, text=True,
                              capture_output=True, timeout=120, stdin=subprocess.DEVNULL, **more)
