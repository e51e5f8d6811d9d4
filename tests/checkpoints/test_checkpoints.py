#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Checkpoints of real runs: listed, put aside, brought back, deleted, and guarded."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

from enginerun import Engine  # noqa: E402
from tap import check, check_equal, main, test, wait_for  # noqa: E402

# Epochs with a checkpoint of three files each; the best one is a hard link, as
# the bundled trainer makes it. Epoch 3 is the best, and epoch 2 passed its gate.
SCRIPT = """
import json, os, sys, time
losses = [3.0, 2.0, 1.0, 1.5, 1.6]
def say(**event):
    with open(os.environ["TRAINING_CENTER_EVENTS"], "a") as events:
        events.write(json.dumps(event) + "\\n")
say(type="model", parameters=1234)
for epoch, loss in enumerate(losses, 1):
    base = f"checkpoints/phase1_epoch{epoch}"
    open(base + ".safetensors", "wb").write(b"w" * 1000)
    open(base + "_optim.safetensors", "wb").write(b"o" * 2000)
    open(base + ".json", "w").write("{}")
    say(type="epoch", epoch=epoch, total_epochs=5, train_loss=loss / 2, val_loss=loss)
    say(type="checkpoint", path=os.path.abspath(base + ".safetensors"), epoch=epoch, bytes=1000, best=False, val_loss=loss)
    if epoch == 2:
        say(type="gate", epoch=2, result="pass", report="gates/gate_epoch2.json")
    if epoch == 3:
        os.link(base + ".safetensors", "checkpoints/phase1_BEST_epoch3.safetensors")
        say(type="checkpoint", path=os.path.abspath("checkpoints/phase1_BEST_epoch3.safetensors"), epoch=3, bytes=1000,
            best=True, val_loss=loss)
while len(sys.argv) > 1 and not os.path.exists(sys.argv[1]):
    time.sleep(0.05)
"""


def train(engine: Engine, stop_file: str = "", **config: Any) -> str:
    """Runs the script; it waits at its end for a file, if one is named."""
    script = engine.root / "script.py"
    script.write_text(SCRIPT)
    session = engine.run(f"python3 {script} {stop_file}".strip(), **config)
    if not stop_file:
        engine.wait(session)
    wait_for(lambda: len(listed(engine, session)) == 6, 20, "six checkpoints")
    return session


def listed(engine: Engine, session: str) -> list[dict[str, Any]]:
    """What the engine says of a session's checkpoints."""
    return engine.get(f"/api/checkpoints?session={session}")["checkpoints"]


def find(engine: Engine, session: str, name: str) -> dict[str, Any]:
    """One of them, by the beginning of its name."""
    return next(one for one in listed(engine, session) if one["name"].startswith(name + "."))


def names(engine: Engine, session: str, folder: str = "checkpoints") -> set[str]:
    """The files in a folder of the run, without the folders between."""
    return {path.name for path in (engine.run_dir(session) / folder).rglob("*") if path.is_file()}


def change(engine: Engine, verb: str, *ids: int, status: int = 200) -> Any:
    """Removes or restores; the engine's answer."""
    seen, answer = engine.request("POST", f"/api/checkpoints/{verb}", {"ids": list(ids)})
    check_equal(seen, status, f"{verb} {ids}: {answer}")
    return answer


@test("what is listed: losses and gate of the epoch, all files, parameters, and what became of the file")
def _listed() -> None:
    with Engine() as engine:
        session = train(engine, title="First")
        second = find(engine, session, "phase1_epoch2")
        check_equal([second[key] for key in ("train_loss", "val_loss", "gate", "state", "disk_bytes", "parameters", "title",
                                             "needed", "restore_until")],
                    [1.0, 2.0, "pass", "there", 3002, 1234, "First", None, None], "epoch 2")
        check_equal([one["name"] for one in listed(engine, session) if one["best"]],
                    ["phase1_BEST_epoch3.safetensors"], "the best")
        folder = engine.run_dir(session) / "checkpoints"
        (folder / "phase1_epoch4_optim.safetensors").unlink()
        check_equal([find(engine, session, f"phase1_{name}")["contents"] for name in ("epoch2", "epoch4", "BEST_epoch3")],
                    ["resumable", "weights", None], "what they hold; the link has no manifest")
        (engine.run_dir(session) / "checkpoints" / "phase1_epoch1.safetensors").unlink()
        check_equal(find(engine, session, "phase1_epoch1")["state"], "gone", "a deleted one")
        check_equal(engine.request("GET", "/api/checkpoints?session=99")[0], 404, "no such session")
        check_equal(len(engine.get("/api/checkpoints")["checkpoints"]), 6, "of all")


