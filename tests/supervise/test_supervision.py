# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Runs that are judged by their own provider: a real engine, a real keyring, a vendor that plays its part."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "harness"))
sys.path.insert(0, str(HERE.parent / "keys"))

from enginerun import FINAL, Engine  # noqa: E402
from faultstub import Act, FaultStub  # noqa: E402
from session_bus import SessionBus  # noqa: E402
from tap import check, check_equal, main, test, wait_for  # noqa: E402

SECRET = "sk-the-key-of-these-tests-0123456789-Zq7x"
MODELS = {"claude": "claude-haiku-4-5", "openai": "gpt-5.1", "xai": "grok-4.3", "qwen": "qwen3:8b"}
GRADE_D = {"loss_convergence": 20, "validation_accuracy": 20, "format_correctness": 15, "steady_progress": 10,
           "score": 65, "status": "review", "recommendation": "Lower the learning rate."}
GRADE_F = {"loss_convergence": 5, "validation_accuracy": 5, "format_correctness": 2, "steady_progress": 3,
           "score": 15, "status": "stop", "recommendation": "It repeats its input."}


@contextmanager
def place() -> Iterator[tuple[Engine, FaultStub]]:
    """An engine with a keyring, and a vendor of everything."""
    with SessionBus() as bus, FaultStub() as stub, Engine(DBUS_SESSION_BUS_ADDRESS=bus.address) as engine:
        yield engine, stub


def add_key(engine: Engine, stub: FaultStub, provider: str) -> None:
    """A key to the stub."""
    body = {"provider": provider, "name": provider, "base_url": stub.base(provider)}
    if provider != "qwen":
        body["secret"] = SECRET
    status, answer = engine.request("POST", "/api/keys/add", body)
    check_equal(status, 201, str(answer))


def start(engine: Engine, provider: str = "xai", options: str = "", **config: Any) -> str:
    """Queues a judged training and starts it; the session's id."""
    config = {"provider": provider, "model": MODELS.get(provider), "epochs": 6} | config
    return engine.run(f"{sys.executable} {HERE / 'judged_training.py'} {options}", **config)


def verdicts(engine: Engine, session: str) -> list[dict[str, Any]]:
    """What the supervisor said."""
    return engine.get(f"/api/training/verdicts/{session}")["verdicts"]


def wait_verdicts(engine: Engine, session: str, number: int) -> list[dict[str, Any]]:
    """So many verdicts, or the lack of them."""
    wait_for(lambda: len(verdicts(engine, session)) >= number, 30, f"{number} verdicts")
    return verdicts(engine, session)


def texts(engine: Engine, session: str) -> str:
    """All that was told, a line each."""
    return "\n".join(f"{event['severity']} {event['kind']}: {event['text']}" for event in engine.events(session))


@test("a run is judged at its gates by its own model, in each vendor's format, and pays for it")
def judged() -> None:
    with place() as (engine, stub):
        for provider, model in MODELS.items():
            add_key(engine, stub, provider)
            stub.reset()
            session = start(engine, provider, "--gates 1,5 --pause 0.4")
            check_equal(engine.wait(session)["status"], "completed", provider + texts(engine, session))
            found = wait_verdicts(engine, session, 2)
            check_equal([(one["epoch"], one["score"], one["grade"], one["status"], one["action"], one["error"])
                         for one in found], [(1, 86, "B", "continue", "none", None),
                                             (5, 86, "B", "continue", "none", None)], provider)
            check_equal({(one["provider"], one["model"]) for one in found}, {(provider, model)}, provider)
            check_equal(len(stub.chats()), 2, f"calls of {provider}")
            body = stub.chats()[-1].body.decode()
            for wanted in ("sample answer of the model", "val_loss", "earlier_verdicts", "echoes 12.5%"):
                check(wanted in body, f"{provider}: {wanted} is not in {body}")
            for secret in (SECRET, str(engine.root)):
                check(secret not in body, f"{provider} is told {secret}")
            paid = sum(round(float(one["cost_usd"]) * 1e6) for one in found)
            check_equal(paid, stub.money(), f"micro-dollars to {provider}")
        shown = engine.trainctl("gates", session)
        check("◐ warn" in shown.stdout and " 86  B      continue" in shown.stdout and "$0.00" in shown.stdout and
              "Go on: the losses fall together" in shown.stdout, shown.stdout)
        both = json.loads(engine.trainctl("gates", session, "--json").stdout)
        check_equal((len(both["gates"]), len(both["verdicts"])), (2, 2), "--json")
        check("Verdict at epoch 5: B, 86 of 100 points" in texts(engine, session), texts(engine, session))


