#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""What people ask of the queue, in every state, with real processes."""

import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

import processes  # noqa: E402
from enginerun import Engine  # noqa: E402
from scenes import fake, python, queue, script, texts  # noqa: E402
from tap import check, check_equal, main, note, test, wait_for  # noqa: E402

SLOW_HELP = """#!/usr/bin/env python3
import sys, time
if "--help" in sys.argv:
    time.sleep(1)
    print("--epochs N")
    sys.exit()
print("started")
time.sleep(30)
"""
RESUMING = """#!/usr/bin/env python3
import argparse, json, os, pathlib, sys
parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int)
parser.add_argument("--resume-from")
options = parser.parse_args()
path = pathlib.Path("checkpoints/last.pt")
first = int(path.read_text()) + 1 if options.resume_from else 1
print("resumed from", options.resume_from)
for epoch in range(first, options.epochs + 1):
    print(f"EPOCH {epoch}/{options.epochs} (Phase 1)\\nTrain Loss: {5 - epoch / 100:.4f}", flush=True)
    path.write_text(str(epoch))
    with open(os.environ["TRAINING_CENTER_EVENTS"], "a") as events:
        print(json.dumps({"type": "checkpoint", "path": str(path), "epoch": epoch, "bytes": 1, "best": False}),
              file=events)
    if epoch == 3 and not options.resume_from:
        sys.exit(1)
"""


def order(engine: Engine) -> list[str]:
    """The sessions that wait, in order."""
    return [entry["session_id"] for entry in queue(engine) if entry["status"] in ("queued", "blocked")]


def refused(engine: Engine, method: str, path: str, body: object = None) -> str:
    """What a request that must be refused with a conflict is told."""
    status, answer = engine.request(method, path, body)
    check_equal(status, 409, f"{method} {path}: {answer}")
    return answer["error"]["message"]


@test("move: to the front, the end and the middle, and the order outlives the engine")
def move() -> None:
    with Engine() as engine:
        a, b, c, d = (engine.add("true", title=name) for name in "abcd")
        for session, place, wanted in ((d, 1, [d, a, b, c]), (d, 4, [a, b, c, d]), (a, 3, [b, c, a, d]),
                                       (c, 99, [b, a, d, c]), (c, 2, [b, c, a, d])):
            engine.post(f"/api/training/move/{session}", {"position": place})
            check_equal(order(engine), wanted, f"{session} to place {place}")
        for _ in range(60):
            for session in (a, d, b):
                engine.post(f"/api/training/move/{session}", {"position": 2})
        wanted = order(engine)
        engine.kill()
        engine.start()
        check_equal(order(engine), wanted, "after 180 moves to one place and a crash")
        check_equal(engine.request("POST", f"/api/training/move/{a}", {"position": 0})[0], 400, "place 0")


@test("remove: the folder moves to removed/, the number is never given again")
def remove() -> None:
    with Engine() as engine:
        for round_ in range(3):
            session = engine.run("echo some output")
            engine.wait(session, ("completed",))
            check_equal(session, str(round_ + 1), "the number")
            check_equal(engine.request("DELETE", f"/api/training/queue/{session}")[0], 200, "remove")
            check(not engine.run_dir(session).exists(), "the folder stayed")
            check((engine.data / "removed" / session / "output.log").exists(), "the folder is lost")
            check_equal(engine.request("GET", f"/api/training/status/{session}")[0], 404, "afterwards")
            engine.kill()
            engine.start()
            check_equal(queue(engine), [], "after a crash")


@test("restore: with place, figures and followers, over a crash of the engine too")
def restore() -> None:
    with Engine() as engine:
        done = engine.run("echo 'EPOCH 1/2 (Phase 1)'; echo 'Train Loss: 3.5'; echo 'Val Loss: 4.5'")
        engine.wait(done, ("completed",))
        engine.post("/api/training/pause")
        a, b, c = (engine.add("true", title=name) for name in "abc")
        follower = engine.add("true", after=int(b))
        last = engine.add("true", after=int(follower))
        before = queue(engine)
        points = engine.get(f"/api/training/metrics/{done}")
        for session in (b, done):
            check_equal(engine.request("DELETE", f"/api/training/queue/{session}")[0], 200, "remove")
        check_equal(engine.session(last)["status"], "skipped", "who followed what was removed")
        engine.kill()
        engine.start()
        check(b not in order(engine), "back by itself:", order(engine))
        for session in (b, done):
            engine.post(f"/api/training/restore/{session}")
            check_equal(engine.request("POST", f"/api/training/restore/{session}")[0], 404, "a second time")
        check_equal(order(engine), [a, b, c, follower, last], "the order")
        check_equal([entry["status"] for entry in queue(engine)], [entry["status"] for entry in before], "the states")
        check_equal(engine.get(f"/api/training/metrics/{done}"), points, "the figures")
        check((engine.run_dir(done) / "output.log").exists(), "the run folder")
        check_equal(sorted((engine.data / "removed").iterdir()), [], "what is put aside")
        engine.kill()
        engine.start()
        check_equal(order(engine), [a, b, c, follower, last], "after a crash")
        check_equal(engine.request("POST", f"/api/training/restore/{a}")[0], 404, "what was not removed")
        engine.request("DELETE", f"/api/training/queue/{b}")
        engine.post(f"/api/training/restore/{b}")
        check_equal(order(engine), [a, b, c, follower, last], "once more")


