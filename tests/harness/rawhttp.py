# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""HTTP as no library would say it: raw connections, and what rude clients send (L01 to L06).

The lists are functions of the server's own name or port, so that every HTTP
door of the engine is tried with the same keys.
"""

from __future__ import annotations

import json
import socket
from typing import Any

TIMEOUT = 15.0


class Reply:
    """An HTTP answer, read from a socket."""

    def __init__(self, head: bytes, body: bytes) -> None:
        lines = head.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split(" ")[1])
        self.headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            self.headers[name.strip().lower()] = value.strip()
        self.body = body

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The stable word of an error."""
        return self.json["error"]["code"]


class Connection:
    """A raw connection; nothing is sent that was not asked for."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.sock.settimeout(TIMEOUT)
        self.pending = b""

    def send(self, data: bytes) -> None:
        """Sends as much as the other side takes; it may hang up meanwhile."""
        try:
            self.sock.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def receive(self) -> bytes:
        """The next bytes; b"" when the connection has ended."""
        try:
            return self.sock.recv(65536)
        except ConnectionResetError:
            return b""

    def _until(self, length: int) -> None:
        while len(self.pending) < length:
            data = self.receive()
            if data == b"":
                raise EOFError(f"the connection ended after {self.pending!r}")
            self.pending += data

    def reply(self, has_body: bool = True) -> Reply:
        """Reads one answer."""
        while b"\r\n\r\n" not in self.pending:
            self._until(len(self.pending) + 1)
        head, _, self.pending = self.pending.partition(b"\r\n\r\n")
        reply = Reply(head, b"")
        if has_body and reply.status not in (101, 204):
            if reply.headers.get("transfer-encoding") == "chunked":
                reply.body = self._chunks()
                return reply
            length = int(reply.headers.get("content-length", "0"))
            self._until(length)
            reply.body, self.pending = self.pending[:length], self.pending[length:]
        return reply

    def _chunks(self) -> bytes:
        body = b""
        while True:
            while b"\r\n" not in self.pending:
                self._until(len(self.pending) + 1)
            line, _, self.pending = self.pending.partition(b"\r\n")
            size = int(line, 16)
            self._until(size + 2)
            body, self.pending = body + self.pending[:size], self.pending[size + 2:]
            if size == 0:
                return body

    def rest(self) -> bytes:
        """Everything until the other side closes."""
        data = self.pending
        while True:
            more = self.receive()
            if more == b"":
                return data
            data += more

    def close(self) -> None:
        """Hangs up."""
        self.sock.close()

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def good_hosts(port: int) -> tuple[str, ...]:
    """The loopback's own names."""
    return (f"127.0.0.1:{port}", f"localhost:{port}", f"[::1]:{port}", f"LOCALHOST:{port}")


def bad_hosts(port: int) -> tuple[str, ...]:
    """Names that are not ours, though some lead here (L01)."""
    return ("evil.example", f"evil.example:{port}", f"127.0.0.1.evil.com:{port}", "",
            "127.0.0.1", "localhost", f"localhost.:{port}", f"127.0.0.1:{port + 1}",
            f"0.0.0.0:{port}", f"127.1:{port}", f"2130706433:{port}", f"::1:{port}",
            f"localhost:0{port}", f"localhost:{port} x", f"evil@localhost:{port}",
            f"[::ffff:127.0.0.1]:{port}", f"localhost:{port}:80", f"localhost:{port}/")


def host_pairs(own: str) -> tuple[tuple[str, str], ...]:
    """Two Host lines, where there must be one (L02)."""
    return ((f"Host: {own}", "Host: evil.example"), ("Host: evil.example", f"Host: {own}"),
            (f"Host: {own}", f"Host: {own}"), (f"Host: {own}", f"hOsT: {own}"))


