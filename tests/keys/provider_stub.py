# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""A provider that answers what a test tells it to, and remembers who asked how."""

from __future__ import annotations

import http.server
import json
import threading
from typing import Any

# (status, body, headers); a body that is no bytes becomes JSON.
Answer = tuple[int, Any, dict[str, str]]

GOOD: dict[str, Answer] = {
    "/v1/models": (200, {"data": [], "has_more": False, "first_id": None, "last_id": None}, {}),
    "/models": (200, {"object": "list", "data": []}, {}),
    "/api-key": (200, {"redacted_api_key": "xai-...b14o", "acls": ["api-key:model:*"], "api_key_id": "1",
                       "team_blocked": False, "api_key_blocked": False, "api_key_disabled": False}, {}),
    "/api/version": (200, {"version": "0.33.0"}, {}),
}


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answers as told."""
        stub: Stub = self.server.stub
        path = self.path.split("?")[0]
        stub.seen.append((self.path, dict(self.headers.items())))
        answer = stub.answers.get(path, (404, {"error": "nothing here"}, {}))
        if callable(answer):
            answer = answer(self)
        if answer is None:
            self.close_connection = True
            return
        status, body, headers = answer
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        try:
            self.wfile.write(data)
        except OSError:
            self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Tests speak TAP on stdout."""


class Stub:
    """The server; a context."""

    def __init__(self, context: Any = None) -> None:
        self.answers: dict[str, Any] = dict(GOOD)
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None
        self.server.stub = self
        if context is not None:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True,
                                                     do_handshake_on_connect=False)
        scheme = "http" if context is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> "Stub":
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
