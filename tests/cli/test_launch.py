# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Starting the engine on demand: that it works, is detached, and fails in words."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, os.path.dirname(__file__))

from stub_engine import TRAINCTL, Home, StubEngine  # noqa: E402
from tap import check, check_equal, main, test  # noqa: E402

# An engine of a few lines: counts its starts, says who it is, answers for a
# while. Like the real one, a second one leaves when the first answers.
ENGINE = f"""#!/usr/bin/env python3
import os, socket, sys, time
sys.path.insert(0, {os.path.dirname(os.path.abspath(__file__))!r})
from stub_engine import Home, StubEngine, session
folder = os.environ["TEST_FOLDER"]
open(folder + "/starts", "a").write("%d %d %d\\n" % (os.getpid(), os.getsid(0), os.getppid()))
class Here(Home):
    def __init__(self):
        from pathlib import Path
        self.socket = Path(os.environ["XDG_RUNTIME_DIR"], "training-center", "engine.sock")
probe = socket.socket(socket.AF_UNIX)
try:
    probe.connect(str(Here().socket))
    sys.exit(0)
except OSError:
    pass
print("on stdout", flush=True); print("on stderr", file=sys.stderr, flush=True)
try:
    os.mkdir(folder + "/lock")
except FileExistsError:
    time.sleep(0.5)
    sys.exit(0)
engine = StubEngine(Here())
engine.routes["POST", "/api/training/queue"] = (201, {{"sessions": [session(17)]}}, {{}})
deadline = time.monotonic() + 40
while time.monotonic() < deadline and not os.path.exists(folder + "/leave"):
    time.sleep(0.01)
"""


def home_with_engine(text: str) -> Home:
    """A home whose engine is that program."""
    home = Home()
    program = home.path / "engine"
    program.write_text(text)
    program.chmod(0o755)
    home.environment |= {"TRAINING_CENTER_ENGINE": str(program), "TEST_FOLDER": str(home.path)}
    return home


def starts(home: Home) -> list[tuple[int, int, int]]:
    """Who was started: (pid, session, parent)."""
    path = home.path / "starts"
    return [tuple(map(int, line.split())) for line in path.read_text().splitlines()] if path.exists() else []


def fails(home: Home, *parts: str) -> str:
    """trainctl fails with one sentence that has these parts."""
    result = home.run("queue", "list", timeout=60)
    text = result.stderr.decode()
    check_equal((result.returncode, result.stdout), (1, b""), text)
    check_equal(text.count("\n"), 1, repr(text))
    for part in parts:
        check(part in text, repr(text))
    return text


@test("the engine is started when nobody answers, detached, its output in its log")
def _start() -> None:
    home = home_with_engine(ENGINE)
    result = home.run("queue", "list")
    check_equal(result.returncode, 0, result.stderr)
    check_equal(len(starts(home)), 1)
    pid, session, _ = starts(home)[0]
    check_equal(session, pid, "the engine leads a session of its own")
    check_equal(home.engine_log.read_text(), "on stdout\non stderr\n")
    check_equal(home.engine_log.stat().st_mode & 0o777, 0o600)
    check(Path(f"/proc/{pid}").exists(), "it lives on")
    check_equal(home.run("queue", "list").returncode, 0)
    check_equal(len(starts(home)), 1, "the second command finds it")
    (home.path / "leave").touch()
    home.close()


@test("queue add starts the engine too, and adds once")
def _start_queue_add() -> None:
    home = home_with_engine(ENGINE)
    result = home.run("queue", "add", "--corpus", "hlx")
    check_equal((result.returncode, result.stdout), (0, b"17\n"), result.stderr)
    check_equal(len(starts(home)), 1)
    (home.path / "leave").touch()
    home.close()


@test("several at once find one engine")
def _race() -> None:
    home = home_with_engine(ENGINE)
    commands = [subprocess.Popen([TRAINCTL, "queue", "list"], env=home.environment, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE) for _ in range(4)]
    for command in commands:
        _, stderr = command.communicate(timeout=60)
        check_equal(command.returncode, 0, stderr)
    (home.path / "leave").touch()
    home.close()


@test("a left-over socket of an engine that was killed does not matter")
def _stale() -> None:
    home = home_with_engine(ENGINE)
    dead = StubEngine(home)
    dead.server.shutdown()
    dead.server.server_close()
    check(home.socket.exists(), "the socket's name stays")
    check_equal(home.run("queue", "list").returncode, 0)
    (home.path / "leave").touch()
    home.close()


@test("an engine that is not installed")
def _missing() -> None:
    home = Home()
    fails(home, "The engine is not installed", "/nonexistent/engine")
    home.close()


@test("an engine that cannot start: the end of its log is in the sentence")
def _failing() -> None:
    home = home_with_engine("#!/bin/sh\necho one; echo two; printf 'the \\033[31mdatabase is damaged\\n' >&2; exit 3\n")
    home.engine_log.parent.mkdir(parents=True)
    home.engine_log.write_text("old words\n")
    text = fails(home, "exit code 3", "one; two; the database is damaged", "engine.log")
    check("old words" not in text and "\x1b" not in text, text)
    home.close()


@test("an engine that is killed at once")
def _killed() -> None:
    home = home_with_engine("#!/bin/sh\nkill -9 $$\n")
    fails(home, "killed by signal 9")
    home.close()


@test("an engine that never answers is given 10 seconds")
def _mute() -> None:
    home = home_with_engine("#!/bin/sh\necho $$ > \"$TEST_FOLDER/pid\"\nexec sleep 30\n")
    began = time.monotonic()
    fails(home, "does not answer after 10 seconds")
    check(9.5 < time.monotonic() - began < 25, time.monotonic() - began)
    os.kill(int((home.path / "pid").read_text()), 9)
    home.close()


@test("a runtime folder that cannot be made is one sentence")
def _no_folder() -> None:
    home = home_with_engine(ENGINE)
    (home.path / "file").touch()
    home.environment["XDG_STATE_HOME"] = str(home.path / "file")
    fails(home, "file")
    check_equal(starts(home), [])
    home.close()


@test("asking for the engine and stopping it do not start it")
def _no_start() -> None:
    home = home_with_engine(ENGINE)
    for words, code in ((["engine", "status"], 1), (["engine", "stop"], 0), (["serve", "--stop"], 0)):
        result = home.run(*words)
        check_equal((result.returncode, result.stdout), (code, b"The engine is not running.\n"), result.stderr)
    check_equal(home.run("--json", "engine", "status").stdout.split(), [b"{", b'"running":', b"false", b"}"])
    check_equal(starts(home), [])
    home.close()


@test("the halves of trainctl belong together: without the other one, a sentence")
def _half() -> None:
    home = Home()
    alone = home.path / "trainctl"
    alone.write_bytes(Path(TRAINCTL).read_bytes())
    alone.chmod(0o755)
    home.environment["TRAINING_CENTER_LIBEXEC_DIR"] = str(home.path)
    result = subprocess.run([alone, "queue", "list"], env=home.environment, capture_output=True, timeout=60, check=False)
    check_equal((result.returncode, b"A part of trainctl is missing" in result.stderr), (1, True), result.stderr)
    home.close()


main()
