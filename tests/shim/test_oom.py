#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Out of memory, stopped by the user, killed by somebody else: three labels."""

import contextlib
import os
import signal
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

import cgroups  # noqa: E402
import processes  # noqa: E402
from shimrun import Run  # noqa: E402
from tap import check, check_equal, main, test, wait_for  # noqa: E402

MIB = 1 << 20
HOG = "print('go', flush=True)\nhog = bytearray(200 << 20)\nfor at in range(0, len(hog), 4096): hog[at] = 1"
IDLE = "import time\nprint('go', flush=True)\ntime.sleep(100)"


def label(record: dict) -> str:
    """What a reader of the record concludes."""
    if record["oom_killed"]:
        return "oom" if record["oom_certain"] else "perhaps oom"
    return record["stopped_by"] or f"signal {record['signal']}, exit code {record['exit_code']}"


def started(run: Run, script: str, **more: object) -> None:
    """Starts a Python script and waits for its first word."""
    run.start(sys.executable, "-I", "-c", script, **more)
    wait_for(run.log_size, 10, "first output")


@test("R19 killed by its cgroup for lack of memory: called so, 10 of 10, shim alive to tell")
def cgroup_oom() -> None:
    for _ in range(10):
        with cgroups.memory(60 * MIB) as group, Run() as run:
            started(run, HOG, wrapper=group.wrapper())
            record = run.record()
            check_equal((label(record), record["signal"]), ("oom", 9), "label")


@test("R19 eight runs at once, each killed by its own cgroup: all eight called so")
def many_oom() -> None:
    with contextlib.ExitStack() as stack:
        runs = []
        for _ in range(8):
            group = stack.enter_context(cgroups.memory(30 * MIB))
            runs.append(stack.enter_context(Run()))
            runs[-1].start(sys.executable, "-I", "-c", HOG, wrapper=group.wrapper())
        check_equal([label(run.record()) for run in runs], ["oom"] * 8, "labels")


@test("R19 without a counter of its own, only suspected: the kernel killed somebody")
def system_counter() -> None:
    with cgroups.memory(60 * MIB) as group, Run() as place, Run() as run:
        empty = {"TC_CGROUP_ROOT": str(place.folder)}
        started(run, HOG, wrapper=group.wrapper(), environment=empty)
        check_equal(label(run.record()), "perhaps oom", "label")


@test("R19 a worker killed for lack of memory explains the failure of its parent")
def worker_oom() -> None:
    script = f"import os, sys\nif os.fork() == 0: exec({HOG!r})\nsys.exit(1 if os.wait()[1] else 0)"
    with cgroups.memory(60 * MIB) as group, Run() as run:
        started(run, script, wrapper=group.wrapper())
        record = run.record()
        check_equal((label(record), record["exit_code"]), ("oom", 1), "label")


@test("W08 in a memory cgroup: OOM, stopped by the user, killed by another, 30 of 30 right")
def labels() -> None:
    labels_seen = []
    with cgroups.memory(60 * MIB) as group:
        for _ in range(10):
            with Run() as run:
                started(run, HOG, wrapper=group.wrapper())
                labels_seen.append(label(run.record()))
            with Run() as run:
                started(run, IDLE, wrapper=group.wrapper())
                run.ask("stop user 0")
                labels_seen.append(label(run.record()))
            with Run() as run:
                started(run, IDLE, wrapper=group.wrapper())
                os.kill(run.identity()["child_pid"], signal.SIGKILL)
                labels_seen.append(label(run.record()))
    check_equal(labels_seen, ["oom", "user", "signal 9, exit code None"] * 10, "labels")


def fake_end(root: cgroups.FakeRoot, kills: int, script: str) -> dict:
    """A run during which the counter of the fake cgroup rises to kills."""
    with Run() as run:
        bump = f"open({str(root.file)!r}, 'w').write({root.content(kills)!r})\nimport os, sys\n"
        run.start(sys.executable, "-I", "-c", bump + script,
                  environment={"TC_CGROUP_ROOT": str(root.folder)})
        return run.record()


@test("R19 counters of cgroup v2 and v1 are read, from whatever root")
def fake_counters() -> None:
    killed, failed, fine = "os.kill(os.getpid(), 9)", "sys.exit(1)", "pass"
    for version in (1, 2):
        with Run() as place:
            root = cgroups.FakeRoot(place.folder / "cgroup", version)
            wanted = [(3, killed, "oom"), (3, killed, "signal 9, exit code None"), (4, failed, "oom"),
                      (4, failed, "signal None, exit code 1"), (5, fine, "signal None, exit code 0")]
            for kills, script, outcome in wanted:
                check_equal(label(fake_end(root, kills, script)), outcome, f"v{version}, {kills} kills")


@test("R19 the counter lies where /proc/self/cgroup says")
def fake_path() -> None:
    lines = [line.split(":", 2) for line in Path("/proc/self/cgroup").read_text().splitlines()]
    with Run() as place:
        for number, controllers, path in lines:
            if number == "0":
                folder, version = place.folder / path.lstrip("/"), 2
            elif "memory" in controllers.split(","):
                folder, version = place.folder / "memory" / path.lstrip("/"), 1
            else:
                continue
            root = cgroups.FakeRoot(folder, version)
            root.folder = place.folder
            # Counters right in the root would be preferred.
            if folder != place.folder:
                check_equal(label(fake_end(root, 1, "os.kill(os.getpid(), 9)")), "oom", f"v{version}")
            root.file.unlink()


@test("a SIGKILL of our own is never called OOM, whatever the counters say")
def own_kill() -> None:
    with Run() as place, Run() as run:
        root = cgroups.FakeRoot(place.folder / "cgroup", 2)
        stubborn = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + IDLE
        started(run, stubborn, environment={"TC_CGROUP_ROOT": str(root.folder)})
        root.set_kills(1)
        run.ask("stop rule 0")
        record = run.record()
        check_equal((label(record), record["signal"]), ("rule", 9), "label")


@test("missing and nonsensical counters are no OOM")
def bad_counters() -> None:
    with Run() as place:
        folder = place.folder / "cgroup"
        folder.mkdir()
        for content in (None, "", "oom_kill", "oom_kill -1\n", "oom_kill x\n", "xoom_kill 5\n"):
            if content is not None:
                (folder / "memory.events").write_text(content)
            with Run() as run:
                run.start("/bin/sh", "-c", "kill -9 $$", environment={"TC_CGROUP_ROOT": str(folder)})
                check_equal(run.record()["oom_certain"], False, repr(content))


@test("the training is preferred as victim")
def victim() -> None:
    with Run() as run:
        run.start("sleep", "100")
        identity = run.identity()

        def score(pid: int) -> int:
            return int(Path(f"/proc/{pid}/oom_score_adj").read_text())

        check(processes.is_alive(identity["child_pid"]), "the training died")
        check_equal(score(identity["child_pid"]), min(1000, max(0, score(identity["shim_pid"])) + 300), "score")


main()