@test("cancel while queued, starting, running and paused; an active session is not removed")
def cancel() -> None:
    with Engine() as engine:
        waiting = engine.add("true")
        engine.post(f"/api/training/cancel/{waiting}")
        check_equal(engine.session(waiting)["status"], "cancelled", "while queued")
        check_equal(engine.run_dir(waiting).exists(), False, "a folder of what never ran")

        starting = engine.post("/api/training/start", {"script": script(engine, "slow.py", SLOW_HELP),
                                                       "epochs": 3})["session_id"]
        engine.wait(starting, ("starting",))
        engine.post(f"/api/training/cancel/{starting}")
        check_equal(engine.wait(starting)["status"], "cancelled", "while starting")

        # The moment at which it is on, but not yet attached to, is short.
        for _ in range(10):
            running = engine.run("sleep 60")
            engine.wait(running, ("running",))
            engine.post(f"/api/training/cancel/{running}")
            check_equal(engine.wait(running)["status"], "cancelled", "as soon as it runs")

        running = engine.run("sleep 60")
        engine.wait(running, ("running",))
        check("cannot be removed" in refused(engine, "DELETE", f"/api/training/queue/{running}"), "removed")
        engine.post(f"/api/training/cancel/{running}")
        check_equal(engine.wait(running)["status"], "cancelled", "while running")

        paused = engine.run("sleep 60")
        engine.wait(paused, ("running",))
        engine.post(f"/api/training/suspend/{paused}")
        began = time.monotonic()
        engine.post(f"/api/training/cancel/{paused}")
        check_equal(engine.wait(paused)["status"], "cancelled", "while paused")
        check(time.monotonic() - began < 5, "took", time.monotonic() - began)
        check("cannot be stopped" in refused(engine, "POST", f"/api/training/cancel/{paused}"), "twice")
        wait_for(lambda: not [pid for pid in processes.with_environment(engine.mark)
                              if pid != engine.process.pid], 5, "everything is gone")


@test("a cancelled start that failed does not cancel the retry")
def cancelled_start() -> None:
    with Engine() as engine:
        path = script(engine, "slow.py", SLOW_HELP.replace('print("--epochs N")', "pass").replace("30", "0"))
        session = engine.post("/api/training/start", {"script": path, "epochs": 3})["session_id"]
        engine.wait(session, ("starting",))
        engine.post(f"/api/training/cancel/{session}")
        (engine.data / "runs").rename(engine.data / "elsewhere")
        (engine.data / "runs").write_text("no folder")
        check_equal(engine.wait(session)["status"] in ("failed", "cancelled"), True, "the start")
        (engine.data / "runs").unlink()
        (engine.data / "elsewhere").rename(engine.data / "runs")
        engine.post(f"/api/training/retry/{session}")
        check_equal(engine.wait(session, ("completed", "cancelled"))["status"], "completed", "the retry")


@test("suspend: the whole tree stops and so does elapsed_seconds, over a crash of the engine too")
def suspend() -> None:
    with Engine() as engine:
        session = engine.run(f"sh -c '{fake(60, 10, 0.005)} & wait'")
        engine.wait(session, ("running",))
        wait_for(lambda: engine.session(session).get("epoch"), 10, "it trains")
        engine.post(f"/api/training/suspend/{session}")
        ours = processes.with_environment(f"TRAINING_CENTER_SESSION_ID={session}")
        tree = [pid for pid in processes.with_environment(engine.mark)
                if pid in ours and processes.name(pid) in ("sh", "python3")]
        check(len(tree) >= 2, "the tree:", tree)
        wait_for(lambda: all(processes.state(pid) == "T" for pid in tree), 2, f"{tree} stop")
        time.sleep(0.5)
        before = engine.session(session)
        check_equal(before["status"], "paused", "state")
        engine.kill()
        engine.start()
        time.sleep(1)
        after = engine.session(session)
        check_equal((after["status"], after["epoch"]), ("paused", before["epoch"]), "after the crash")
        check(abs(after["elapsed_seconds"] - before["elapsed_seconds"]) < 0.9,
              before["elapsed_seconds"], "->", after["elapsed_seconds"])
        check("cannot be suspended" in refused(engine, "POST", f"/api/training/suspend/{session}"), "twice")
        engine.post(f"/api/training/resume/{session}")
        check_equal(engine.wait(session)["status"], "completed", "the end")
        elapsed = engine.session(session)["elapsed_seconds"]
        note(f"elapsed {elapsed:.2f} s")
        check(elapsed < 3 + 60 * 10 * 0.005 * 2, "the pause counts:", elapsed)


