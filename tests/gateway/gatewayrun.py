# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Starts the gateway's test server and talks to it as a run does.

    with GatewayRun() as gateway:
        run = gateway.open("claude", stub.base("claude"), models=["claude-haiku-4-5"])
        reply = run.chat("claude", {"model": …})        # Reply: status, headers, body, json
        for piece in run.stream("openai", {…}): …       # bytes as they come
        gateway.calls(run.session)                      # what the book says
"""

from __future__ import annotations

import http.client
import json
import os
import queue
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from vendormoney import PRICES

PROGRAM = os.environ.get("TC_GATEWAY_SERVER", "")
TIMEOUT = 60.0

# The path of each client format, and how such clients send their token.
PATHS = {"claude": "/v1/messages", "openai": "/v1/chat/completions", "ollama": "/api/chat"}


class Reply:
    """An HTTP answer."""

    def __init__(self, response: http.client.HTTPResponse, body: bytes) -> None:
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = body

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Run:
    """A run's view of the gateway: a port and a token."""

    def __init__(self, port: int, session: int, token: str, environment: list[str]) -> None:
        self.port, self.session, self.token = port, session, token
        self.environment = dict(line.split("=", 1) for line in environment)

    def headers(self, form: str) -> dict[str, str]:
        """What a client of that format sends."""
        if form == "claude":
            return {"x-api-key": self.token, "anthropic-version": "2023-06-01"}
        return {"Authorization": f"Bearer {self.token}"}

    def request(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None,
                form: str = "openai") -> Reply:
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        try:
            response = self.begin(connection, method, path, body, headers, form)
            return Reply(response, response.read())
        finally:
            connection.close()

    def begin(self, connection: http.client.HTTPConnection, method: str, path: str, body: Any = None,
              headers: dict[str, str] | None = None, form: str = "openai") -> http.client.HTTPResponse:
        """Sends a request; the answer's head is read, its body is not."""
        data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = dict(self.headers(form) if headers is None else headers)
        if data is not None:
            sent.setdefault("Content-Type", "application/json")
        connection.request(method, path, body=data, headers=sent)
        return connection.getresponse()

    def chat(self, form: str, body: Any, headers: dict[str, str] | None = None) -> Reply:
        """A chat in the form of "claude", "openai" or "ollama"."""
        return self.request("POST", PATHS[form], body, headers, form)

    def stream(self, form: str, body: Any) -> Iterator[bytes]:
        """The pieces of a streamed chat as they come."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        try:
            response = self.begin(connection, "POST", PATHS[form], body, None, form)
            if response.status != 200:
                raise AssertionError((response.status, response.read()))
            while data := response.read1(65536):
                yield data
        finally:
            connection.close()


class GatewayRun:
    """The server; a context."""

    def __init__(self, folder: str = "", port: int = 0, stall_ms: int = 60_000) -> None:
        self._own = tempfile.TemporaryDirectory(prefix="tc-gateway-") if folder == "" else None
        self.folder = Path(folder or self._own.name)  # type: ignore[union-attr]
        self._wanted, self._stall_ms = port, stall_ms
        self.events: list[dict[str, Any]] = []
        self._answers: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._sessions = 0

    def __enter__(self) -> "GatewayRun":
        self.process = subprocess.Popen(
            [PROGRAM, str(self.folder / "ledger.db"), str(self._wanted), str(self._stall_ms)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        threading.Thread(target=self._read, daemon=True).start()
        self.port = int(self._next()["port"])
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        assert self.process.stdin is not None
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        code = self.process.wait(timeout=TIMEOUT)
        if self._own is not None:
            self._own.cleanup()
        if kind is None and code not in (0, -9):
            raise AssertionError(f"the server ended with {code}")

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            said = json.loads(line)
            if "event" in said:
                self.events.append(said)
            else:
                self._answers.put(said)
        self._answers.put(None)

    def _next(self) -> dict[str, Any]:
        answer = self._answers.get(timeout=TIMEOUT)
        if answer is None:
            raise AssertionError("the server has ended")
        return answer

    def tell(self, what: str, **members: Any) -> dict[str, Any]:
        """Gives a command and waits for its answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": what} | members) + "\n")
        self.process.stdin.flush()
        return self._next()

    def grant(self, provider: str, base_url: str, models: list[Any], **members: Any) -> dict[str, Any]:
        """The members of a grant; a model is a name of the stub's price list, or a dict."""
        return {"provider": provider, "base_url": base_url, "secret": "sk-stub-secret-0123456789",
                "models": [model if isinstance(model, dict) else priced(model) for model in models]} | members

    def open(self, provider: str, base_url: str, models: list[Any], **members: Any) -> Run:
        """Opens a run."""
        self._sessions += 1
        grant = self.grant(provider, base_url, models, **({"session": self._sessions} | members))
        said = self.tell("open", **grant)
        return Run(self.port, grant["session"], said["token"], said["environment"])

    def calls(self, session: int = 0) -> list[dict[str, Any]]:
        """The calls in the book, the newest first."""
        return self.tell("spend", by="call", session=session)["spend"]["calls"]


def priced(model: str, max_output: int = 4096) -> dict[str, Any]:
    """The facts of a model of the stub."""
    price = PRICES[model]
    names = {"input_usd": price.input, "output_usd": price.output,
             "cache_read_usd": price.cache_read, "cache_write_usd": price.cache_write}
    return {"id": model, "max_output": max_output} | {name: text for name, text in names.items() if text}
