# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""S07: a keyring that is absent, locked, or hangs. Nothing waits, nothing falls back on a file."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from typing import Any

sys.path.insert(0, os.path.dirname(__file__))

from provider_stub import Stub  # noqa: E402
from session_bus import SessionBus  # noqa: E402
from enginerun import Engine  # noqa: E402
from tap import check, check_equal, main, test  # noqa: E402

CANARY = "sk-proj-CaNaRyOfTheKeyringTests0123456789-Zq7x"


def engine_on(address: str) -> Engine:
    """An engine, not started, on a bus."""
    engine = Engine(DBUS_SESSION_BUS_ADDRESS=address, G_MESSAGES_DEBUG="all")
    engine.environment["HOME"] = str(engine.root)
    return engine


def add(engine: Engine, stub: Stub, name: str = "mine") -> tuple[int, Any, float]:
    """Adds a key; status, answer, seconds."""
    began = time.monotonic()
    status, answer = engine.request("POST", "/api/keys/add", {"provider": "openai", "name": name,
                                                              "secret": CANARY, "base_url": stub.url})
    return status, answer, time.monotonic() - began


def check_refused(engine: Engine, stub: Stub, words: str) -> float:
    """An added key is refused with these words and is nowhere; seconds."""
    before = engine.get("/api/keys/list")["keys"]
    status, answer, seconds = add(engine, stub, "refused")
    check_equal((status, answer["error"]["code"]), (503, "unavailable"), str(answer))
    check(words in answer["error"]["message"], answer)
    check_equal(engine.get("/api/keys/list")["keys"], before, "keys")
    for path in engine.root.rglob("*"):
        if path.is_file():
            check(CANARY.encode() not in path.read_bytes(), path, "has the key")
    return seconds


@test("S07 no keyring on the bus")
def absent() -> None:
    with SessionBus(keyring=False) as bus, Stub() as stub, engine_on(bus.address) as engine:
        check(check_refused(engine, stub, "There is no keyring") < 6, "late")


@test("S07 no bus at all")
def no_bus() -> None:
    with Stub() as stub, engine_on("unix:path=/nonexistent/bus") as engine:
        check(check_refused(engine, stub, "There is no keyring") < 6, "late")


@test("S07 a locked keyring is called locked; a key in it waits, and works when it is open again")
def locked() -> None:
    with SessionBus() as bus, Stub() as stub, engine_on(bus.address) as engine:
        check_equal(add(engine, stub)[0], 201, "add")
        bus.lock()
        check(check_refused(engine, stub, "locked") < 6, "late")
        key = engine.post("/api/keys/check/1")["key"]
        check_equal(key["state"], "no-secret", key)
        check("locked" in key["state_text"], key["state_text"])
        status, answer = engine.request("DELETE", "/api/keys/1?now=1")
        check_equal((status, len(engine.get("/api/keys/list")["keys"])), (503, 1), str(answer))

        bus.daemon.kill()
        bus.daemon.wait()
        bus.start_keyring()
        check_equal(engine.post("/api/keys/check/1")["key"]["state"], "valid", "open again")


@test("S07 a keyring that hangs: an answer within the limit, and the engine works meanwhile")
def hung() -> None:
    with SessionBus() as bus, Stub() as stub, engine_on(bus.address) as engine:
        check_equal(add(engine, stub)[0], 201, "add")
        bus.hang()
        found: list[Any] = []
        asker = threading.Thread(target=lambda: found.append(add(engine, stub, "second")))
        asker.start()
        slowest = 0.0
        while asker.is_alive():
            began = time.monotonic()
            engine.get("/api/engine")
            slowest = max(slowest, time.monotonic() - began)
            time.sleep(0.1)
        check(slowest < 3, "the engine stood still for", slowest)
        status, answer, seconds = found[0]
        check_equal((status, answer["error"]["code"]), (503, "unavailable"), str(answer))
        check("did not answer" in answer["error"]["message"], answer)
        check(4 < seconds < 8, seconds)
        check_equal(len(engine.get("/api/keys/list")["keys"]), 1, "keys")


