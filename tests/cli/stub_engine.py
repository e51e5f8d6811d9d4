# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""An engine that says what a test tells it to: HTTP and WebSocket on a Unix socket.

It knows nothing of the real one but the contract of its API, so that it can
also answer what the real one never would.
"""

from __future__ import annotations

import base64
import hashlib
import http.server
import json
import os
import socket
import socketserver
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SOURCE = Path(os.environ["TC_SOURCE"])
sys.path.insert(0, str(SOURCE / "tests" / "harness"))

TRAINCTL = os.environ["TC_TRAINCTL"]
_MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

# (status, body, headers); a body that is no bytes becomes JSON.
Answer = tuple[int, Any, dict[str, str]]


def error(status: int, code: str, message: str) -> Answer:
    """An answer of the engine that says no."""
    return status, {"error": {"code": code, "message": message}}, {}


def session(number: int, status: str = "queued", **more: Any) -> dict[str, Any]:
    """A session as the engine writes it."""
    fields = {"session_id": str(number), "status": status, "position": number, "attempt": 1,
              "config": {"title": f"session {number}", "epochs": 3}}
    return fields | more


class Home:
    """Folders of its own for everything trainctl looks for."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="tc-cli-")
        self.path = Path(self.folder.name)
        self.runtime = self.path / "run" / "training-center"
        self.runtime.mkdir(parents=True, mode=0o700)
        (self.path / "run").chmod(0o700)
        self.socket = self.runtime / "engine.sock"
        self.engine_log = self.path / "state" / "training-center" / "engine.log"
        self.environment = os.environ | {
            "XDG_RUNTIME_DIR": str(self.path / "run"),
            "XDG_DATA_HOME": str(self.path / "data"),
            "XDG_STATE_HOME": str(self.path / "state"),
            "XDG_CONFIG_HOME": str(self.path / "config"),
            "TRAINING_CENTER_ENGINE": "/nonexistent/engine",
            "HOME": str(self.path),
            "TZ": "UTC",
            "G_DEBUG": "fatal-criticals",
        }

    def close(self) -> None:
        """Removes it all; an engine that leaves late may still be writing."""
        deadline = time.monotonic() + 40
        while True:
            try:
                self.folder.cleanup()
                return
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def run(self, *arguments: str, timeout: float = 60, **options: Any) -> subprocess.CompletedProcess:
        """Runs trainctl to its end."""
        return subprocess.run([TRAINCTL, *arguments], env=self.environment, capture_output=True,
                              timeout=timeout, check=False, stdin=subprocess.DEVNULL, **options)


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        """Keeps the connection, so that it can be broken."""
        super().setup()
        self.server.engine.connections.append(self.connection)

    def _answer(self) -> None:
        engine: StubEngine = self.server.engine
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        path = self.path.split("?")[0]
        engine.requests.append((self.command, self.path, json.loads(body) if body else None))
        if self.headers.get("Upgrade", "").lower() == "websocket":
            self._upgrade(engine)
            return
        found = engine.routes.get((self.command, path))
        status, content, headers = found(self.path) if callable(found) else found or error(404, "not-found", "No such path.")
        if status == 0:
            self.close_connection = True
            return
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        for name, value in ({"Content-Type": "application/json"} | headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PUT = do_DELETE = _answer

    def _upgrade(self, engine: StubEngine) -> None:
        key = self.headers["Sec-WebSocket-Key"] + _MAGIC
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
        self.send_response(101)
        for name, value in {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": accept}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.flush()
        with engine.changed:
            engine.listeners.append(self.connection)
            engine.changed.notify_all()
        engine.send({"type": "hello", "version": "stub", "paused": False})
        try:
            while self.connection.recv(4096):
                pass
        except OSError:
            pass
        self.close_connection = True

    def address_string(self) -> str:
        """There is no address on a Unix socket."""
        return "unix"

    def log_message(self, *_: Any) -> None:
        """Tests speak TAP on stdout."""


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: Any) -> None:
        """Clients that go away in the middle are what some tests are about."""


class StubEngine:
    """Answers at `home.socket` until it is closed."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.requests: list[tuple[str, str, Any]] = []
        self.connections: list[socket.socket] = []
        self.listeners: list[socket.socket] = []
        self.changed = threading.Condition()
        self.sessions: list[dict[str, Any]] = []
        self.routes: dict[tuple[str, str], Answer | Callable[[str], Answer]] = {
            ("GET", "/api/training/queue"): lambda _: (200, {"paused": False, "sessions": self.sessions}, {}),
        }
        home.socket.unlink(missing_ok=True)
        self.server = _Server(str(home.socket), _Handler)
        self.server.engine = self
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    def wait_for_listener(self, seconds: float = 40) -> None:
        """Waits until somebody has opened the WebSocket and loaded the queue."""
        with self.changed:
            assert self.changed.wait_for(lambda: self.listeners, seconds), "nobody listens to events"

    def send(self, *events: dict[str, Any]) -> None:
        """Sends one frame to all who listen."""
        data = json.dumps({"events": events}).encode()
        head = b"\x81" + (struct.pack("!B", len(data)) if len(data) < 126 else struct.pack("!BH", 126, len(data)))
        for listener in list(self.listeners):
            try:
                listener.sendall(head + data)
            except OSError:
                self.listeners.remove(listener)

    def change(self, number: int, status: str, **more: Any) -> None:
        """Changes a session, and says so."""
        changed = session(number, status, **more)
        self.sessions = [changed if old["session_id"] == str(number) else old for old in self.sessions]
        self.send({"type": "session-changed", "session": changed})

    def stop_listening(self) -> None:
        """Lets go of the socket; the connections stay."""
        self.server.shutdown()
        self.server.server_close()
        self.home.socket.unlink(missing_ok=True)

    def die(self) -> None:
        """Ends as after kill -9: nothing is said to anybody."""
        self.stop_listening()
        for connection in self.connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.listeners.clear()

    def say_goodbye(self) -> None:
        """Ends as an engine that was told to stop."""
        for listener in self.listeners:
            listener.sendall(b"\x88\x02" + struct.pack("!H", 1001))
        self.die()
