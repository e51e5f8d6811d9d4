# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Keys where there is no Secret Service but libsecret's encrypted file, as inside of a Flatpak."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import Any

sys.path.insert(0, os.path.dirname(__file__))

from provider_stub import Stub  # noqa: E402
from session_bus import SessionBus  # noqa: E402,F401 (it finds the harness)
from canary import search  # noqa: E402
from enginerun import Engine  # noqa: E402
from tap import check, check_equal, main, test  # noqa: E402

CANARY = "sk-proj-CaNaRyOfTheFileTests0123456789-Zq7x"
PASSWORD = "what the portal would have given, sixty-four bytes of it, or near"


def engine_with(path: Path | None = None) -> Engine:
    """An engine, not started, without a bus, whose keyring is a file."""
    engine = Engine(SECRET_BACKEND="file", SECRET_FILE_TEST_PASSWORD=PASSWORD, G_MESSAGES_DEBUG="all",
                    DBUS_SESSION_BUS_ADDRESS="unix:path=/nonexistent/bus")
    engine.environment["HOME"] = str(engine.root)
    engine.environment["SECRET_FILE_TEST_PATH"] = str(path or engine.root / "keyrings" / "default.keyring")
    return engine


def add(engine: Engine, stub: Stub, name: str = "mine", secret: str = CANARY) -> tuple[int, Any]:
    """Adds a key; status and answer."""
    return engine.request("POST", "/api/keys/add", {"provider": "openai", "name": name, "secret": secret,
                                                    "base_url": stub.url})


@test("keys live in the encrypted file, outlive the engine and go when they are removed")
def plain() -> None:
    with Stub() as stub, engine_with() as engine:
        check_equal(add(engine, stub)[0], 201, "add")
        check_equal(search(engine.root, CANARY), [], "the key in a file")
        engine.kill()
        engine.start()
        check_equal(engine.post("/api/keys/check/1")["key"]["state"], "valid", "after a crash")
        check_equal(stub.seen[-1][1]["Authorization"], f"Bearer {CANARY}", "the key")
        size = (engine.root / "keyrings" / "default.keyring").stat().st_size
        check_equal(engine.request("DELETE", "/api/keys/1?now=1")[0], 200, "remove")
        check((engine.root / "keyrings" / "default.keyring").stat().st_size < size, "its secret stayed")
        check("CRITICAL" not in engine.log.read_text(), engine.log.read_text()[-2000:])


@test("a file that cannot be read: the key is refused, the file is left alone, nothing falls back on another")
def spoilt() -> None:
    with Stub() as stub, engine_with() as engine:
        check_equal(add(engine, stub)[0], 201, "add")
        engine.kill()
        path = engine.root / "keyrings" / "default.keyring"
        path.write_bytes(b"not a keyring at all")
        engine.start()
        check_equal(engine.post("/api/keys/check/1")["key"]["state"], "no-secret", "state")
        status, answer = add(engine, stub, "second")
        check_equal((status, answer["error"]["code"]), (503, "unavailable"), str(answer))
        check("cannot be read" in answer["error"]["message"], answer)
        check_equal(path.read_bytes(), b"not a keyring at all", "the file")
        check_equal(search(engine.root, CANARY), [], "the key in a file")


@test("S12 two that write the file at once: each key is there afterwards")
def two_writers() -> None:
    with Stub() as stub, engine_with() as first:
        with engine_with(Path(first.environment["SECRET_FILE_TEST_PATH"])) as second:
            engines = (first, second)
            found: list[int] = []

            def write(engine: Engine) -> None:
                for number in range(8):
                    found.append(add(engine, stub, f"key {number}", f"{CANARY}{engines.index(engine)}{number}")[0])

            writers = [threading.Thread(target=write, args=(engine,)) for engine in engines]
            for writer in writers:
                writer.start()
            for writer in writers:
                writer.join()
            check_equal(found, [201] * 16, "answers")
            for engine in engines:
                for number in range(8):
                    check_equal(engine.post(f"/api/keys/check/{number + 1}")["key"]["state"], "valid", number)
                    check_equal(stub.seen[-1][1]["Authorization"],
                                f"Bearer {CANARY}{engines.index(engine)}{number}", "the key")


main()
