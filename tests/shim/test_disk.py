#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""A disk that is full, or fails: the training must not notice, nor the log lie."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

import crashpoints  # noqa: E402
import gaps  # noqa: E402
import processes  # noqa: E402
from shimrun import GAP, Run, producer  # noqa: E402
from tap import Skip, check, check_equal, main, note, test, wait_for  # noqa: E402

MIB = 1 << 20
INSIDE = "TC_TEST_MOUNT_NAMESPACE"


def enter_namespace() -> None:
    """Runs this file again in a mount namespace: no mount can outlive it."""
    command = ["unshare", "--mount", "--propagation", "private"]
    if os.geteuid() != 0:
        command.insert(1, "--map-root-user")
    works = subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0
    os.environ[INSIDE] = "yes" if works else "no"
    if works:
        os.execvp(command[0], [*command, sys.executable, *sys.argv])


@contextlib.contextmanager
def small_disk(size: int) -> Iterator[Run]:
    """A run on a file system of its own with so many bytes."""
    if os.environ[INSIDE] != "yes":
        raise Skip("no mount namespace here")
    with Run() as outer:
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(outer.folder)],
                                 capture_output=True, text=True, check=False)
        if mounted.returncode != 0:
            raise Skip(f"cannot mount a tmpfs: {mounted.stderr.strip()}")
        try:
            with Run(outer.folder) as run:
                yield run
        finally:
            subprocess.run(["umount", str(outer.folder)], check=True)


def fill(run: Run, left: int) -> Path:
    """Leaves only so many bytes on the disk of the run."""
    filler = run.folder.parent / "filler"
    at = 0
    with open(filler, "wb") as stream:
        for step in (MIB, 64 << 10, 4096):
            with contextlib.suppress(OSError):
                while True:
                    os.posix_fallocate(stream.fileno(), at, step)
                    at += step
        os.ftruncate(stream.fileno(), at - left)
    return filler


@test("R13 disk full, then freed: training held up but alive, log complete")
def full_then_freed() -> None:
    lines = 60_000
    with small_disk(8 * MIB) as run:
        filler = fill(run, MIB)
        run.start(*producer("--lines", lines, "--width", 60))
        began = time.monotonic()
        wait_for(lambda: run.status()["disk_full"], 15, "disk_full")
        note(f"reported after {time.monotonic() - began:.2f} s")
        status = run.status()
        check_equal((status["state"], status["dropped_bytes"]), ("running", 0), "status")
        child, pump = status["child_pid"], status["pump_pid"]
        before, used = processes.context_switches(pump), processes.cpu_seconds(pump)
        time.sleep(1)
        wakes, used = processes.context_switches(pump) - before, processes.cpu_seconds(pump) - used
        check(wakes <= 12 and used < 0.05, wakes, "wake-ups and", used, "s in a second of being blocked")
        check(processes.is_alive(child), "the training died")
        run.kill_pump()
        time.sleep(0.3)
        filler.unlink()
        record = run.record()
        report = gaps.check_file(run.log, 1, lines)
        check(report.clean, report)
        check_equal((record["exit_code"], record["dropped_bytes"]), (0, 0), "record")


@test("R13 the ballast is given up when the disk is full, and taken again later")
def ballast() -> None:
    with small_disk(120 * MIB) as run:
        run.start(*producer("--lines", 1500, "--rate", 120, "--width", 4000))
        check_equal((run.folder / "ballast").stat().st_blocks * 512, 16 * MIB, "ballast")
        filler = fill(run, 0)
        wait_for(lambda: run.status()["disk_full"], 15, "disk_full")
        size = run.log_size()
        check(not (run.folder / "ballast").exists(), "the ballast is still there")
        wait_for(lambda: run.log_size() > size, 15, "the log goes on")
        check_equal(run.status()["log_blocked"], False, "log_blocked")
        filler.unlink()
        wait_for(lambda: not run.status()["disk_full"], 12, "all is well again")
        check_equal((run.folder / "ballast").stat().st_blocks * 512, 16 * MIB, "ballast")
        record = run.record()
        check(gaps.check_file(run.log, 1, 1500).clean, "log")
        check_equal(record["dropped_bytes"], 0, "dropped")
        check(not (run.folder / "ballast").exists(), "the ballast was left behind")


