#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""The engine dies at any moment; the run goes on, and nothing of it is lost."""

import json
import os
import random
import shutil
import signal
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

import processes  # noqa: E402
from enginerun import Engine, HARNESS  # noqa: E402
from scenes import check_metrics, fake  # noqa: E402
from tap import Skip, check, check_equal, main, note, test, wait_for  # noqa: E402

PRODUCER = HARNESS / "producer"


@test("R01 the engine is killed 20 times in one run: same process, no gap, every metric")
def killed_often() -> None:
    with Engine() as engine:
        session = engine.run(fake(60, 20, 0.004))
        engine.wait(session, ("running",))
        record = engine.shim_record(session)
        longest = 0.0
        for _ in range(20):
            time.sleep(random.uniform(0.01, 0.15))
            engine.kill()
            began = time.monotonic()
            engine.start()
            longest = max(longest, time.monotonic() - began)
            check_equal(engine.shim_record(session)["child_pid"], record["child_pid"], "the same process")
        found = engine.wait(session, seconds=60)
        check_equal((found["status"], found["attempt"]), ("completed", 1), found["reason"])
        check_metrics(engine, session, 60, 20)
        check(longest < 2, "an engine took", longest, "s to come back")
        note(f"longest start {longest:.3f} s")


@test("R01 a fast run of numbered lines keeps every line while engines come and go")
def numbered_lines() -> None:
    with Engine() as engine:
        session = engine.run(f"{sys.executable} {PRODUCER} --lines 300000 --rate 100000 --batch 50")
        engine.wait(session, ("running",) + ("completed",))
        for _ in range(8):
            time.sleep(0.2)
            engine.kill()
            engine.start()
        found = engine.wait(session, seconds=60)
        check_equal(found["status"], "completed", found["reason"])
        wanted = b"".join(b"line %d\n" % number for number in range(1, 300001))
        check(engine.output(session) == wanted, "the log is not what was printed")


@test("the run ends while no engine lives: the next one takes in its end, good or bad")
def ended_alone() -> None:
    for status, state, code in ((0, "completed", None), (3, "failed", "exit-code")):
        with Engine() as engine:
            session = engine.run(fake(10, 10, 0.005, status))
            engine.wait(session, ("running",))
            engine.kill()
            wait_for((engine.run_dir(session) / "exit.json").exists, 20, "the run ends")
            engine.start()
            found = engine.wait(session)
            check_equal((found["status"], found["reason_code"]), (state, code), "its end")
            check_metrics(engine, session, 10, 10)


@test("the queue goes on after a restart: three in a chain, engine killed between and within")
def chain() -> None:
    with Engine() as engine:
        configs = [{"command": fake(12), "epochs": 12, "corpus": corpus}
                   for corpus in ("english", "hlx", "translation")]
        answer = engine.post("/api/training/queue", {"sessions": configs, "chain": True})
        ids = [session["session_id"] for session in answer["sessions"]]
        engine.post("/api/training/start")
        deadline = time.monotonic() + 60
        while engine.session(ids[-1])["status"] != "completed" and time.monotonic() < deadline:
            time.sleep(random.uniform(0.05, 0.6))
            engine.kill()
            engine.start()
        for session in ids:
            check_equal(engine.session(session)["status"], "completed", f"session {session}")
            check_metrics(engine, session, 12, 10)


@test("R03 the reaper is killed: the run goes on under a new one and is never called a success")
def reaper_killed() -> None:
    with Engine() as engine:
        session = engine.run(fake(40, 10, 0.005))
        engine.wait(session, ("running",))
        record = engine.shim_record(session)
        os.kill(record["shim_pid"], signal.SIGKILL)
        wait_for(lambda: engine.shim_record(session)["shim_pid"] != record["shim_pid"], 10, "a new supervisor")
        check(processes.is_alive(record["child_pid"]), "the training died with its supervisor")
        found = engine.wait(session)
        check_equal((found["status"], found["reason_code"]), ("failed", "supervisor-lost"), "its end")
        check_metrics(engine, session, 40, 10)


@test("R04 all but the training are killed; an engine an hour later loses no byte")
def all_killed() -> None:
    if shutil.which("faketime") is None:
        raise Skip("no faketime")
    with Engine() as engine:
        session = engine.run(f"{sys.executable} {PRODUCER} --lines 60000 --rate 20000 --batch 20")
        engine.wait(session, ("running",))
        time.sleep(0.5)
        record = engine.shim_record(session)
        engine.kill()
        for pid in (record["pump_pid"], record["shim_pid"]):
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.5)
        # A sanitizer's library must be the first one; so must faketime's.
        sanitized = os.environ.get("TRAINING_CENTER_SANITIZE") == "1"
        engine.start(*(() if sanitized else ("faketime", "-f", "+1h")))
        engine.wait(session, seconds=60)
        wanted = b"".join(b"line %d\n" % number for number in range(1, 60001))
        check(engine.output(session) == wanted, "lines are missing or doubled")


@test("R08 the computer was restarted: back into the queue, resumed, nothing signalled")
def host_restarted() -> None:
    with Engine() as engine:
        session = engine.run("sleep 60")
        engine.wait(session, ("running",))
        record = engine.shim_record(session)
        engine.post("/api/training/pause")
        engine.kill()
        for pid in (record["shim_pid"], record["pump_pid"], record["child_pid"]):
            os.kill(pid, signal.SIGKILL)
        record["boot_id"] = "00000000-0000-0000-0000-000000000000"
        record["child_pid"] = os.getpid()
        (engine.run_dir(session) / "shim.json").write_text(json.dumps(record))
        engine.start()
        found = engine.wait(session, ("queued",) + ("failed", "completed"))
        check_equal(found["status"], "queued", found["reason"])
        engine.post("/api/training/start")
        check_equal(engine.wait(session, ("running",))["attempt"], 2, "a second attempt")


@test("R16 two engines at once: one works, the other leaves it alone")
def two_engines() -> None:
    with Engine() as engine:
        session = engine.run(fake(30))
        first = engine.process
        for _ in range(3):
            engine.start(wait=False)
            check_equal(engine.process.wait(timeout=20), 0, "the second engine's exit status")
        engine.process = first
        check(first.poll() is None, "the first engine left")
        check_equal(engine.wait(session)["status"], "completed", "the run")
        check_metrics(engine, session, 30, 10)


if __name__ == "__main__":
    main()
