# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Starts the test server and talks to it as a client, also as a rude one."""

from __future__ import annotations

import base64
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

from rawhttp import TIMEOUT, Connection, Reply  # noqa: E402

PROGRAM = os.environ["TC_API_SERVER"]

# Under a sanitizer memory is kept and shadowed; its size says nothing then.
IS_SANITIZED = bool(os.environ.get("TC_SANITIZED"))


class WebSocket(Connection):
    """A small WebSocket client: whole frames, no extensions."""

    def handshake(self, path: str, host: str, headers: str = "") -> Reply:
        """Asks for the upgrade."""
        key = base64.b64encode(os.urandom(16)).decode()
        self.send(
            (
                f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\n"
                f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
                f"Sec-WebSocket-Version: 13\r\n{headers}\r\n"
            ).encode()
        )
        return self.reply()

    def frame(self) -> tuple[int, bytes]:
        """The next frame: opcode and payload."""
        self._until(2)
        length = self.pending[1] & 127
        at = 2
        if length == 126:
            self._until(4)
            length, at = struct.unpack(">H", self.pending[2:4])[0], 4
        elif length == 127:
            self._until(10)
            length, at = struct.unpack(">Q", self.pending[2:10])[0], 10
        self._until(at + length)
        opcode, payload = self.pending[0] & 15, self.pending[at : at + length]
        self.pending = self.pending[at + length :]
        return opcode, payload

    def message(self) -> Any:
        """The next text frame as JSON."""
        opcode, payload = self.frame()
        if opcode != 1:
            raise AssertionError(f"opcode {opcode}: {payload!r}")
        return json.loads(payload)

    def put(self, opcode: int, payload: bytes) -> None:
        """Sends a masked frame of at most 125 bytes, or 65535."""
        head = bytes([128 | opcode])
        if len(payload) < 126:
            head += bytes([128 | len(payload)])
        else:
            head += bytes([128 | 126]) + struct.pack(">H", len(payload))
        self.send(head + b"\0\0\0\0" + payload)


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
