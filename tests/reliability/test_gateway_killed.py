#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""L14: the engine is killed with -9 while a run's call is on its way, and comes back."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "harness"))
sys.path.insert(0, str(HERE.parent / "keys"))

from enginerun import Engine  # noqa: E402
from faultstub import Act, FaultStub  # noqa: E402
from session_bus import SessionBus  # noqa: E402
from tap import check, check_equal, main, note, test, wait_for  # noqa: E402
from vendormoney import PRICES, Usage  # noqa: E402

SECRET = "sk-proj-of-the-killed-engine-0123456789-Zq7x"
MODEL = "gpt-5.1"


@contextmanager
def place(**act: Any) -> Iterator[tuple[Engine, FaultStub]]:
    """An engine with a key to a vendor that answers as told."""
    with SessionBus() as bus, FaultStub() as stub, Engine(DBUS_SESSION_BUS_ADDRESS=bus.address) as engine:
        stub.always(Act(**act))
        engine.post("/api/keys/add", {"provider": "openai", "name": "mine", "secret": SECRET,
                                      "base_url": stub.base("openai")})
        yield engine, stub


def begin(engine: Engine, calls: int, way: str, **config: Any) -> str:
    """Starts a training that calls; its session."""
    return engine.run(f"{sys.executable} {HERE / 'calling_training.py'} {calls} {way} {MODEL}", provider="openai",
                      model=MODEL, policy="off", **config)


def tries(engine: Engine, session: str) -> list[dict[str, Any]]:
    """What the training saw."""
    path = engine.run_dir(session) / "calls.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def micro(text: Any) -> int:
    """Micro-dollars of a decimal text."""
    return int(Fraction(str(text)) * 1_000_000)


def calls_of(engine: Engine, session: str) -> list[dict[str, Any]]:
    """The session's calls in the book."""
    return engine.get(f"/api/spend?by=call&session={session}")["calls"]


def kill_and_restart(engine: Engine, pause: float = 0.0) -> float:
    """Kills the engine with -9, and starts it again; seconds until it answers."""
    engine.kill()
    time.sleep(pause)
    began = time.monotonic()
    engine.start()
    return time.monotonic() - began


def check_after(engine: Engine, stub: FaultStub, session: str, killed: int) -> None:
    """The run completes over the same port and token; each call that was cut is billed once, all others exactly."""
    found = engine.wait(session, seconds=60)
    check_equal((found["status"], found["attempt"]), ("completed", 1), f"{found['reason']} {tries(engine, session)}")
    seen = tries(engine, session)
    cut = [one for one in seen if not one["whole"] and one.get("status") == 200]
    check(all("error" in one or "[DONE]" not in one["end"] for one in cut), f"half an answer looks whole: {cut}")
    check(all(one["whole"] or one.get("status") in (None, 200, 502, 503) for one in seen), f"neither whole nor a clean error: {seen}")
    calls = calls_of(engine, session)
    by_state = {state: [call for call in calls if call["state"] == state] for state in ("settled", "unsettled", "held")}
    note(f"{len(seen)} tries, {len(calls)} calls, {len(by_state['unsettled'])} unsettled")
    check_equal((len(by_state["unsettled"]), len(by_state["held"])), (killed, 0), f"unsettled, held: {calls}")
    check_equal(len(calls), len(stub.chats()), "calls in the book, and at the vendor")
    whole = sum(entry.cost for entry in stub.chats() if entry.outcome == "done")
    check_equal(sum(micro(call["cost_usd"]) for call in by_state["settled"]), whole, "micro-dollars of the whole answers")
    for call in by_state["unsettled"]:
        # The hold: each byte a token, and some the gateway may add.
        most = PRICES[MODEL].cost(Usage(max(len(entry.body) for entry in stub.chats()) + 128, 300))
        check(0 < micro(call["cost_usd"]) <= most, f"{call}, at most {most}")
    total = sum(micro(row["cost_usd"]) for row in engine.get("/api/spend?by=session")["groups"])
    check_equal(total, sum(micro(call["cost_usd"]) for call in calls), "the sum")


