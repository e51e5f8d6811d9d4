# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""What each command of trainctl asks of the engine, prints, and returns."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

sys.path.insert(0, os.path.dirname(__file__))

from stub_engine import TRAINCTL, Home, StubEngine, error, session  # noqa: E402
from tap import check, check_equal, main, test  # noqa: E402

HOSTILE = "a\x1b[31mb\nc\u202ed%n<b>=1+1"


@contextmanager
def engine() -> Iterator[StubEngine]:
    """An engine for one test."""
    home = Home()
    stub = StubEngine(home)
    try:
        yield stub
    finally:
        stub.stop_listening()
        home.close()


def check_says(result: subprocess.CompletedProcess, code: int, sentence: str) -> None:
    """The exit code, nothing on stdout, one harmless sentence on stderr."""
    text = result.stderr.decode()
    check_equal(result.returncode, code, text)
    check_equal(result.stdout, b"", "stdout")
    check(sentence in text, repr(text))
    check_equal(text.count("\n"), 1, repr(text))
    check("\x1b" not in text, repr(text))


def says(arguments: list[str], code: int, sentence: str) -> Callable[[], None]:
    """A test that needs no engine."""

    def run() -> None:
        home = Home()
        try:
            check_says(home.run(*arguments), code, sentence)
            check(not (home.path / "data").exists(), "something was made")
        finally:
            home.close()

    return run


for title, words, part in (
    ("an unknown command", ["dance"], "There is no command “dance”"),
    ("an unknown option", ["queue", "add", "--dance"], "is no option of “trainctl queue add”"),
    ("no command at all", [], "Say what to do"),
    ("0 epochs", ["queue", "add", "--corpus", "english", "--epochs", "0"], "from 1 to 500"),
    ("501 epochs", ["queue", "add", "--corpus", "english", "--epochs", "501"], "from 1 to 500"),
    ("nothing to train", ["queue", "add"], "Say what to train"),
    ("an id that is none", ["logs", "../etc"], "number of a session"),
    ("a hostile command", [HOSTILE], "There is no command"),
    ("a position that is none", ["queue", "move", "1", "front"], "POSITION must be"),
    ("help for nothing", ["help", "dance"], "There is no command"),
):
    test(f"usage: {title} is exit code 2 and one sentence")(says(words, 2, part))


@test("help and version need no engine and print to stdout")
def _help() -> None:
    home = Home()
    for words in (["--help"], ["help"], ["help", "queue"], ["help", "queue", "add"], ["logs", "--help"], ["--version"]):
        result = home.run(*words)
        check_equal((result.returncode, result.stderr), (0, b""), str(words))
        check(b"trainctl" in result.stdout, result.stdout)
    home.close()


@test("queue add sends what was asked and prints the id")
def _queue_add() -> None:
    with engine() as stub:
        stub.routes["POST", "/api/training/queue"] = (201, {"sessions": [session(17)]}, {})
        result = stub.home.run("queue", "add", "--corpus", "2", "--epochs", "5", "--set", "lr=0.1", "--script", "x.py",
                               "--title", HOSTILE, cwd="/tmp")
        check_equal((result.returncode, result.stdout, result.stderr), (0, b"17\n", b""))
        check_equal(stub.requests, [("POST", "/api/training/queue", {
            "corpus": "hlx", "epochs": 5, "settings": {"lr": "0.1"}, "script": "/tmp/x.py", "title": HOSTILE})])
        result = stub.home.run("--json", "queue", "add", "--", "true")
        check_equal(json.loads(result.stdout)["sessions"][0]["session_id"], "17")


@test("queue add repeats the engine's sentence, made harmless, as exit code 1")
def _queue_add_refused() -> None:
    with engine() as stub:
        stub.routes["POST", "/api/training/queue"] = error(400, "invalid", f"No corpus {HOSTILE}.")
        check_says(stub.home.run("queue", "add", "--corpus", "hlx"), 1, "No corpus ab c[U+202E]d%n<b>=1+1.")


@test("queue add: an engine that dies before it answers is a failure, not a success")
def _queue_add_lost() -> None:
    with engine() as stub:
        stub.routes["POST", "/api/training/queue"] = (0, b"", {})
        check_says(stub.home.run("queue", "add", "--corpus", "hlx"), 1, "The engine went away before it answered")


