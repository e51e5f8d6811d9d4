# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""A run that asks its teacher through the engine's own gateway, and what that costs."""

from __future__ import annotations

import json
import os
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(__file__))
sys.path.insert(0, str(Path(__file__).parents[1] / "harness"))

from enginerun import Engine  # noqa: E402
from faultstub import Act, Entry, FaultStub  # noqa: E402
from tap import check, check_equal, main, test  # noqa: E402

MILLION = 1_000_000
MODEL = "gpt-6-luna"
# Dollars for a million tokens; only the user knows what an own server costs.
CATALOGUE = {"providers": {"compatible": [{"id": MODEL, "prices": [
    {"valid_from": "", "input": "0.10", "output": "0.50", "cache_read": "0.01", "cache_write": "0.125",
     "source": "our own accounts"}]}]}}


def teach(entry: Entry) -> Act:
    """Other words for what was shown; the first prompt of the trainer asks for them."""
    body = json.loads(entry.body)
    shown = [line.split("\t") for line in str(body["messages"][-1]["content"]).splitlines() if "\t" in line]
    pairs = [{"english": f"Kindly {english[0].lower()}{english[1:]}", "hlxl": hlxl} for english, hlxl in shown]
    return Act(text=json.dumps({"pairs": pairs}))


def begin(engine: Engine, stub: FaultStub, **config: Any) -> str:
    """Gives an engine a teacher; the id of a short run that asks it."""
    folder = engine.root / "config_home" / "training-center"
    (folder / "catalogue.json").write_text(json.dumps(CATALOGUE))
    engine.post("/api/keys/add", {"provider": "compatible", "name": "house", "base_url": stub.base("compatible")})
    arguments = {"teach-pairs": "20", "teach-kinds": "paraphrase", "blocks": "300", "steps-per-epoch": "2",
                 "batch-size": "8", "threads": "1", "gates": "off"} | config.pop("settings", {})
    session = engine.post("/api/training/queue", {
        "corpus": "english", "epochs": 1, "target": "helix-1m", "provider": "compatible", "model": MODEL, "policy": "off",
        "settings": arguments, **config})["sessions"][0]["session_id"]
    engine.post("/api/training/start")
    return session


@test("a run is taught through the gateway, and pays what the teacher's journal says")
def _taught() -> None:
    with FaultStub() as stub, Engine() as engine:
        stub.script = teach
        session = begin(engine, stub)
        ended = engine.wait(session, seconds=150)
        output = engine.output(session).decode()
        check_equal(ended["status"], "completed", output[-3000:])
        check("Teacher: 20 of 20 pairs accepted" in output, output)
        calls = stub.chats("compatible")
        check_equal(len(calls), 3)
        total = engine.get("/api/spend")["total"]
        check_equal((total["calls"], Decimal(total["cost_usd"]) * MILLION), (3, stub.money()))
        check(f"${Decimal(stub.money()) / MILLION:.6f}" in output, output)
        lines = (engine.run_dir(session) / "checkpoints" / "taught_phase1.jsonl").read_text().splitlines()
        check_equal(len(lines), 21)
        check(any("20 of 20 pairs" in json.dumps(event) for event in engine.events(session)), engine.events(session))


@test("a teacher that has used up the session's budget is not asked again, and the run goes on")
def _budget() -> None:
    with FaultStub() as stub, Engine() as engine:
        stub.script = teach
        session = begin(engine, stub, budget_usd="0.0006", settings={"teach-pairs": "300"})
        ended = engine.wait(session, seconds=150)
        output = engine.output(session).decode()
        check_equal(ended["status"], "completed", output[-3000:])
        check("budget is used up" in output, output)
        check(0 < stub.money() <= 600, stub.money())
        check("of 300 pairs accepted" in output and "0 of 300" not in output.split("Teacher: ")[1][:8], output)


main()
