#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Ten thousand sessions in the queue."""

import os
import random
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

import processes  # noqa: E402
from enginerun import Engine  # noqa: E402
from tap import check, check_equal, main, note, test, wait_for  # noqa: E402

SESSIONS = 10000
BATCH = 1000
LIMIT = 20 if os.environ.get("TRAINING_CENTER_SANITIZE") else 2


def timed(what: str, engine: Engine, method: str, path: str, body: object = None, wanted: int = 200) -> object:
    """One request; notes how long the answer took, and fails if that was absurdly long."""
    began = time.monotonic()
    status, answer = engine.request(method, path, body)
    took = time.monotonic() - began
    note(f"{what}: {took * 1000:.0f} ms")
    check_equal(status, wanted, answer)
    check(took < LIMIT, what, "took", took, "s")
    return answer


@test("10,000 sessions: added, listed, moved, cancelled, and there again after a crash")
def many() -> None:
    with Engine() as engine:
        began = time.monotonic()
        for first in range(0, SESSIONS, BATCH):
            chain = first == 0
            sessions = [{"command": "true", "title": f"session {first + n}", "epochs": 1} for n in range(BATCH)]
            engine.post("/api/training/queue", {"sessions": sessions, "chain": chain})
        note(f"{SESSIONS} added in {time.monotonic() - began:.2f} s")
        listed = timed("all of them", engine, "GET", "/api/training/queue")["sessions"]
        check_equal([entry["session_id"] for entry in listed], [str(n) for n in range(1, SESSIONS + 1)], "the order")
        page = timed("a page of 50", engine, "GET", "/api/training/queue?state=queued&limit=50&offset=5000")["sessions"]
        check_equal([entry["session_id"] for entry in page], [str(n) for n in range(5001, 5051)], "the page")
        timed("one more", engine, "POST", "/api/training/queue", {"command": "true", "epochs": 1}, 201)
        timed("a move", engine, "POST", f"/api/training/move/{SESSIONS}", {"position": 3})
        timed("a status", engine, "GET", "/api/training/status/9999")
        timed("a cancellation that skips 999", engine, "POST", "/api/training/cancel/1")
        wait_for(lambda: engine.session(str(BATCH))["status"] == "skipped", 10, "the chain is skipped")
        began = time.monotonic()
        done = engine.trainctl("queue", "list")
        note(f"trainctl queue list: {time.monotonic() - began:.2f} s")
        check_equal((done.returncode, done.stdout.count("\n") >= SESSIONS), (0, True), done.stderr)
        note(f"memory {processes.resident_kib(engine.process.pid)} KiB")

        engine.kill()
        began = time.monotonic()
        engine.start()
        took = time.monotonic() - began
        note(f"start with {SESSIONS}: {took:.2f} s, memory {processes.resident_kib(engine.process.pid)} KiB")
        check(took < LIMIT, "the start took", took)
        again = timed("all again", engine, "GET", "/api/training/queue")["sessions"]
        check_equal(len(again), SESSIONS + 1, "sessions")
        check_equal([entry["session_id"] for entry in again if entry["status"] == "queued"][:3],
                    [str(SESSIONS), "1001", "1002"], "the front, with the one that was moved")
        check_equal(sum(entry["status"] == "skipped" for entry in again), BATCH - 1, "skipped")


@test("sessions run one after the other with thousands behind them, and the engine stays quick")
def run_some() -> None:
    with Engine() as engine:
        engine.post("/api/training/queue", {"sessions": [{"command": "true", "epochs": 1}] * 3000})
        engine.post("/api/training/start")
        longest = 0.0
        deadline = time.monotonic() + 4
        while time.monotonic() < deadline:
            began = time.monotonic()
            engine.get(f"/api/training/status/{random.randint(1, 3000)}")
            longest = max(longest, time.monotonic() - began)
            time.sleep(0.01)
        engine.post("/api/training/pause")
        done = engine.get("/api/training/queue?state=completed")["sessions"]
        note(f"{len(done) / 4:.0f} runs a second, slowest answer {longest * 1000:.0f} ms")
        check(len(done) > 10, len(done), "runs in 4 s")
        check_equal([entry["session_id"] for entry in done], [str(n) for n in range(1, len(done) + 1)], "the order")
        check(longest < LIMIT, "an answer took", longest)


if __name__ == "__main__":
    main()
