# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""What sessions need to reach their providers: a real engine, gateway and keyring, and a vendor of our own."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

sys.path.insert(0, os.path.dirname(__file__))

from session_bus import SessionBus  # noqa: E402 (first: it finds the harness)
from canary import flags_of, forms, holds_in_memory, regions_with, search, search_processes, tree_of  # noqa: E402
from enginerun import Engine  # noqa: E402
from faultstub import FaultStub  # noqa: E402
from tap import Skip, check, check_equal, main, test, wait_for  # noqa: E402

KEY = "xai-CaNaRyOfTheAccessTests0123456789abcdefghijklm"
OTHER = "xai-OtHeRcAnArYoFtHeAcCeSsTeStS9876543210zyxwvutsrq"
MODEL = "grok-4.5"

# Asks through the gateway, once for each line of the file "asks", until there is a file "done".
CALLER = '''
import json, os, time, urllib.error, urllib.request
asked = 0
def ask():
    request = urllib.request.Request(os.environ["OPENAI_BASE_URL"] + "/chat/completions",
        json.dumps({"model": os.environ["TEST_MODEL"], "max_tokens": 64,
                    "messages": [{"role": "user", "content": "2+2?"}]}).encode(),
        {"Content-Type": "application/json", "Authorization": "Bearer " + os.environ["OPENAI_API_KEY"]})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0
while not os.path.exists("done"):
    try:
        wanted = len(open("asks").readlines())
    except OSError:
        wanted = 0
    if asked < wanted:
        status = ask()
        with open("answers", "a") as answers:
            answers.write(f"{status}\\\\n")
        asked += 1 if status else 0
    time.sleep(0.02)
'''.replace("\\\\n", "\\n")


def engine_on(bus: SessionBus) -> Engine:
    """An engine, not started, that uses the bus; it says all it can in its log."""
    engine = Engine(DBUS_SESSION_BUS_ADDRESS=bus.address, G_MESSAGES_DEBUG="all", SOUP_LOGGER="1")
    engine.environment["HOME"] = str(engine.root)
    (engine.root / "caller.py").write_text(CALLER)
    return engine


def add_key(engine: Engine, stub: FaultStub, secret: str = KEY, **body: Any) -> dict[str, Any]:
    """Adds a key for xAI."""
    status, answer = engine.request("POST", "/api/keys/add", {
        "provider": "xai", "name": "mine", "secret": secret, "base_url": stub.base("xai")} | body)
    check_equal(status, 201, str(answer))
    return answer["key"]


def queue(engine: Engine, start: bool = True, **config: Any) -> str:
    """Queues the program that asks; its session."""
    session = engine.add(f"python3 {engine.root}/caller.py", **{
        "provider": "xai", "model": MODEL, "grace_seconds": 1,
        "environment": {"TEST_MODEL": config.get("model", MODEL)}} | config)
    if start:
        engine.post("/api/training/start")
    return session


def ask(engine: Engine, session: str, seconds: float = 20) -> int:
    """Has the program ask once more; the status it saw last, waiting out those that nobody answered."""
    folder = engine.run_dir(session)
    before = read_answers(folder)
    with (folder / "asks").open("a") as asks:
        asks.write("once\n")
    wait_for(lambda: len([code for code in read_answers(folder) if code]) >
             len([code for code in before if code]), seconds, "an answer")
    return read_answers(folder)[-1]


def read_answers(folder: Path) -> list[int]:
    """The statuses that the program saw."""
    path = folder / "answers"
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def finish(engine: Engine, session: str) -> None:
    """Lets the program end."""
    (engine.run_dir(session) / "done").touch()
    check_equal(engine.wait(session)["status"], "completed", session)


def wait_waiting(engine: Engine, session: str, *words: str) -> str:
    """Until a session waits with these words."""
    def waits() -> str:
        found = engine.session(session)
        text = found["waiting_for"] or ""
        return text if found["status"] == "queued" and all(word in text for word in words) else ""
    try:
        return wait_for(waits, 20, f"session {session} to wait for {words}")
    except AssertionError as error:
        raise AssertionError(f"{error}: {engine.session(session)}") from error


def token_of(engine: Engine, session: str) -> tuple[str, int, list[int]]:
    """The token and the port that a run was given, and its processes."""
    record = engine.shim_record(session)
    variables = dict(item.split("=", 1) for item in
                     Path(f"/proc/{record['child_pid']}/environ").read_text().split("\0") if "=" in item)
    port = int(re.search(r":(\d+)/", variables["OPENAI_BASE_URL"]).group(1))
    return variables["OPENAI_API_KEY"], port, tree_of(record["shim_pid"])


