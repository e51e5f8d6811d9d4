# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""S09: a run prints keys. Who reads its log sees none, unless he asks for the raw bytes."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.parse
from typing import Any

sys.path.insert(0, os.path.dirname(__file__))

from provider_stub import Stub  # noqa: E402
from session_bus import SessionBus  # noqa: E402
from enginerun import Engine, UnixConnection  # noqa: E402
from tap import check, check_equal, main, test, wait_for  # noqa: E402

# Of no shape that anybody knows: only the keyring can tell.
ODD = "Canary/of+the.Logs~4711=q;Zx@9-8w7v6u5t4s3r2p1"
# Nobody's in particular, but of the shapes of keys.
SHAPED = ("sk-ant-api03-CaNaRyOfTheLogs_0123456789-abcdefghij-AA", "sk-proj-CaNaRyOfTheLogs0123456789-Zq7x_abcd",
          "xai-CaNaRyOfTheLogs0123456789abcdefghijklmnop")

# Prints each line of a file in each form, each cut in two writes; then half of the first one, and waits for "go".
PRINTER = '''
import base64, os, sys, time, urllib.parse
out = os.open("/dev/stdout", os.O_WRONLY)
def say(data):
    for at in (1, len(data) // 2, len(data) - 1):
        os.write(1, b"key=" + data[:at]); time.sleep(0.01); os.write(1, data[at:] + b" .\\n")
secrets = open(sys.argv[1]).read().split()
for secret in secrets:
    plain = secret.encode()
    say(plain)
    say(urllib.parse.quote(secret, safe="").encode())
    for before in range(3):
        say(base64.b64encode(b"=" * before + plain + b"\\n"))
        say(base64.urlsafe_b64encode(b"=" * before + plain + b"\\n"))
    say(base64.encodebytes(b"=" * 40 + plain))
    os.write(1, b"=" * (70000 - len(plain) // 2) + b" " + plain + b" .\\n")
half = secrets[0].encode()
os.write(1, b"half:" + half[:-9])
while not os.path.exists("go"):
    time.sleep(0.02)
os.write(1, half[-9:] + b"\\nEpoch 3/3 Loss: 1.0\\n")
if len(secrets) == 3:
    os.write(2, ("Traceback (most recent call last):\\nValueError: bad key " + half.decode() + "\\n").encode())
    sys.exit(1)
'''


def engine_on(address: str) -> Engine:
    """An engine, not started, on a bus."""
    engine = Engine(DBUS_SESSION_BUS_ADDRESS=address)
    engine.environment["HOME"] = str(engine.root)
    (engine.root / "printer.py").write_text(PRINTER)
    return engine


def add(engine: Engine, stub: Stub, secret: str, name: str = "mine") -> None:
    """Adds a key."""
    status, answer = engine.request("POST", "/api/keys/add", {"provider": "openai", "name": name, "secret": secret,
                                                              "base_url": stub.url})
    check_equal(status, 201, answer)


def start(engine: Engine, *secrets: str) -> str:
    """Starts the program; its session, once it has printed what it prints at first."""
    (engine.root / "secrets").write_text("\n".join(secrets))
    session = engine.run(f"python3 {engine.root}/printer.py {engine.root}/secrets")
    path = engine.run_dir(session) / "output.log"
    wait_for(lambda: path.exists() and b"half:" in path.read_bytes(), 30, "the program")
    return session


def finish(engine: Engine, session: str) -> dict[str, Any]:
    """Lets the program end."""
    (engine.run_dir(session) / "go").touch()
    return engine.wait(session)


def fetch(engine: Engine, session: str, query: str = "") -> tuple[bytes, str]:
    """A piece of the log, and what the engine says of the mask."""
    connection = UnixConnection(str(engine.socket))
    try:
        connection.request("GET", f"/api/training/logs/{session}{query}")
        answer = connection.getresponse()
        data = answer.read()
        check_equal(answer.status, 200, data[:200])
        return data, answer.getheader("X-Log-Masked")
    finally:
        connection.close()


def fetch_whole(engine: Engine, session: str, size: int) -> bytes:
    """All of the log, in pieces of a size."""
    found = b""
    while True:
        data, _ = fetch(engine, session, f"?offset={len(found)}&limit={size}")
        if not data:
            return found
        found += data


def traces(data: bytes, *secrets: str) -> list[bytes]:
    """What is left of secrets, in any form: eight characters of the inside of one."""
    whole = re.sub(rb"\n(?=[A-Za-z0-9+/=]{4})", b"", data)
    found = []
    for secret in secrets:
        forms = [secret.encode(), urllib.parse.quote(secret, safe="").encode()]
        for before in range(3):
            text = base64.b64encode(b"=" * before + secret.encode() + b"\n")
            forms += [text, text.replace(b"+", b"-").replace(b"/", b"_")]
        found += [form[at:at + 8] for form in forms for at in range(4, len(form) - 14)
                  if form[at:at + 8] in data or form[at:at + 8] in whole]
    return found


def check_masked(masked: bytes, raw: bytes, *secrets: str) -> None:
    """Nothing of the secrets is left, all else is, and where it was."""
    check(traces(raw, *secrets), "the run printed no key")
    check_equal(traces(masked, *secrets), [], "left of the keys")
    check_equal(len(masked), len(raw), "the length")
    other = [at for at in range(len(raw)) if masked[at] != raw[at] and masked[at:at + 1] != b"*"]
    check_equal(other, [], "neither the log nor a mask")
    for word in (b"key=", b" .\n", b"half:", b"\nEpoch 3/3 Loss: 1.0\n"):
        check_equal([at.start() for at in re.finditer(re.escape(word), masked)],
                    [at.start() for at in re.finditer(re.escape(word), raw)], f"where {word!r} is")


