#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""A vendor of models on 127.0.0.1: true shapes, scripted faults, and a journal of what was asked.

In a test:

    with FaultStub() as stub:                     # stub.base("xai") is a key's base URL
        stub.push(Act(text="4"))                  # the next call is answered so
        stub.push(Act("cut", after="first"))      # the one after it breaks off
        stub.always(Act(latency=0.1))             # all others
        stub.script = lambda entry: Act(…)        # or decide by the request
        stub.journal, stub.money()                # what was asked, what it cost

By itself: faultstub.py [--port N] prints "http://127.0.0.1:N"; then GET
/__stub/journal, and POST /__stub/push, /__stub/always, /__stub/reset.

The vendor is the first part of the path ("/anthropic", "/openai", "/xai",
"/ollama", "/compatible"), which base() gives, else what path and key tell.
"""

from __future__ import annotations

import json
import queue
import socket
import ssl
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import stubfaults  # noqa: E402
import stubpages  # noqa: E402
import vendorforms  # noqa: E402
from vendorforms import Said, compact  # noqa: E402
from vendormoney import PRICES, Price, Usage, text_tokens, verdict  # noqa: E402

MAX_HEAD = 1 << 20
CHAT_PATHS = {"/v1/messages", "/chat/completions", "/v1/chat/completions", "/api/chat"}
ALIASES = {"claude": "anthropic", "qwen": "ollama"}


class Act:
    """How one call is answered: what is said, and what goes wrong on the way."""

    def __init__(self, fault: str = "", *, text: str | None = None, thinking: str = "", tools: Any = (),
                 finish: str = "", usage: Usage | None = None, latency: float = 0, rate: float = 0,
                 gap: float = 0, **arguments: Any) -> None:
        if fault and fault not in stubfaults.FAULTS:
            raise ValueError(f"there is no fault {fault!r}")
        self.fault, self.text, self.thinking, self.finish = fault, text, thinking, finish
        self.tools = [(name, given) for name, given in tools]
        self.usage = Usage(**usage) if isinstance(usage, dict) else usage
        # Seconds before the first byte, bytes a second, seconds between pieces.
        self.latency, self.rate, self.gap = latency, rate, gap
        self.arguments = arguments

    def get(self, name: str, default: Any = None) -> Any:
        """An argument of the fault."""
        return self.arguments.get(name, default)


@dataclass
class Entry:
    """One request, and what became of it: the truth."""

    number: int
    vendor: str
    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes = b""
    model: str = ""
    is_stream: bool = False
    is_chat: bool = False
    status: int = 0
    fault: str = ""
    usage: Usage | None = None   # what the vendor bills; None: nothing
    cost: int = 0                # micro-dollars
    text: str = ""
    sent: int = 0                # bytes of the answer
    outcome: str = "open"        # then "done", "cut" by us, or "gone": the client went
    time: float = field(default_factory=time.time)

    def header(self, name: str) -> str:
        """A header's value, "" without one."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    @property
    def json(self) -> Any:
        """The body as JSON, None when it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def key(self) -> str:
        """The secret it came with."""
        return self.header("x-api-key") or self.header("authorization").removeprefix("Bearer ")

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {name: getattr(self, name) for name in (
            "number", "vendor", "method", "path", "headers", "model", "is_stream", "is_chat", "status", "fault",
            "cost", "text", "sent", "outcome", "time")} | {
                "body": self.body.decode("utf-8", "replace"), "usage": self.usage and self.usage.to_dict()}


class Cut(Exception):
    """The answer ends here, as the fault wants."""


class FaultStub:
    """The server; a context."""

    def __init__(self, tls: str = "", port: int = 0) -> None:
        self.prices: dict[str, Price] = dict(PRICES)
        self.pulled = {"qwen3:8b", "qwen3:4b", "qwen3:1.7b"}
        self.keys: dict[str, set[str]] = {}   # by vendor; without an entry any key is right
        self.answers: dict[str, Any] = {}     # fixed (status, body) for a path, before all else
        self.verdict: dict[str, Any] = {}     # members of verdicts that are not as usual
        self.script: Callable[[Entry], Act | None] = lambda entry: None
        # What becomes of a connection after an answer, unannounced: "" it stays, "close" it is closed
        # at once, "unheard" it is reset when it is asked again, and that is in no journal.
        self.idle = ""
        self.journal: list[Entry] = []
        self._pushed: queue.SimpleQueue[Act] = queue.SimpleQueue()
        self._always: Act | None = None
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._folder = tempfile.TemporaryDirectory(prefix="tc-stub-")
        self._tls = stubfaults.tls_context(Path(self._folder.name), tls) if tls else None
        self.certificate = Path(self._folder.name, f"{tls}.pem")   # when it speaks TLS
        self._listener = socket.create_server(("127.0.0.1", port), backlog=512)
        self.port = self._listener.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self.connections = 0

    def base(self, vendor: str) -> str:
        """The base URL for a key to this vendor."""
        vendor = ALIASES.get(vendor, vendor)
        return f"{self.url}/{vendor}" + ("" if vendor in ("anthropic", "ollama") else "/v1")

    def push(self, *acts: Act, times: int = 1) -> None:
        """The next calls (not key checks and lists) are answered so, in this order."""
        for _ in range(times):
            for act in acts:
                self._pushed.put(act)

    def always(self, act: Act | None) -> None:
        """How calls are answered when nothing was pushed and no script decides."""
        self._always = act

    def reset(self) -> None:
        """Forgets the journal and all scripts."""
        with self._lock:
            self.journal.clear()
        while not self._pushed.empty():
            self._pushed.get_nowait()
        self._always = None
        self.script = lambda entry: None

    def chats(self, vendor: str = "") -> list[Entry]:
        """The calls of models."""
        return [entry for entry in self.journal if entry.is_chat and vendor in ("", entry.vendor)]

    def money(self, vendor: str = "") -> int:
        """Micro-dollars of all calls, each rounded up."""
        return sum(entry.cost for entry in self.chats(vendor))

    def __enter__(self) -> "FaultStub":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        with self._lock:
            left = list(self._open)
        for sock in left:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self._folder.cleanup()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        sock = plain
        with self._lock:
            self._open.add(plain)
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls is not None:
                sock = self._tls.wrap_socket(plain, server_side=True)
            pending = b""
            while True:
                pending, entry = self._read(sock, pending)
                if entry is None or not self._answer(sock, entry) or self.idle == "close":
                    return
                if self.idle == "unheard":
                    if sock.recv(65536):
                        stubfaults.cut(sock, "rst")
                    return
        except (OSError, ssl.SSLError, ValueError, Cut):
            pass
        finally:
            with self._lock:
                self._open.discard(plain)
            sock.close()

    def _read(self, sock: socket.socket, pending: bytes) -> tuple[bytes, Entry | None]:
        while b"\r\n\r\n" not in pending:
            data = sock.recv(65536)
            if not data or len(pending) > MAX_HEAD:
                return b"", None
            pending += data
        head, _, pending = pending.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        method, path, _ = lines[0].split(" ", 2)
        headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines[1:])]
        entry = Entry(0, "", method, path, headers)
        if entry.header("expect").lower() == "100-continue":
            sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        if entry.header("transfer-encoding").lower() == "chunked":
            pending, entry.body = self._read_chunks(sock, pending)
            return pending, entry
        length = int(entry.header("content-length") or 0)
        parts, have = [pending], len(pending)
        while have < length:
            data = sock.recv(1 << 20)
            if not data:
                return b"", None
            parts.append(data)
            have += len(data)
        data = b"".join(parts)
        entry.body = data[:length]
        return data[length:], entry

    def _read_chunks(self, sock: socket.socket, pending: bytes) -> tuple[bytes, bytes]:
        body = b""
        while True:
            while b"\r\n" not in pending:
                pending += self._more(sock)
            line, _, pending = pending.partition(b"\r\n")
            size = int(line.split(b";")[0], 16)
            while len(pending) < size + 2:
                pending += self._more(sock)
            body, pending = body + pending[:size], pending[size + 2:]
            if size == 0:
                return pending, body

    def _more(self, sock: socket.socket) -> bytes:
        data = sock.recv(1 << 20)
        if not data:
            raise ValueError("the request ended early")
        return data

    def _answer(self, sock: socket.socket, entry: Entry) -> bool:
        path = entry.path.partition("?")[0]
        if path.startswith("/__stub/"):
            return self._control(sock, entry, path)
        first = path.split("/")[1]
        if ALIASES.get(first, first) in vendorforms.VENDORS:
            entry.vendor = ALIASES.get(first, first)
            path = path.removeprefix(f"/{first}") or "/"
        entry.vendor = entry.vendor or guess_vendor(entry, path)
        entry.is_chat = path in CHAT_PATHS and entry.method == "POST"
        with self._lock:
            self.journal.append(entry)
            entry.number = len(self.journal)
        return Exchange(self, sock, entry).run(path)

    def choose(self, entry: Entry) -> Act:
        """What is done with a call."""
        act = self.script(entry)
        if act is not None:
            return act
        try:
            return self._pushed.get_nowait()
        except queue.Empty:
            return self._always or Act()

    def _control(self, sock: socket.socket, entry: Entry, path: str) -> bool:
        answer: Any = {}
        if path == "/__stub/journal":
            answer = {"entries": [seen.to_dict() for seen in self.journal], "money": self.money()}
        elif path == "/__stub/reset":
            self.reset()
        elif path in ("/__stub/push", "/__stub/always"):
            acts = [Act(**given) for given in entry.json]
            if path.endswith("push"):
                self.push(*acts)
            else:
                self.always(acts[0] if acts else None)
        data = compact(answer).encode()
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(data) + data)
        return True


def guess_vendor(entry: Entry, path: str) -> str:
    """Whom a request without a vendor in its path is meant for."""
    if entry.header("x-api-key") or entry.header("anthropic-version") or path == "/v1/messages":
        return "anthropic"
    if path.startswith("/api/") or path == "/":
        return "ollama"
    body = entry.json
    model = body.get("model") if isinstance(body, dict) else ""
    if entry.key.startswith("xai-") or str(model).startswith("grok") or "api-key" in path or "language" in path:
        return "xai"
    return "openai"


class Exchange:
    """One request and its answer."""

    def __init__(self, stub: FaultStub, sock: socket.socket, entry: Entry) -> None:
        self.stub, self.sock, self.entry = stub, sock, entry
        self.act = Act()
        self.pace = stubfaults.Pace(sock, 0)
        self.limit: int | None = None   # of body bytes, then the cut
        self.body_sent = 0
        self.is_chunked = False

    def run(self, path: str) -> bool:
        """Answers; whether the connection goes on."""
        entry = self.entry
        try:
            fixed = self.stub.answers.get(path)
            if fixed is not None:
                status, body = (fixed(entry) if callable(fixed) else fixed)[:2]
                self._whole(status, body)
            elif entry.is_chat:
                self.act = self.stub.choose(entry)
                self._chat()
            else:
                refusal = stubpages.refusal(self.stub, entry)
                if refusal is not None:
                    self._whole(*refusal)
                elif path == "/api/pull" and entry.method == "POST":
                    self._stream(stubpages.pull(self.stub, entry.json), "application/x-ndjson")
                else:
                    self._whole(*stubpages.page(self.stub, entry, path))
            entry.outcome = "done"
            return entry.header("connection").lower() != "close"
        except Cut:
            entry.outcome = "cut"
            stubfaults.cut(self.sock, self.act.get("how", "rst"))
            return False
        except OSError:
            entry.outcome = "gone"
            return False
        finally:
            entry.sent = self.pace.sent

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.entry.status = status
        first = self.act.get("data", "") if self.act.fault == "status-line" else f"HTTP/1.1 {status} Stub"
        lines = [first, *(f"{name}: {value}" for name, value in headers.items())]
        self.pace.send(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))

    def _send(self, data: bytes) -> None:
        """Bytes of the body, up to the cut."""
        if self.limit is not None and self.body_sent + len(data) >= self.limit:
            data = data[:max(0, self.limit - self.body_sent)]
        self.body_sent += len(data)
        if data:
            self.pace.send(b"%x\r\n%b\r\n" % (len(data), data) if self.is_chunked else data)
            self.entry.sent = self.pace.sent
        if self.limit is not None and self.body_sent >= self.limit:
            raise Cut

    def _whole(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        data = body if isinstance(body, bytes) else compact(body).encode()
        kind = "text/plain; charset=utf-8" if data.startswith(b"Ollama is") else "application/json"
        extra = int(self.act.get("by", 1)) if self.act.fault == "length" else 0
        if self.act.fault == "type":
            kind = self.act.get("value", "")
        self._head(status, {"Content-Type": kind, "Content-Length": str(len(data) + extra)}
                   | vendorforms.rate_headers(self.entry.vendor) | (headers or {}))
        self._plan_cut(len(data))
        # The client may look at the journal as soon as it has the last byte.
        self.entry.outcome = "done"
        self._send(data)
        if extra:
            raise Cut

    def _plan_cut(self, length: int) -> None:
        if self.act.fault != "cut":
            return
        after = self.act.get("after", "first")
        self.limit = {"head": 0, "first": 1, "half": length // 2, "usage": length - 1}.get(after, after)
        if self.limit == 0:
            raise Cut

    def _chat(self) -> None:
        act, entry = self.act, self.entry
        entry.fault = act.fault
        refusal = stubpages.refusal(self.stub, entry) or stubpages.bad_request(self.stub, entry)
        if act.latency:
            time.sleep(act.latency)
        self.pace.rate = act.rate
        if refusal is not None:
            self._whole(*refusal)
        elif not self._broken():
            said = self._say()
            entry.text = said.text
            if entry.is_stream:
                self._stream_said(said)
            else:
                body = vendorforms.whole(entry.vendor, said)
                if act.fault == "usage":
                    body = stubfaults.spoil_usage(body, act.get("mode", "none"))
                self._whole(200, body)

    def _broken(self) -> bool:
        """Faults that leave nothing of the answer; whether it was one."""
        act, entry = self.act, self.entry
        if act.fault in ("hang", "cut") and act.get("after", "none" if act.fault == "hang" else "first") == "none":
            while act.fault == "hang" and self.sock.recv(4096):
                pass
            raise Cut
        if act.fault == "error":
            self._whole(*stubpages.fault_error(entry, act.arguments))
        elif act.fault == "redirect":
            entry.outcome = "done"
            self._head(act.get("status", 302), {"Location": act.get("to", "/"), "Content-Length": "0"})
        elif act.fault == "body":
            data = act.get("data", "").encode("utf-8", "surrogateescape")
            self._head(act.get("status", 200), {"Content-Type": act.get("type", "application/json"),
                                                "Content-Length": str(len(data))})
            self._send(data)
        elif act.fault in ("bomb", "endless-line", "headers", "chunks"):
            self._flood()
        else:
            return False
        return True

    def _flood(self) -> None:
        act = self.act
        kind = vendorforms.STREAM_TYPES[self.entry.vendor] if self.entry.is_stream else "application/json"
        if act.fault == "headers":
            self.pace.send(b"HTTP/1.1 200 OK\r\n" + (b"X-One: " if act.get("line") else b""))
            block = b"a" * 65536 if act.get("line") else (b"X-Stub: " + b"a" * 1014 + b"\r\n") * 64
            for _ in range(act.get("size", 1 << 30) // len(block)):
                self.pace.send(block)
            raise Cut
        if act.fault == "bomb":
            data = stubfaults.bomb(act.get("encoding", "gzip"), act.get("size", 1 << 30))
            self._head(200, {"Content-Type": kind, "Content-Encoding": act.get("encoding", "gzip"),
                             "Content-Length": str(len(data))})
            self._send(data)
            return
        self._head(200, {"Content-Type": kind, "Transfer-Encoding": "chunked"})
        if act.fault == "chunks":
            lines = {"bad-size": b"zz\r\n{}\r\n0\r\n\r\n", "huge": b"ffffffffffffffffff\r\n{}\r\n",
                     "no-end": b"2\r\n{}\r\n"}
            self.pace.send(lines[act.get("mode", "bad-size")])
            raise Cut
        self.is_chunked = True
        self._send(b'data: {"id":"' if self.entry.is_stream else b'{"id":"')
        for block in stubfaults.endless(act.get("limit", 1 << 30)):
            self._send(block)
        raise Cut

    def _say(self) -> Said:
        """What the model says, and what that costs."""
        act, entry = self.act, self.entry
        body = entry.json
        schema = stubpages.schema_of(entry.vendor, body)
        text = act.text if act.text is not None else "" if act.tools else \
            verdict(schema, self.stub.verdict) if schema is not None else \
            f"Answer {entry.number} of the stub: wörds, ünïcode ✓ and “quotes”."
        finish = act.finish or ("tool_calls" if act.tools else "stop")
        spoken = len((text + act.thinking).encode()) + sum(len(compact(given)) for _, given in act.tools)
        usage = act.usage or Usage(text_tokens(len(entry.body)), text_tokens(spoken), text_tokens(len(act.thinking)))
        cap = stubpages.cap_of(body)
        if act.usage is None and cap and usage.output > cap:
            usage.output, finish, text = cap, "length", text[:cap]
        price = self.stub.prices.get(entry.model)
        entry.usage = usage
        entry.cost = price.cost(usage) if price is not None else 0
        options = body.get("stream_options") or {}
        return Said(entry.model, text, act.thinking, act.tools, finish, usage,
                    price.ticks(usage) if price is not None else 0,
                    entry.vendor in ("anthropic", "ollama") or not entry.is_stream or
                    bool(options.get("include_usage")), entry.number)

    def _stream_said(self, said: Said) -> None:
        act, entry = self.act, self.entry
        pieces = vendorforms.stream(entry.vendor, said)
        if act.fault == "usage":
            mode = act.get("mode", "none")
            pieces = [(mark, stubfaults.spoil_piece(data, mode)) for mark, data in pieces]
        if act.fault == "stream-error":
            texts = [index for index, (mark, _) in enumerate(pieces) if mark in ("text", "tool", "thinking")]
            where = texts[min(act.get("after", 1), len(texts) - 1)]
            pieces = pieces[:where] + vendorforms.stream_error(entry.vendor, act.get("kind", "overloaded"))
        if act.fault == "truncate":
            pieces = _until(pieces, act.get("after", "first"))
        self._stream(pieces, vendorforms.STREAM_TYPES[entry.vendor], vendorforms.rate_headers(entry.vendor))

    def _stream(self, pieces: list[vendorforms.Piece], kind: str, headers: dict[str, str] | None = None) -> None:
        act = self.act
        self.is_chunked = True
        if act.fault == "type":
            kind = act.get("value", "")
        self._head(200, {"Content-Type": kind, "Transfer-Encoding": "chunked"} | (headers or {}))
        after = act.get("after", "first") if act.fault == "cut" else None
        if after == "head":
            raise Cut
        if isinstance(after, int):
            self.limit = after
        mode = act.get("mode", "") if act.fault == "framing" else ""
        for index, (mark, data) in enumerate(pieces):
            data = stubfaults.reframe(data, mode)
            if index == len(pieces) - 1:
                self.entry.outcome = "done"
            if mode == "no-blank" and index == len(pieces) - 1:
                data = data.rstrip(b"\n")
            if mode == "bom" and index == 0:
                data = b"\xef\xbb\xbf" + data
            for part in ([data[at:at + 1] for at in range(len(data))] if mode == "split" else [data]):
                self._send(part)
            if (after == "first" and mark == "text") or (after == "usage" and mark in ("usage", "finish")) or \
                    (after == "half" and index >= len(pieces) // 2):
                raise Cut
            if act.gap:
                time.sleep(act.gap)
        self.pace.send(b"0\r\n\r\n")


def _until(pieces: list[vendorforms.Piece], after: str) -> list[vendorforms.Piece]:
    """Pieces up to the first text, the finish, or all but the end."""
    wanted = {"first": ("text", "tool"), "usage": ("usage",), "finish": ("finish", "usage")}[after]
    for index, (mark, _) in enumerate(pieces):
        if mark in wanted:
            return pieces[:index + 1]
    return pieces[:-1]


def main() -> None:
    """Runs until stdin ends."""
    port = int(sys.argv[2]) if sys.argv[1:2] == ["--port"] else 0
    with FaultStub(port=port) as stub:
        print(stub.url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
