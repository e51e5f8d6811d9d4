#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""An engine that meets what another version, or another moment, has left behind."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

import processes  # noqa: E402
from enginerun import Engine  # noqa: E402
from scenes import check_metrics, fake, fill, queue, small_disk, texts  # noqa: E402
from tap import Skip, check, check_equal, main, note, test, wait_for  # noqa: E402


def by_hand(engine: Engine, number: int, command: list[str], **more: object) -> None:
    """Starts a shim in a run folder, as an engine that is gone had done."""
    folder = engine.data / "runs" / str(number)
    folder.mkdir(parents=True, mode=0o700)
    config = {"title": f"by hand {number}", "command": " ".join(command), "epochs": 3}
    spec = {"version": 1, "session_id": str(number), "attempt": 1, "argv": command, "cwd": str(folder),
            "environment": {}, "script_sha256": None, "left_out": [], "grace_seconds": 120, "config": config} | more
    (folder / "spec.json").write_text(json.dumps(spec))
    reader, writer = os.pipe()
    subprocess.run([os.environ["TC_SHIM"], "--run-dir", folder, "--ready-fd", str(writer), "--", *command],
                   env=engine.environment | {"PYTHONUNBUFFERED": "1"}, cwd=folder, pass_fds=[writer], check=True,
                   stdin=subprocess.DEVNULL)
    os.close(writer)
    check_equal(os.read(reader, 1), b"R", "the shim")
    os.close(reader)


@test("R15 12 runs are on and one supervisor hangs: the engine starts in 2 s, shows all, and says which")
def hung_supervisor() -> None:
    with Engine() as engine:
        engine.kill()
        for path in engine.data.glob("training-center.db*"):
            path.unlink()
        for number in range(1, 13):
            by_hand(engine, number, ["sleep", "60"])
        hung = engine.shim_record("7")["shim_pid"]
        os.kill(hung, signal.SIGSTOP)
        began = time.monotonic()
        engine.start()
        took = time.monotonic() - began
        note(f"start {took:.3f} s")
        check(took < 2, "the start took", took)
        wait_for(lambda: [entry["status"] for entry in queue(engine)] == ["running"] * 12, 3, queue(engine))
        wait_for(lambda: "does not answer" in texts(engine, "7"), 8, "the word about 7")
        for number in (1, 12):
            check("does not answer" not in texts(engine, str(number)), number, texts(engine, str(number)))
        began = time.monotonic()
        status, answer = engine.request("POST", "/api/training/suspend/7")
        check_equal(status, 503, answer)
        check(time.monotonic() - began < 20 and "does not answer" in answer["error"]["message"], answer)
        check_equal(engine.request("POST", "/api/training/suspend/3")[0], 200, "another one")
        os.kill(hung, signal.SIGCONT)
        # The late answer to the refused command must not be taken for this one's.
        time.sleep(0.2)
        for _ in range(2):
            engine.request("POST", "/api/training/suspend/7")
            engine.request("POST", "/api/training/resume/7")
        child = engine.shim_record("7")["child_pid"]
        wait_for(lambda: processes.state(child) == "S", 2, "it runs again")
        for number in range(1, 13):
            engine.post(f"/api/training/cancel/{number}")
        for number in range(1, 13):
            check_equal(engine.wait(str(number))["status"], "cancelled", number)


@test("R22 run folders with fields from another version: attached, and their end taken in")
def foreign_fields() -> None:
    with Engine() as engine:
        engine.kill()
        for path in engine.data.glob("training-center.db*"):
            path.unlink()
        by_hand(engine, 3, fake(30, 10, 0.004).split(), future={"of": ["another", "version"]}, priority=7)
        record = json.loads((engine.run_dir("3") / "shim.json").read_text())
        (engine.run_dir("3") / "shim.json").write_text(json.dumps({"later": [1], **record, "extra": None}))
        engine.start()
        check_equal(engine.wait("3", ("running",))["title"], "by hand 3", "title")
        check_equal(engine.wait("3")["status"], "completed", engine.session("3")["reason"])
        check_metrics(engine, "3", 30, 10)
        check_equal(engine.add("true"), "4", "the next number")


