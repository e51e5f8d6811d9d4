# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""trainctl spend and trainctl budget: what they ask, and what they print."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

sys.path.insert(0, os.path.dirname(__file__))

from stub_engine import Home, StubEngine, error  # noqa: E402
from tap import check, check_equal, main, test  # noqa: E402

HOSTILE = "a\x1b[31mb\nc\u202ed%n<b>=1+1"
BUDGETS = {"month": "2026-11", "budgets": [
    {"scope": "month", "limit_usd": "20.00", "spent_usd": "17.50", "held_usd": "0.25",
     "left_usd": "2.25", "n_unknown": 3},
    {"scope": "xai", "limit_usd": None, "spent_usd": "17.50", "held_usd": "0.00",
     "left_usd": None, "n_unknown": 0}]}


def sums(**more: Any) -> dict[str, Any]:
    """Sums as the engine writes them."""
    fields = {"calls": 0, "n_held": 0, "released": 0, "refused": 0, "n_unknown": 0, "input_tokens": 0,
              "cache_read_tokens": 0, "cache_write_tokens": 0, "output_tokens": 0}
    money = {name: "0.00" for name in ("cost_usd", "exact_usd", "computed_usd", "estimated_usd",
                                       "unsettled_usd", "held_usd")}
    return fields | money | more


@contextmanager
def engine() -> Iterator[StubEngine]:
    """An engine for one test."""
    home = Home()
    stub = StubEngine(home)
    try:
        yield stub
    finally:
        stub.stop_listening()
        home.close()


def run(stub: StubEngine, *words: str) -> list[list[str]]:
    """The lines that a command prints, in words."""
    result = stub.home.run(*words)
    check_equal((result.returncode, result.stderr), (0, b""), words)
    text = result.stdout.decode()
    check("\x1b" not in text and "\u202e" not in text, repr(text))
    return [line.split() for line in text.splitlines()]


@test("spend prints a line a group, what a sum does not say, and the total")
def _spend() -> None:
    with engine() as stub:
        groups = [sums(provider="claude", calls=2, n_unknown=2),
                  sums(provider=HOSTILE, calls=12, input_tokens=1500000, cache_write_tokens=500000,
                       output_tokens=700, cost_usd="1.234567", estimated_usd="0.20", unsettled_usd="0.30",
                       held_usd="0.40", released=1, refused=9)]
        total = sums(calls=14, n_unknown=2, cost_usd="1.234567")
        stub.routes["GET", "/api/spend"] = 200, {"by": "provider", "total": total, "groups": groups}, {}
        lines = run(stub, "spend")
        check_equal(stub.requests[-1][:2], ("GET", "/api/spend?by=provider"), "asked")
        check_equal(lines[0], ["PROVIDER", "CALLS", "READ", "CACHED", "WRITTEN", "COST"], "heading")
        check_equal(lines[1], "claude 2 0 0 0 unknown 2 of unknown price".split(), "no price")
        check_equal(lines[2][-16:], ("12 2.0 M 0 700 $1.234567 $0.20 estimated, $0.30 unsettled, $0.40 held, "
                                     "1 failed, 9 refused").split(), "a group")
        check_equal(lines[3], "total 14 0 0 0 ≥ $1.234567 2 of unknown price".split(), "total")
        check_equal(len(lines), 4, "lines")


@test("spend and budget: amounts of a column end in line, with as many decimals")
def _columns() -> None:
    with engine() as stub:
        groups = [sums(provider="claude", calls=1, cost_usd="12.50"), sums(provider="xai", calls=1, cost_usd="0.0034"),
                  sums(provider="openai", calls=2, n_unknown=1, cost_usd="1.234567"),
                  sums(provider="ollama", calls=1, n_unknown=1)]
        answer = {"by": "provider", "total": sums(calls=5, n_unknown=2, cost_usd="13.737967"), "groups": groups}
        stub.routes["GET", "/api/spend"] = 200, answer, {}
        lines = stub.home.run("spend").stdout.decode().splitlines()
        ends = [re.search(r"COST|unknown(?= )|\$[0-9.]+", line).end() for line in lines]
        check_equal(set(ends), {ends[0]}, lines)
        check_equal([re.search(r"[$][0-9.]+", line)[0] for line in lines if "$" in line],
                    ["$12.500000", "$0.003400", "$1.234567", "$13.737967"], "amounts")
        budgets = [BUDGETS["budgets"][0] | {"spent_usd": "0.0000", "left_usd": "1.00"},
                   BUDGETS["budgets"][0] | {"spent_usd": "17.512", "left_usd": "2.4875"}]
        stub.routes["GET", "/api/budget"] = 200, BUDGETS | {"budgets": budgets}, {}
        lines = run(stub, "budget")
        check_equal([line[2:5:2] for line in lines[2:]], [["$0.0000", "$1.0000"], ["$17.5120", "$2.4875"]], "budgets")