@test("a removed checkpoint waits in the run's folder with all its files, and comes back")
def _undo() -> None:
    with Engine() as engine:
        session = train(engine)
        before = names(engine, session)
        parts = {"phase1_epoch2.safetensors", "phase1_epoch2_optim.safetensors", "phase1_epoch2.json"}
        one = find(engine, session, "phase1_epoch2")
        answer = change(engine, "remove", one["id"])
        check_equal((answer["bytes"], answer["checkpoints"][0]["state"]), (3002, "removed"), "removed")
        check("restore_until" in answer["checkpoints"][0], answer)
        check_equal((names(engine, session), names(engine, session, "removed")), (before - parts, parts), "files")
        change(engine, "remove", one["id"], status=409)
        # A new engine finds it where it was left.
        engine.kill()
        engine.start()
        check_equal(find(engine, session, "phase1_epoch2")["state"], "removed", "after a restart")
        change(engine, "restore", one["id"])
        check_equal(names(engine, session), before, "restored")
        check(not (engine.run_dir(session) / "removed").exists(), "an empty folder is left")
        change(engine, "restore", one["id"])
        check_equal(names(engine, session), before, "restored twice")
        (engine.run_dir(session) / "checkpoints" / "phase1_epoch2.safetensors").unlink()
        change(engine, "restore", one["id"], status=404)


@test("a removal that an engine's end cut in two is taken back, and only that")
def _halves() -> None:
    with Engine() as engine:
        session = train(engine)
        before = names(engine, session)
        whole = find(engine, session, "phase1_epoch1")["id"]
        other = find(engine, session, "phase1_epoch4")["id"]
        change(engine, "remove", whole, other)
        engine.kill()
        folder, removed = (engine.run_dir(session) / name for name in ("checkpoints", "removed"))
        (stamp,) = removed.iterdir()
        # In the middle of a removal, and of a restoration that was first.
        half = removed / str(int(stamp.name) + 1)
        half.mkdir()
        for name in ("phase1_epoch2.json", "phase1_epoch2.safetensors", "phase1_epoch5.json"):
            (folder / name).rename(half / name)
        # Another checkpoint of the name of a removed one.
        (folder / "phase1_epoch4.json").write_text("new")
        engine.start()
        check_equal(names(engine, session), {name for name in before if not name.startswith(("phase1_epoch1", "phase1_epoch4"))}
                    | {"phase1_epoch4.json"}, "what is back")
        check_equal((folder / "phase1_epoch4.json").read_text(), "new", "the new one")
        check_equal(len(names(engine, session, "removed")), 6, "what was removed as a whole")
        check(not half.exists(), "an empty folder is left")
        change(engine, "restore", whole)


@test("nothing is overwritten on the way back")
def _conflict() -> None:
    with Engine() as engine:
        session = train(engine)
        one = find(engine, session, "phase1_epoch2")
        change(engine, "remove", one["id"])
        new = engine.run_dir(session) / "checkpoints" / "phase1_epoch2.json"
        new.write_text("new")
        answer = change(engine, "restore", one["id"], status=409)
        check("There is another" in answer["error"]["message"], answer)
        check_equal(new.read_text(), "new", "the new file")
        check_equal(len(names(engine, session, "removed")), 3, "what waits")


@test("several are removed together or not at all")
def _together() -> None:
    with Engine() as engine:
        session = train(engine)
        before = names(engine, session)
        first, second = (find(engine, session, f"phase1_epoch{epoch}")["id"] for epoch in (1, 2))
        change(engine, "remove", first, 4711, status=404)
        (engine.run_dir(session) / "checkpoints" / "phase1_epoch2.safetensors").unlink()
        change(engine, "remove", first, second, status=404)
        check_equal(names(engine, session), before - {"phase1_epoch2.safetensors"}, "files")


