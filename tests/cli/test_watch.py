# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""The live view: as lines, on a terminal, and over the death of an engine."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from typing import Any

sys.path.insert(0, os.path.dirname(__file__))

from stub_engine import TRAINCTL, Home, StubEngine, session  # noqa: E402
from tap import check, check_equal, main, test, wait_for  # noqa: E402

AT = "2026-11-22T10:00:00.000000Z"


def prepare(engine: StubEngine, number: int, metrics: dict[str, Any] | None = None, log: bytes = b"") -> None:
    """Answers what the live view asks about a session."""
    engine.routes["GET", f"/api/training/metrics/{number}"] = (200, {"series": metrics or {}}, {})
    engine.routes["GET", f"/api/training/gates/{number}"] = (200, {"gates": []}, {})
    engine.routes["GET", f"/api/training/events/{number}"] = (200, {"events": []}, {})
    engine.routes["GET", f"/api/training/logs/{number}"] = (
        200, log, {"Content-Type": "application/octet-stream", "X-Log-Offset": "0", "X-Log-Size": str(len(log))})


def watch(home: Home, *arguments: str) -> subprocess.Popen:
    """Starts a live view whose output is lines."""
    return subprocess.Popen([TRAINCTL, *arguments], env=home.environment, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True)


def point(number: int, series: str, x: float, value: Any) -> dict[str, Any]:
    """A point as it happens."""
    return {"type": "points", "session_id": str(number), "points": [[series, x, value]]}