@test("retry after a failure goes on from the last checkpoint, if it is still there")
def retry() -> None:
    with Engine() as engine:
        config = {"script": script(engine, "resuming.py", RESUMING), "epochs": 6}
        session = engine.post("/api/training/start", config)["session_id"]
        check_equal(engine.wait(session)["reason_code"], "exit-code", "the first attempt")
        engine.post(f"/api/training/retry/{session}")
        found = engine.wait(session, ("completed", "failed"))
        check_equal((found["status"], found["attempt"]), ("completed", 2), found["reason"])
        log = engine.output(session).decode()
        check(f"resumed from {engine.run_dir(session)}/checkpoints/last.pt" in log, log)
        check_equal(log.count("EPOCH 3/6"), 1, "epoch 3 ran")
        check((engine.run_dir(session) / "attempts" / "1" / "exit.json").exists(), "no record of attempt 1")
        check("cannot be retried" in refused(engine, "POST", f"/api/training/retry/{session}"), "completed")

        session = engine.post("/api/training/start", config)["session_id"]
        engine.wait(session, ("failed",))
        (engine.run_dir(session) / "checkpoints" / "last.pt").unlink()
        engine.post(f"/api/training/retry/{session}")
        engine.wait(session, ("failed",))
        check_equal(engine.output(session).decode().count("resumed from None"), 2, "without the checkpoint")


@test("a bad session does not hold up the queue, whatever is wrong with it")
def bad_ones() -> None:
    with Engine() as engine:
        gone = script(engine, "gone.py", "print('--epochs')")
        corpus = engine.root / "corpus.md"
        corpus.write_text("text")
        bad = [engine.post("/api/training/queue", {"script": gone, "epochs": 1})["sessions"][0]["session_id"],
               engine.add("true", corpus_file=str(corpus)), engine.add("false"),
               engine.add(python("import os; os.kill(os.getpid(), 11)")),
               engine.add(script(engine, "text.bin", "no program\n")),
               engine.add("/nowhere/{target}/program")]
        good = engine.add("echo fine")
        Path(gone).unlink()
        corpus.unlink()
        engine.post("/api/training/start")
        check_equal(engine.wait(good, seconds=60)["status"], "completed", "the good one")
        for session, code in zip(bad, ("launch", "launch", "exit-code", "signal", None, "launch")):
            found = engine.session(session)
            check_equal(found["status"], "failed", f"session {session}")
            check(code is None or found["reason_code"] == code, session, found["reason_code"], found["reason"])
            check(found["reason"] and found["reason"].strip()[-1] not in ":", "no sentence:", found["reason"])


@test("chains: a failure blocks, a retry unblocks, a cancellation skips, a removal skips")
def chains() -> None:
    with Engine() as engine:
        flag = engine.root / "flag"
        first = engine.add(f"test -e {flag}")
        second = engine.add("true", after=first)
        third = engine.add("true", after=second)
        engine.post("/api/training/start")
        engine.wait(first, ("failed",))
        check_equal((engine.wait(second, ("blocked",))["status"], engine.wait(third, ("blocked",))["status"]),
                    ("blocked", "blocked"), "after the failure")
        check(first in engine.session(second)["waiting_for"], engine.session(second)["waiting_for"])
        engine.kill()
        engine.start()
        check_equal(engine.session(third)["status"], "blocked", "after a crash")
        flag.touch()
        engine.post(f"/api/training/retry/{first}")
        check_equal(engine.wait(third, ("completed",))["status"], "completed", "after the retry")

        for method, path in (("POST", "/api/training/cancel/"), ("DELETE", "/api/training/queue/")):
            engine.post("/api/training/pause")
            head = engine.add("true")
            tail = engine.add("true", after=head)
            last = engine.add("true", after=tail)
            check_equal(engine.request(method, path + head)[0], 200, path)
            check_equal(engine.wait(last, ("skipped",))["reason_code"], "skipped", path)
            check_equal(engine.session(tail)["status"], "skipped", path)
            check(texts(engine, tail) is not None, "events")


if __name__ == "__main__":
    main()