@test("queue add: an answer that makes no sense is a failure")
def _queue_add_nonsense() -> None:
    with engine() as stub:
        for body in (b"", b"<html>", b'{"sessions":[]}', b'{"session_id":17}'):
            stub.routes["POST", "/api/training/queue"] = (201, body, {})
            check_says(stub.home.run("queue", "add", "--corpus", "hlx"), 1, "has no session in it")
        stub.routes["POST", "/api/training/queue"] = (500, b"oops", {})
        check_says(stub.home.run("queue", "add", "--corpus", "hlx"), 1, "answered 500 without saying why")


@test("every command repeats the engine's sentence as exit code 1")
def _refused() -> None:
    with engine() as stub:
        for method, path, words in (
            ("GET", "/api/training/status/7", ["status", "7"]),
            ("GET", "/api/training/spec/7", ["status", "7", "--command"]),
            ("POST", "/api/training/cancel/7", ["cancel", "7"]),
            ("POST", "/api/training/suspend/7", ["suspend", "#7"]),
            ("POST", "/api/training/resume/7", ["resume", "7"]),
            ("POST", "/api/training/retry/7", ["retry", "7"]),
            ("POST", "/api/training/annotate/7", ["tag", "7", "baseline"]),
            ("POST", "/api/training/annotate/7", ["note", "#7", "Warmer."]),
            ("DELETE", "/api/training/queue/7", ["queue", "remove", "7"]),
            ("POST", "/api/training/restore/7", ["queue", "restore", "7"]),
            ("POST", "/api/training/move/7", ["queue", "move", "7", "1"]),
            ("GET", "/api/training/logs/7", ["logs", "7"]),
            ("GET", "/api/training/metrics/7", ["metrics", "7"]),
            ("GET", "/api/training/metrics/7", ["metrics", "7", "--csv"]),
            ("GET", "/api/training/gates/7", ["gates", "7"]),
            ("GET", "/api/checkpoints", ["checkpoints", "7"]),
            ("GET", "/api/training/events/7", ["events", "7"]),
            ("GET", "/api/events", ["events"]),
            ("POST", "/api/training/start", ["start"]),
            ("POST", "/api/training/pause", ["pause"]),
            ("POST", "/api/server", ["serve"]),
            ("POST", "/api/keys/unlock", ["keys", "unlock"]),
            ("GET", "/api/checkpoints/retention", ["checkpoints", "auto"]),
            ("PUT", "/api/checkpoints/retention", ["checkpoints", "auto", "2"]),
            ("GET", "/api/awake", ["awake"]),
            ("PUT", "/api/awake", ["awake", "off"]),
            ("POST", "/api/training/queue", ["curriculum"]),
        ):
            stub.requests.clear()
            stub.routes[method, path] = error(409, "conflict", "It is not possible now.")
            check_says(stub.home.run(*words), 1, "It is not possible now.")
            check_equal(stub.requests[-1][:2][0], method, str(words))
            check_equal(stub.requests[-1][1].split("?")[0], path, str(words))


@test("a request in the wrong form is exit code 2 also when the engine says so")
def _usage_from_engine() -> None:
    with engine() as stub:
        stub.routes["POST", "/api/training/cancel/7"] = error(400, "usage", "Not like that.")
        check_says(stub.home.run("cancel", "7"), 2, "Not like that.")


@test("several ids: one that fails does not keep the others")
def _several() -> None:
    with engine() as stub:
        for number in (1, 3):
            stub.routes["POST", f"/api/training/cancel/{number}"] = (
                200, {"ok": True, "session": session(number, "cancelled")}, {})
        result = stub.home.run("cancel", "1", "2", "3")
        check_equal(result.returncode, 1)
        check_equal(result.stdout, b"#1 is cancelled.\n#3 is cancelled.\n")
        check(b"No such path" in result.stderr, result.stderr)


@test("P16 tag and note send what was typed and show it as text")
def _annotate() -> None:
    with engine() as stub:
        stub.routes["POST", "/api/training/annotate/7"] = (
            200, {"ok": True, "session": session(7, tags=["baseline", "<b>\x1b[2J"])}, {})
        result = stub.home.run("tag", "7", "baseline", HOSTILE)
        check_equal((result.returncode, result.stdout), (0, b"#7 is tagged baseline, <b>.\n"), result)
        check_equal(stub.requests[-1][2], {"tags": ["baseline", HOSTILE]})
        stub.home.run("tag", "7")
        check_equal(stub.requests[-1][2], {"tags": []})
        check_equal(stub.home.run("note", "7", "").stdout, b"#7 has no note.\n")
        check_equal(stub.home.run("note", "7", "two\nlines").stdout, b"#7 has the note.\n")
        check_equal(stub.requests[-1][2], {"note": "two\nlines"})


