#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""The user's scenario: three keys, three phases on three vendors, start, walk away.

A fresh profile, a real keyring, the real trainer and trainctl alone; only the
vendors are played, by the stub of the harness, whose own count of the money is
the truth.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "keys"))

import secretsearch  # noqa: E402
from enginerun import FINAL, Engine  # noqa: E402
from faultstub import FaultStub  # noqa: E402
from session_bus import SessionBus  # noqa: E402
from tap import Skip, check, check_equal, main, note, test, wait_for  # noqa: E402

# provider, the stub's vendor, model, corpus, epochs, key
PHASES = (("xai", "xai", "grok-4.7", "english", 2, "xai-CaNaRyOfTheScenario0123456789abcdefXx7"),
          ("claude", "anthropic", "claude-sonnet-5-5", "hlx", 1, "sk-ant-api03-CaNaRyOfTheScenario987654-Yy8"),
          ("openai", "openai", "gpt-5.1", "translation", 1, "sk-proj-CaNaRyOfTheScenario55555-Zz9-abcdef"))
SETTINGS = ("steps-per-epoch=3", "batch-size=4", "threads=1", "save-every=1", "blocks=300", "seq-length=256",
            "gate-samples=8", "gate-policy=warn")


def ctl(engine: Engine, *arguments: str, secret: str = "") -> str:
    """Runs trainctl, which must succeed; its output."""
    done = subprocess.run([os.environ["TC_TRAINCTL"], *arguments], env=engine.environment, input=secret, text=True,
                          capture_output=True, timeout=60, check=False)
    check_equal(done.returncode, 0, f"trainctl {' '.join(arguments)}: {done.stdout}{done.stderr}")
    return done.stdout


def micro(text: Any) -> int:
    """Micro-dollars of a decimal text."""
    return int(Fraction(str(text).lstrip("$")) * 1_000_000)


def verdicts(engine: Engine, session: str) -> list[dict[str, Any]]:
    """What was said of a session."""
    return engine.get(f"/api/training/verdicts/{session}")["verdicts"]


def said(engine: Engine, session: str) -> str:
    """The end of a session's output, if it has any."""
    try:
        return engine.output(session).decode()[-1500:]
    except FileNotFoundError:
        return engine.log.read_text()[-1500:]


def wait_all(engine: Engine, sessions: list[str], stub: FaultStub) -> None:
    """Waits for the end, and looks for the keys on the way while each phase is on."""
    looked: set[str] = set()
    deadline = time.monotonic() + 240
    while len(looked) < len(sessions) or any(engine.session(one)["status"] not in FINAL for one in sessions):
        for number, session in enumerate(sessions):
            found = engine.session(session)
            check(found["status"] not in ("failed", "skipped", "cancelled"),
                  f"phase {number + 1}: {found['reason']}\n{said(engine, session)}")
            if session in looked or (found["status"] in FINAL and session not in looked):
                check(session in looked, f"phase {number + 1} was over before anybody could look")
            elif found["status"] == "running" and look(engine, session):
                looked.add(session)
        check(time.monotonic() < deadline, [engine.session(one)["status"] for one in sessions], len(stub.chats()))
        time.sleep(0.05)


def look(engine: Engine, session: str) -> bool:
    """S01: no key in the whole tree of a run, its memory included; whether the run's script was there to look at."""
    try:
        shim = engine.shim_record(session)
    except (FileNotFoundError, ValueError):
        return False
    pids = secretsearch.tree(shim["shim_pid"])
    if shim["child_pid"] not in pids:
        return False
    environment = Path(f"/proc/{shim['child_pid']}/environ").read_bytes()
    check(b"OPENAI_API_KEY=" in environment and b"OPENAI_BASE_URL=http://127.0.0.1:" in environment, environment)
    for *_, secret in PHASES:
        check_equal(secretsearch.in_processes(secret), [], "environments and command lines of all processes")
        check_equal(secretsearch.in_memory(pids, secret), [], "memory of the training")
    token = re.search(rb"OPENAI_API_KEY=([^\0]+)", environment).group(1).decode()
    check(secretsearch.in_memory([shim["child_pid"]], token), "the search through memory finds nothing, not even the token")
    return True


