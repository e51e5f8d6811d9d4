#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Scripts that write what nobody expects: into the log, the events and the folder."""

import json
import os
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

from enginerun import Engine  # noqa: E402
from scenes import on_terminal, python, script  # noqa: E402
from tap import check, check_equal, main, note, test, wait_for  # noqa: E402

NUMBERS = r"""
import json, os
events = open(os.environ["TRAINING_CENTER_EVENTS"], "w")
for number, loss in enumerate(("1e308", "-1e308", "NaN", "Infinity", "-Infinity", "-0.0", "5e-324", "0.5"), 1):
    events.write('{"type":"epoch","epoch":%d,"total_epochs":8,"train_loss":%s,"val_loss":1.0}\n' % (number, loss))
for epoch in (5, 4, 3, 9, 1):
    events.write('{"type":"epoch","epoch":%d,"total_epochs":9,"lr":0.25,"train_loss":2.5}\n' % epoch)
events.write('{"type":"epoch","epoch":10,"train_loss":1e400}\n{"type":"epoch","epoch":-3,"train_loss":1}\n')
events.write('{"type":"epoch","epoch":99999999999999999999,"train_loss":1}\n{"type":"epoch","epoch":2.5}\n[]\n{\n\n')
events.write('{"type":"batch","epoch":1,"batch":1,"batches":0,"loss":nan}\n')
events.close()
for value in ("nan", "inf", "-inf", "1e308", "1e999"):
    print("Train Loss: %s" % value)
"""
NAMES = r"""
import os
for number in range(2000):
    print("{'loss': %.4f, 'metric_%d': %.4f, 'epoch': %.4f}" % (1, number, number, 1 + number / 1000))
"""
BYTES = (b"EPOCH 1/2 (Phase 1)\nTrain Loss: 1.5000\n" b"zero \0 in \0 it\n" b"bad \xff\xfe\x80 \xc3( \xed\xa0\x80\n"
         + "smile 🙂 ä ∞ combining e\u0301\n".encode() + "UTF-16 line\n".encode("utf-16")
         + b"\x1b]0;title\x07\x1b[31mred\x1b]52;c;aGk=\x07\x9b\n" + b"EPOCH 2/2 (Phase 1)\nTrain Loss: 1.2500\n"
         + b"\xf0\x9f\x99")
SPLIT = """
import os, time
data = bytes.fromhex("%s")
for byte in data:
    os.write(1, bytes([byte]))
    time.sleep(0.002)
"""
STORM = """
import json, os, time
began = time.monotonic()
with open(os.environ["TRAINING_CENTER_EVENTS"], "a", buffering=1) as events:
    for number in range(5000):
        events.write(json.dumps({"type": "message", "severity": "error", "text": "error %%d" %% number}) + "\\n")
        time.sleep(max(0, began + number / 1000 - time.monotonic()))
"""
SPECIAL = r"""
import os, time
kind = "%s"
for name in ("events.jsonl", "training_status.json", "output.log.1"):
    if kind == "fifo":
        os.mkfifo(name)
    elif kind == "link":
        os.symlink("/dev/zero", name)
    elif kind == "loop":
        os.symlink(name, name)
    elif kind == "mem":
        os.symlink("/proc/self/mem", name)
    else:
        os.mkdir(name)
os.unlink("output.log")
os.symlink("/dev/zero", "output.log")
os.unlink("output.idx")
os.mkfifo("output.idx")
print("Train Loss: 1.0")
time.sleep(0.7)
"""


def slowest(engine: Engine, session: str) -> float:
    """Asks until the session has ended; the longest that one answer took."""
    longest = 0.0
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        began = time.monotonic()
        state = engine.session(session)["status"]
        longest = max(longest, time.monotonic() - began)
        if state in ("completed", "failed"):
            return longest
        time.sleep(0.01)
    raise AssertionError("it does not end")


@test("D14 P03 NaN, both infinities, 1e308, -0, denormals and steps going backwards are kept as they are")
def numbers() -> None:
    with Engine() as engine:
        session = engine.run(f"{sys.executable} -S {script(engine, 'numbers.py', NUMBERS)}")
        check_equal(engine.wait(session)["status"], "completed", engine.session(session)["reason"])
        series = engine.metrics(session)
        values = [value for _, value in series["train_loss"]]
        for wanted in (1e308, -1e308, "NaN", "Infinity", "-Infinity", 0.5, 5e-324):
            check(wanted in values, "no", wanted, "in", series["train_loss"])
        check_equal(sorted({x for x, value in series["lr"]}), [1.0, 3.0, 4.0, 5.0, 9.0], "backwards")
        check(all(0 <= x <= 10 for x, _ in series["train_loss"]), "epochs from nowhere:", series["train_loss"])
        text = engine.request("GET", f"/api/training/metrics/{session}?format=csv")[1].decode()
        check("NaN" in text or "nan" in text, text)
        done = engine.trainctl("metrics", session)
        check_equal((done.returncode, done.stderr), (0, ""), "trainctl metrics")
        json.dumps(engine.session(session), allow_nan=False)