@test("S09 a key of the pool and the shapes of keys, in any form: masked wherever the log is read")
def masked() -> None:
    with SessionBus() as bus, Stub() as stub, engine_on(bus.address) as engine:
        add(engine, stub, ODD)
        session = start(engine, ODD, *SHAPED)
        finish(engine, session)
        raw = engine.output(session)
        for size in (1048576, 65536, 4093, 977):
            check_masked(fetch_whole(engine, session, size), raw, ODD, *SHAPED)
        check_equal(fetch(engine, session)[1], "keys", "what is masked")
        shown = engine.trainctl("logs", session)
        check_equal((shown.returncode, shown.stderr), (0, ""), "trainctl logs")
        check_masked(shown.stdout.encode(), raw, ODD, *SHAPED)


@test("S09 the raw log only when asked for, with a warning")
def raw() -> None:
    with SessionBus() as bus, Stub() as stub, engine_on(bus.address) as engine:
        add(engine, stub, ODD)
        session = start(engine, ODD)
        finish(engine, session)
        data, mask = fetch(engine, session, "?raw=1&limit=1000000")
        check_equal((data, mask), (engine.output(session), "no"), "raw=1")
        check_equal(fetch(engine, session, "?raw=0")[1], "keys", "raw=0")
        check_equal(engine.request("GET", f"/api/training/logs/{session}?raw=maybe")[0], 400, "raw=maybe")
        shown = engine.trainctl("logs", session, "--raw")
        check_equal(shown.stdout.encode(), engine.output(session), "trainctl logs --raw")
        check("as the run wrote it" in shown.stderr and "key" in shown.stderr, shown.stderr)


@test("S09 a key half written is held back until its end is there, also with -f")
def held_back() -> None:
    with SessionBus() as bus, Stub() as stub, engine_on(bus.address) as engine:
        for secret in (ODD, SHAPED[0]):
            if secret == ODD:
                add(engine, stub, secret)
            session = start(engine, secret)
            follower = subprocess.Popen([os.environ["TC_TRAINCTL"], "logs", session, "-f"], env=engine.environment,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            try:
                data = fetch_whole(engine, session, 1048576)
                check(data.endswith(b"half:"), "the end is", data[-40:])
                time.sleep(0.2)
                finish(engine, session)
                out, err = follower.communicate(timeout=30)
            finally:
                follower.kill()
            check_equal(err, b"", "stderr")
            check_masked(out, engine.output(session), secret)


@test("S09 a key in the line a run failed with, or in what it tells: in no reason, event or database")
def reasons() -> None:
    with SessionBus() as bus, Stub() as stub, engine_on(bus.address) as engine:
        add(engine, stub, ODD)
        for secret in (ODD, SHAPED[0]):
            session = start(engine, secret, SHAPED[1], SHAPED[2])
            with (engine.run_dir(session) / "events.jsonl").open("a") as events:
                events.write(json.dumps({"type": "message", "severity": "error", "text": f"told {secret}."}) + "\n")
            found = finish(engine, session)
            check_equal(found["status"], "failed", found)
            told = json.dumps([found, engine.events(session)])
            check("bad key ***" in told and "told ***" in told, told)
            check_equal(traces(told.encode(), secret), [], told)
        engine.kill(signal.SIGTERM)
        for path in engine.data.glob("*.db*"):
            if path.is_file():
                check_equal(traces(path.read_bytes(), ODD, SHAPED[0]), [], path)


@test("S09 another engine asks the keyring once; a locked keyring: shapes only, said so")
def locked() -> None:
    with SessionBus() as bus, Stub() as stub, engine_on(bus.address) as engine:
        add(engine, stub, ODD)
        add(engine, stub, SHAPED[1], "second")
        session = start(engine, ODD, SHAPED[1], SHAPED[2])
        finish(engine, session)
        raw = engine.output(session)
        engine.kill()
        engine.start()
        check_masked(fetch_whole(engine, session, 100000), raw, ODD, *SHAPED[1:])
        check_equal(fetch(engine, session)[1], "keys", "another engine")
        bus.lock()
        check_equal(fetch(engine, session)[1], "keys", "it knows them")
        engine.kill()
        engine.start()
        data = fetch_whole(engine, session, 100000)
        check_equal((fetch(engine, session)[1], traces(data, *SHAPED[1:])), ("shapes", []), "locked")
        check(traces(data, ODD), "it cannot know that one")
        shown = engine.trainctl("logs", session)
        check("keyring" in shown.stderr, shown.stderr)


@test("S09 a keyring that hangs does not hold a log up for more than its five seconds, and that once")
def hung() -> None:
    with SessionBus() as bus, Stub() as stub, engine_on(bus.address) as engine:
        add(engine, stub, ODD)
        add(engine, stub, SHAPED[1], "second")
        session = start(engine, SHAPED[1], ODD)
        finish(engine, session)
        engine.kill()
        engine.start()
        bus.hang()
        began = time.monotonic()
        check_equal(fetch(engine, session)[1], "shapes", "hung")
        check(time.monotonic() - began < 30, "it took", time.monotonic() - began)
        began = time.monotonic()
        fetch(engine, session)
        check(time.monotonic() - began < 12, "again it took", time.monotonic() - began)


main()
