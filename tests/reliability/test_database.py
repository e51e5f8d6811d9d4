#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""The database is full, lost, old, damaged or too new: the run folders are the truth."""

import os
import shutil
import sqlite3
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

import processes  # noqa: E402
from enginerun import Engine  # noqa: E402
from scenes import check_metrics, fake, fill, queue, small_disk, texts  # noqa: E402
from tap import check, check_equal, main, note, test, wait_for  # noqa: E402


def database(engine: Engine) -> Path:
    """The database file."""
    return engine.data / "training-center.db"


def drop(engine: Engine) -> None:
    """Deletes the database with all that belongs to it."""
    for path in engine.data.glob("training-center.db*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def everything(engine: Engine, sessions: list[str]) -> dict[str, object]:
    """The metrics, gates and checkpoints of sessions, row for row."""
    csv = {session: engine.request("GET", f"/api/training/metrics/{session}?format=csv")[1] for session in sessions}
    ends = {session: [engine.session(session)[key] for key in ("status", "reason_code", "reason", "epoch", "attempt",
                                                               "train_loss", "best_val_loss", "title")]
            for session in sessions}
    return {"csv": csv, "ends": ends}


def three_runs(engine: Engine) -> list[str]:
    """Runs one session that completes, one that fails, and one that succeeds at its second attempt."""
    flag = engine.root / "flag"
    sessions = [engine.run(fake(8), title="good"), engine.run(fake(5, status=3), title="bad"),
                engine.run(f"sh -c '{fake(4)}; test -e {flag}'", title="twice")]
    engine.wait(sessions[-1])
    flag.touch()
    engine.post(f"/api/training/retry/{sessions[-1]}")
    for session, state in zip(sessions, ("completed", "failed", "completed")):
        check_equal(engine.wait(session, ("completed", "failed") if state != "completed" else ("completed",))["status"],
                    state, session)
    return sessions


def same(engine: Engine, before: dict[str, object], sessions: list[str], what: str) -> None:
    """Fails unless everything is as it was."""
    for session in sessions:
        engine.wait(session)
    after = everything(engine, sessions)
    for session in sessions:
        check_equal(after["ends"][session], before["ends"][session], f"{what}: session {session}")
        check(after["csv"][session] == before["csv"][session], what, session, "has other metrics:",
              after["csv"][session][:300], before["csv"][session][:300])


@test("D05 the disk is full: the engine lives and says so; afterwards every figure is there, once")
def full_disk() -> None:
    with small_disk("8m") as disk, Engine(XDG_DATA_HOME=str(disk)) as engine:
        engine.data = disk / "training-center"
        session = engine.run(fake(60, 10, 0.01))
        engine.wait(session, ("running",))
        wait_for(lambda: engine.session(session).get("epoch", 0) >= 3, 10, "it trains")
        ballast = fill(disk)
        began = time.monotonic()
        wait_for(lambda: "space" in engine.log.read_text() or "full" in engine.log.read_text(), 6, "the alert")
        note(f"told after {time.monotonic() - began:.2f} s")
        time.sleep(1)
        check(engine.process.poll() is None, "the engine died")
        check_equal(engine.session(session)["status"], "running", "state")
        check(len(engine.metrics(session)["batch_loss"]) > 0, "what is stored cannot be read")
        check("damaged" not in engine.log.read_text(), engine.log.read_text())
        ballast.unlink()
        found = engine.wait(session, seconds=40)
        check_equal(found["status"], "completed", found["reason"])
        check_metrics(engine, session, 60, 10)
        told = texts(engine, session)
        check(told.count("error store") <= 1, "more than once:", told)
        check("database or disk is full" not in told.splitlines(), told)
        engine.kill()
        engine.start()
        check_metrics(engine, session, 60, 10)


@test("D06 the database is gone: every metric, end and title comes back from the run folders")
def deleted() -> None:
    with Engine() as engine:
        sessions = three_runs(engine)
        before = everything(engine, sessions)
        engine.kill()
        drop(engine)
        engine.start()
        same(engine, before, sessions, "deleted")
        check_equal(engine.add("true"), "4", "the next number")


@test("D06 yesterday's copy of the database: what happened since is read again, nothing twice")
def older_copy() -> None:
    with Engine() as engine:
        first = engine.run(fake(60, 10, 0.005))
        wait_for(lambda: engine.session(first).get("epoch", 0) >= 10, 20, "some epochs")
        engine.kill(15)
        copy = engine.root / "copy.db"
        shutil.copy(database(engine), copy)
        engine.start()
        second = engine.run(fake(5))
        engine.wait(second)
        before = everything(engine, [first, second])
        engine.kill(15)
        drop(engine)
        shutil.copy(copy, database(engine))
        engine.start()
        same(engine, before, [first, second], "older copy")
        check_metrics(engine, first, 60, 10)


@test("D06 the database is lost while a run is on: the run is found, suspended as it was")
def lost_in_run() -> None:
    with Engine() as engine:
        session = engine.run(fake(60, 10, 0.005))
        wait_for(lambda: engine.session(session).get("epoch", 0) >= 3, 20, "some epochs")
        engine.post(f"/api/training/suspend/{session}")
        pid = engine.shim_record(session)["child_pid"]
        engine.kill()
        drop(engine)
        engine.start()
        engine.wait(session, ("paused",), 5)
        check_equal(engine.shim_record(session)["child_pid"], pid, "the process")
        engine.post(f"/api/training/resume/{session}")
        check_equal(engine.wait(session)["status"], "completed", "the end")
        check_metrics(engine, session, 60, 10)


@test("D07 the database is garbled, empty or a folder: moved aside, told, rebuilt from the folders")
def garbled() -> None:
    with Engine() as engine:
        sessions = three_runs(engine)
        before = everything(engine, sessions)

        def tear(path: Path) -> None:
            data = bytearray(path.read_bytes())
            for page in range(1, len(data) // 4096):
                data[page * 4096:page * 4096 + 4096] = os.urandom(4096)
            path.write_bytes(data)

        def folder(path: Path) -> None:
            path.mkdir()
            (path / "mine.txt").write_text("keep")

        for what, damage in (("noise", lambda path: path.write_bytes(os.urandom(100000))), ("torn", tear),
                             ("empty", lambda path: path.write_bytes(b"")), ("folder", folder)):
            engine.kill(15)
            aside = set(engine.data.glob("*damaged*"))
            shutil.rmtree(engine.data / "backups", ignore_errors=True)
            if what == "folder":
                database(engine).unlink()
            damage(database(engine))
            engine.start()
            same(engine, before, sessions, what)
            check(len(set(engine.data.glob("*damaged*")) - aside) >= 1, what, "was not kept:", os.listdir(engine.data))
            told = [event["text"] for event in engine.get("/api/events")["events"] if event["kind"] == "recovery"]
            check(told, what, "nobody was told")


@test("D10 a database of a newer version: one sentence, exit code 1, not a byte changed")
def newer() -> None:
    with Engine() as engine:
        session = engine.run(fake(3))
        engine.wait(session)
        engine.kill(15)
        connection = sqlite3.connect(database(engine))
        connection.execute("PRAGMA user_version = 9999")
        connection.close()
        before = database(engine).read_bytes()
        engine.log.write_text("")
        engine.start(wait=False)
        check_equal(engine.process.wait(timeout=40), 1, "exit status")
        lines = engine.log.read_text().strip().splitlines()
        check_equal(len(lines), 1, f"lines: {lines}")
        check("newer" in lines[0] and "training-center.db" in lines[0], lines)
        check(database(engine).read_bytes() == before, "the database was changed")
        check_equal(list(engine.data.glob("*damaged*")), [], "moved aside")
        done = engine.trainctl("status")
        check_equal(done.returncode, 1, "trainctl")
        check("newer" in done.stderr, "trainctl does not say why:", done.stderr)


@test("D12 files may have 300 kB: the engine goes on, the run too, and later all is there")
def file_limit() -> None:
    with Engine() as engine:
        engine.kill()
        engine.start("prlimit", "--fsize=300000:unlimited")
        session = engine.run(fake(150, 20, 0.001))
        engine.wait(session, ("running",))
        wait_for(lambda: (engine.run_dir(session) / "exit.json").exists(), 40, "the run ends")
        time.sleep(1)
        check(processes.is_alive(engine.process.pid), "the engine died")
        engine.kill()
        engine.start()
        check_equal(engine.wait(session)["status"], "completed", engine.session(session)["reason"])
        check_metrics(engine, session, 150, 20)
        check(len(queue(engine)) == 1, queue(engine))


@test("the book of money is gone: the engine says so, and whoever asks for sums is told that they are not whole")
def book_gone() -> None:
    with Engine() as engine:
        check_equal(engine.request("PUT", "/api/budget", {"scope": "month", "limit_usd": "20.00"})[0], 200, "budget")
        check("missing_before" not in engine.get("/api/spend?by=provider"), "it is whole")
        engine.kill()
        for path in engine.data.glob("ledger.db*"):
            path.unlink()
        engine.start()
        told = wait_for(lambda: [event for event in engine.get("/api/events")["events"] if event["kind"] == "ledger"],
                        20, "an event")
        check_equal((len(told), told[0]["severity"]), (1, "error"), told)
        check("is gone" in told[0]["text"], told)
        check("missing_before" in engine.get("/api/spend?by=provider"), "spend")
        check("missing_before" in engine.get("/api/budget"), "budget")
        check("missing_before" not in engine.get("/api/spend?by=provider&from=2999-01-01"), "later")
        check("may be missing" in engine.trainctl("spend").stdout, engine.trainctl("spend").stdout)


if __name__ == "__main__":
    main()