def bad_request_lines(path: str) -> list[tuple[str, int]]:
    """First lines, some with a header, and the status each must get (L03)."""
    get = f"GET {path} HTTP/1.1"
    return [(f"GET http://evil.example{path} HTTP/1.1", 400),
            (f"GET http://localhost{path} HTTP/1.1", 400),
            ("CONNECT evil.example:443 HTTP/1.1", 405), (f"TRACE {path} HTTP/1.1", 405),
            ("OPTIONS * HTTP/1.1", 403), (f"OPTIONS {path} HTTP/1.1", 403),
            (f"GET {path} HTTP/2.0", 505), (f"GET {path} HTTP/0.9", 505),
            (f"GET {path}", 400), (f"GET  {path} HTTP/1.1", 400),
            (f"GET {path}  HTTP/1.1", 400), (f"{get} ", 400),
            (f"GET\t{path} HTTP/1.1", 400), ("GET /api/\x01 HTTP/1.1", 400),
            (f"GET {path[1:]} HTTP/1.1", 400), (f"get {path} HTTP/1.1", 400),
            (f"{get}\r\n X: folded", 400), (f"{get}\r\nX : blank", 400),
            (f"{get}\r\n: none", 400), (f"{get}\r\nX", 400), (f"{get}\r\nX: \0", 400),
            (f"{get[:-9]} HTTP/1.1\nX: bare line feed", 400),
            (f"{get}\r\nX: a\nY: bare line feed", 400),
            (f"{get}\r\nX: a\rY: bare carriage return", 400)]


def bad_framings() -> list[str]:
    """Headers on the length of a body, and the body, that leave a doubt where it ends (L04)."""
    chunked = "Transfer-Encoding: chunked\r\n"
    return [
        "Content-Length: 4\r\n" + chunked + "\r\n0\r\n\r\n",
        chunked + "Content-Length: 4\r\n\r\n0\r\n\r\n",
        "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
        "Content-Length: -1\r\n\r\n", "Content-Length: +2\r\n\r\n{}",
        "Content-Length: 2,2\r\n\r\n{}", "Content-Length: 0x2\r\n\r\n{}",
        "Content-Length: 2 2\r\n\r\n{}", "Content-Length:\r\n\r\n{}",
        "Content-Length: 18446744073709551618\r\n\r\n{}",
        "Transfer-Encoding: chunked, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        "Transfer-Encoding: identity\r\n\r\n{}", "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        chunked + chunked + "\r\n0\r\n\r\n",
        "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        chunked + "\r\n2\n{}\n0\n\n", chunked + "\r\n2\r\n{}\n0\r\n\r\n",
        chunked + "\r\n0x2\r\n{}\r\n0\r\n\r\n", chunked + "\r\n-2\r\n{}\r\n0\r\n\r\n",
        chunked + "\r\n2;a=b\r\n{}\r\n0\r\n\r\n", chunked + "\r\n\r\n",
        chunked + "\r\n10000000000000000\r\n{}\r\n0\r\n\r\n",
        chunked + "\r\n2\r\n{}\r\n0\r\nX: trailer\r\n\r\n", chunked + "\r\n2 \r\n{}\r\n0\r\n\r\n",
        chunked + "\r\n2\r\n{}x\r\n0\r\n\r\n",
    ]


def bad_origins(port: int) -> tuple[str, ...]:
    """Where web pages come from; none may in (L06)."""
    return ("null", "", "http://localhost.evil", f"http://127.0.0.1:{port}.evil",
            f"HTTP://LOCALHOST:{port}", f"http://localhost:{port + 1}", f"http://localhost:{port}", "file://")


def simple_requests() -> list[tuple[tuple[str, ...], int]]:
    """What a page can send without asking first, and the status each must get (L05)."""
    return [
        (("Origin: https://evil.example", "Content-Type: text/plain", "Content-Length: 2"), 403),
        (("Origin: https://evil.example", "Content-Type: application/json", "Content-Length: 2"), 403),
        (("Content-Type: text/plain", "Content-Length: 2"), 415),
        (("Content-Type: application/x-www-form-urlencoded", "Content-Length: 2"), 415),
        (("Content-Type: multipart/form-data; boundary=x", "Content-Length: 2"), 415),
        (("Content-Length: 2",), 415), (("Content-Type: application/jsonx", "Content-Length: 2"), 415),
        (("Content-Type: application/json", "Content-Encoding: gzip", "Content-Length: 2"), 415),
        (("Sec-Fetch-Site: cross-site",), 403), (("Sec-Fetch-Site: same-origin",), 403),
        (("Sec-Fetch-Site: none", "Sec-Fetch-Site: none"), 403),
    ]


HTTP2_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
TLS_HELLO = bytes.fromhex("16030100c8010000c40303") + bytes(range(189))
