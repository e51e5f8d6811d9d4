#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Viewers that stall and hang do not slow a run down, nor make the engine grow."""

import base64
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

import processes  # noqa: E402
from enginerun import Engine, HARNESS  # noqa: E402
from scenes import fake, python  # noqa: E402
from tap import check, check_equal, main, note, test, wait_for  # noqa: E402

MEGABYTES = 200
# Lines of a log with a loss each, so that what is sent to viewers grows too.
PRINT = ("import os, time\n"
         "block = b''.join(b'Train Loss: 1.%%04d %%s\\n' %% (n, b'x' * 984) for n in range(1000))\n"
         "longest = 0\n"
         "for _ in range(%d):\n"
         "    began = time.monotonic(); rest = block\n"
         "    while rest: rest = rest[os.write(1, rest):]\n"
         "    longest = max(longest, time.monotonic() - began)\n"
         "open('longest', 'w').write(str(longest))\n" % MEGABYTES).replace("%%", "%")


def websocket(engine: Engine, path: str) -> socket.socket:
    """A WebSocket whose events nobody reads."""
    client = socket.socket(socket.AF_UNIX)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.settimeout(10)
    client.connect(str(engine.socket))
    key = base64.b64encode(os.urandom(16)).decode()
    client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                   f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
    check_equal(client.recv(12), b"HTTP/1.1 101", "the upgrade")
    return client


@contextlib.contextmanager
def stalled(engine: Engine) -> Iterator[list[socket.socket]]:
    """Two WebSockets that are not read, and a stopped trainctl watch."""
    sockets = [websocket(engine, path) for path in ("/training/status", "/training/events")]
    watching = subprocess.Popen([os.environ["TC_TRAINCTL"], "watch"], env=engine.environment, stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(0.3)
        check(watching.poll() is None, "watch has left")
        watching.send_signal(signal.SIGSTOP)
        yield sockets
    finally:
        watching.kill()
        watching.wait()
        for one in sockets:
            one.close()


def timed_run(engine: Engine) -> tuple[float, float]:
    """Seconds the printing took, and the longest a write of a megabyte waited."""
    session = engine.wait(engine.add(python(PRINT)), ("completed",), 60)
    run_dir = engine.run_dir(session["session_id"])
    check_equal((run_dir / "output.log").stat().st_size >= MEGABYTES * 990 * 1000, True, "bytes in the log")
    return session["elapsed_seconds"], float((run_dir / "longest").read_text())


@test("R11 200 MB while all viewers are stopped: the run is not slower, the engine not larger")
def stopped_viewers() -> None:
    with Engine() as engine:
        engine.post("/api/training/start")
        keep = engine.add("sleep 0.5")
        engine.wait(keep)
        alone = min(timed_run(engine) for _ in range(2))
        blocker = engine.add("sleep 1")
        engine.wait(blocker, ("running",))
        with stalled(engine):
            engine.wait(blocker)
            before = processes.resident_kib(engine.process.pid)
            watched = min(timed_run(engine) for _ in range(2))
            wait_for(lambda: engine.answers(), 5, "it answers")
            grown = processes.resident_kib(engine.process.pid) - before
        note(f"alone {alone[0]:.2f} s (longest write {alone[1] * 1000:.0f} ms), "
             f"watched {watched[0]:.2f} s ({watched[1] * 1000:.0f} ms), engine {grown} KiB more")
        # Not by what else runs here, and by far not for as long as nobody reads.
        check(watched[0] < alone[0] * 4 + 2, "slower:", alone[0], "->", watched[0])
        if not os.environ.get("TRAINING_CENTER_SANITIZE"):
            check(grown < 65536, "the engine grew by", grown, "KiB")


@test("R11 the engine itself is stopped for two seconds: the script does not wait for it")
def stopped_engine() -> None:
    with Engine() as engine:
        session = engine.run(f"{sys.executable} {HARNESS / 'producer'} --lines 100000 --rate 50000 --batch 50")
        engine.wait(session, ("running",))
        engine.process.send_signal(signal.SIGSTOP)
        began = time.monotonic()
        wait_for((engine.run_dir(session) / "exit.json").exists, 20, "the end")
        took = time.monotonic() - began
        engine.process.send_signal(signal.SIGCONT)
        check(took < 6, "100,000 lines at 50,000 a second took", took)
        check_equal(engine.wait(session)["status"], "completed", "the end")
        check_equal(engine.output(session).count(b"\n"), 100000, "lines")


@test("R20 150 short runs, 100 viewers that come and go: no descriptor, process or socket is left")
def leaks() -> None:
    with Engine() as engine:
        engine.post("/api/training/start")

        def round_(runs: int) -> None:
            answer = engine.post("/api/training/queue", {"sessions": [{"command": "true", "epochs": 1}] * runs})
            for session in answer["sessions"]:
                check_equal(engine.wait(session["session_id"], seconds=60)["status"], "completed", "a short run")
            for _ in range(runs):
                websocket(engine, "/training/events").close()

        round_(25)
        time.sleep(0.5)
        before, memory = processes.open_files(engine.process.pid), processes.resident_kib(engine.process.pid)
        round_(125)
        # What is opened once and kept (the first look for models, some seconds after
        # the start) is no leak; one a run or a viewer would be 125 and more.
        allowed = before + 8
        wait_for(lambda: processes.open_files(engine.process.pid) <= allowed, 10,
                 f"no more than {allowed} descriptors, {processes.open_files(engine.process.pid)} now")
        note(f"{before} descriptors, memory {memory} -> {processes.resident_kib(engine.process.pid)} KiB")
        check_equal([pid for pid in processes.children(engine.process.pid)], [], "children, zombies included")
        check_equal([pid for pid in processes.with_environment(engine.mark) if pid != engine.process.pid], [],
                    "processes")
        left = [path for pattern in ("*/control.sock", "*/output.fifo") for path in engine.data.glob("runs/" + pattern)]
        check_equal(left, [], "sockets and FIFOs")
        check_equal(sorted(path.name for path in engine.socket.parent.iterdir()), ["engine.sock", "engine.sock.lock"],
                    "sockets of the engine")


@test("a viewer that hangs up in the middle of everything does not end the engine")
def rude_viewers() -> None:
    with Engine() as engine:
        session = engine.run(fake(30, 10, 0.004))
        for _ in range(40):
            client = websocket(engine, "/training/events")
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            client.close()
            half = socket.socket(socket.AF_UNIX)
            half.connect(str(engine.socket))
            half.sendall(b"POST /api/training/queue HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999\r\n\r\n{")
            half.close()
        check_equal(engine.wait(session)["status"], "completed", "the run")
        check(engine.process.poll() is None and "CRITICAL" not in engine.log.read_text(), engine.log.read_text()[-500:])


if __name__ == "__main__":
    main()