def try_token(token: str, port: int) -> int:
    """What the gateway says to a token."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/v1/models", headers={"Authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(request, timeout=40) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


@test("a session without a key waits and says what to do, others run, and it begins when the key is there")
def waits() -> None:
    with SessionBus() as bus, FaultStub() as stub, engine_on(bus) as engine:
        session = queue(engine)
        other = engine.add("true")
        check_equal(engine.wait(other)["status"], "completed", "the other one")
        wait_waiting(engine, session, "valid xAI key", "trainctl keys add --provider xai")
        check_equal([event["kind"] for event in engine.events(session)], ["access"], "events")
        add_key(engine, stub)
        check_equal(engine.wait(session, ("running",))["attempt"], 1, "attempt")
        check_equal(ask(engine, session), 200, "answer")
        check_equal((stub.chats()[0].key, engine.get("/api/keys/list")["keys"][0]["used_by"]), (KEY, 1), "key")
        token, port, _ = token_of(engine, session)
        check_equal(try_token(token, port), 200, "its token")
        finish(engine, session)
        wait_for(lambda: try_token(token, port) == 401, 5, "the token to be worth nothing")
        check_equal(engine.get("/api/keys/list")["keys"][0]["used_by"], 0, "uses")


@test("S01 S02 a run asks its provider, and neither key nor token is anywhere they do not belong")
def canaries() -> None:
    with SessionBus() as bus, FaultStub() as stub, engine_on(bus) as engine:
        add_key(engine, stub)
        session = queue(engine, budget_usd="1.00")
        engine.wait(session, ("running",))
        check_equal(ask(engine, session), 200, "answer")
        token, _, tree = token_of(engine, session)
        check(len(tree) >= 2 and len(token) > 20, tree, token)
        check_equal(holds_in_memory(tree[-1], token), True, "the search finds no token where it is")

        check_equal(search_processes(KEY), [], "the key in an environment or command line")
        for pid in tree:
            check_equal(holds_in_memory(pid, KEY), False, f"the key in the memory of {pid}")
        shown = engine.trainctl("status", session).stdout + engine.trainctl("--json", "queue", "list").stdout
        answers = b"".join(engine.fetch(path) for path in (
            f"/api/training/status/{session}", "/api/training/queue", "/api/keys/list", "/api/engine", "/api/events",
            f"/api/training/logs/{session}", f"/api/training/events/{session}"))
        for secret in (KEY, token):
            for folder in (engine.root, bus.root):
                check_equal(search(folder, secret), [], "files")
            check(secret not in shown and not any(form in answers for form in forms(secret)), "it is told")
        finish(engine, session)
        engine.kill(signal.SIGTERM)
        for secret in (KEY, token):
            check_equal(search(engine.root, secret), [], "files at the end")


@test("S11 no memory may be locked: keys work all the same, one word says so, and no dump has them")
def unlocked_memory() -> None:
    if os.environ.get("TRAINING_CENTER_SANITIZE"):
        raise Skip("a sanitizer locks no memory and says it did")
    for tool in ("prlimit", "setpriv"):
        if shutil.which(tool) is None:
            raise Skip(f"no {tool}")
    with SessionBus() as bus, FaultStub() as stub, engine_on(bus) as engine:
        engine.kill()
        # Who may lock all the same is not bound by the limit.
        engine.start("prlimit", "--memlock=0:0", *(["setpriv", "--bounding-set=-ipc_lock", "--inh-caps=-ipc_lock"]
                                                   if os.getuid() == 0 else []))
        add_key(engine, stub)
        session = queue(engine)
        engine.wait(session, ("running",))
        check_equal(ask(engine, session), 200, "answer")
        flags = [flags_of(engine.process.pid, region) for region in regions_with(engine.process.pid, KEY)]
        check(any("dd" in found and "lo" not in found for found in flags), flags)
        check_equal(engine.log.read_text().count("Keys may be swapped"), 1, "words")
        limits = Path(f"/proc/{engine.process.pid}/limits").read_text()
        check(re.search(r"^Max core file size +0 +0 ", limits, re.M), limits)
        finish(engine, session)


@test("an engine that dies: its runs ask on with the token they have, where they asked before")
def resumed() -> None:
    with SessionBus() as bus, FaultStub() as stub, engine_on(bus) as engine:
        add_key(engine, stub)
        session = queue(engine)
        engine.wait(session, ("running",))
        check_equal(ask(engine, session), 200, "before")
        token, port, _ = token_of(engine, session)
        engine.kill()
        engine.start()
        check_equal(ask(engine, session), 200, "after")
        check(401 not in read_answers(engine.run_dir(session)), "its token was refused")
        check_equal((try_token(token, port), stub.chats()[-1].key), (200, KEY), "the same place, the same key")
        finish(engine, session)


@test("an engine that dies: its runs ask on with the key they had; with another, and a word, when that is gone")
def same_key() -> None:
    with SessionBus() as bus, FaultStub() as stub, engine_on(bus) as engine:
        # The second is chosen while the first, which is the better one for the next run, is away.
        add_key(engine, stub, KEY, name="first")
        check_equal(engine.request("DELETE", "/api/keys/1")[0], 200, "remove")
        add_key(engine, stub, OTHER, name="second")
        session = queue(engine)
        engine.wait(session, ("running",))
        check_equal((ask(engine, session), stub.chats()[-1].key), (200, OTHER), "before")
        engine.post("/api/keys/restore/1")
        engine.post("/api/keys/check/1")
        states = {key["name"]: key["state"] for key in engine.get("/api/keys/list")["keys"]}
        check_equal(states, {"first": "valid", "second": "valid"}, "keys")

        for _ in range(2):
            engine.kill()
            engine.start()
            check_equal((ask(engine, session), stub.chats()[-1].key), (200, OTHER), "the same key")
        told = [event["text"] for event in engine.events(session) if event["kind"] == "key"]
        check_equal(told, [], "words")

        engine.request("DELETE", "/api/keys/2")
        for _ in range(2):
            engine.kill()
            engine.start()
            check_equal((ask(engine, session), stub.chats()[-1].key), (200, KEY), "the one that is left")
        told = [event["text"] for event in engine.events(session) if "goes on with the key" in event["text"]]
        check_equal(told, ["The key “second”, which this run used, is not there any more. It goes on with the key "
                           "“first”."], "words")
        finish(engine, session)


@test("R: the gateway's port was taken meanwhile: the run is told, the next one reaches its provider")
def moved() -> None:
    with SessionBus() as bus, FaultStub() as stub, engine_on(bus) as engine:
        add_key(engine, stub)
        session = queue(engine)
        engine.wait(session, ("running",))
        _, port, _ = token_of(engine, session)
        engine.kill()
        with socket.socket() as thief:
            thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            thief.bind(("127.0.0.1", port))
            thief.listen()
            engine.start()
            wait_for(lambda: any(event["kind"] == "gateway" for event in engine.events(session)), 20, "a word")
        finish(engine, session)
        second = queue(engine)
        engine.wait(second, ("running",))
        check_equal(ask(engine, second), 200, "the next one")
        finish(engine, second)


@test("a key that is replaced in mid-run is used from then on; a removed one is told of")
def replaced() -> None:
    with SessionBus() as bus, FaultStub() as stub, engine_on(bus) as engine:
        add_key(engine, stub)
        session = queue(engine)
        engine.wait(session, ("running",))
        check_equal((ask(engine, session), stub.chats()[-1].key), (200, KEY), "before")
        engine.post("/api/keys/replace/1", {"secret": OTHER})
        wait_for(lambda: (ask(engine, session), stub.chats()[-1].key) == (200, OTHER), 10, "the new key")
        check_equal(engine.request("DELETE", "/api/keys/1")[0], 200, "remove")
        wait_for(lambda: any("“mine” was removed" in event["text"] for event in engine.events(session)), 10, "a word")
        check_equal(ask(engine, session), 200, "it goes on to its end")
        finish(engine, session)
        wait_waiting(engine, queue(engine, key=None), "keys add --provider xai")


@test("a key that the provider does not take: the session waits with the reason, and goes on when it is set right")
def refused() -> None:
    with SessionBus() as bus, FaultStub() as stub, engine_on(bus) as engine:
        add_key(engine, stub)
        stub.keys["xai"] = {OTHER}
        engine.kill(signal.SIGTERM)
        # Checked long ago: it counts as valid until somebody asks.
        age_checks(engine)
        engine.start()
        session = queue(engine)
        wait_waiting(engine, session, "“mine” is wrong")
        check_equal(engine.session(session)["attempt"], 0, "attempt")
        engine.post("/api/keys/replace/1", {"secret": OTHER})
        engine.wait(session, ("running",))
        check_equal((ask(engine, session), stub.chats()[-1].key), (200, OTHER), "key")
        finish(engine, session)


def age_checks(engine: Engine) -> None:
    """All keys of an engine that is not on were last checked an hour ago."""
    with sqlite3.connect(engine.data / "training-center.db") as database:
        database.execute("UPDATE api_keys SET checked_at_us = ?", (int((time.time() - 3600) * 1e6),))
    database.close()


@test("of several keys one that works is taken; the one a session names, and no other")
def several() -> None:
    with SessionBus() as bus, FaultStub() as stub, engine_on(bus) as engine:
        add_key(engine, stub)
        add_key(engine, stub, OTHER, name="other")
        stub.keys["xai"] = {OTHER}
        engine.kill(signal.SIGTERM)
        age_checks(engine)
        engine.start()
        named = queue(engine, key="mine")
        free = queue(engine)
        engine.wait(free, ("running",))
        check_equal((ask(engine, free), stub.chats()[-1].key), (200, OTHER), "key")
        wait_waiting(engine, named, "“mine” is wrong")
        finish(engine, free)
        check_equal(engine.request("DELETE", "/api/keys/1")[0], 200, "remove")
        wait_waiting(engine, named, "was removed", "keys restore 1")


@test("a provider that cannot be reached: it is tried again, at once when asked to, and can be cancelled meanwhile")
def unreachable() -> None:
    with SessionBus() as bus, engine_on(bus) as engine:
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            port = nobody.getsockname()[1]
        check_equal(engine.post("/api/keys/add", {"provider": "xai", "name": "mine", "secret": KEY,
                                                  "base_url": f"http://127.0.0.1:{port}/xai/v1"})["key"]["state"],
                    "unreachable", "state")
        session = queue(engine)
        wait_waiting(engine, session, "“mine” is unreachable")
        check_equal((engine.session(session)["attempt"], len(engine.events(session))), (0, 1), "attempt, events")
        with FaultStub(port=port):
            engine.post("/api/keys/check/1")
            engine.wait(session, ("running",))
            check_equal(ask(engine, session), 200, "answer")
            finish(engine, session)
    with SessionBus() as bus, FaultStub() as stub, engine_on(bus) as engine:
        add_key(engine, stub)
        stub.answers["/v1/api-key"] = lambda entry: (time.sleep(60), (500, {}))[1]
        engine.kill(signal.SIGTERM)
        age_checks(engine)
        engine.start()
        slow = queue(engine)
        engine.wait(slow, ("starting",))
        engine.post(f"/api/training/cancel/{slow}")
        check_equal(engine.session(slow)["status"], "cancelled", "while the provider says nothing")


@test("a locked keyring: the session waits and says so")
def locked() -> None:
    with SessionBus() as bus, FaultStub() as stub, engine_on(bus) as engine:
        add_key(engine, stub)
        bus.lock()
        session = queue(engine)
        wait_waiting(engine, session, "valid xAI key", "keyring is locked")


@test("Ollama that does not run, a model it does not have, one it has")
def ollama() -> None:
    with SessionBus() as bus, engine_on(bus) as engine, FaultStub() as stub:
        engine.post("/api/keys/add", {"provider": "qwen", "name": "here", "base_url": "http://127.0.0.1:9"})
        session = queue(engine, provider="qwen", model="qwen3:8b")
        wait_waiting(engine, session, "Waiting for Ollama")
        check_equal(engine.request("DELETE", "/api/keys/1?now=1")[0], 200, "remove")
        engine.post("/api/training/cancel/" + session)
        engine.post("/api/keys/add", {"provider": "qwen", "name": "there", "base_url": stub.base("qwen")})
        missing = queue(engine, provider="qwen", model="qwen3:14b")
        wait_waiting(engine, missing, "trainctl models pull qwen3:14b")
        there = queue(engine, provider="qwen", model="qwen3:8b")
        engine.wait(there, ("running",))
        check_equal(ask(engine, there), 200, "answer")
        finish(engine, there)


@test("Ollama is asked where its key says, also when nobody was there a moment ago")
def ollama_elsewhere() -> None:
    with SessionBus() as bus, engine_on(bus) as engine:
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            port = nobody.getsockname()[1]
        key = engine.post("/api/keys/add", {"provider": "qwen", "name": "here",
                                            "base_url": f"http://127.0.0.1:{port}/ollama"})["key"]
        check_equal(key["state"], "unreachable", "state")
        with FaultStub(port=port) as stub:
            session = queue(engine, provider="qwen", model="qwen3:8b")
            engine.wait(session, ("running",))
            check_equal((ask(engine, session), len(stub.chats("ollama"))), (200, 1), "answer")
            finish(engine, session)


@test("a model that is retired: the session waits and the one to take instead is named")
def retired() -> None:
    with SessionBus() as bus, FaultStub() as stub, engine_on(bus) as engine:
        engine.post("/api/keys/add", {"provider": "claude", "name": "a", "secret": KEY,
                                      "base_url": stub.base("claude")})
        session = queue(engine, provider="claude", model="claude-opus-4-1")
        text = wait_waiting(engine, session, "claude-opus-4-1", "instead")
        check("claude-opus-5" in text or "claude-opus-4" in text, text)


@test("without a book of money nothing is spent: who needs a provider waits and says why, others run")
def no_book() -> None:
    with SessionBus() as bus, FaultStub() as stub, engine_on(bus) as engine:
        add_key(engine, stub)
        engine.kill(signal.SIGTERM)
        for path in engine.data.glob("ledger.db*"):
            path.unlink()
        (engine.data / "ledger.db").mkdir()
        engine.start()
        session = queue(engine)
        wait_waiting(engine, session, "book")
        other = engine.add("true")
        check_equal(engine.wait(other)["status"], "completed", "the other one")


main()