@test("spend and budget say from when on their sums are whole")
def _missing() -> None:
    with engine() as stub:
        when = {"missing_before": "2026-11-22T12:00:00Z"}
        stub.routes["GET", "/api/spend"] = 200, {"by": "provider", "total": sums(), "groups": []} | when, {}
        stub.routes["GET", "/api/budget"] = 200, BUDGETS | when, {}
        for words in (("spend",), ("budget",)):
            last = run(stub, *words)[-1]
            check_equal((last[:3], last[4:7]), (["Calls", "before", "2026-11-22"], ["may", "be", "missing:"]), words)
        stub.routes["GET", "/api/budget"] = 200, BUDGETS, {}
        check("missing" not in str(run(stub, "budget")), "it is whole")


@test("spend passes on what was asked for, and --json what was answered")
def _spend_options() -> None:
    with engine() as stub:
        answer = {"by": "day", "total": sums(), "groups": []}
        stub.routes["GET", "/api/spend"] = 200, answer, {}
        run(stub, "spend", "--by", "day", "--session", "17", "--from", "2026-11-01", "--to", "a b&c")
        check_equal(stub.requests[-1][1], "/api/spend?by=day&session=17&from=2026-11-01&to=a%20b%26c", "asked")
        result = stub.home.run("--json", "spend", "--by", "day")
        check_equal(json.loads(result.stdout), answer, "JSON")
        check_equal(run(stub, "spend", "--by", "key")[0][:3], ["Nothing", "was", "asked"], "nothing")
        check_equal(stub.home.run("spend", "--by", "colour").returncode, 2, "no such grouping")
        check_equal(stub.home.run("spend", "--session", "x").returncode, 2, "no such session")
        stub.routes["GET", "/api/spend"] = error(400, "usage", "A day is written as 2026-11-22.")
        result = stub.home.run("spend", "--from", "yesterday")
        check(result.returncode != 0 and b"2026-11-22" in result.stderr, result.stderr)


@test("spend lists calls one by one, and says unknown where nobody knows")
def _calls() -> None:
    with engine() as stub:
        call = {"id": "7", "session_id": "17", "attempt": 1, "origin": "script", "provider": "xai", "key_id": "3",
                "model": HOSTILE, "stream": True, "free": False, "state": "settled", "at_us": 1790000000000000,
                "ended_us": None, "status": 200, "input_tokens": 1, "cache_read_tokens": 2,
                "cache_write_tokens": 0, "output_tokens": 3, "hold_usd": "1.00", "cost_usd": None,
                "source": "unknown", "why": None, "times": 1}
        refused = call | {"id": "8", "state": "refused", "times": 50, "why": "No money.", "source": None,
                          "session_id": "0"}
        stub.routes["GET", "/api/spend"] = 200, {"by": "call", "total": sums(), "calls": [refused, call]}, {}
        lines = run(stub, "spend", "--by", "call")
        check_equal(lines[1][-7:], ["refused", "×50", "1", "2", "3", "No", "money."], "refused")
        check_equal(lines[2][-6:], ["settled", "1", "2", "3", "unknown", "unknown"], "settled")


@test("budget shows limits, what is left, and calls of unknown price")
def _budget() -> None:
    with engine() as stub:
        stub.routes["GET", "/api/budget"] = 200, BUDGETS, {}
        for words in (("budget",), ("budget", "show")):
            lines = run(stub, *words)
            check_equal(lines[0], ["In", "2026-11:"], "month")
            check_equal(lines[1], ["BUDGET", "LIMIT", "SPENT", "HELD", "LEFT"], "heading")
            check_equal(lines[2][:5], ["month", "$20.00", "$17.50", "$0.25", "$2.25"], "month")
            check_equal(lines[2][-7:], "88 % and 3 of unknown price".split(), "month")
            check_equal(lines[3], ["xai", "none", "$17.50"], "xai")


@test("budget set says what the limit is, or that there is none")
def _budget_set() -> None:
    with engine() as stub:
        stub.routes["PUT", "/api/budget"] = 200, BUDGETS, {}
        for word, limit in (("20", "20"), ("none", None)):
            run(stub, "budget", "set", "month", word)
            check_equal(stub.requests[-1], ("PUT", "/api/budget", {"scope": "month", "limit_usd": limit}), "asked")
        run(stub, "budget", "set", "session", "17", "5")
        check_equal(stub.requests[-1], ("PUT", "/api/budget", {"scope": "session", "session": "17", "limit_usd": "5"}), "asked")
        for wrong in (("session", "17"), ("month", "20", "30")):
            check_equal(stub.home.run("budget", "set", *wrong).returncode, 2, wrong)
        check_equal(json.loads(stub.home.run("budget", "set", "xai", "1", "--json").stdout), BUDGETS, "JSON")
        stub.routes["PUT", "/api/budget"] = error(400, "invalid", "A budget is not less than 0.")
        result = stub.home.run("budget", "set", "month", "-1")
        check(result.returncode != 0, "it was accepted")
        check_equal(stub.home.run("budget", "set", "month").returncode, 2, "no amount")


if __name__ == "__main__":
    main()
