#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""What was spent and what may be, as the API says it."""

import sys
from datetime import datetime, timedelta
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

from apiserver import Server  # noqa: E402
from tap import Skip, check, check_equal, main, test  # noqa: E402

try:
    import jsonschema
except ImportError:
    jsonschema = None


def ask(server: Server, method: str, path: str, body: object = None, status: int = 200) -> dict:
    """The answer to a question, held against the OpenAPI document."""
    reply = server.ask(method, path, body)
    check_equal(reply.status, status, f"{method} {path}")
    if status == 200:
        if jsonschema is None:
            raise Skip("python3-jsonschema is not installed")
        document = server.ask("GET", "/api/openapi.json").json
        operation = document["paths"][path.partition("?")[0]][method.lower()]
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        jsonschema.Draft202012Validator({"components": document["components"], **schema}).validate(reply.json)
    return reply.json


@test("what calls have cost, by provider, session, model, day, key and one by one")
def spend() -> None:
    with Server() as server:
        check_equal(ask(server, "GET", "/api/spend")["groups"], [], "groups of nothing")
        for session, micros in ((17, 250000), (17, 1), (18, 100000)):
            check_equal(server.do("spend", session, micros), "ok", "spend")
        today = datetime.now().strftime("%Y-%m-%d")
        names = {"provider": ("provider", "xai"), "model": ("model", "grok-code-fast-1"),
                 "day": ("day", today), "key": ("key_id", "3")}
        for by, (member, name) in names.items():
            answer = ask(server, "GET", f"/api/spend?by={by}")
            check_equal([(group[member], group["calls"], group["cost_usd"]) for group in answer["groups"]],
                        [(name, 3, "0.350001")], by)
            check_equal(answer["total"]["cost_usd"], "0.350001", by)
        answer = ask(server, "GET", "/api/spend?by=session")
        check_equal([(group["session_id"], group["exact_usd"], group["input_tokens"])
                     for group in answer["groups"]],
                    [("17", "0.250001", 2000), ("18", "0.10", 1000)], "sessions")
        answer = ask(server, "GET", "/api/spend?session=18")
        check_equal(answer["total"]["cost_usd"], "0.10", "session 18")
        answer = ask(server, "GET", "/api/spend?by=call&session=17")
        check_equal([call["cost_usd"] for call in answer["calls"]], ["0.000001", "0.25"], "calls")


@test("days are whole, and the last one is included")
def days() -> None:
    with Server() as server:
        server.do("spend", 17, 100)
        today = datetime.now()
        day = timedelta(days=1)
        for first, last, calls in ((today, today, 1), (today - day, today - day, 0),
                                   (today + day, today + day, 0), (today - day, today + day, 1)):
            query = f"/api/spend?from={first:%Y-%m-%d}&to={last:%Y-%m-%d}"
            check_equal(ask(server, "GET", query)["total"]["calls"], calls, query)
        for bad in ("22.11.2026", "2026-11-31", "2026-1-1", "2026-11-22T00:00", "", "0000-00-00", "x"):
            ask(server, "GET", f"/api/spend?from={bad}", status=400)
            ask(server, "GET", f"/api/spend?to={bad}", status=400)
        for bad in ("by=colour", "session=0", "session=x", "session=-1"):
            check("message" in str(ask(server, "GET", f"/api/spend?{bad}", status=400)), bad)


@test("a budget is set, binds, survives and is lifted")
def budget() -> None:
    with Server() as server:
        check_equal([(entry["scope"], entry["limit_usd"]) for entry in ask(server, "GET", "/api/budget")["budgets"]],
                    [("month", None)], "at first")
        server.do("spend", 17, 400000)
        answer = ask(server, "PUT", "/api/budget", {"scope": "month", "limit_usd": "1.00"})
        check_equal(answer["budgets"][0], {"scope": "month", "limit_usd": "1.00", "spent_usd": "0.40",
                                           "held_usd": "0.00", "left_usd": "0.60", "n_unknown": 0}, "month")
        check("budget of" in server.do("spend", 17, 700000), "it does not bind")
        answer = ask(server, "PUT", "/api/budget", {"scope": "xai", "limit_usd": "0.5"})
        check_equal(answer["budgets"][1]["left_usd"], "0.10", "xai")
        check("budget for xai" in server.do("spend", 17, 200000), "it does not bind")
        answer = ask(server, "PUT", "/api/budget", {"scope": "xai", "limit_usd": None})
        check_equal(answer["budgets"][1]["limit_usd"], None, "lifted")
        check_equal(server.do("spend", 17, 200000), "ok", "spend")
        answer = ask(server, "GET", "/api/spend")
        check_equal((answer["total"]["refused"], answer["total"]["calls"]), (2, 2), "refused and made")


@test("a session's own budget is set, and taken away")
def session_budget() -> None:
    with Server() as server:
        session = server.add(epochs=7, budget_usd="5.00")
        for limit, kept in (("7.5", "7.500000"), (None, None), ("0", "0.000000")):
            ask(server, "PUT", "/api/budget", {"scope": "session", "session": session, "limit_usd": limit})
            found = server.ask("GET", f"/api/training/status/{session}").json["session"]["config"]["budget_usd"]
            check_equal(found, kept, "budget")
        for bad in ({}, {"session": 1, "limit_usd": "5"}, {"session": "x", "limit_usd": "5"}, {"session": session},
                    {"session": session, "limit_usd": "-1"}):
            ask(server, "PUT", "/api/budget", {"scope": "session"} | bad, status=400)
        ask(server, "PUT", "/api/budget", {"scope": "session", "session": "99", "limit_usd": "5"}, status=404)


@test("a budget that makes no sense is refused")
def bad_budget() -> None:
    with Server() as server:
        for bad in ({"scope": "month"}, {"scope": "month", "limit_usd": 20}, {"limit_usd": "20"},
                    {"scope": "month", "limit_usd": "-1"}, {"scope": "month", "limit_usd": "much"},
                    {"scope": "none", "limit_usd": "20"}, {"scope": 5, "limit_usd": "20"}, {}):
            ask(server, "PUT", "/api/budget", bad, status=400)
        ask(server, "PUT", "/api/budget", status=400)
        ask(server, "POST", "/api/budget", {}, status=405)


@test("whoever follows the events hears what a session has spent")
def events() -> None:
    with Server() as server, server.watch() as client:
        server.do("spend", 17, 250000)
        while True:
            for event in client.message()["events"]:
                if event["type"] == "spend":
                    check_equal(event, {"type": "spend", "session_id": "17", "spent_usd": "0.25"}, "event")
                    return


@test("whoever follows the events hears that a budget was set")
def budget_event() -> None:
    with Server() as server, server.watch() as client:
        ask(server, "PUT", "/api/budget", {"scope": "month", "limit_usd": "1.00"})
        while {"type": "budget"} not in client.message()["events"]:
            pass


if __name__ == "__main__":
    main()
