# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Who looks over the engine's shoulder sees no key: a crash, the same user, the session bus."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(__file__))

from provider_stub import Stub  # noqa: E402
from session_bus import SessionBus  # noqa: E402 (before canary: it finds the harness)
from canary import forms, search  # noqa: E402
from enginerun import Engine  # noqa: E402
from tap import Skip, check, check_equal, main, test, wait_for  # noqa: E402

CANARY = "sk-ant-api03-CaNaRyOfTheSnoopTests0123456789-Zq7x"
POWERLESS = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.getuid() == 0 else []

PROBE = """
import ctypes, sys
pid = int(sys.argv[1])
for name in ("environ", "mem", "maps"):
    try:
        open(f"/proc/{pid}/{name}", "rb").read(0 if name == "mem" else 1)
        print(name, "read")
    except OSError as error:
        print(name, error.errno)
libc = ctypes.CDLL(None, use_errno=True)
print("attach", "done" if libc.ptrace(16, pid, None, None) == 0 else ctypes.get_errno())
"""


def with_key(bus: SessionBus, stub: Stub, *prefix: str) -> Engine:
    """A running engine that has stored and used the key."""
    engine = Engine(DBUS_SESSION_BUS_ADDRESS=bus.address)
    engine.environment["HOME"] = str(engine.root)
    engine.start(*prefix)
    status, answer = engine.request("POST", "/api/keys/add", {
        "provider": "claude", "name": "mine", "secret": CANARY, "base_url": stub.url})
    check_equal(status, 201, str(answer))
    return engine


def probe(pid: int) -> dict[str, str]:
    """What a program of the same user, without special rights, may do to a process."""
    done = subprocess.run([*POWERLESS, sys.executable, "-c", PROBE, str(pid)], capture_output=True, text=True,
                          timeout=30, check=True)
    return dict(line.split() for line in done.stdout.splitlines())


@test("S03 a crash of the engine leaves no core, however large one may be")
def no_core() -> None:
    with SessionBus() as bus, Stub() as stub:
        engine = with_key(bus, stub, "sh", "-c", f"cd {bus.root}; ulimit -c unlimited; exec \"$@\"", "sh")
        try:
            os.kill(engine.process.pid, signal.SIGSEGV)
            check(engine.process.wait(20) != 0, "it went on")
            for folder in (bus.root, engine.root):
                check_equal([str(path) for path in folder.rglob("core*") if path.is_file()], [], "cores")
                check_equal(search(folder, CANARY), [], "files")
        finally:
            engine.__exit__()


@test("S04 a program of the same user reads neither environment nor memory, and may not attach")
def same_user() -> None:
    if POWERLESS and shutil.which("setpriv") is None:
        raise Skip("root may do everything, and there is no setpriv to take that away")
    with SessionBus() as bus, Stub() as stub:
        engine = with_key(bus, stub, *POWERLESS)
        try:
            with subprocess.Popen([*POWERLESS, "sleep", "30"]) as other:
                time.sleep(0.3)
                seen = probe(other.pid)
                other.kill()
            check_equal((seen["environ"], seen["mem"]), ("read", "read"), "the probe works on another program")
            seen = probe(engine.process.pid)
            check(all(answer in ("1", "13") for answer in seen.values()) and len(seen) == 4, seen)
        finally:
            engine.__exit__()


@test("S06 whoever listens on the session bus does not see the key pass")
def bus_listener() -> None:
    if shutil.which("dbus-monitor") is None:
        raise Skip("no dbus-monitor")
    with SessionBus() as bus, Stub() as stub:
        heard = bus.root / "heard"
        with heard.open("wb") as out, subprocess.Popen(["dbus-monitor", "--address", bus.address, "--pcap"],
                                                       stdout=out, stderr=subprocess.DEVNULL) as monitor:
            try:
                wait_for(lambda: heard.stat().st_size > 0, 10, "the listener")
                engine = with_key(bus, stub)
                try:
                    check_equal(engine.post("/api/keys/check/1")["key"]["state"], "valid", "looked up")
                finally:
                    engine.__exit__()
                wait_for(lambda: all(word in heard.read_bytes() for word in (b"CreateItem", b"GetSecret")), 10,
                         "store and lookup to be heard")
            finally:
                monitor.kill()
        data = heard.read_bytes()
        check(b"dh-ietf1024-sha256-aes128-cbc-pkcs7" in data, "the session is not encrypted")
        check(not any(form in data for form in forms(CANARY)), "the key passed in clear")


main()
