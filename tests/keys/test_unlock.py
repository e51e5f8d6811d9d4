# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Unlocking the keyring: who is asked, who may take it back, and what starts when it is open.

The question of gnome-keyring itself is answered in tests/window/test_unlock.py.
"""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from typing import Any

sys.path.insert(0, os.path.dirname(__file__))

from session_bus import SessionBus  # noqa: E402 (first: it finds the harness)
from enginerun import Engine, UnixConnection  # noqa: E402
from faultstub import FaultStub  # noqa: E402
from provider_stub import Stub  # noqa: E402
from tap import Skip, check, check_equal, main, test, wait_for  # noqa: E402

try:
    from gi.repository import Gio, GLib
except ImportError as error:
    raise SystemExit(f"1..0 # SKIP no PyGObject: {error}") from error

KEY = "xai-CaNaRyOfTheUnlockTests0123456789abcdefghijklm"
SERVICE = ("org.freedesktop.secrets", "/org/freedesktop/secrets")


def engine_on(bus: SessionBus) -> Engine:
    """An engine, not started, on a bus."""
    return Engine(DBUS_SESSION_BUS_ADDRESS=bus.address, HOME=str(bus.root))


def add_key(engine: Engine, base_url: str) -> None:
    """Puts a key into the keyring."""
    status, answer = engine.request("POST", "/api/keys/add", {"provider": "xai", "name": "mine", "secret": KEY,
                                                              "base_url": base_url})
    check_equal(status, 201, str(answer))


def keyring(engine: Engine) -> dict[str, bool]:
    """What the engine says of it."""
    return engine.get("/api/keys/list")["keyring"]


def ask(engine: Engine) -> http.client.HTTPConnection:
    """Asks for the password, and waits for no answer."""
    connection = UnixConnection(str(engine.socket), 60)
    connection.request("POST", "/api/keys/unlock")
    return connection


def prompting(bus: SessionBus, what: str) -> None:
    """A keyring that asks its person about everything."""
    service = subprocess.Popen([os.environ["TC_PROMPTING_SERVICE"], what], env=bus.environment,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    bus.processes.append(service)
    check_equal(service.stdout.readline(), b"ready\n", "the keyring that asks")


def open_elsewhere(bus: SessionBus) -> None:
    """The keyring is unlocked by somebody else: gnome-keyring's own way for those who know the password."""
    flags = Gio.DBusConnectionFlags
    connection = Gio.DBusConnection.new_for_address_sync(
        bus.address, flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION, None, None)

    def call(interface: str, method: str, arguments: GLib.Variant) -> Any:
        return connection.call_sync(*SERVICE, interface, method, arguments, None, Gio.DBusCallFlags.NONE, 20_000,
                                    None).unpack()

    try:
        secrets = "org.freedesktop.Secret.Service"
        session = call(secrets, "OpenSession", GLib.Variant("(sv)", ("plain", GLib.Variant("s", ""))))[1]
        path = call(secrets, "ReadAlias", GLib.Variant("(s)", ("default",)))[0]
        secret = (session, b"", b"password of a test", "text/plain")
        call("org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface", "UnlockWithMasterPassword",
             GLib.Variant("(o(oayays))", (path, secret)))
    except GLib.Error as error:
        raise Skip(f"this keyring cannot be opened from outside: {error.message}") from error
    finally:
        connection.close_sync()


@test("there is no keyring: said at once")
def absent() -> None:
    with SessionBus(keyring=False) as bus, engine_on(bus) as engine:
        status, answer = engine.request("POST", "/api/keys/unlock")
        check_equal((status, answer["error"]["code"]), (503, "unavailable"), str(answer))
        check("There is no keyring" in answer["error"]["message"], answer)
        said = engine.trainctl("keys", "unlock")
        check(said.returncode == 1 and "There is no keyring" in said.stderr, said)


@test("a keyring that is open asks nobody")
def already_open() -> None:
    with SessionBus() as bus, engine_on(bus) as engine:
        check_equal(engine.post("/api/keys/unlock"), {"keyring": {"locked": False, "unlocking": False}}, "open")
        said = engine.trainctl("keys", "unlock")
        check_equal((said.returncode, said.stdout), (0, "The keyring is open.\n"), said.stderr)