@test("keep: the best and the last stay, links count once, a dry run does nothing, and all comes back")
def _keep() -> None:
    with Engine() as engine:
        session = train(engine)
        other = train(engine)
        before = names(engine, session)
        would = engine.post("/api/checkpoints/keep", {"last": 1, "session_id": session, "dry_run": True})
        check_equal([one["epoch"] for one in would["checkpoints"]], [1, 2, 4], "what would go")
        check_equal((would["bytes"], names(engine, session)), (3 * 3002, before), "a dry run")
        done = engine.post("/api/checkpoints/keep", {"last": 1, "session_id": session})
        check_equal((done["bytes"], [one["state"] for one in done["checkpoints"]]), (3 * 3002, ["removed"] * 3), "keep")
        check_equal({name for name in names(engine, session) if name.endswith("h3.safetensors")},
                    {"phase1_epoch3.safetensors", "phase1_BEST_epoch3.safetensors"}, "the best")
        check_equal(names(engine, other), before, "another session")
        change(engine, "restore", *[one["id"] for one in done["checkpoints"]])
        check_equal(names(engine, session), before, "undone")
        # The link alone frees nothing.
        check_equal(change(engine, "remove", find(engine, session, "phase1_BEST_epoch3")["id"])["bytes"], 0, "a link")


@test("what a session needs that has not ended stays")
def _needed() -> None:
    with Engine() as engine:
        source = train(engine)
        middle = find(engine, source, "phase1_epoch2")
        best = find(engine, source, "phase1_BEST_epoch3")
        change(engine, "remove", best["id"])
        change(engine, "restore", best["id"])
        engine.post("/api/training/pause")
        # Any file of a checkpoint stands for it, and a link may lead there.
        link = engine.root / "link.json"
        link.symlink_to(engine.run_dir(source) / "checkpoints" / "phase1_epoch2.json")
        resumed = engine.add("python3 -c pass", resume_from=str(link))
        follower = engine.add("python3 -c pass", after=source)
        for one, session in ((middle, resumed), (best, follower)):
            answer = change(engine, "remove", one["id"], status=409)
            check(f"Session {session} " in answer["error"]["message"], answer)
        kept = engine.post("/api/checkpoints/keep", {"last": 0, "session_id": source})
        check_equal([one["epoch"] for one in kept["checkpoints"]], [1, 4, 5], "kept for others")
        for session in (resumed, follower):
            engine.post(f"/api/training/cancel/{session}")
        change(engine, "remove", middle["id"], best["id"])


@test("a run that is on keeps its last and its best checkpoint")
def _running() -> None:
    with Engine() as engine:
        stop_file = engine.root / "stop"
        session = train(engine, str(stop_file))
        for name in ("phase1_epoch5", "phase1_BEST_epoch3"):
            answer = change(engine, "remove", find(engine, session, name)["id"], status=409)
            check("has not ended" in answer["error"]["message"], answer)
        change(engine, "remove", find(engine, session, "phase1_epoch1")["id"])
        stop_file.write_text("")
        engine.wait(session)
        change(engine, "remove", find(engine, session, "phase1_epoch5")["id"])


@test("no link and no path leads out of the run's folder")
def _tricks() -> None:
    with Engine() as engine:
        session = train(engine)
        outside = engine.root / "outside"
        outside.mkdir()
        (outside / "phase1_epoch2.safetensors").write_text("mine")
        folder = engine.run_dir(session) / "checkpoints"
        one = find(engine, session, "phase1_epoch2")
        # A link instead of the file: nothing that counts as a checkpoint is there to move.
        (folder / "phase1_epoch1.safetensors").unlink()
        (folder / "phase1_epoch1.safetensors").symlink_to(outside / "phase1_epoch2.safetensors")
        first = find(engine, session, "phase1_epoch1")
        change(engine, "remove", first["id"])
        check_equal((outside / "phase1_epoch2.safetensors").read_text(), "mine", "the target of a link")
        # A link instead of the folder, with files of the same names.
        folder.rename(engine.run_dir(session) / "moved")
        folder.symlink_to(outside)
        found = find(engine, session, "phase1_epoch2")
        check("does not lie" in (found["needed"] or ""), found)
        change(engine, "remove", one["id"], status=409)
        check(outside.joinpath("phase1_epoch2.safetensors").exists(), "it was moved")
        folder.unlink()
        (engine.run_dir(session) / "moved").rename(folder)
        # A link instead of the folder where they wait.
        removed = engine.run_dir(session) / "removed"
        removed.rename(engine.run_dir(session) / "elsewhere")
        removed.symlink_to(outside)
        status, _ = engine.request("POST", "/api/checkpoints/remove", {"ids": [one["id"]]})
        check(status >= 400, status)
        engine.post("/api/checkpoints/purge")
        check_equal(os.listdir(outside), ["phase1_epoch2.safetensors"], "outside")


