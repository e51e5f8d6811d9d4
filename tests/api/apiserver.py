# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Starts the test server and talks to it as a client, also as a rude one."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

from rawhttp import TIMEOUT, Connection, Reply  # noqa: E402
from websocket import WebSocket  # noqa: E402

PROGRAM = os.environ["TC_API_SERVER"]

# Under a sanitizer memory is kept and shadowed; its size says nothing then.
IS_SANITIZED = bool(os.environ.get("TC_SANITIZED"))


class Server:
    """The test server in a folder of its own."""

    def __init__(self, root: str | None = None, prepare: Any = None, **options: Any) -> None:
        self.own_root = root is None
        self.root = Path(root or tempfile.mkdtemp(prefix="tc-api-"))
        if prepare is not None:
            prepare(self.root)
        self.process = subprocess.Popen(
            [PROGRAM, str(self.root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            **options
        )
        word, _, self.path = self.line().partition(" ")
        self.is_ready = word == "ready"
        self.port = 0
        self.token = ""

    @property
    def socket_path(self) -> Path:
        """Where the Unix socket is, or would be."""
        return self.root / "run" / "training-center" / "engine.sock"

    def line(self) -> str:
        """The next line that the server says."""
        return self.process.stdout.readline().rstrip("\n")

    def do(self, *words: object) -> str:
        """Gives a command and returns the answer."""
        self.process.stdin.write(" ".join(str(word) for word in words) + "\n")
        self.process.stdin.flush()
        return self.line()

    def connect(self, kind: type = Connection) -> Any:
        """A connection over the Unix socket."""
        sock = socket.socket(socket.AF_UNIX)
        sock.settimeout(TIMEOUT)
        sock.connect(str(self.socket_path))
        return kind(sock)

    def connect_tcp(self, kind: type = Connection) -> Any:
        """A connection over the port that serve() opened."""
        return kind(socket.create_connection(("127.0.0.1", self.port), TIMEOUT))

    def ask(self, method: str, path: str, body: Any = None, headers: str = "") -> Reply:
        """One request over the Unix socket, on a connection of its own."""
        with self.connect() as connection:
            data = b"" if body is None else json.dumps(body).encode()
            head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{headers}"
            if body is not None:
                head += f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n"
            connection.send(head.encode() + b"\r\n" + data)
            return connection.reply(has_body=method != "HEAD")

    def raw(self, data: bytes, tcp: bool = False) -> Reply:
        """Sends exactly these bytes and reads one answer."""
        with (self.connect_tcp() if tcp else self.connect()) as connection:
            connection.send(data)
            return connection.reply()

    def serve(self) -> None:
        """Opens a port."""
        answer = self.ask("POST", "/api/server", {"port": 0}).json
        self.port = int(answer["url"].rpartition(":")[2])
        self.token = answer["token"]

    def add(self, **config: Any) -> str:
        """Queues a session and returns its id."""
        reply = self.ask("POST", "/api/training/queue", config)
        return reply.json["sessions"][0]["session_id"]

    def watch(self, path: str = "/training/events") -> WebSocket:
        """An event client, greeted."""
        client = self.connect(WebSocket)
        reply = client.handshake(path, "localhost")
        if reply.status != 101:
            raise AssertionError(f"{reply.status} {reply.body!r}")
        return client

    def check_memory(self, limit_kib: int) -> None:
        """Fails when the server has grown beyond a limit."""
        if not IS_SANITIZED and self.rss_kib() > limit_kib:
            raise AssertionError(f"{self.rss_kib()} KiB resident, {limit_kib} allowed")

    def rss_kib(self) -> int:
        """The server's resident memory."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
        raise AssertionError("no VmRSS")

    def stop(self) -> int:
        """Ends the server and returns its exit status."""
        if self.process.poll() is None:
            try:
                self.process.stdin.write("quit\n")
                self.process.stdin.close()
            except BrokenPipeError:
                pass
        code = self.process.wait(TIMEOUT)
        self.process.stdout.close()
        if self.own_root:
            shutil.rmtree(self.root, ignore_errors=True)
        return code

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, kind: type | None, *_: object) -> None:
        code = self.stop()
        if code != 0 and kind is None:
            raise AssertionError(f"the server ended with {code}")