@test("nobody can show the question, as without a desktop: said so, and what to do")
def nobody_to_ask() -> None:
    with SessionBus() as bus, Stub() as stub, engine_on(bus) as engine:
        add_key(engine, stub.url)
        bus.lock()
        engine.post("/api/keys/check/1")
        check_equal(keyring(engine), {"locked": True, "unlocking": False}, "locked")
        status, answer = engine.request("POST", "/api/keys/unlock")
        check_equal(status, 503, str(answer))
        check("Nobody can ask for the keyring's password" in answer["error"]["message"], answer)
        check_equal(keyring(engine), {"locked": True, "unlocking": False}, "still")


@test("the person says no: told so, as another thing than a failure")
def declined() -> None:
    with SessionBus(keyring=False) as bus, engine_on(bus) as engine:
        prompting(bus, "dismiss")
        status, answer = engine.request("POST", "/api/keys/unlock")
        check_equal((status, answer["error"]["code"]), (403, "permission"), str(answer))
        check("question was closed" in answer["error"]["message"], answer)
        said = engine.trainctl("keys", "unlock")
        check(said.returncode == 1 and "question was closed" in said.stderr, said)


@test("one question for all who ask, until the last of them has gone; it can be asked again")
def taken_back() -> None:
    with SessionBus(keyring=False) as bus, engine_on(bus) as engine:
        prompting(bus, "ignore")
        first, second = ask(engine), ask(engine)
        wait_for(lambda: keyring(engine)["unlocking"], 20, "the question")
        time.sleep(0.5)
        first.close()
        time.sleep(0.5)
        check(keyring(engine)["unlocking"], "the other one waits still")
        second.close()
        wait_for(lambda: not keyring(engine)["unlocking"], 20, "the question to be taken back")
        third = ask(engine)
        wait_for(lambda: keyring(engine)["unlocking"], 20, "another question")
        third.close()


@test("Ctrl+C in trainctl ends the waiting")
def interrupted() -> None:
    with SessionBus(keyring=False) as bus, engine_on(bus) as engine:
        prompting(bus, "ignore")
        asking = subprocess.Popen([os.environ["TC_TRAINCTL"], "keys", "unlock"], env=engine.environment,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: keyring(engine)["unlocking"], 20, "the question")
        asking.send_signal(signal.SIGINT)
        check(asking.wait(20) != 0, "the exit code")
        wait_for(lambda: not keyring(engine)["unlocking"], 20, "the question to be taken back")


def wait_locked(engine: Engine, bus: SessionBus, stub: FaultStub) -> str:
    """A session that waits for a key in a locked keyring."""
    stub.keys["xai"] = {KEY}
    add_key(engine, stub.base("xai"))
    bus.lock()
    check_equal(engine.post("/api/keys/check/1")["key"]["state"], "no-secret", "locked")
    session = engine.run("sleep 60", provider="xai", model="grok-4.5", grace_seconds=0)
    wait_for(lambda: "locked" in (engine.session(session)["waiting_for"] or ""), 20, "it to wait")
    return session


@test("opened elsewhere: the engine hears of it, checks its keys, and what waited for them starts at once")
def elsewhere() -> None:
    with SessionBus() as bus, FaultStub() as stub, engine_on(bus) as engine:
        session = wait_locked(engine, bus, stub)
        open_elsewhere(bus)
        wait_for(lambda: engine.session(session)["status"] == "running", 20, "it to start")
        check_equal(keyring(engine), {"locked": False, "unlocking": False}, "open")
        check_equal(engine.get("/api/keys/list")["keys"][0]["state"], "valid", "the key")


@test("another keyring comes in the place of the locked one: likewise")
def another() -> None:
    with SessionBus() as bus, FaultStub() as stub, engine_on(bus) as engine:
        session = wait_locked(engine, bus, stub)
        bus.daemon.kill()
        bus.daemon.wait()
        bus.start_keyring()
        wait_for(lambda: engine.session(session)["status"] == "running", 20, "it to start")


main()