def gate(number: int, epoch: int, result: str) -> dict[str, Any]:
    """A gate as it happens."""
    return {"type": "record", "kind": "gate", "session_id": str(number), "record": {
        "id": epoch, "session_id": str(number), "attempt": 1, "epoch": epoch, "result": result, "text": "so so", "at": AT}}


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, home: Home, columns: int, *arguments: str, program: str = TRAINCTL) -> None:
        self.seen = b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execvpe(program, [program, *arguments], home.environment | {"TERM": "xterm"})
        self.resize(columns)

    def resize(self, columns: int) -> None:
        """Gives the terminal another width."""
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))

    def read(self, seconds: float = 0.05) -> bytes:
        """Takes in what has been written."""
        while select.select([self.fd], [], [], seconds)[0]:
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                break
            if not data:
                break
            self.seen += data
        return self.seen

    def wait_for(self, text: str, seconds: float = 10) -> None:
        """Waits until it has been shown."""
        wait_for(lambda: text.encode() in self.read(), seconds, f"“{text}” in {self.seen[-2000:]!r}")

    def end(self, seconds: float = 40) -> int:
        """Waits for the end; the exit code."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.read()
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid != 0:
                self.read()
                os.close(self.fd)
                return os.waitstatus_to_exitcode(status)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        raise AssertionError(f"it goes on: {self.seen[-500:]!r}")


def frames(seen: bytes) -> list[list[str]]:
    """The blocks drawn, as lines without control sequences."""
    blocks = seen.decode().split("\x1b[J")[:-1]
    return [[re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", line) for line in block.replace("\r", "").splitlines()]
            for block in blocks]


@test("watch as lines: states, epochs, gates and events, each once, exit code 0")
def _lines() -> None:
    home = Home()
    engine = StubEngine(home)
    engine.sessions = [session(7)]
    prepare(engine, 7)
    program = watch(home, "watch", "7")
    engine.wait_for_listener()
    # What comes before its first word was there before it, and is not told.
    check_equal(program.stdout.readline(), "#7 ◷ queued: session 7\n", "the view is up")
    engine.change(7, "running", total_epochs=2)
    engine.send(point(7, "train_loss", 1, 3.5), point(7, "val_loss", 1, "NaN"), point(8, "val_loss", 1, 9))
    engine.send(gate(7, 1, "warn"))
    engine.send({"type": "record", "kind": "event", "session_id": "7", "record": {
        "id": 1, "session_id": "7", "severity": "warning", "kind": "stall", "text": "Nothing for \x1b[1m5 min", "at": AT}})
    time.sleep(0.3)
    engine.send(point(7, "train_loss", 2, 3.25), point(7, "val_loss", 2, 3))
    engine.change(7, "completed", total_epochs=2, epoch=2, elapsed_seconds=130)
    out, err = program.communicate(timeout=60)
    check_equal((program.returncode, err), (0, ""), out)
    check_equal(out.splitlines(), [
        "#7 ▶ running: session 7",
        "#7 epoch 1/2  train 3.5000  validation NaN",
        "#7 ◐ gate at epoch 1: warn: so so",
        "#7 warning: Nothing for 5 min",
        "#7 epoch 2/2  train 3.2500  validation 3.0000",
        "#7 ✓ completed: session 7, after 2 min 10 s"])
    engine.stop_listening()
    home.close()


@test("watch: a run that fails is exit code 1 with the reason")
def _failed() -> None:
    home = Home()
    engine = StubEngine(home)
    engine.sessions = [session(7, "running")]
    prepare(engine, 7)
    program = watch(home, "watch")
    engine.wait_for_listener()
    wait_for(lambda: ("GET", "/api/training/events/7", None) in engine.requests, 10, "the view is up")
    engine.change(7, "failed", reason="Out of memory.")
    out, _ = program.communicate(timeout=60)
    check_equal(program.returncode, 1)
    check("#7 ✗ failed: session 7 (Out of memory.)" in out, out)
    engine.stop_listening()
    home.close()


@test("watch without an id follows the queue from one session to the next")
def _follow() -> None:
    home = Home()
    engine = StubEngine(home)
    engine.sessions = [session(7, "running"), session(8)]
    prepare(engine, 7)
    prepare(engine, 8)
    program = watch(home, "watch")
    engine.wait_for_listener()
    wait_for(lambda: ("GET", "/api/training/events/7", None) in engine.requests, 10, "7 is on show")
    engine.change(7, "completed")
    wait_for(lambda: ("GET", "/api/training/events/8", None) in engine.requests, 10, "8 is on show")
    engine.change(8, "running")
    time.sleep(0.2)
    engine.change(8, "completed")
    out, _ = program.communicate(timeout=60)
    check_equal((program.returncode, out.count("✓ completed")), (0, 2), out)
    engine.stop_listening()
    home.close()


@test("watch: nothing to watch, no such session, removed while on show")
def _nothing() -> None:
    home = Home()
    engine = StubEngine(home)
    result = home.run("watch")
    check_equal((result.returncode, result.stdout), (0, b"Nothing is running and nothing is queued.\n"))
    result = home.run("watch", "7")
    check_equal((result.returncode, b"no session 7" in result.stderr), (1, True), result.stderr)

    engine.sessions = [session(7, "queued")]
    prepare(engine, 7)
    engine.listeners.clear()
    program = watch(home, "watch", "7")
    engine.wait_for_listener()
    wait_for(lambda: ("GET", "/api/training/events/7", None) in engine.requests, 10, "the view is up")
    engine.sessions = []
    engine.send({"type": "session-removed", "session_id": "7"})
    program.communicate(timeout=60)
    check_equal(program.returncode, 1)
    engine.stop_listening()
    home.close()


@test("watch --json: one status a line, the last one final")
def _json() -> None:
    home = Home()
    engine = StubEngine(home)
    engine.sessions = [session(7, "running")]
    prepare(engine, 7)
    program = watch(home, "--json", "watch", "7")
    engine.wait_for_listener()
    wait_for(lambda: ("GET", "/api/training/events/7", None) in engine.requests, 10, "the view is up")
    engine.change(7, "running", epoch=1, total_epochs=2, train_loss=2.5)
    time.sleep(0.3)
    engine.change(7, "completed", epoch=2, total_epochs=2)
    out, _ = program.communicate(timeout=60)
    lines = [json.loads(line) for line in out.splitlines()]
    # On a busy machine the first look may come together with the first change.
    check_equal([(line["session_id"], line["status"], line["epoch"]) for line in lines][-2:],
                [("7", "running", 1), ("7", "completed", 2)])
    engine.stop_listening()
    home.close()


@test("an engine that is killed and comes back: nothing lost, nothing told twice")
def _killed() -> None:
    home = Home()
    engine = StubEngine(home)
    engine.sessions = [session(7, "running", total_epochs=4)]
    prepare(engine, 7)
    program = watch(home, "watch", "7")
    engine.wait_for_listener()
    check("running" in program.stdout.readline(), "the view is up")
    engine.send(point(7, "train_loss", 1, 4), point(7, "val_loss", 1, 4))
    time.sleep(0.4)
    engine.die()
    time.sleep(0.5)
    check(program.poll() is None, "it waits")

    again = StubEngine(home)
    again.sessions = [session(7, "running", total_epochs=4)]
    series = [[1, 4], [2, 3], [3, 2]]
    prepare(again, 7, {"train_loss": series, "val_loss": series})
    again.wait_for_listener()
    wait_for(lambda: ("GET", "/api/training/events/7", None) in again.requests, 10, "it caught up")
    again.send(point(7, "train_loss", 4, 1), point(7, "val_loss", 4, 1))
    again.change(7, "completed", total_epochs=4, epoch=4)
    out, err = program.communicate(timeout=60)
    check_equal((program.returncode, err), (0, ""), out)
    check_equal(re.findall(r"epoch (\d)/4", out), ["1", "2", "3", "4"], out)
    again.stop_listening()
    home.close()


@test("an engine that was stopped is not started again by a view; one that was killed is")
def _goodbye() -> None:
    home = Home()
    program = home.path / "engine"
    program.write_text("#!/bin/sh\necho started >> \"$HOME/starts\"\n")
    program.chmod(0o755)
    home.environment["TRAINING_CENTER_ENGINE"] = str(program)
    engine = StubEngine(home)
    engine.sessions = [session(7, "running")]
    prepare(engine, 7)
    view = watch(home, "watch", "7")
    engine.wait_for_listener()
    wait_for(lambda: ("GET", "/api/training/events/7", None) in engine.requests, 10, "the view is up")
    engine.say_goodbye()
    time.sleep(1)
    check(not (home.path / "starts").exists(), "it was started")

    again = StubEngine(home)
    again.sessions = [session(7, "running")]
    prepare(again, 7)
    again.wait_for_listener()
    wait_for(lambda: ("GET", "/api/training/events/7", None) in again.requests, 10, "the view is back")
    again.die()
    wait_for(lambda: (home.path / "starts").exists(), 10, "the killed one is started")
    view.terminate()
    view.communicate(timeout=60)
    home.close()


@test("on a terminal: drawn in place, at any width, the cursor given back")
def _terminal() -> None:
    home = Home()
    engine = StubEngine(home)
    engine.sessions = [session(7, "running", epoch=1, total_epochs=4, eta_seconds=754)]
    prepare(engine, 7, {"val_loss": [[1, 4], [2, 3]]}, log=b"  Batch 1/4, Loss: 2.0\r  Batch 2/4, Loss: 1.9\r")
    terminal = Terminal(home, 80, "watch", "7")
    engine.wait_for_listener()
    terminal.wait_for("Batch 2/4, Loss: 1.9")
    terminal.resize(30)
    engine.send(gate(7, 1, "pass"))
    terminal.wait_for("●1")
    engine.change(7, "completed", epoch=4, total_epochs=4, elapsed_seconds=12)
    check_equal(terminal.end(), 0, terminal.seen)

    shown = frames(terminal.seen)
    check(max(len(line) for line in shown[0]) < 80, shown[0])
    check(max(len(line) for line in shown[-1]) < 30, shown[-1])
    check("✓ completed" in shown[-1][0], shown[-1])
    check_equal((terminal.seen.count(b"\x1b[?25l"), terminal.seen.count(b"\x1b[?25h")), (1, 1))
    check(terminal.seen.rindex(b"\x1b[?25h") > terminal.seen.rindex(b"\x1b[J"), "the cursor comes back last")
    engine.stop_listening()
    home.close()


@test("on a terminal: not more than ten frames a second, none when nothing changes")
def _frames() -> None:
    home = Home()
    engine = StubEngine(home)
    engine.sessions = [session(7, "running", epoch=1, total_epochs=4)]
    prepare(engine, 7)
    terminal = Terminal(home, 80, "watch", "7")
    engine.wait_for_listener()
    terminal.wait_for("#7 session 7")
    before = len(frames(terminal.read(0.5)))
    time.sleep(1)
    check_equal(len(frames(terminal.read())), before, "frames while nothing happens")
    began = time.monotonic()
    for number in range(200):
        engine.change(7, "running", epoch=1, total_epochs=4, batch=number, batches=200)
        time.sleep(0.005)
    drawn = len(frames(terminal.read(0.2))) - before
    check(1 <= drawn <= 10 * (time.monotonic() - began) + 2, drawn)
    os.kill(terminal.pid, signal.SIGTERM)
    terminal.end()
    engine.stop_listening()
    home.close()


@test("Ctrl+C leaves the view, not the run, and gives the terminal back")
def _interrupt() -> None:
    home = Home()
    engine = StubEngine(home)
    engine.sessions = [session(7, "running")]
    prepare(engine, 7)
    terminal = Terminal(home, 80, "watch")
    engine.wait_for_listener()
    terminal.wait_for("#7 session 7")
    os.write(terminal.fd, b"\x03")
    check_equal(terminal.end(), 1)
    check(b"trainctl watch" in terminal.seen.split(b"\x1b[?25h")[-1], terminal.seen)
    check(not any(method != "GET" for method, _, _ in engine.requests), engine.requests)
    engine.stop_listening()
    home.close()


@test("Ctrl+Z stops the view with the cursor shown, and it goes on after that")
def _stop() -> None:
    home = Home()
    engine = StubEngine(home)
    engine.sessions = [session(7, "running")]
    prepare(engine, 7)
    # A shell with job control, as people have one.
    terminal = Terminal(home, 80, "-mc", f"'{TRAINCTL}' watch; echo stopped; fg; echo code $?", program="bash")
    engine.wait_for_listener()
    terminal.wait_for("#7 session 7")
    os.write(terminal.fd, b"\x1a")
    terminal.wait_for("stopped\r\n")
    before = terminal.seen[:terminal.seen.index(b"stopped\r\n")]
    check(before.rindex(b"\x1b[?25h") > before.rindex(b"\x1b[?25l"), "the cursor is shown", before)
    wait_for(lambda: b"\x1b[?25l" in terminal.read()[len(before):], 10, "the cursor is hidden again")
    engine.change(7, "completed")
    terminal.wait_for("code 0")
    terminal.end()
    engine.stop_listening()
    home.close()


@test("on a terminal logs and tables have no control characters but our colours")
def _harmless() -> None:
    home = Home()
    engine = StubEngine(home)
    evil = b"\x1b]0;title\x07\x1b[2Jhello \x1b[31mred\n\xffend\n"
    engine.sessions = [session(7, "completed", config={"title": "x\x1b[2Jy\x07", "epochs": 3})]
    prepare(engine, 7, log=evil)
    terminal = Terminal(home, 80, "logs", "7")
    check_equal(terminal.end(), 0)
    check_equal(terminal.seen.replace(b"\r", b""), "hello red\n\ufffdend\n".encode())
    terminal = Terminal(home, 80, "queue", "list")
    check_equal(terminal.end(), 0)
    check(b"xy" in terminal.seen and b"\x1b[32m" in terminal.seen, terminal.seen)
    check(b"\x1b[2J" not in terminal.seen and b"\x07" not in terminal.seen, terminal.seen)
    home.environment["NO_COLOR"] = "1"
    terminal = Terminal(home, 80, "queue", "list")
    check_equal(terminal.end(), 0)
    check(b"\x1b" not in terminal.seen, terminal.seen)
    engine.stop_listening()
    home.close()


@test("logs -f goes on until the run ends, over the death of an engine")
def _logs_follow() -> None:
    home = Home()
    log = bytearray(b"one\n")

    def prepare_log(engine: StubEngine) -> None:
        def piece(path: str) -> tuple:
            offset = int(path.split("offset=")[1].split("&")[0])
            return 200, bytes(log[offset:]), {"X-Log-Offset": str(offset), "X-Log-Size": str(len(log))}
        engine.routes["GET", "/api/training/logs/7"] = piece

    engine = StubEngine(home)
    engine.sessions = [session(7, "running")]
    prepare_log(engine)
    program = watch(home, "logs", "-f", "7")
    engine.wait_for_listener()
    time.sleep(0.2)
    log += b"two\n"
    engine.send({"type": "log", "session_id": "7", "size": len(log)})
    time.sleep(0.2)
    engine.die()
    log += b"three\n"
    again = StubEngine(home)
    again.sessions = [session(7, "running")]
    prepare_log(again)
    again.wait_for_listener()
    time.sleep(0.3)
    log += b"four\n"
    again.change(7, "completed")
    out, err = program.communicate(timeout=60)
    check_equal((program.returncode, out, err), (0, "one\ntwo\nthree\nfour\n", ""))
    again.stop_listening()
    home.close()


main()