def need_torch() -> None:
    """Skips where there is no PyTorch."""
    done = subprocess.run(["python3", "-c", "import torch"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Skip("PyTorch is not installed here")


@test("three keys, three phases on xAI, Anthropic and OpenAI: trained, judged, and paid to the micro-dollar (S01, S02)")
def curriculum() -> None:
    need_torch()
    with SessionBus() as bus, FaultStub() as stub, \
            Engine(DBUS_SESSION_BUS_ADDRESS=bus.address, HOME=str(bus.root), G_MESSAGES_DEBUG="all") as engine:
        engine.environment["G_MESSAGES_DEBUG"] = ""   # the engine says all it can, trainctl speaks JSON
        for provider, vendor, *_, secret in PHASES:
            stub.keys[vendor] = {secret}
            added = json.loads(ctl(engine, "--json", "keys", "add", "--provider", provider, "--name", f"my {provider}",
                                   "--base-url", stub.base(vendor), secret=secret + "\n"))["key"]
            check_equal((added["state"], added["last_four"]), ("valid", secret[-4:]), added)
        check_equal(bus.items(), 3, "secrets in the keyring")
        check_equal(stub.chats(), [], "checking a key asks no model")

        sessions = []
        for provider, _, model, corpus, epochs, _ in PHASES:
            options = [word for setting in SETTINGS for word in ("--set", setting)]
            if not sessions:
                options += ["--set", "teach-pairs=2", "--set", "teach-budget=0.05"]
            after = ["--after", sessions[-1]] if sessions else []
            sessions.append(ctl(engine, "queue", "add", "--provider", provider, "--model", model, "--corpus", corpus,
                                "--epochs", str(epochs), "--target", "helix-1m", "--seed", "7", "--budget", "1",
                                "--verdict-every", "1", *options, *after).split()[-1])
        ctl(engine, "start")
        wait_all(engine, sessions, stub)

        for session, (provider, vendor, model, _, epochs, secret) in zip(sessions, PHASES):
            found = engine.session(session)
            check_equal((found["status"], found["epoch"]), ("completed", epochs), found["reason"])
            # A run that has ended does not wait for what is thought of its last gate.
            calls = wait_for(lambda vendor=vendor: stub.chats(vendor), 20, f"{provider} to be asked")
            check({call.model for call in calls} == {model}, f"{provider}: {calls}")
            check_equal({call.key for call in calls}, {secret}, f"keys that {provider} saw")
            gates = engine.get(f"/api/training/gates/{session}")["gates"]
            check(len(gates) >= 1, f"phase on {provider} had no gate")
            judged = wait_for(lambda session=session, last=gates[-1]["epoch"]:
                              (found := verdicts(engine, session)) and last in {one["epoch"] for one in found} and found,
                              20, f"a verdict of the last of {gates}")
            # Gates that come within a second of one another are judged together, by the last of them.
            check(gates[-1]["epoch"] in {one["epoch"] for one in judged}, f"{gates} {judged}")
            check(all(one.get("grade") == "B" and one.get("score") == 86 for one in judged), judged)
            note(f"{provider}: {len(calls)} calls, {stub.money(vendor)} micro-dollars, "
                 f"{len(gates)} gates, {len(judged)} verdicts")
            check("86" in ctl(engine, "gates", session), "trainctl gates")
        check(len(stub.chats("xai")) > len(verdicts(engine, sessions[0])), "the teacher was not asked")
        check_spend(engine, stub, sessions)
        check_nowhere(engine, bus)


def check_spend(engine: Engine, stub: FaultStub, sessions: list[str]) -> None:
    """trainctl's count is the vendor's, in all, by provider and by session."""
    check(stub.money() > 0, "nothing was paid")
    for by in ("provider", "session", "model", "day"):
        rows = json.loads(ctl(engine, "--json", "spend", "--by", by))
        check_equal(sum(micro(row["cost_usd"]) for row in rows["groups"]), stub.money(), f"by {by}: {rows}")
    rows = {row["session_id"]: row for row in json.loads(ctl(engine, "--json", "spend", "--by", "session"))["groups"]}
    for session, (_, vendor, *_) in zip(sessions, PHASES):
        check_equal(micro(rows[session]["cost_usd"]), stub.money(vendor), f"session {session} and {vendor}")
    total = f"{stub.money() / 1e6:.6f}"
    note(ctl(engine, "spend"), f"the vendors: ${total}")


def check_nowhere(engine: Engine, bus: SessionBus) -> None:
    """S02: no byte of a key in any file, before and after the engine has gone; engine memory and keyring have it."""
    for *_, secret in PHASES:
        for folder in (engine.root, bus.root):
            check_equal(secretsearch.in_files(folder, secret), [], "files")
        check_equal(secretsearch.in_processes(secret), [], "environments and command lines")
    answers = b"".join(engine.fetch(path) for path in ("/api/keys/list", "/api/events", "/api/engine", "/api/training/queue"))
    check(not any(secret.encode() in answers for *_, secret in PHASES), "answers of the API")
    engine.kill(15)
    for *_, secret in PHASES:
        check_equal(secretsearch.in_files(engine.root, secret), [], "files after the engine's end")


main()