@test("a verdict every N epochs besides the gates'; none when the policy is off")
def every() -> None:
    with place() as (engine, stub):
        add_key(engine, stub, "xai")
        session = start(engine, options="--gates= --epochs 7 --pause 0.8", epochs=7, verdict_every=3)
        engine.wait(session)
        check_equal([one["epoch"] for one in wait_verdicts(engine, session, 2)], [3, 6], "epochs")
        stub.reset()
        quiet = start(engine, policy="off")
        check_equal(engine.wait(quiet)["status"], "completed", "state")
        check_equal((len(stub.chats()), verdicts(engine, quiet)), (0, []), "calls, verdicts")


@test("policy pause: a run of grade D is paused, and goes on when it is told to")
def pause() -> None:
    with place() as (engine, stub):
        add_key(engine, stub, "xai")
        stub.verdict = GRADE_D
        session = start(engine, options="--gates 1 --epochs 12 --pause 0.4", epochs=12, policy="pause")
        engine.wait(session, ("paused",))
        found = wait_verdicts(engine, session, 1)
        check_equal((found[0]["grade"], found[0]["action"]), ("D", "pause"), "verdict")
        wait_for(lambda: "Paused by its supervisor: grade D at epoch 1" in texts(engine, session), 10, "the event")
        engine.post(f"/api/training/resume/{session}")
        check_equal(engine.wait(session)["status"], "completed", "state")


@test("policy stop: a run of grade F is stopped, and its session says why")
def stop() -> None:
    with place() as (engine, stub):
        add_key(engine, stub, "claude")
        stub.verdict = GRADE_F
        session = start(engine, "claude", "--gates 1 --epochs 100 --pause 0.4", epochs=100, policy="stop")
        found = engine.wait(session)
        check_equal((found["status"], found["reason_code"]), ("failed", "verdict"), str(found["reason"]))
        check(found["reason"].startswith("Stopped by its supervisor: grade F at epoch 1, 15 of 100 points. "
                                         "It repeats its input."), found["reason"])
        check_equal([one["action"] for one in verdicts(engine, session)], ["stop"], "verdict")
        shown = engine.trainctl("gates", session).stdout
        check("The run was stopped." in shown, shown)


def check_paid(engine: Engine, session: str) -> None:
    """The history says what the book of money says, also of calls that led to nothing."""
    spent = engine.get(f"/api/spend?by=session&session={session}")["total"]
    paid = sum(round(float(one["cost_usd"]) * 1e6) for one in verdicts(engine, session))
    check_equal(paid, round(float(spent["cost_usd"]) * 1e6), str(spent))


def check_untouched(engine: Engine, session: str, reason: str) -> None:
    """The run is through; the history and one event say why nobody judged it."""
    found = engine.wait(session, FINAL, 60)
    check_equal((found["status"], found["epoch"]), ("completed", 6), str(found["reason"]))
    history = wait_verdicts(engine, session, 2)
    for one in history:
        check(one["error"] is not None and reason in one["error"], f"{reason} is not in {one['error']}")
        check_equal((one["score"], one["grade"], one["action"]), (None, None, "none"), "verdict")
    told = texts(engine, session)
    check_equal(told.count("info verdict: No verdict at epoch"), 1, told)
    shown = engine.trainctl("gates", session).stdout
    check("no verdict" in shown, shown)
    check_paid(engine, session)