@test("L14 killed in mid-stream: the training sees a broken stream, tries again at the same address, all is billed once")
def mid_stream() -> None:
    with place(text="word " * 60, gap=0.02) as (engine, stub):
        session = begin(engine, 3, "stream")
        wait_for(lambda: stub.chats() and stub.chats()[-1].sent > 2000, 20, "the stream to flow")
        seconds = kill_and_restart(engine)
        note(f"answering again after {seconds:.2f} s")
        check(seconds < 3, seconds, "s until the engine answers again")
        check_after(engine, stub, session, 1)


@test("L14 killed before the first byte of an answer")
def before_the_answer() -> None:
    with place(latency=0.5) as (engine, stub):
        session = begin(engine, 2, "plain")
        wait_for(stub.chats, 20, "the call")
        kill_and_restart(engine, 0.2)
        check_after(engine, stub, session, 1)


@test("L14 killed five times in a row, each time in a call: five are unsettled, each once")
def again_and_again() -> None:
    with place(text="word " * 40, gap=0.02) as (engine, stub):
        session = begin(engine, 2, "stream")
        for number in range(1, 6):
            wait_for(lambda: len(stub.chats()) >= number and stub.chats()[-1].outcome == "open" and
                     stub.chats()[-1].sent > 1500, 20, f"stream {number}")
            kill_and_restart(engine)
        check_after(engine, stub, session, 5)


@test("L14 the budget remembers what was in flight: a killed engine is no way around it")
def budget() -> None:
    with place(text="word " * 60, gap=0.02) as (engine, stub):
        hold = PRICES[MODEL].cost(Usage(200, 300))
        session = begin(engine, 50, "stream", budget_usd=f"{2.2 * hold / 1e6:.6f}")
        for number in (1, 2):
            wait_for(lambda: len(stub.chats()) >= number and stub.chats()[-1].sent > 1500, 20, f"stream {number}")
            kill_and_restart(engine)
        wait_for(lambda: any(one.get("status") == 402 for one in tries(engine, session)), 20, "the budget to be used up")
        spent = sum(micro(call["cost_usd"]) for call in calls_of(engine, session) if call["cost_usd"] is not None)
        check(spent <= 2.2 * hold, f"{spent} spent of {2.2 * hold}")
        engine.post(f"/api/training/cancel/{session}")
        engine.wait(session)


@test("a run that was refused with 402 goes on when its budget is raised, and the next engine knows the new one")
def raised() -> None:
    with place(usage=Usage(20, 100)) as (engine, stub):
        session = begin(engine, 3, "plain", budget_usd="0.000001")
        wait_for(lambda: any(one.get("status") == 402 for one in tries(engine, session)), 20, "a refusal")
        check_equal(len(stub.chats()), 0, "calls of the vendor")
        done = engine.trainctl("budget", "set", "session", session, "5")
        check_equal((done.returncode, done.stderr), (0, ""), done.stdout)
        found = engine.wait(session, seconds=60)
        check_equal((found["status"], found["attempt"], len(stub.chats())), ("completed", 1, 3), str(found))
        again = begin(engine, 3, "plain", budget_usd="0.000001")
        wait_for(lambda: any(one.get("status") == 402 for one in tries(engine, again)), 20, "a refusal")
        done = engine.trainctl("budget", "set", "session", again, "0.000002")
        check_equal(done.returncode, 0, done.stderr)
        kill_and_restart(engine)
        check_equal(engine.session(again)["config"]["budget_usd"], "0.000002", "what the next engine knows")
        check_equal(engine.trainctl("budget", "set", "session", again, "none").returncode, 0, "none")
        check_equal(engine.wait(again, seconds=60)["status"], "completed", "lifted")


main()
