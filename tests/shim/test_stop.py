#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Stopping, pausing, and whoever does not want to go."""

import json
import os
import signal
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

import cgroups  # noqa: E402
import crashpoints  # noqa: E402
import processes  # noqa: E402
from shimrun import Run, producer  # noqa: E402
from tap import check, check_equal, main, test, wait_for  # noqa: E402

# Leaves a writer behind that has forked twice and has a session of its own.
DAEMON = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() != 0: os._exit(0)
    for n in range(%(lines)d):
        os.write(1, b"daemon %%d\\n" %% n)
        time.sleep(%(pause)s)
    os._exit(0)
os.wait()
os.write(1, b"main ends\\n")
sys.exit(%(exit)d)
"""


def daemon(lines: int, pause: float, code: int) -> list[str]:
    """The command of a training that daemonises a part of itself."""
    return [sys.executable, "-I", "-c", DAEMON % {"lines": lines, "pause": pause, "exit": code}]


@test("stop: SIGTERM, time to save, who asked is recorded")
def gentle_stop() -> None:
    for who in ("user", "rule", "budget", "gate", "shutdown"):
        with Run() as run:
            run.start("/bin/sh", "-c", "trap 'sleep 0.5; echo saved; exit 143' TERM; echo go; while :; do sleep 0.01; done")
            wait_for(run.log_size, 15, "output")
            began = time.monotonic()
            check_equal(run.ask(f"stop {who} 20"), "ok", "stop")
            check_equal(run.status()["state"], "stopping", "state")
            record = run.record()
            check_equal((record["exit_code"], record["stopped_by"], record["killed_after_grace"]),
                        (143, who, False), "record")
            # The sleep that the trap starts is spared; the shell may say that one was not.
            check_equal(run.log.read_bytes().split()[-1], b"saved", "last line")
            check(time.monotonic() - began > 0.4, "it got no time to save")


@test("R10 one that ignores SIGTERM gets SIGKILL after the grace period, exactly once")
def stubborn() -> None:
    with Run() as run:
        calls = run.folder / "calls"
        run.launch(*producer("--lines", 1, "--ignore-term", "--hold", 100),
                   wrapper=crashpoints.trace("pidfd_send_signal,kill", calls))
        wait_for(run.log_size, 10, "output")
        began = time.monotonic()
        check_equal(run.ask("stop user 1"), "ok", "stop")
        record = run.record()
        took = time.monotonic() - began
        sent = [line for line in calls.read_text().splitlines() if "pidfd_send_signal(" in line or " kill(" in line]
    check_equal((record["signal"], record["killed_after_grace"], record["stopped_by"]), (9, True, "user"), "record")
    check(1 <= took < 8, "took", took)
    check_equal((sum("SIGTERM" in line for line in sent), sum("SIGKILL" in line for line in sent)), (1, 1), sent)


@test("kill: at once, and not called a kill after grace")
def kill_at_once() -> None:
    with Run() as run:
        run.start(*producer("--lines", 1, "--ignore-term", "--hold", 100))
        check_equal(run.ask("kill budget"), "ok", "kill")
        record = run.record()
        check_equal((record["signal"], record["killed_after_grace"], record["stopped_by"], record["oom_killed"]),
                    (9, False, "budget", False), "record")


@test("a second stop sends no second SIGTERM, but can shorten the grace period")
def stop_twice() -> None:
    count = "n = 0\ndef f(*a):\n  global n; n += 1; print('term', n, flush=True)\n"
    script = f"import signal, time\n{count}signal.signal(signal.SIGTERM, f)\nprint('go', flush=True)\nwhile 1: time.sleep(1)"
    with Run() as run:
        run.start(sys.executable, "-c", script)
        wait_for(run.log_size, 15, "output")
        run.ask("stop user 100")
        run.ask("stop rule 200")
        run.ask("stop gate 1")
        record = run.record()
        check_equal((record["stopped_by"], record["signal"]), ("user", 9), "record")
        check_equal(run.log.read_bytes(), b"go\nterm 1\n", "log")


@test("pause stops the whole tree, resume continues it, a paused run can be stopped")
def pause() -> None:
    script = "trap 'echo term; exit 143' TERM; setsid sh -c 'while :; do echo b; sleep 0.01; done' & while :; do echo a; sleep 0.01; done"
    with Run() as run:
        run.start("/bin/sh", "-c", script)
        wait_for(lambda: b"b" in run.log.read_bytes(), 15, "output of both")
        check_equal(run.ask("pause"), "ok", "pause")
        check_equal(run.status()["state"], "paused", "state")
        time.sleep(0.3)
        size = run.log_size()
        time.sleep(0.2)
        check_equal(run.log_size(), size, "output while paused")
        check_equal(run.ask("resume"), "ok", "resume")
        wait_for(lambda: run.log_size() > size, 15, "output after resume")
        run.ask("pause")
        check_equal(run.ask("stop user 5"), "ok", "stop")
        record = run.record()
        check_equal((record["exit_code"], record["killed_after_grace"]), (143, False), "record")
        check_equal(run.processes(), [], "processes left")
        check_equal(run.log.read_bytes().split()[-1], b"term", "last line")


@test("SIGTERM to the shim itself stops the run as shutdown")
def shim_terminated() -> None:
    with Run() as run:
        run.start("sleep", "100", options=["--grace", 3])
        os.kill(run.identity()["shim_pid"], signal.SIGTERM)
        record = run.record()
        check_equal((record["signal"], record["stopped_by"]), (15, "shutdown"), "record")


@test("R09 a daemon of the training is counted, and its lines are kept until it ends")
def daemon_ends() -> None:
    with Run() as run:
        run.start(*daemon(30, 0.02, 4))
        wait_for(lambda: b"main ends" in run.log.read_bytes() and run.status()["state"] == "exited", 15, "main's end")
        check_equal(run.status()["processes"], 1, "processes")
        check(not run.has_ended(), "recorded too early")
        record = run.record()
        check_equal((record["exit_code"], record["leftover_processes"]), (4, 0), "record")
        check_equal(run.log.read_bytes().count(b"daemon"), 30, "lines of the daemon")


@test("R09 a daemon of the training is killed by stop")
def daemon_stopped() -> None:
    with Run() as run:
        run.start(*daemon(10_000, 0.02, 0))
        wait_for(lambda: run.status()["state"] == "exited", 15, "main's end")
        check_equal(run.ask("stop user 2"), "ok", "stop")
        record = run.record()
        check_equal((record["exit_code"], record["stopped_by"]), (0, None), "ended by itself before the stop")
        check_equal(run.processes(), [], "processes left")


@test("R09 a daemon that stays is ended after ten seconds and counted")
def daemon_lingers() -> None:
    with Run() as run:
        began = time.monotonic()
        run.start(*daemon(10_000, 0.05, 0))
        record = run.record(25)
        check(10 <= time.monotonic() - began < 30, "after", time.monotonic() - began)
        check_equal((record["exit_code"], record["leftover_processes"]), (0, 1), "record")
        check_equal(run.processes(), [], "processes left")


@test("a tree of a hundred processes that fork on is killed whole")
def many() -> None:
    script = ("import os, time, signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
              "for n in range(100):\n  if os.fork() == 0:\n    if n % 3 == 0: os.setsid()\n"
              "    end = time.time() + 60\n    while time.time() < end:\n"
              "      time.sleep(0.2)\n      if n % 10 == 0 and os.fork() == 0: time.sleep(60); os._exit(0)\n"
              "    os._exit(0)\nprint('go', flush=True)\ntime.sleep(100)")
    with Run() as run:
        run.start(sys.executable, "-c", script)
        wait_for(run.log_size, 10, "output")
        check(run.status()["processes"] >= 101, run.status())
        run.ask("stop user 0")
        run.record()
        check_equal(run.processes(), [], "processes left")


@test("a training whose first thread has ended is still alive")
def thread_outlives_main() -> None:
    script = ("import ctypes, threading, time\n"
              "threading.Thread(target=lambda: (time.sleep(0.5), print('late', flush=True), __import__('os')._exit(3))).start()\n"
              "ctypes.CDLL(None).pthread_exit(None)")
    with Run() as run:
        run.start(sys.executable, "-c", script)
        wait_for(lambda: processes.state(run.identity()["child_pid"]) == "Z", 15, "end of the first thread")
        check_equal(run.status()["processes"], 1, "processes")
        record = run.record()
        check_equal((record["exit_code"], run.log.read_bytes()), (3, b"late\n"), "end")


@test("R10 one that outlives SIGKILL is called unkillable, and nothing hangs")
def unkillable() -> None:
    with cgroups.freezer() as group, Run() as run:
        calls = run.folder / "calls"
        run.launch("sleep", "100", wrapper=crashpoints.trace("pidfd_send_signal", calls))
        child = run.identity()["child_pid"]
        group.write("cgroup.procs", str(child))
        group.write("freezer.state", "FROZEN")
        wait_for(lambda: "FROZEN" in (group.path / "freezer.state").read_text(), 15, "frozen")
        run.ask("stop user 0")
        wait_for(lambda: json.loads(run.ask("status"))["state"] == "stopping", 15, "status while stuck")
        record = run.record(25)
        check_equal((record["unkillable"], record["exit_code"], record["signal"], record["leftover_processes"]),
                    (True, None, None, 1), "record")
        check_equal(calls.read_text().count("SIGKILL"), 1, "SIGKILLs sent")
        group.write("freezer.state", "THAWED")
        wait_for(lambda: not processes.is_alive(child), 15, "the kernel lets it die")


main()
