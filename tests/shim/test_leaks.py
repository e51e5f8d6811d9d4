#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""What the shim costs, and what it leaves behind: next to nothing, and nothing."""

import os
import struct
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

import processes  # noqa: E402
from shimrun import Run, producer, shim_path  # noqa: E402
from tap import Skip, check, check_equal, main, note, test, wait_for  # noqa: E402

KEPT = {"lock", "shim.json", "output.log", "output.idx", "exit.json"}


@test("R20 two hundred runs: no process, descriptor, socket or FIFO stays")
def many_runs() -> None:
    before = processes.open_files(os.getpid())
    began = time.monotonic()
    for _ in range(200):
        with Run() as run:
            run.start("/bin/true")
            run.record()
            wait_for(lambda run=run: run.processes() == [], 15, "the shim has gone")
            check_equal(set(os.listdir(run.folder)), KEPT, "files left")
    note(f"{(time.monotonic() - began) / 200 * 1000:.1f} ms a run")
    check_equal(processes.open_files(os.getpid()), before, "descriptors")
    check_equal([pid for pid in processes.children(os.getpid()) if processes.state(pid) == "Z"], [], "zombies")


def pump_files(run: Run) -> int | None:
    """Descriptors of the pump, None while it is just being killed or started."""
    try:
        return processes.open_files(run.pump() or 0)
    except OSError:
        return None


@test("R20 descriptors stay flat over 500 clients and 50 new pumps; no zombies")
def one_long_run() -> None:
    with Run() as run:
        run.start("sleep", "100")
        run.status()
        identity = run.identity()
        reaper = identity["shim_pid"]
        # The connection just closed is noticed a moment later.
        time.sleep(0.2)
        before = processes.open_files(reaper)
        check(before <= 10, before, "descriptors of the reaper")
        pump_before = processes.open_files(identity["pump_pid"])
        for _ in range(500):
            run.status()
        check_equal(processes.kill_loop(run.pump, 50, 0.002, 0.004), 50, "kills")
        wait_for(lambda: pump_files(run) == pump_before, 15, "descriptors of the pump are as before")
        wait_for(lambda: processes.open_files(reaper) == before, 15, "descriptors of the reaper are as before")
        # Which pump is asked each time: the one killed last may be listed as living for a moment.
        wait_for(lambda: set(processes.children(reaper)) == {run.pump(), identity["child_pid"]}, 15, "children")


@test("no wake-up while the training is silent")
def idle() -> None:
    with Run() as run:
        run.start(*producer("--lines", 3, "--hold", 100))
        wait_for(run.log_size, 15, "output")
        run.status()
        identity = run.identity()
        pids = [identity["shim_pid"], identity["pump_pid"]]
        time.sleep(0.3)
        before = [processes.context_switches(pid) for pid in pids]
        time.sleep(3)
        after = [processes.context_switches(pid) for pid in pids]
        check_equal(after, before, "wake-ups")


def is_static(path: str) -> bool:
    """Whether an ELF file (64 bit) has no interpreter."""
    with open(path, "rb") as stream:
        head = stream.read(64)
        offset, = struct.unpack_from("<Q", head, 32)
        size, count = struct.unpack_from("<HH", head, 54)
        stream.seek(offset)
        table = stream.read(size * count)
    return all(struct.unpack_from("<I", table, at * size)[0] != 3 for at in range(count))


@test("reaper and pump together stay below 1 MiB, also after work")
def memory() -> None:
    if not is_static(shim_path()):
        raise Skip("this build is not static; the figure is for one that is")
    with Run() as run:
        run.start(*producer("--lines", 200_000, "--hold", 100))
        wait_for(lambda: b"line 200000\n" in run.log.read_bytes()[-40:], 20, "output")
        run.status()
        identity = run.identity()
        sizes = {key: processes.resident_kib(identity[key]) for key in ("shim_pid", "pump_pid")}
        note(sizes)
        check(sum(sizes.values()) <= 1024, sizes)


main()