@test("P16 queue list shows hostile names as text, in aligned columns, without colours in a pipe")
def _queue_list() -> None:
    with engine() as stub:
        stub.sessions = [
            session(1, "running", epoch=2, total_epochs=3, train_loss=2.5, val_loss="NaN", eta_seconds=90),
            session(12, "failed", reason="It ended\x1b[2J.\nBye.", config={"title": HOSTILE, "epochs": 3}),
        ]
        result = stub.home.run("queue", "list")
        text = result.stdout.decode()
        check_equal((result.returncode, result.stderr), (0, b""))
        check_equal(text.count("\n"), 3, text)
        check("\x1b" not in text and "\u202e" not in text, repr(text))
        check("<b>=1+1" in text and "%n" in text, text)
        lines = text.splitlines()
        check_equal(len({line.index(word) for line, word in zip(lines, ("STATE", "▶ running", "✗ failed"))}), 1, text)
        check("2/3" in lines[1] and "2.5000" in lines[1] and "NaN" in lines[1] and "≈ 1 min 30 s" in lines[1], text)
        check("It ended. Bye." in lines[2], text)
        check_equal(json.loads(stub.home.run("--json", "queue", "list").stdout)["sessions"], stub.sessions)


@test("queue list --state asks only for those")
def _queue_list_state() -> None:
    with engine() as stub:
        stub.home.run("queue", "list", "--state", "queued,running&x")
        check_equal(stub.requests[-1][1], "/api/training/queue?state=queued,running%26x")


@test("status of one session says all there is")
def _status() -> None:
    with engine() as stub:
        whole = session(7, "paused", epoch=1, total_epochs=3, train_loss=1.5, run_dir="/runs/7", left_out=["--provider"],
                        parameters=1234567, started_at="2026-11-22T10:00:00.000000Z")
        stub.routes["GET", "/api/training/status/7"] = (200, {"session_id": "7", "session": whole}, {})
        text = stub.home.run("status", "7").stdout.decode()
        for part in ("#7 session 7  ‖ paused", "1/3", "train 1.5000", "1.2 M", "--provider", "/runs/7",
                     "2026-11-22 10:00:00"):
            check(part in text, part, text)


@test("curriculum queues three sessions as a chain, and starts the queue if asked")
def _curriculum() -> None:
    with engine() as stub:
        stub.routes["POST", "/api/training/queue"] = (201, {"sessions": [session(4), session(5), session(6)]}, {})
        stub.routes["POST", "/api/training/start"] = (200, {"ok": True, "paused": False}, {})
        result = stub.home.run("curriculum", "--epochs", "3,2,1", "--start")
        check_equal((result.returncode, result.stdout), (0, b"4\n5\n6\n"), result.stderr)
        body = stub.requests[0][2]
        check_equal([(s["corpus"], s["epochs"]) for s in body["sessions"]],
                    [("english", 3), ("hlx", 2), ("translation", 1)])
        check_equal((body["chain"], stub.requests[1][:2]), (True, ("POST", "/api/training/start")))


@test("logs come whole, byte for byte, over any number of requests")
def _logs() -> None:
    log = b"".join(b"line %d \x1b[31m\xff\x00\r\n" % n for n in range(120_000))
    with engine() as stub:
        def piece(path: str) -> tuple:
            offset = int(path.split("offset=")[1].split("&")[0])
            return 200, log[offset:offset + 1024 * 1024], {
                "Content-Type": "application/octet-stream", "X-Log-Offset": str(offset), "X-Log-Size": str(len(log))}
        stub.routes["GET", "/api/training/logs/7"] = piece
        result = stub.home.run("logs", "7")
        check_equal((result.returncode, result.stdout == log), (0, True), result.stderr)
        check_equal(len(stub.requests), 3)