@test("D14 2,000 names of metrics: the number of series is bounded, and so is the engine")
def names() -> None:
    with Engine() as engine:
        session = engine.run(f"{sys.executable} -S {script(engine, 'names.py', NAMES)}")
        check_equal(engine.wait(session)["status"], "completed", engine.session(session)["reason"])
        series = engine.metrics(session)
        note(f"{len(series)} series")
        check(10 < len(series) <= 1100, len(series), "series")
        check_equal(len(series.get("train_loss", series.get("loss", []))), 2000, "the one that matters")


@test("P07 NUL, invalid and split UTF-8, control characters: the log is intact, every answer is valid")
def text() -> None:
    with Engine() as engine:
        session = engine.run(f"{sys.executable} -S {script(engine, 'bytes.py', SPLIT % BYTES.hex())}")
        while engine.session(session)["status"] in ("queued", "starting", "running"):
            time.sleep(0.05)
        check_equal(engine.wait(session)["status"], "completed", engine.session(session)["reason"])
        check(engine.output(session) == BYTES, "the log differs")
        check(engine.request("GET", f"/api/training/logs/{session}")[1] == BYTES, "the API's log differs")
        check_equal([value for _, value in engine.metrics(session)["train_loss"]], [1.5, 1.25], "losses")
        for path in ("status", "events", "metrics"):
            engine.get(f"/api/training/{path}/{session}")
        shown = on_terminal(engine, "logs", session)
        check(not set("\x1b\x07\0\x9b\u009b") & set(shown), repr(shown))
        check("smile 🙂 ä ∞" in shown, shown)


@test("P12 FIFOs, devices, loops and folders where files should be: nothing hangs, nothing is read")
def special() -> None:
    for kind in ("fifo", "link", "loop", "mem", "folder"):
        with Engine() as engine:
            session = engine.run(f"{sys.executable} -S {script(engine, 'special.py', SPECIAL % kind)}")
            engine.wait(session, ("running",))
            longest = slowest(engine, session)
            check(longest < 2, kind, "an answer took", longest)
            for path in (f"logs/{session}", f"logs/{session}?offset=10&limit=1000", f"metrics/{session}"):
                began = time.monotonic()
                status = engine.request("GET", f"/api/training/{path}")[0]
                check(time.monotonic() - began < 2, kind, path, time.monotonic() - began)
                check(status in (200, 400, 403, 404, 409, 416, 500), kind, path, status)
            status, log = engine.request("GET", f"/api/training/logs/{session}")
            check(status != 200 or b"\0" not in log, kind, "what is not the log was read")
            began = time.monotonic()
            engine.kill()
            engine.start()
            check(time.monotonic() - began < 8, kind, "start took", time.monotonic() - began)
            engine.wait(session)


@test("W11 1,000 errors a second from a script: few events are kept, the others counted")
def storm() -> None:
    with Engine() as engine:
        session = engine.run(f"{sys.executable} -S {script(engine, 'storm.py', STORM.replace('%%', '%'))}")
        longest = slowest(engine, session)
        events = engine.events(session)
        size = sum(path.stat().st_size for path in engine.data.glob("training-center.db*"))
        note(f"{len(events)} events of 5000, database {size >> 10} KiB, slowest answer {longest * 1000:.0f} ms")
        check(3 <= len(events) <= 250, len(events), "events")
        check(any("error 0" == event["text"] for event in events), "the first is missing")
        check(any("more" in event["text"] for event in events), "nobody says that some were left out")
        check_equal(len((engine.run_dir(session) / "events.jsonl").read_text().splitlines()), 5000, "the file")


@test("a line of 20 MB without an end, and one status file that is never whole")
def long_line() -> None:
    with Engine() as engine:
        session = engine.run(python(
            "import sys; open('training_status.json', 'w').write('{\"epoch\": ');"
            "[sys.stdout.write('x' * 1000000) for _ in range(20)]; print(); print('Train Loss: 1.5')"))
        check_equal(engine.wait(session)["status"], "completed", engine.session(session)["reason"])
        check_equal([value for _, value in engine.metrics(session)["train_loss"]], [1.5], "the loss behind it")
        wait_for(lambda: os.path.getsize(engine.run_dir(session) / "output.log") > 20000000, 5, "the log")


if __name__ == "__main__":
    main()
