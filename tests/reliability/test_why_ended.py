#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""How a run ended is said rightly, however it ended and whoever was looking."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

import cgroups  # noqa: E402
import processes  # noqa: E402
from enginerun import Engine  # noqa: E402
from scenes import fake, python, queue, script, texts  # noqa: E402
from tap import check, check_equal, main, note, test, wait_for  # noqa: E402

SAVING = r"""
import os, signal, sys, time
def save(*_):
    open("checkpoints/saved.pt", "w").write("weights")
    print("Interrupted, saved", flush=True)
    sys.exit(143)
signal.signal(signal.SIGTERM, save)
for epoch in range(1, 5):
    print(f"EPOCH {epoch}/200 (Phase 1)\nTrain Loss: {'nan' if epoch > 2 else 2.5}", flush=True)
    time.sleep(0.1)
time.sleep(30)
"""
OOM = r"""
import sys
print("Train Loss: 1.0", flush=True)
raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 8 GiB")
"""
ALONE = r"""
import fcntl, os, time
lock = open(os.environ["TC_TEST_ROOT"] + "/alone", "a")
try:
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    open(os.environ["TC_TEST_ROOT"] + "/twice", "w")
print("Train Loss: 1.0", flush=True)
time.sleep(0.25)
"""


def reason(engine: Engine, session: str) -> tuple[str, str | None]:
    """The end state and the code of its reason."""
    found = engine.wait(session)
    return found["status"], found["reason_code"]


@test("R19 W08 out of memory, cancelled and killed by another: three different reasons, each time")
def three_reasons() -> None:
    # Sanitized programs need more for themselves.
    limit = 1000 << 20 if os.environ.get("TRAINING_CENTER_SANITIZE") else 100 << 20
    with cgroups.memory(limit) as group, Engine() as engine:
        engine.kill()
        engine.start(*group.wrapper())
        eat = python("data = []\nwhile True: data.append(b'x' * (1 << 20))")
        for _ in range(3):
            session = engine.run(eat)
            check_equal(reason(engine, session), ("failed", "oom"), engine.session(session)["reason"])
            session = engine.run("sleep 60")
            engine.wait(session, ("running",))
            engine.post(f"/api/training/cancel/{session}")
            check_equal(reason(engine, session)[0], "cancelled", engine.session(session)["reason"])
            session = engine.run("sleep 60")
            engine.wait(session, ("running",))
            os.kill(engine.shim_record(session)["child_pid"], signal.SIGKILL)
            check_equal(reason(engine, session), ("failed", "signal"), engine.session(session)["reason"])
        check(engine.process.poll() is None, "the engine died")


@test("W08 cancelled and killed by another are told apart without any cgroup")
def two_reasons() -> None:
    with Engine() as engine:
        for number, code in ((signal.SIGKILL, "signal"), (signal.SIGSEGV, "signal"), (signal.SIGTERM, "signal")):
            session = engine.run("sleep 60")
            engine.wait(session, ("running",))
            os.kill(engine.shim_record(session)["child_pid"], number)
            check_equal(reason(engine, session), ("failed", code), engine.session(session)["reason"])
        session = engine.run("sleep 60")
        engine.wait(session, ("running",))
        engine.post(f"/api/training/cancel/{session}")
        check_equal(reason(engine, session)[0], "cancelled", "cancelled")


@test("W12 auto-stop: a NaN loss, TERM, the script saves and leaves with 143: failed, nan, stopped by a rule")
def auto_stop() -> None:
    with Engine() as engine:
        command = f"{sys.executable} -S {script(engine, 'saving.py', SAVING)}"
        session = engine.run(command, auto_stop=True)
        found = engine.wait(session)
        check_equal((found["status"], found["reason_code"]), ("failed", "nan"), found["reason"])
        check(found["reason"].startswith("Stopped by a rule: "), found["reason"])
        check((engine.run_dir(session) / "checkpoints" / "saved.pt").exists(), "it could not save")
        check("Interrupted, saved" in engine.output(session).decode(), "its last words")
        check("nan" in texts(engine, session), texts(engine, session))

        session = engine.run(command)
        wait_for(lambda: "nan" in texts(engine, session), 10, "the finding")
        time.sleep(0.5)
        check_equal(engine.session(session)["status"], "running", "without auto-stop")


@test("what the script said of its end is believed, though the engine that read it was killed")
def said_before() -> None:
    with Engine() as engine:
        session = engine.run(f"sh -c '{sys.executable} -S {script(engine, 'oom.py', OOM)}; sleep 1; exit 1'")
        wait_for(lambda: engine.session(session).get("train_loss") == 1.0, 10, "the loss is read")
        time.sleep(0.4)
        engine.kill()
        engine.start()
        check_equal(reason(engine, session), ("failed", "cuda-oom"), engine.session(session)["reason"])


@test("a rule's stop is still a rule's when the engine that asked for it was killed")
def rule_before() -> None:
    with Engine() as engine:
        slow = SAVING.replace("sys.exit(143)", "time.sleep(1); sys.exit(143)")
        session = engine.run(f"{sys.executable} -S {script(engine, 'saving.py', slow)}", auto_stop=True)
        engine.wait(session, ("running",))
        wait_for(lambda: b"Interrupted" in engine.output(session), 10, "the stop")
        engine.kill()
        engine.start()
        found = engine.wait(session)
        check_equal((found["status"], found["reason_code"]), ("failed", "nan"), found["reason"])
        check("Stopped by a rule" in found["reason"], found["reason"])


@test("R01 the engine is killed again and again while a run starts: one process, one attempt, one end")
def killed_while_starting() -> None:
    with Engine() as engine:
        path = script(engine, "alone.py", ALONE)
        for _ in range(25):
            session = engine.run(f"{sys.executable} -S {path}")
            time.sleep(random.uniform(0, 0.06))
            engine.kill()
            engine.start()
            found = engine.wait(session)
            check_equal(found["status"], "completed", found["reason"])
            check(not (engine.root / "twice").exists(), "two processes at once")
        attempts = [entry["attempt"] for entry in queue(engine)]
        note("attempts", attempts)


@test("watch says at once that a run was killed, and why, and leaves with 1")
def watch() -> None:
    with Engine() as engine:
        session = engine.run(fake(1000))
        engine.wait(session, ("running",))
        watching = subprocess.Popen([os.environ["TC_TRAINCTL"], "watch", session], env=engine.environment, text=True,
                                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        wait_for(lambda: engine.session(session).get("epoch", 0) > 2, 10, "it trains")
        os.kill(engine.shim_record(session)["child_pid"], signal.SIGKILL)
        began = time.monotonic()
        output = watching.communicate(timeout=20)[0]
        note(f"told after {time.monotonic() - began:.2f} s")
        check(time.monotonic() - began < 6, "too late")
        check_equal(watching.returncode, 1, output)
        check("killed by something else (signal 9)" in output, output)
        check("epoch 1/1000" in output, output)


@test("everybody dies but the training, which ends alone: never a success, and nobody else is signalled")
def nobody_left() -> None:
    with Engine() as engine:
        session = engine.run(fake(20))
        engine.wait(session, ("running",))
        record = engine.shim_record(session)
        engine.kill()
        for name in ("pump_pid", "shim_pid", "child_pid"):
            os.kill(record[name], signal.SIGKILL)
        wait_for(lambda: not processes.is_alive(record["child_pid"]), 5, "its end")
        engine.start()
        check_equal(reason(engine, session), ("failed", "supervisor-lost"), engine.session(session)["reason"])


if __name__ == "__main__":
    main()