@test("a supervisor that is down, talks nonsense or is over budget does a run no harm")
def harmless() -> None:
    # Each with the policy that would stop a run for any verdict that is bad.
    with place() as (engine, stub):
        add_key(engine, stub, "xai")
        calm = {"options": "--gates 1,5 --pause 0.4", "policy": "stop"}

        stub.always(Act("error", status=400, message="no such thing"))
        check_untouched(engine, start(engine, **calm), "xAI")

        stub.always(Act("error", status=503, message="later"))
        check_untouched(engine, start(engine, **calm), "xAI")
        stub.always(Act("cut", after="none"))
        check_untouched(engine, start(engine, **calm), "hung up")
        stub.always(Act("body", data="<html>not at all</html>"))
        check_untouched(engine, start(engine, **calm), "makes no sense")

        stub.always(Act(text="I am not at liberty to say. \x1b[2J{{{"))
        check_untouched(engine, start(engine, **calm), "The model's answer was no verdict")
        stub.always(Act(text=json.dumps(GRADE_F | {"loss_convergence": 300})))
        check_untouched(engine, start(engine, **calm), "“loss_convergence” is 300")

        stub.always(None)
        before = len(stub.chats())
        session = start(engine, budget_usd="0.000001", **calm)
        check_untouched(engine, session, "budget")
        check_equal(len(stub.chats()), before, "calls that cost more than there is")


@test("an answer in a code fence is read; one that is none is asked for again, once")
def repaired() -> None:
    with place() as (engine, stub):
        add_key(engine, stub, "openai")
        stub.push(Act(text="It goes well."), Act(text="Here you are:\n```json\n" + json.dumps(GRADE_D) + "\n```"))
        session = start(engine, "openai", "--gates 1 --pause 0.2")
        found = wait_verdicts(engine, session, 1)
        check_equal((found[0]["grade"], found[0]["recommendation"]), ("D", "Lower the learning rate."), "verdict")
        check_equal(len(stub.chats()), 2, "calls")
        check("It goes well." in stub.chats()[-1].body.decode(), stub.chats()[-1].body)
        check_equal(round(float(found[0]["cost_usd"]) * 1e6), stub.money(), "micro-dollars")
        engine.wait(session)


@test("an engine that dies while it waits for a verdict leaves the run alone; the next one asks again, once")
def killed() -> None:
    with place() as (engine, stub):
        add_key(engine, stub, "xai")
        stub.push(Act(latency=5))
        session = start(engine, options="--gates 1,24 --epochs 25 --pause 0.4", epochs=25, policy="pause")
        wait_for(lambda: stub.chats(), 20, "a question")
        engine.kill()
        engine.start()
        found = wait_verdicts(engine, session, 1)
        check_equal([(one["epoch"], one["error"]) for one in found], [(1, None)], "the verdict that was missing")
        engine.kill()
        engine.start()
        check_equal(engine.wait(session)["status"], "completed", texts(engine, session))
        found = wait_verdicts(engine, session, 2)
        check_equal([(one["epoch"], one["error"]) for one in found], [(1, None), (24, None)], "verdicts")
        check_equal(len(stub.chats()), 3, "questions")
        calls = engine.get(f"/api/spend?by=call&session={session}")["calls"]
        check_equal(sorted(call["state"] for call in calls), ["settled", "settled", "unsettled"], "the book")
        paid = sum(round(float(one["cost_usd"]) * 1e6) for one in found)
        check_equal(paid, sum(round(float(call["cost_usd"]) * 1e6) for call in calls if call["state"] == "settled"),
                    "micro-dollars")


if __name__ == "__main__":
    sys.exit(main())