@test("what was removed is deleted for good when asked, and an hour later")
def _purge() -> None:
    with Engine() as engine:
        session = train(engine)
        change(engine, "remove", find(engine, session, "phase1_epoch2")["id"])
        check_equal(engine.post("/api/checkpoints/purge"), {"bytes": 3002}, "purge")
        check_equal(find(engine, session, "phase1_epoch2")["state"], "gone", "purged")
        check(not (engine.run_dir(session) / "removed").exists(), "an empty folder is left")
        old, new = (find(engine, session, f"phase1_epoch{epoch}")["id"] for epoch in (1, 4))
        change(engine, "remove", old)
        (stamp,) = (engine.run_dir(session) / "removed").iterdir()
        stamp.rename(stamp.with_name(str(int(stamp.name) - 3_601_000_000)))
        change(engine, "remove", new)
        engine.kill()
        engine.start()
        wait_for(lambda: find(engine, session, "phase1_epoch1")["state"] == "gone", 20, "an hour has passed")
        check_equal(find(engine, session, "phase1_epoch4")["state"], "removed", "a new one")


def epochs(engine: Engine, session: str, state: str = "there") -> list[int]:
    """The epochs of those in a state, each once."""
    return sorted({one["epoch"] for one in listed(engine, session) if one["state"] == state})


def told(engine: Engine, session: str) -> list[str]:
    """What the engine said of checkpoints that went by themselves."""
    return [event["text"] for event in engine.get(f"/api/training/events/{session}")["events"]
            if event["kind"] == "retention"]


def keep_by_itself(engine: Engine, **rule: Any) -> None:
    """Sets the rule."""
    status, answer = engine.request("PUT", "/api/checkpoints/retention", rule)
    check_equal(status, 200, answer)


@test("by itself: after a session the old ones go, the undo brings them back, and they stay then")
def _automatic() -> None:
    with Engine() as engine:
        before = train(engine)
        keep_by_itself(engine, enabled=True, last=1)
        engine.kill()
        engine.start()
        check_equal(engine.get("/api/checkpoints/retention"), {"enabled": True, "last": 1}, "after a restart")
        session = train(engine)
        wait_for(lambda: epochs(engine, session) == [3, 5], 20, "the old ones are gone")
        moved = [one["id"] for one in listed(engine, session) if one["state"] == "removed"]
        check_equal(len(names(engine, session, "removed")), 3 * 3, "their files")
        wait_for(lambda: told(engine, session), 20, "an event")
        check_equal(sum(int(text.split()[0]) for text in told(engine, session)), 3, f"the count: {told(engine, session)}")
        check_equal(epochs(engine, before), [1, 2, 3, 4, 5], "a session that ended before")
        change(engine, "restore", *moved)
        # Neither a restart nor another end takes away what somebody brought back.
        engine.kill()
        engine.start()
        other = train(engine)
        wait_for(lambda: epochs(engine, other) == [3, 5], 20, "another session")
        check_equal(epochs(engine, session), [1, 2, 3, 4, 5], "restored")
        keep_by_itself(engine, enabled=False)
        last = train(engine)
        engine.post("/api/checkpoints/keep", {"last": 1, "session_id": last, "dry_run": True})
        check_equal(epochs(engine, last), [1, 2, 3, 4, 5], "off")