@test("metrics: an overview for people, the engine's CSV as it is")
def _metrics() -> None:
    with engine() as stub:
        series = {"train_loss": [[1, 3.0], [2, "NaN"], [3, 1.0]], "=odd": []}
        csv = b'series,x,value\n"train_loss",1,3\n'
        stub.routes["GET", "/api/training/metrics/7"] = lambda path: (
            (200, csv, {"Content-Type": "text/csv"}) if "format=csv" in path else (200, {"series": series}, {}))
        text = stub.home.run("metrics", "7", "--series", "train_loss,=odd", "--points", "9").stdout.decode()
        check("train_loss       3  1.0000  1.0000   3.0000  █!▁" in text, text)
        check_equal(stub.requests[-1][1], "/api/training/metrics/7?series=train_loss,%3Dodd&max_points=9")
        check_equal(stub.home.run("metrics", "7", "--csv").stdout, csv)


@test("the command of a session is printed for a shell, harmlessly")
def _command() -> None:
    with engine() as stub:
        spec = {"argv": ["python3", "my train.py", "--epochs", "7", "it's", "", "a\x1b[31mb"]}
        stub.routes["GET", "/api/training/spec/7"] = (200, {"session_id": "7", "spec": spec, "attempts": []}, {})
        text = stub.home.run("status", "7", "--command").stdout.decode()
        check_equal(shlex.split(text)[:6], spec["argv"][:6])
        check(text.startswith("python3 'my train.py' --epochs 7 "), text)
        check("\x1b" not in text, text)
        stub.routes["GET", "/api/training/spec/7"] = (200, {"session_id": "7", "spec": None, "attempts": []}, {})
        check_says(stub.home.run("status", "7", "--command"), 1, "Session 7 has not been started yet")


@test("gates, checkpoints and events as tables")
def _records() -> None:
    at = "2026-11-22T10:00:00.000000Z"
    with engine() as stub:
        stub.routes["GET", "/api/training/gates/7"] = (200, {"gates": [
            {"id": 1, "session_id": "7", "epoch": 5, "result": "warn", "text": HOSTILE, "at": at}]}, {})
        stub.routes["GET", "/api/training/verdicts/7"] = (200, {"verdicts": []}, {})
        stub.routes["GET", "/api/checkpoints"] = (200, {"checkpoints": [
            {"id": 1, "session_id": "7", "epoch": 5, "path": "/c/best.pt", "bytes": 4200000, "val_loss": 0.5,
             "best": True, "at": at, "state": "there", "gate": "warn"},
            {"id": 2, "session_id": "7", "epoch": 4, "path": "/c/" + HOSTILE, "bytes": 1, "at": at, "state": "gone"}]}, {})
        stub.routes["GET", "/api/events"] = (200, {"events": [
            {"id": 1, "session_id": "7", "severity": "warning", "kind": "stall", "text": "Nothing.", "at": at}]}, {})
        check("5  ◐ warn  2026-11-22 10:00:00  ab c[U+202E]d" in stub.home.run("gates", "7").stdout.decode())
        check("0.5000  warn  4.2 MB  ★ best  /c/best.pt" in stub.home.run("checkpoints", "7").stdout.decode(),
              stub.home.run("checkpoints", "7").stdout.decode())
        check_equal(stub.requests[-1][1], "/api/checkpoints?session=7", "of one session")
        check("gone" not in stub.home.run("checkpoints", "7").stdout.decode(), "what is gone is shown")
        check("gone" in stub.home.run("checkpoints", "--all").stdout.decode(), "what is gone is not shown")
        check("warning   stall  Nothing." in stub.home.run("events").stdout.decode())


def verdict(epoch: int, **others: Any) -> dict[str, Any]:
    """What a supervisor said, as the engine hands it out."""
    return {"id": epoch, "session_id": "7", "at": "2026-11-22T10:00:00.000000Z", "attempt": 1, "epoch": epoch,
            "provider": "xai", "model": "grok-4", "score": 65, "grade": "D", "status": "review", "action": "pause",
            "parts": {"loss_convergence": 20, "validation_accuracy": 20, "format_correctness": 15, "steady_progress": 10},
            "recommendation": HOSTILE + " word" * 40, "note": None, "cost_usd": "0.001234", "error": None} | others