@test("R22 a run folder of a newer version, or with nonsense in it, is left alone and harms nobody")
def foreign_folders() -> None:
    with Engine() as engine:
        engine.kill()
        runs = engine.data / "runs"
        for number, text in ((5, b'{"version":2,"session_id":"5","config":{}}'), (6, b"{"), (7, b""), (8, os.urandom(5000)),
                             (9, b'{"session_id":"77","version":1,"config":{}}'), (10, b"[" * 100000)):
            (runs / str(number)).mkdir(parents=True)
            (runs / str(number) / "spec.json").write_bytes(text)
        (runs / "99999999999999999999").mkdir()
        (runs / "notes.txt").write_text("mine")
        (runs / "11").symlink_to("/etc")
        before = {path: path.read_bytes() for path in runs.glob("[5-9]/spec.json")}
        engine.start()
        session = engine.run(fake(3))
        check_equal(engine.wait(session)["status"], "completed", "a run beside them")
        check(int(session) > 11, "a number that is taken:", session)
        check_equal({path: path.read_bytes() for path in before}, before, "their content")
        check("CRITICAL" not in engine.log.read_text(), engine.log.read_text())


@test("R22 an engine of another version takes over: the old one leaves, the run goes on")
def takeover() -> None:
    with Engine() as engine:
        program = Path(os.environ["TC_ENGINE"]).read_bytes()
        version = engine.get("/api/engine")["version"].encode()
        if program.count(version + b"\0") == 0:
            raise Skip("the program does not hold its version as a text")
        other = engine.root / "other-engine"
        newer = version[:-1] + (b"9" if version[-1:] != b"9" else b"8")
        other.write_bytes(program.replace(version + b"\0", newer + b"\0"))
        other.chmod(0o755)
        session = engine.run(fake(60, 10, 0.005))
        engine.wait(session, ("running",))
        record, old = engine.shim_record(session), engine.process
        with engine.log.open("ab") as log:
            engine.process = subprocess.Popen([other], env=engine.environment, stdin=subprocess.DEVNULL, stdout=log,
                                              stderr=log, start_new_session=True)
        check_equal(old.wait(timeout=40), 0, "the old engine's exit status")
        wait_for(lambda: engine.answers() and engine.get("/api/engine")["version"] == newer.decode(), 10, "the new one")
        check_equal(engine.shim_record(session)["child_pid"], record["child_pid"], "the run's process")
        check_equal(engine.wait(session)["status"], "completed", engine.session(session)["reason"])
        check_metrics(engine, session, 60, 10)


@test("R13 the disk is full: the run lives, told in 5 s, and the log is whole when there is room again")
def full_disk() -> None:
    producer = Path(shutil.which("python3") or "python3"), Path(__file__).resolve().parent.parent / "harness/producer"
    with small_disk("8m") as disk, Engine(XDG_DATA_HOME=str(disk)) as engine:
        engine.data = disk / "training-center"
        session = engine.run(f"{producer[0]} {producer[1]} --lines 30000 --rate 5000 --batch 10")
        engine.wait(session, ("running",))
        child = engine.shim_record(session)["child_pid"]
        ballast = fill(disk)
        began = time.monotonic()
        with_alert = []

        def told() -> bool:
            with_alert[:] = [event["text"] for event in engine.get("/api/events")["events"]
                             if "disk" in event["text"].lower() or "space" in event["text"].lower()]
            return bool(with_alert) or "space" in engine.log.read_text()

        wait_for(told, 5, "the alert")
        note(f"told after {time.monotonic() - began:.2f} s: {with_alert[:1] or 'in the log of the engine'}")
        time.sleep(2)
        check(processes.is_alive(child), "the training died")
        check(engine.answers(), "the engine died")
        ballast.unlink()
        found = engine.wait(session, seconds=40)
        check_equal(found["status"], "completed", found["reason"])
        check(engine.output(session) == b"".join(b"line %d\n" % number for number in range(1, 30001)),
              "the log is not whole")


if __name__ == "__main__":
    main()
