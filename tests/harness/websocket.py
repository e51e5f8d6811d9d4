# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""A WebSocket, frame by frame."""

from __future__ import annotations

import base64
import json
import os
import struct
from typing import Any

from rawhttp import Connection, Reply


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