@test("gates shows what the supervisor said, in words that do no harm")
def _verdicts() -> None:
    with engine() as stub:
        stub.routes["GET", "/api/training/gates/7"] = (200, {"gates": [
            {"id": 1, "session_id": "7", "attempt": 1, "epoch": 5, "result": "warn", "text": "young",
             "at": "2026-11-22T10:00:00.000000Z"}]}, {})
        stub.routes["GET", "/api/training/verdicts/7"] = (200, {"verdicts": [
            verdict(5), verdict(10, error="Nobody\x1b[2J there", cost_usd=None, parts=None, score=None)]}, {})
        result = stub.home.run("gates", "7")
        text = result.stdout.decode()
        lines = text.splitlines()
        check("\x1b" not in text, text)
        check_equal(lines[1].split(), "5 ◐ warn 65 D review $0.001234 2026-11-22 10:00:00 young".split(), "row")
        check("convergence 20/30, accuracy 20/30, format 15/20, progress 10/20 — grok-4" in text, text)
        check(max(map(len, lines)) <= 80, text)
        check_equal(text.count("word"), 40, "the words of the recommendation")
        check("The run was paused." in text, text)
        check("10" in text and "no verdict" in text and "Nobody there" in text and " ? " in text, text)
        both = json.loads(stub.home.run("gates", "7", "--json").stdout)
        check_equal((len(both["gates"]), len(both["verdicts"])), (1, 2), "--json")


@test("serve tells the address and the token; serve --stop ends it")
def _serve() -> None:
    with engine() as stub:
        stub.routes["POST", "/api/server"] = (200, {"url": "http://127.0.0.1:5000", "token": "s3cret"}, {})
        stub.routes["DELETE", "/api/server"] = (200, {"ok": True}, {})
        text = stub.home.run("serve").stdout.decode()
        check("http://127.0.0.1:5000" in text and "s3cret" in text, text)
        check_equal(stub.requests[-1][2], {"port": 5000})
        stub.home.run("serve", "--port", "0")
        check_equal(stub.requests[-1][2], {"port": 0})
        check_equal(stub.home.run("serve", "--stop").returncode, 0)
        check_equal(stub.requests[-1][0], "DELETE")


@test("awake shows and sets whether a training keeps the computer awake")
def _awake() -> None:
    with engine() as stub:
        for held, enabled, part in ((True, True, "A training runs"), (False, True, "it may suspend now"),
                                    (False, False, "also while a training runs")):
            stub.routes["GET", "/api/awake"] = (200, {"enabled": enabled, "held": held}, {})
            for words in (["awake"], ["awake", "show"]):
                text = stub.home.run(*words).stdout.decode()
                check(part in text, text)
        check_equal(json.loads(stub.home.run("awake", "--json").stdout), {"enabled": False, "held": False}, "JSON")
        stub.routes["PUT", "/api/awake"] = (200, {"enabled": True, "held": False}, {})
        for word in ("on", "off"):
            check_equal(stub.home.run("awake", word).returncode, 0, word)
            check_equal(stub.requests[-1][2], {"enabled": word == "on"}, word)
        check_equal(stub.home.run("awake", "perhaps").returncode, 2, "another word")


@test("engine status and stop")
def _engine() -> None:
    with engine() as stub:
        stub.routes["GET", "/api/engine"] = (200, {"version": "9.9", "pid": 42, "uptime_seconds": 90, "paused": True,
                                                   "active": 1, "queued": 2, "api": {"tcp": {"port": 5000}}}, {})
        text = stub.home.run("engine", "status").stdout.decode()
        for part in ("version 9.9", "process 42", "1 min 30 s", "1 running, 2 queued", "paused", "127.0.0.1:5000"):
            check(part in text, text)

        def leave(_: str) -> tuple:
            stub.home.socket.unlink()
            return 200, {"ok": True}, {}
        stub.routes["POST", "/api/engine/stop"] = leave
        result = stub.home.run("engine", "stop")
        check_equal(result.returncode, 0, result.stderr)
        check(b"goes on" in result.stdout, result.stdout)


@test("a full disk under stdout is a failure")
def _full_disk() -> None:
    with engine() as stub, open("/dev/full", "wb") as full:
        stub.sessions = [session(1)]
        stub.routes["POST", "/api/training/queue"] = (201, {"sessions": [session(17)]}, {})
        for words in (["queue", "list"], ["--json", "queue", "list"], ["queue", "add", "--corpus", "hlx"], ["help"]):
            code = subprocess.run([TRAINCTL, *words], env=stub.home.environment, stdout=full, timeout=60, check=False)
            check_equal(code.returncode, 1, str(words))


main()