@test("R13 with --drop-after the training goes on; one gap record counts what is missing")
def drop() -> None:
    lines, width = 80_000, 60
    with small_disk(8 * MIB) as run:
        filler = fill(run, MIB)
        run.start(*producer("--lines", lines, "--width", width, "--rate", 20_000, "--batch", 100),
                  options=["--drop-after", 1])
        wait_for(lambda: run.status()["dropped_bytes"] > 0, 15, "bytes are dropped")
        time.sleep(0.5)
        filler.unlink()
        record = run.record()
        data = run.log.read_bytes()
        report = gaps.check_lines(data, 1, lines)
        found = [one for one in run.index() if one.is_gap]
        note(report, found)
        check_equal(record["exit_code"], 0, "exit_code")
        check_equal(len(data) + record["dropped_bytes"], lines * (width + 1), "bytes in all")
        check_equal([one.boottime_us for one in found], [record["dropped_bytes"]], "gap records")
        check(0 < found[0].offset & ~GAP < len(data), "offset of the gap")
        at = found[0].offset & ~GAP
        check(gaps.check_lines(data[:at].rpartition(b"\n")[0], 1).clean, "before the gap")
        check(gaps.check_lines(data[at:].partition(b"\n")[2]).damaged == 0, "behind the gap")


@test("R13 a training that ends on a full disk is recorded, with what was dropped")
def ends_on_full_disk() -> None:
    with small_disk(4 * MIB) as run:
        fill(run, MIB)
        run.start(*producer("--lines", 40_000, "--width", 60, "--exit", 3), options=["--drop-after", 1])
        record = run.record()
        check_equal(record["exit_code"], 3, "exit_code")
        check(record["dropped_bytes"] > 0, "nothing was dropped")
        check_equal(run.log_size() + record["dropped_bytes"], 40_000 * 61, "bytes in all")
        check_equal(record["log_bytes"], run.log_size(), "log_bytes")


@test("without --drop-after the training waits for ever; kill ends the waiting")
def never_drop() -> None:
    with small_disk(4 * MIB) as run:
        fill(run, MIB)
        run.start(*producer("--lines", 60_000, "--width", 60), options=["--drop-after", 0])
        wait_for(lambda: run.status()["disk_full"], 15, "disk_full")
        time.sleep(1.5)
        status = run.status()
        check_equal((status["state"], status["dropped_bytes"]), ("running", 0), "status")
        check_equal(run.ask("kill user"), "ok", "kill")
        record = run.record()
        check_equal((record["signal"], record["stopped_by"]), (9, "user"), "record")


def with_failing_splice(error: str, when: str, lines: int, *options: object) -> tuple[dict, Run, int, float]:
    """A run whose pump meets an error; also the number of its splice calls."""
    run = Run()
    calls = run.folder / "calls"
    began = time.monotonic()
    with run:
        run.launch(*producer("--lines", lines, "--rate", 2000, "--batch", 20),
                   wrapper=crashpoints.fail("splice", error, when, calls), options=options)
        pump = run.identity()["pump_pid"]
        record = run.record()
        took = time.monotonic() - began
        report = gaps.check_file(run.log, 1, lines)
        index = run.index()
        check_equal(run.identity()["pump_pid"], pump, "the pump died of an error")
        count = calls.read_text().count("splice(")
    record["report"], record["index"] = report, index
    return record, run, count, took


@test("R14 EIO on the log for a while: retried, nothing lost, no spinning")
def eio() -> None:
    record, _, calls, took = with_failing_splice("EIO", "3..8", 2000)
    note(f"{calls} calls in {took:.2f} s")
    check(record["report"].clean, record["report"])
    check_equal((record["exit_code"], record["dropped_bytes"]), (0, 0), "record")
    check(took > 1, "the errors were not waited out")


@test("R14 EINTR, EAGAIN and a splice that moves nothing but says it did: nothing lost")
def interrupted() -> None:
    for error, when in (("EINTR", "2..6"), ("EAGAIN", "2..6"), ("retval=7", "2..4")):
        record, _, _, _ = with_failing_splice(error, when, 1000)
        check(record["report"].clean, error, record["report"])
        check_equal(record["exit_code"], 0, error)


@test("R14 EIO for ever: a counted gap, the training unharmed, no spinning")
def eio_for_ever() -> None:
    record, _, calls, took = with_failing_splice("EIO", "20+", 4000, "--drop-after", 1)
    note(f"{calls} calls in {took:.2f} s, {record['dropped_bytes']} bytes dropped")
    check_equal(record["exit_code"], 0, "exit_code")
    check(record["log_bytes"] > 0, "nothing was logged before the errors")
    total = sum(len(f"line {n}\n") for n in range(1, 4001))
    check_equal(record["log_bytes"] + record["dropped_bytes"], total, "bytes in all")
    gap_sum = sum(one.boottime_us for one in record["index"] if one.is_gap)
    check_equal(gap_sum, record["dropped_bytes"], "gap records")
    check(calls <= 3 * 5 * took + 40, calls, "calls in", took, "s")


@test("R14 ENOSPC while dropping: bytes in the log and bytes in the gap are all bytes")
def enospc_for_a_while() -> None:
    record, _, _, _ = with_failing_splice("ENOSPC", "4", 2000)
    check(record["report"].clean, record["report"])
    check_equal(record["dropped_bytes"], 0, "dropped")


if INSIDE not in os.environ:
    enter_namespace()
main()
