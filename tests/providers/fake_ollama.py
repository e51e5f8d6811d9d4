# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""An Ollama of a few lines: it has models, gets more, and fails as the real one does."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

GIGABYTE = 1_000_000_000
DIGESTS = ("sha256:500a1f067a9f", "sha256:ae370d884f10")

# What the real one says in the middle of a pull.
TROUBLES = {
    "missing:1b": "pull model manifest: file does not exist",
    "full:1b": "write /root/.ollama/models/blobs/sha256-1-partial: no space left on device",
    "offline:1b": 'Get "https://registry.ollama.ai/v2/": dial tcp: lookup registry.ollama.ai: no such host',
    "new:1b": "pull model manifest: 412: this model requires a newer version of Ollama",
    "odd:1b": "the cat sat on \x1b[31mthe cable",
}


class FakeOllama(ThreadingHTTPServer):
    """Listens while it is a context; `go` lets a pull that waits go on."""

    daemon_threads = True

    def __init__(self, *models: str, is_ollama: bool = True) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.models = list(models)
        self.is_ollama = is_ollama
        self.pulled: list[Any] = []   # the bodies of requests to pull
        self.left = threading.Event()  # a client hung up in the middle of a pull
        self.go = threading.Event()
        self.go.set()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> "FakeOllama":
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.go.set()
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    """What Ollama answers."""

    protocol_version = "HTTP/1.1"
    server: FakeOllama

    def log_message(self, *_: object) -> None:
        """Says nothing."""

    def answer(self, status: int, value: Any) -> None:
        """One whole answer."""
        text = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_GET(self) -> None:
        """The version, and the models."""
        if not self.server.is_ollama:
            self.answer(200, {"hello": "world"})
        elif self.path == "/api/version":
            self.answer(200, {"version": "0.33.0"})
        elif self.path == "/api/tags":
            self.answer(200, {"models": [{"name": name, "model": name, "size": 5 * GIGABYTE, "details": {}}
                                         for name in self.server.models]})
        else:
            self.answer(404, {"error": "not found"})

    def do_POST(self) -> None:
        """A pull, line by line."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path != "/api/pull":
            self.answer(404, {"error": "not found"})
            return
        self.server.pulled.append(body)
        if body["model"] == "refused:1b":
            self.answer(400, {"error": "invalid model name"})
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            self.pull(body["model"])
            self.wfile.write(b"0\r\n\r\n")
        except OSError:
            self.server.left.set()
        self.close_connection = True

    def chunk(self, data: bytes) -> None:
        """One chunk of the answer."""
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def line(self, **value: Any) -> None:
        """One line of the answer, in two pieces."""
        text = json.dumps(value).encode() + b"\n"
        self.chunk(text[:7])
        self.chunk(text[7:])

    def pull(self, model: str) -> None:
        """What comes of a pull depends on the model."""
        self.line(status="pulling manifest")
        if model == "long:1b":
            for _ in range(64):
                self.chunk(b"x" * 65536)
            return
        if model in ("missing:1b", "new:1b", "offline:1b"):
            self.line(error=TROUBLES[model])
            return
        for part in range(4):
            self.line(status="pulling 500a1f067a9f", digest=DIGESTS[0], total=4 * GIGABYTE, completed=part * GIGABYTE)
            while not self.server.go.wait(0.05):
                self.line(status="pulling 500a1f067a9f", digest=DIGESTS[0], total=4 * GIGABYTE,
                          completed=part * GIGABYTE)
            time.sleep(0.02)
        if model in TROUBLES:
            self.line(error=TROUBLES[model])
            return
        if model == "cut:1b":
            return
        self.line(status="pulling 500a1f067a9f", digest=DIGESTS[0], total=4 * GIGABYTE, completed=4 * GIGABYTE)
        self.line(status="pulling ae370d884f10", digest=DIGESTS[1], total=1200, completed=1200)
        self.line(status="verifying sha256 digest")
        self.server.models.append(model)
        self.line(status="success")
