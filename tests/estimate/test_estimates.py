#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""What a real engine says a training will take, and what it took."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

import processes  # noqa: E402
from enginerun import Engine, UnixConnection  # noqa: E402
from tap import Skip, check, check_equal, main, note, test, wait_for  # noqa: E402

SETTINGS = {"steps-per-epoch": "20", "batch-size": "4", "threads": "1", "save-every": "1", "blocks": "300",
            "gate-samples": "8", "gate-policy": "warn"}
WHATS = ("time", "money", "disk", "memory")
# A script that is not ours: it says how long its epochs took, and nothing else.
FOREIGN = "import time\nfor epoch in range(1, 5):\n    time.sleep(0.3)\n    " \
          "print(f'EPOCH {epoch}/4 (Phase 1)\\nTrain Loss: 1.0\\nVal Loss: 1.0\\nEpoch time: 0.3s', flush=True)\n"


def need_torch() -> None:
    """Skips where there is no PyTorch."""
    done = subprocess.run(["python3", "-c", "import torch"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Skip("PyTorch is not installed here")


def config(epochs: int, **more: object) -> dict[str, Any]:
    """A session of the smallest model with few steps."""
    return {"corpus": "english", "target": "helix-1m", "epochs": epochs, "seed": 3, "settings": SETTINGS} | more


def estimate(engine: Engine, body: dict[str, Any], measure: bool = False) -> dict[str, Any]:
    """What a session would take."""
    connection = UnixConnection(str(engine.socket), 100)
    connection.request("POST", f"/api/training/estimate?measure={int(measure)}", json.dumps(body),
                       {"Content-Type": "application/json"})
    reply = connection.getresponse()
    answer = json.loads(reply.read())
    connection.close()
    check_equal(reply.status, 200, answer)
    check_equal(len(answer["sessions"]), 1, "sessions")
    return answer["sessions"][0]


def kept(engine: Engine, session: str) -> dict[str, Any]:
    """What is kept of a session."""
    return engine.get(f"/api/training/estimate/{session}")


def truth_of(engine: Engine, session: str) -> dict[str, Any]:
    """What a session took, once that is known."""
    wait_for(lambda: kept(engine, session)["truth"] is not None, 10, "the truth")
    return kept(engine, session)["truth"]


def run(engine: Engine, body: dict[str, Any], states: tuple[str, ...] = ("completed",)) -> str:
    """Runs a session to its end."""
    session = engine.post("/api/training/start", body)["session_id"]
    found = engine.wait(session, seconds=180)
    check(found["status"] in states, found["status"], found["reason"], engine.output(session)[-2000:].decode())
    return session


def holds(said: dict[str, Any], truth: float, slack: float, what: str) -> None:
    """The truth lies in the range, or near it: others use this machine, too."""
    low, high = float(said["low"]), float(said["high"])
    note(f"{what}: said {low:.4g} to {high:.4g} {said['unit']} ({said['basis']}), was {truth:.4g}")
    check(low / slack <= truth <= high * slack, f"{what} {truth} is not in {low} to {high}")


@test("a calibration, then two runs: each time the truth is as it was said, and shown beside it")
def truth_is_held() -> None:
    need_torch()
    with Engine() as engine:
        nothing = estimate(engine, config(4))
        check_equal((nothing["time"]["low"], nothing["disk"]["low"]), (None, None), "without measuring")
        measured = estimate(engine, config(4), measure=True)
        check_equal([measured[what]["basis"] for what in ("time", "memory")], ["calibration"] * 2, "basis")
        begun = time.monotonic()
        again = estimate(engine, config(4))
        check(time.monotonic() - begun < 6, "it was measured again")
        check_equal(again["time"], measured["time"], "what was remembered")
        check_equal([path.name for path in engine.data.glob("calibrate-*")], [], "left over")
        session = run(engine, config(4))
        truth = truth_of(engine, session)
        holds(measured["time"], truth["seconds"], 4.0, "time by calibration")
        holds(measured["disk"], truth["disk_bytes"], 1.0, "disk by calibration")
        holds(measured["memory"], truth["max_rss_bytes"], 1.2, "memory by calibration")
        check_equal((truth["epochs"], truth["complete"], measured["money"]["high"]), (4, True, "0.00"), truth)
        check(truth["fixed_seconds"] > 0 and truth["gate_seconds"] > 0, truth)
        second = estimate(engine, config(4))
        check_equal(second["time"]["basis"], "history of 1 run", "basis")
        longer = estimate(engine, config(8))
        session = run(engine, config(8))
        truth = truth_of(engine, session)
        holds(longer["time"], truth["seconds"], 4.0, "time by a shorter run")
        holds(longer["disk"], truth["disk_bytes"], 1.0, "disk by a shorter run")
        holds(longer["memory"], truth["max_rss_bytes"], 1.1, "memory by a shorter run")
        check_equal(estimate(engine, config(4))["time"]["basis"], "history of 2 runs", "basis")
        shown = engine.trainctl("status", session).stdout
        line = next(line for line in shown.splitlines() if line.split()[:1] == ["time"])
        note(line.strip())
        check("estimated" in line and "took" in line, shown)


@test("what is queued is estimated in the background, from history alone, and that is kept")
def background() -> None:
    with Engine() as engine:
        script = engine.root / "script.py"
        script.write_text(FOREIGN)
        body = {"script": str(script), "epochs": 4, "corpus": "english"}
        first = engine.post("/api/training/queue", body)["sessions"][0]["session_id"]
        wait_for(lambda: kept(engine, first)["estimate"] is not None, 10, "the first estimate")
        said = kept(engine, first)["estimate"]
        check_equal(said["time"]["low"], None, "nobody ran it")
        check_equal(said["time"]["basis"], "not known yet: no run like this on this machine", "why")
        check(not list((engine.root / "cache_home").rglob("calibration.json")), "it was measured")
        engine.post("/api/training/start")
        engine.wait(first)
        took = truth_of(engine, first)
        check(1.0 < took["seconds"] < 20 and took["epochs"] == 4, took)
        second = engine.post("/api/training/queue", body)["sessions"][0]["session_id"]
        wait_for(lambda: (kept(engine, second)["estimate"] or {}).get("time", {}).get("low"), 10, "an estimate")
        holds(kept(engine, second)["estimate"]["time"], took["seconds"], 1.0, "time")
        engine.wait(second)
        holds(kept(engine, second)["estimate"]["time"], truth_of(engine, second)["seconds"], 4.0, "time of the second")


@test("an engine that was killed before it noted the truth notes it when it is back")
def truth_after_kill() -> None:
    with Engine() as engine:
        session = engine.run("sh -c 'sleep 1; exit 3'")
        engine.wait(session, ("running",))
        engine.kill()
        wait_for(lambda: (engine.run_dir(session) / "exit.json").exists(), 20, "the end")
        engine.start()
        check_equal(engine.wait(session)["status"], "failed", "status")
        truth = truth_of(engine, session)
        check(truth["complete"] is False and truth["disk_bytes"] > 0, truth)


@test("--estimate says what is not known, queues nothing, and does not run a foreign script to train")
def command_line() -> None:
    with Engine() as engine:
        script = engine.root / "foreign.py"
        mark = engine.root / "ran"
        script.write_text("import sys\nif '--help' in sys.argv:\n    print('--epochs N --corpus F --help')\n    sys.exit()\n"
                          f"open({str(mark)!r}, 'w')\n")
        done = engine.trainctl("queue", "add", "--script", str(script), "--estimate", "--provider", "xai",
                               "--model", "grok-4.7", "--epochs", "200")
        check_equal((done.returncode, done.stderr), (0, ""), done.stdout)
        note(done.stdout)
        for words in ("not known yet: no run of this script on this machine", "price list of", "Nothing was queued"):
            check(words in done.stdout, words, "is not in", done.stdout)
        check(not mark.exists(), "the script was run")
        check_equal(engine.get("/api/training/queue")["sessions"], [], "sessions")
        done = engine.trainctl("--json", "curriculum", "--script", str(script), "--epochs", "200,200,50", "--estimate")
        answer = json.loads(done.stdout)
        check_equal(([one["epochs"] for one in answer["sessions"]], answer["total"]["time"]["low"]),
                    ([200, 200, 50], None), done.stdout)
        done = engine.trainctl("curriculum", "--estimate", "--start")
        check_equal(done.returncode, 2, done.stderr)
        check_equal(engine.get("/api/training/queue")["sessions"], [], "sessions")


@test("a budget that will not do is said before the start")
def budget() -> None:
    with Engine() as engine:
        body = {"provider": "xai", "model": "grok-4.7", "epochs": 200, "budget_usd": "0.001",
                "command": "true", "corpus": "english"}
        said = estimate(engine, body)
        check_equal(said["verdicts"], 8, "verdicts")
        check(any("The budget is too small" in text for text in said["warnings"]), said["warnings"])
        said = estimate(engine, body | {"budget_usd": "20"})
        check_equal(said["warnings"], [], "warnings")
        said = estimate(engine, body | {"model": "nobody-knows"})
        check_equal((said["money"]["low"], said["money"]["basis"]), (None, "the price of the model is not known"), "money")


@test("a training that starts ends the measuring")
def start_ends_measuring() -> None:
    need_torch()
    with Engine() as engine:
        host, path = str(engine.socket), "/api/training/estimate?measure=1"
        asking = subprocess.Popen(["python3", "-c", "import json, sys\nsys.path.insert(0, sys.argv[1])\n"
                                   "from enginerun import UnixConnection\nc = UnixConnection(sys.argv[2], 100)\n"
                                   "c.request('POST', sys.argv[3], sys.argv[4], {'Content-Type': 'application/json'})\n"
                                   "print(c.getresponse().read().decode())", str(Path(__file__).parent.parent / "harness"),
                                   host, path, json.dumps(config(4))], stdout=subprocess.PIPE, text=True)
        wait_for(lambda: list(engine.data.glob("calibrate-*")), 40, "the measuring")
        session = engine.run("sleep 1")
        answer = json.loads(asking.communicate(timeout=60)[0])
        check_equal(answer["sessions"][0]["time"]["basis"],
                    "not known yet: the measuring was ended, for a training starts", "basis")
        check_equal(engine.wait(session)["status"], "completed", "status")
        wait_for(lambda: not list(engine.data.glob("calibrate-*")), 10, "the folder is gone")
        check(all("--calibrate" not in line for line in processes_of(engine)), "it still measures")


def processes_of(engine: Engine) -> list[str]:
    """The command lines of what belongs to the engine."""
    lines = []
    for pid in processes.with_environment(engine.mark):
        try:
            lines.append(Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            pass
    return lines


if __name__ == "__main__":
    main()