def prompting(bus: SessionBus, what: str) -> subprocess.Popen[bytes]:
    """Puts another keyring in the place of the bus's own: one that asks a person first."""
    if bus.daemon is not None:
        bus.daemon.kill()
        bus.daemon.wait()
    service = subprocess.Popen([os.environ["TC_PROMPTING_SERVICE"], what], env=bus.environment,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    bus.processes.append(service)
    check_equal(service.stdout.readline(), b"ready\n", "the keyring that asks")
    return service


@test("S07 the keyring asks and the person says no: told so at once, and nothing is kept elsewhere")
def dismissed() -> None:
    with SessionBus() as bus, Stub() as stub, engine_on(bus.address) as engine:
        check_equal(add(engine, stub)[0], 201, "add")
        prompting(bus, "dismiss")
        check(check_refused(engine, stub, "dismissed") < 3, "late")
        key = engine.post("/api/keys/check/1")["key"]
        check_equal(key["state"], "no-secret", key)
        check("dismissed" in key["state_text"], key["state_text"])
        check_equal(engine.request("DELETE", "/api/keys/1?now=1")[0], 503, "remove")
        check_equal(len(engine.get("/api/keys/list")["keys"]), 1, "keys")


@test("S07 the keyring asks and nobody is there: an answer within the limit")
def ignored() -> None:
    with SessionBus() as bus, Stub() as stub, engine_on(bus.address) as engine:
        check_equal(add(engine, stub)[0], 201, "add")
        prompting(bus, "ignore")
        check(check_refused(engine, stub, "did not answer within 5 seconds") < 7, "late")
        key = engine.post("/api/keys/check/1")["key"]
        check_equal(key["state"], "no-secret", key)


@test("S06 a keyring that sends keys unencrypted works, and everybody is warned; one that encrypts: nobody")
def plain() -> None:
    with SessionBus() as bus, Stub() as stub, engine_on(bus.address) as engine:
        check("keyring_warning" not in engine.get("/api/keys/list"), "before anybody knows")
        check("keyring_warning" not in add(engine, stub)[1], "gnome-keyring")
        check_equal(engine.trainctl("keys", "list").stderr, "", "gnome-keyring")
        prompting(bus, "plain")
        status, answer, _ = add(engine, stub, "second")
        check_equal(status, 201, answer)
        check("unencrypted" in answer["keyring_warning"], answer)
        check("unencrypted" in engine.get("/api/keys/list")["keyring_warning"], "the list")
        shown = engine.trainctl("keys", "list")
        check("unencrypted" in shown.stderr and "second" in shown.stdout, shown)
        check("unencrypted" in engine.log.read_text(), "the engine's log")
        check_equal(engine.post("/api/keys/check/2")["key"]["state"], "valid", "it works")
        check_equal(engine.request("DELETE", "/api/keys/2?now=1")[0], 200, "remove")


@test("S07 the keyring dies and comes back: the engine lives and finds it")
def restarted() -> None:
    with SessionBus() as bus, Stub() as stub, engine_on(bus.address) as engine:
        check_equal(add(engine, stub)[0], 201, "add")
        bus.daemon.kill()
        bus.daemon.wait()
        check_refused(engine, stub, "There is no keyring")
        bus.start_keyring()
        check_equal(engine.post("/api/keys/check/1")["key"]["state"], "valid", "back")
        check_equal(add(engine, stub, "second")[0], 201, "another")


@test("the session's bus ends: the engine does not")
def bus_ends() -> None:
    with SessionBus() as bus, Stub() as stub, engine_on(bus.address) as engine:
        check_equal(add(engine, stub)[0], 201, "add")
        bus.processes[0].kill()
        bus.processes[0].wait()
        check(check_refused(engine, stub, "There is no keyring") < 6, "late")
        check_equal(engine.process.poll(), None, "the engine")


main()
