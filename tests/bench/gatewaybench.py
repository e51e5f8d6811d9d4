# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Measures the gateway beside Portkey's and beside no gateway at all, on one upstream, in turns.

Ours is the whole engine: keyring, ledger on disk, budget and all; the memory is
the engine's. Portkey's keeps no book. Its package needs an older
@hono/node-server than it asks for (tests/bench/package.json), else it answers
streams with status 500.
"""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "keys"))

from enginerun import Engine  # noqa: E402
from npmpackages import folder  # noqa: E402
from session_bus import SessionBus  # noqa: E402
from tap import Skip  # noqa: E402

PIECES, GAP_US = 50, 2000
ROUNDS = 7
Row = Callable[[str, str, str, str], None]


class Side:
    """One of those compared: a port, the request's head, and a process."""

    def __init__(self, name: str, port: int, headers: str, pid: int) -> None:
        self.name, self.port, self.pid = name, port, pid
        self.head = (f"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
                     f"Content-Type: application/json\r\n{headers}")
        self.latency: list[dict[str, Any]] = []
        self.many: list[dict[str, Any]] = []
        self.stream: list[dict[str, Any]] = []

    def memory(self) -> float:
        """Resident memory in MB."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return 0.0


@contextmanager
def upstream(build: Path) -> Iterator[tuple[int, int]]:
    """The provider that all share; port and process."""
    with subprocess.Popen([build / "tests/bench/bench-upstream", str(PIECES), str(GAP_US)], stdout=subprocess.PIPE,
                          text=True) as process:
        try:
            yield int(process.stdout.readline()), process.pid
        finally:
            process.kill()


def free_port() -> int:
    """A port nobody has."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


@contextmanager
def portkey(behind: int) -> Iterator[Side | None]:
    """Portkey's gateway; None where it cannot be had."""
    try:
        packages = folder("bench")
    except Skip as reason:
        print(f"  without Portkey's gateway: {reason}")
        yield None
        return
    port = free_port()
    script = packages / "node_modules/@portkey-ai/gateway/build/start-server.js"
    with subprocess.Popen(["node", str(script), f"--port={port}", "--headless"], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, env=os.environ | {"NODE_ENV": "production"}) as process:
        try:
            deadline = time.monotonic() + 30
            while socket.socket().connect_ex(("127.0.0.1", port)) != 0 and time.monotonic() < deadline:
                time.sleep(0.1)
            yield Side("portkey", port, "Authorization: Bearer x\r\nx-portkey-provider: openai\r\n"
                       f"x-portkey-custom-host: http://127.0.0.1:{behind}/v1\r\n", process.pid)
        finally:
            process.kill()


@contextmanager
def ours(behind: int) -> Iterator[Side]:
    """The engine with a run that may call."""
    with SessionBus() as bus, Engine(DBUS_SESSION_BUS_ADDRESS=bus.address) as engine:
        engine.post("/api/keys/add", {"provider": "openai", "name": "bench", "secret": "sk-bench-0123456789abcdef",
                                      "base_url": f"http://127.0.0.1:{behind}/v1"})
        session = engine.run("sleep 600", provider="openai", model="gpt-5.1", policy="off", budget_usd="1000")
        engine.wait(session, ("running",))
        variables = dict(pair.partition("=")[::2] for pair in Path(
            f"/proc/{engine.shim_record(session)['child_pid']}/environ").read_bytes().decode().split("\0"))
        port = int(variables["OPENAI_BASE_URL"].split(":")[2].split("/")[0])
        yield Side("ours", port, f"Authorization: Bearer {variables['OPENAI_API_KEY']}\r\n", engine.process.pid)


def load(build: Path, side: Side, connections: int, seconds: float, stream: bool) -> dict[str, Any]:
    """Runs the load on one side."""
    body: dict[str, Any] = {"model": "gpt-5.1", "messages": [{"role": "user", "content": "Hello, who are you? " * 20}],
                            "max_completion_tokens": 100}
    if stream:
        body |= {"stream": True, "stream_options": {"include_usage": True}}
    with tempfile.TemporaryDirectory() as place:
        head, text = Path(place, "head"), Path(place, "body")
        head.write_bytes(side.head.encode())
        text.write_text(json.dumps(body, separators=(",", ":")))
        done = subprocess.run([build / "tests/bench/bench-load", str(side.port), str(connections), str(seconds), head, text],
                              capture_output=True, text=True, check=False)
    found = json.loads(done.stdout)
    if found["errors"]:
        raise SystemExit(f"{side.name}: {found['errors']} of {found['requests']} failed: {done.stderr}")
    return found


def median(runs: list[dict[str, Any]], figure: str, part: str) -> float:
    """The median over the rounds of one figure, in microseconds."""
    return statistics.median(one[figure][part] for one in runs)


def per_second(side: Side) -> float:
    """Requests a second, the median of the rounds."""
    return statistics.median(one["requests"] / one["seconds"] for one in side.many)


def measure(build: Path, row: Row) -> None:
    """All of it, in turns, and the rows for the table."""
    with upstream(build) as (behind, pid), portkey(behind) as theirs, ours(behind) as mine:
        direct = Side("direct", behind, "Authorization: Bearer x\r\n", pid)
        sides = [side for side in (direct, mine, theirs) if side is not None]
        for side in sides:
            load(build, side, 4, 2, False)   # a warm engine, compiled scripts
            load(build, side, 4, 1, True)
        for number in range(ROUNDS):
            for side in sides[::1 if number % 2 else -1]:
                side.latency.append(load(build, side, 1, 1, False))
                side.many.append(load(build, side, 16, 1, False))
                side.stream.append(load(build, side, 4, 1, True))
        print_rows(row, direct, mine, theirs)


def print_rows(row: Row, direct: Side, mine: Side, theirs: Side | None) -> None:
    """The figures of each, and what is wanted."""
    def text(side: Side | None, make: Callable[[Side], str]) -> str:
        return "—" if side is None else make(side)

    def added(side: Side, runs: str, figure: str, part: str) -> float:
        return median(getattr(side, runs), figure, part) - median(getattr(direct, runs), figure, part)

    for title, runs, figure in (("whole answers, one at a time", "latency", "latency"),
                                ("stream, time to the first piece", "stream", "first"),
                                ("stream, each piece on its way", "stream", "piece")):
        for part, name in (("p50", "median"), ("p99", "p99")):
            def show(side: Side, runs: str = runs, figure: str = figure, part: str = part) -> str:
                return f"{median(getattr(side, runs), figure, part) / 1000:.3f} ms, added {added(side, runs, figure, part) / 1000:.3f}"
            ratio = "" if theirs is None else f" ({added(mine, runs, figure, part) / added(theirs, runs, figure, part):.2f} of Portkey's)"
            row(f"gateway, {title}, {name}", show(mine) + ratio,
                f"direct {median(getattr(direct, runs), figure, part) / 1000:.3f} ms; Portkey {text(theirs, show)}",
                "≤ 1/4 of Portkey's" if part == "p50" else "")
    factor = "" if theirs is None else f" ({per_second(mine) / per_second(theirs):.1f} ×)"
    row("gateway, requests/s over 16 connections", f"{per_second(mine):,.0f}{factor}",
        f"direct {per_second(direct):,.0f}; Portkey {text(theirs, lambda side: f'{per_second(side):,.0f}')}", "≥ 4 × Portkey's")
    row("gateway, memory after that", f"{mine.memory():.1f} MB (the whole engine)",
        f"Portkey {text(theirs, lambda side: f'{side.memory():.0f} MB')}", "")