@test("by itself: what another session needs and what a retry would resume stays, also of a run that is on")
def _automatic_needed() -> None:
    with Engine() as engine:
        keep_by_itself(engine, enabled=True, last=1)
        stop_file = engine.root / "stop"
        session = train(engine, str(stop_file))
        # While it runs: the best and the last.
        wait_for(lambda: epochs(engine, session) == [3, 5], 20, "the old ones of a run that is on")
        source = engine.run_dir(session) / "checkpoints" / "phase1_epoch2.safetensors"
        moved = {one["epoch"]: one["id"] for one in listed(engine, session) if one["state"] == "removed"}
        change(engine, "restore", moved[2])
        waiting = engine.add("python3 -c pass", resume_from=str(source))
        stop_file.write_text("")
        engine.wait(session)
        engine.wait(waiting)
        check_equal(epochs(engine, session), [2, 3, 5], "what is left")


@test("by itself: an engine that is killed in the middle loses nothing that stays, and does the rest later")
def _automatic_killed() -> None:
    with Engine() as engine:
        keep_by_itself(engine, enabled=True, last=2)
        stay = {f"phase1_epoch{epoch}{end}" for epoch in (3, 4, 5) for end in (".safetensors", "_optim.safetensors", ".json")}
        stay.add("phase1_BEST_epoch3.safetensors")
        for _ in range(5):
            script = engine.root / "script.py"
            script.write_text(SCRIPT)
            session = engine.run(f"python3 {script}")
            folder = engine.run_dir(session) / "checkpoints"
            wait_for(lambda: (folder / "phase1_epoch5.json").exists(), 20, "the last checkpoint")
            engine.kill()
            everything = names(engine, session) | names(engine, session, "removed")
            check_equal(len(everything), 5 * 3 + 1, "files after the kill")
            engine.start()
            engine.wait(session)
            wait_for(lambda: epochs(engine, session) == [3, 4, 5], 20, "the old ones are gone")
            check_equal(names(engine, session), stay, "what stays")
            moved = [one["id"] for one in listed(engine, session) if one["state"] == "removed"]
            change(engine, "restore", *moved)
            check_equal(names(engine, session), everything, "all is back")


@test("trainctl removes by epoch and by path, restores, keeps, and says what it would free")
def _trainctl() -> None:
    with Engine() as engine:
        session = train(engine)
        before = names(engine, session)
        path = find(engine, session, "phase1_epoch4")["path"]
        done = engine.trainctl("checkpoints", "remove", session, "2", path)
        check_equal(done.returncode, 0, done.stderr)
        check("Removed: 2, 6.0 kB." in done.stdout, done.stdout)
        check_equal({name[:13] for name in before - names(engine, session)}, {"phase1_epoch2", "phase1_epoch4"}, "files")
        check("removed" in engine.trainctl("checkpoints", session).stdout, "the list")
        wrong = engine.trainctl("checkpoints", "remove", session, "77")
        check_equal((wrong.returncode, wrong.stderr.strip().endswith("has no checkpoint “77”.")), (1, True), wrong.stderr)
        done = engine.trainctl("checkpoints", "restore", session, "2", "4")
        check_equal((done.returncode, names(engine, session)), (0, before), done.stderr)
        done = engine.trainctl("checkpoints", "keep", "1", "--dry-run", "--session", session)
        check("Would be removed: 3. That would free 9.0 kB." in done.stdout, done.stdout)
        check_equal(names(engine, session), before, "a dry run")
        check_equal(engine.trainctl("checkpoints", "keep", "1").returncode, 0, "keep")
        check("Deleted for good: 9.0 kB." in engine.trainctl("checkpoints", "purge").stdout, "purge")
        check_equal(engine.trainctl("checkpoints", "keep", "many").returncode, 2, "a wrong number")
        check("stay until somebody" in engine.trainctl("checkpoints", "auto").stdout, "the rule at first")
        check("of the last 4 epochs" in engine.trainctl("checkpoints", "auto", "4").stdout, "the rule")
        check_equal(engine.get("/api/checkpoints/retention"), {"enabled": True, "last": 4}, "what was set")
        check_equal(engine.trainctl("checkpoints", "auto", "off").returncode, 0, "off")
        check_equal(engine.get("/api/checkpoints/retention"), {"enabled": False, "last": 4}, "off")
        for word in ("0", "perhaps"):
            check_equal(engine.trainctl("checkpoints", "auto", word).returncode, 2, word)


if __name__ == "__main__":
    main()
