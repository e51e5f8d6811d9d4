#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""The real trainer under the engine: killed around it, cancelled, and resumed."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

import processes  # noqa: E402
from enginerun import Engine  # noqa: E402
from tap import Skip, check, check_equal, main, note, test, wait_for  # noqa: E402

SETTINGS = {"steps-per-epoch": "3", "batch-size": "4", "threads": "1", "gates": "off", "save-every": "1",
            "blocks": "300", "seq-length": "256"}


def need_torch() -> None:
    """Skips where there is no PyTorch."""
    done = subprocess.run(["python3", "-c", "import torch"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Skip("PyTorch is not installed here")


def config(epochs: int, **more: object) -> dict[str, object]:
    """A session of the smallest model with hardly any steps."""
    return {"corpus": "english", "target": "helix-1m", "epochs": epochs, "seed": 11, "settings": SETTINGS} | more


def train(engine: Engine, epochs: int) -> str:
    """Starts a training and waits for its first epoch."""
    session = engine.post("/api/training/start", config(epochs))["session_id"]
    wait_for(lambda: engine.session(session).get("epoch", 0) >= 2 or state(engine, session) == "failed", 90, "epoch 2")
    check_equal(state(engine, session), "running", engine.output(session).decode()[-2000:])
    return session


def state(engine: Engine, session: str) -> str:
    """Its state."""
    return engine.session(session)["status"]


@test("the engine is killed three times in a real training: one process, every epoch, its checkpoints")
def engine_killed() -> None:
    need_torch()
    with Engine() as engine:
        session = train(engine, 9)
        child = engine.shim_record(session)["child_pid"]
        for _ in range(3):
            engine.kill()
            time.sleep(0.4)
            engine.start()
            time.sleep(0.4)
        found = engine.wait(session, seconds=90)
        check_equal((found["status"], found["attempt"]), ("completed", 1), found["reason"])
        check_equal(engine.shim_record(session)["child_pid"], child, "the process")
        series = engine.metrics(session)
        for name in ("train_loss", "val_loss"):
            check_equal([x for x, _ in series[name]], [float(n) for n in range(1, 10)], name)
        checkpoints = engine.get(f"/api/training/checkpoints/{session}")["checkpoints"]
        check(len(checkpoints) > 0 and all(os.path.exists(one["path"]) for one in checkpoints
                                           if one["path"] == found["last_checkpoint"]), checkpoints)
        check(found["best_checkpoint"] and os.path.exists(found["best_checkpoint"]), found["best_checkpoint"])
        check(found["parameters"] and 500000 < found["parameters"] < 2000000, found["parameters"])
        status = json.loads((engine.run_dir(session) / "training_status.json").read_text())
        check_equal(status["epoch"], 9, "training_status.json")


@test("cancel saves, retry goes on from there, and all epochs are there as if nothing had been")
def cancel_and_retry() -> None:
    need_torch()
    with Engine() as engine:
        session = train(engine, 8)
        engine.post(f"/api/training/cancel/{session}")
        found = engine.wait(session, seconds=40)
        check_equal(found["status"], "cancelled", found["reason"])
        check_equal(json.loads((engine.run_dir(session) / "exit.json").read_text())["exit_code"], 143, "exit code")
        stopped_at = found["epoch"]
        check(found["last_checkpoint"] and os.path.exists(found["last_checkpoint"]), found["last_checkpoint"])
        engine.post(f"/api/training/retry/{session}")
        found = engine.wait(session, ("completed", "failed"), seconds=90)
        check_equal((found["status"], found["attempt"]), ("completed", 2), engine.output(session).decode()[-1500:])
        argv = json.loads((engine.run_dir(session) / "spec.json").read_text())["argv"]
        check("--resume-from" in argv, argv)
        log = engine.output(session).decode(errors="replace")
        again = log.count("EPOCH 1/8")
        note(f"stopped in epoch {stopped_at}, resumed from {Path(argv[argv.index('--resume-from') + 1]).name}")
        check_equal(again, 1, "epoch 1 was trained twice")
        check_equal(sorted({x for x, _ in engine.metrics(session)["train_loss"]}), [float(n) for n in range(1, 9)],
                    "epochs")


@test("two phases in a chain: the second begins with the first one's best weights, engine killed between")
def chain() -> None:
    need_torch()
    with Engine() as engine:
        configs = [config(1), config(1, corpus="hlx")]
        ids = [one["session_id"] for one in
               engine.post("/api/training/queue", {"sessions": configs, "chain": True})["sessions"]]
        engine.post("/api/training/start")
        engine.wait(ids[0], ("running",))
        engine.kill()
        child = json.loads((engine.run_dir(ids[0]) / "shim.json").read_text())["child_pid"]
        check(processes.is_alive(child), "the training died with the engine")
        engine.start()
        for session in ids:
            check_equal(engine.wait(session, seconds=90)["status"], "completed",
                        engine.output(session).decode()[-1500:])
        argv = json.loads((engine.run_dir(ids[1]) / "spec.json").read_text())["argv"]
        weights = argv[argv.index("--init-from") + 1] if "--init-from" in argv else None
        check_equal(weights, engine.session(ids[0])["best_checkpoint"], "the weights it began with")


@test("a trainer that is killed by another is failed, and its retry resumes the last checkpoint")
def trainer_killed() -> None:
    need_torch()
    with Engine() as engine:
        session = train(engine, 300)
        os.kill(engine.shim_record(session)["child_pid"], signal.SIGKILL)
        found = engine.wait(session)
        check_equal((found["status"], found["reason_code"]), ("failed", "signal"), found["reason"])
        check(found["last_checkpoint"] and os.path.exists(found["last_checkpoint"]), found)
        engine.post(f"/api/training/retry/{session}")
        wait_for(lambda: engine.session(session)["attempt"] == 2 and
                 engine.session(session).get("epoch", 0) > found["epoch"], 60, "it goes on")


if __name__ == "__main__":
    main()
