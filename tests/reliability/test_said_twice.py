#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""A script that says every value in its log, rounded, and once more in its events."""

import socket
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

from enginerun import Engine  # noqa: E402
from scenes import python  # noqa: E402
from tap import check, check_equal, main, test, wait_for  # noqa: E402
from websocket import WebSocket  # noqa: E402

# The validation loss falls for three epochs and rises for nine.
SCRIPT = """
import json, os, time
events = open(os.environ['TRAINING_CENTER_EVENTS'], 'a')
for epoch in range(1, 13):
    print(f'EPOCH {epoch}/12 (Phase 1)', flush=True)
    train = 3 - epoch / 77
    val = 2 + abs(epoch - 3) / 7
    def log():
        print(f'Train Loss: {train:.4f}\\nVal Loss: {val:.4f}', flush=True)
    def event():
        print(json.dumps({'type': 'epoch', 'epoch': epoch, 'train_loss': train, 'val_loss': val}), file=events, flush=True)
    for say in (log, event) if epoch % 2 else (event, log):
        say()
        time.sleep(0.15)
"""


def listen(engine: Engine) -> WebSocket:
    """A WebSocket with everything that happens."""
    client = socket.socket(socket.AF_UNIX)
    client.connect(str(engine.socket))
    events = WebSocket(client)
    check_equal(events.handshake("/training/events", "localhost").status, 101, "the upgrade")
    return events


def told_points(events: WebSocket, session: str) -> dict[str, list[float]]:
    """The places of all points that were told until the session ended."""
    places: dict[str, list[float]] = {}
    while True:
        for event in events.message()["events"]:
            if event.get("session_id", session) != session:
                continue
            for name, x, _ in event.get("points", []):
                places.setdefault(name, []).append(x)
            if event["type"] == "session-changed" and event["session"]["status"] == "completed":
                return places


@test("each value is told once while it trains, and counted once by the watchdog")
def told_once() -> None:
    with Engine() as engine:
        engine.post("/api/training/start")
        events = listen(engine)
        session = engine.add(python(SCRIPT))
        places = told_points(events, session)
        for name in ("train_loss", "val_loss"):
            check_equal(places[name], [float(epoch) for epoch in range(1, 13)], name)
        warnings = [event["text"] for event in engine.events(session) if event["kind"] == "overfit"]
        check_equal(len(warnings), 1, engine.events(session))
        check("risen 5 times in a row" in warnings[0], warnings)


@test("what an engine had read before it was killed is counted once too")
def killed_between() -> None:
    with Engine() as engine:
        engine.post("/api/training/start")
        session = engine.add(python(SCRIPT))
        wait_for(lambda: engine.session(session)["epoch"] >= 6, 30, "epoch 6")
        engine.kill()
        engine.start()
        engine.wait(session, ("completed",), 30)
        warnings = [event["text"] for event in engine.events(session) if event["kind"] == "overfit"]
        check_equal(len(warnings), 1, engine.events(session))
        check("risen 5 times in a row" in warnings[0], warnings)


if __name__ == "__main__":
    main()
