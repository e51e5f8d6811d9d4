#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""How a run ends, and what the training finds when it begins."""

import json
import os
import resource
import shutil
import signal
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

import crashpoints  # noqa: E402
import gaps  # noqa: E402
import processes  # noqa: E402
from shimrun import Run, producer  # noqa: E402
from tap import Skip, check, check_equal, main, note, test, wait_for  # noqa: E402

RECORD_KEYS = {
    "version": int, "exit_code": (int, type(None)), "signal": (int, type(None)), "core_dumped": bool,
    "oom_killed": bool, "oom_certain": bool, "stopped_by": (str, type(None)),
    "killed_after_grace": bool, "leftover_processes": int, "log_bytes": int, "dropped_bytes": int,
    "log_ends_partial": bool, "started_at_us": int, "ended_at_us": int, "ended_boottime_us": int,
    "boot_id": str, "user_seconds": float, "system_seconds": float, "max_rss_bytes": int,
    "unkillable": bool,
}


def run_shell(script: str, **more: object) -> dict:
    """Runs a shell script to its end and returns the exit record."""
    with Run() as run:
        run.start("/bin/sh", "-c", script, **more)
        return run.record()


@test("R05 exit codes and signals are recorded exactly")
def exit_codes() -> None:
    for code in (0, 1, 2, 126, 127, 143, 255):
        record = run_shell(f"exit {code}")
        check_equal((record["exit_code"], record["signal"]), (code, None), f"exit {code}")
        check_equal(record["stopped_by"], None, "stopped_by")
    for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGINT, signal.SIGABRT):
        record = run_shell(f"kill -{int(number)} $$; sleep 9")
        check_equal((record["exit_code"], record["signal"]), (None, int(number)), number.name)
        check_equal(record["killed_after_grace"], False, "killed_after_grace")


@test("R05 the core flag is the kernel's")
def core_flag() -> None:
    record = run_shell("ulimit -c 0; kill -SEGV $$")
    check_equal((record["signal"], record["core_dumped"]), (int(signal.SIGSEGV), False), "no core")
    pattern = Path("/proc/sys/kernel/core_pattern").read_text().strip()
    if resource.getrlimit(resource.RLIMIT_CORE)[1] == 0 or pattern.startswith(("|", "/")):
        raise Skip(f"cores are not written to the working folder here ({pattern})")
    with Run() as run:
        run.start("/bin/sh", "-c", f"cd {run.folder}; ulimit -c unlimited; kill -SEGV $$")
        check_equal(run.record()["core_dumped"], True, "core_dumped")


@test("exit.json and shim.json have the fields of the contract")
def record_fields() -> None:
    with Run() as run:
        run.start(sys.executable, "-c", "x = bytearray(30_000_000)\nfor i in range(2_000_000): pass")
        identity = run.identity()
        record = run.record()
    for key, kind in RECORD_KEYS.items():
        check(isinstance(record.get(key, ...), kind), "exit.json", key, record.get(key, "missing"))
    for key in ("shim_pid", "shim_start_time", "pump_pid", "child_pid", "child_start_time",
                "started_at_us", "started_boottime_us", "started_monotonic_us"):
        check(isinstance(identity.get(key), int), "shim.json", key)
    check_equal(identity["boot_id"], Path("/proc/sys/kernel/random/boot_id").read_text().strip(), "boot_id")
    check(record["max_rss_bytes"] > 30_000_000, "max_rss_bytes", record["max_rss_bytes"])
    check(record["user_seconds"] > 0.01, "user_seconds", record["user_seconds"])
    check(record["ended_at_us"] > record["started_at_us"], "times")


@test("a command that cannot be executed is reported and recorded")
def exec_failure() -> None:
    for command, error, code in (("/nonexistent/python3", 2, 127), ("/etc", 13, 126)):
        with Run() as run:
            launch = run.launch(command)
            check_equal(launch.status, 1, "exit status of the launcher")
            check(launch.ready.startswith(f"E{error} {command}: "), launch.ready)
            check(command in launch.errors, launch.errors)
            check_equal(run.record()["exit_code"], code, "exit_code")


@test("wrong usage is refused with status 2")
def usage() -> None:
    with Run() as run:
        check_equal(run.launch().status, 2, "no command")
        for bad in ("-5", "0x10", "1e3", "", "99999999999999999999", "5 "):
            check_equal(run.launch("true", options=["--grace", bad]).status, 2, f"--grace {bad!r}")
        check_equal(run.launch("true", options=["--adopt"]).status, 2, "--adopt with a command")
        check_equal(os.listdir(run.folder), [], "files in the folder")


@test("an exit record of an earlier attempt is never overwritten")
def no_overwrite() -> None:
    with Run() as run:
        run.start("/bin/sh", "-c", "echo first; exit 3")
        run.record()
        launch = run.launch("true")
        check_equal((launch.status, launch.ready[:4]), (1, "E17 "), "second start")
        check_equal(run.record()["exit_code"], 3, "exit_code")
        (run.folder / "exit.json").unlink()
        run.start("/bin/sh", "-c", "echo second")
        run.record()
        check_equal(run.log.read_bytes(), b"first\nsecond\n", "one log for all attempts")
        check_equal([one.offset for one in run.index()], [0, 6], "index")


CHILD_VIEW = """
import json, os, signal, sys
print(json.dumps({
    "fds": {fd: os.readlink(f"/proc/self/fd/{fd}") for fd in ("0", "1", "2")},
    "n": len(os.listdir("/proc/self/fd")) - 1,
    "blocked": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
    "ignored": [l.split()[1] for l in open("/proc/self/status") if l.startswith("SigIgn")][0],
    "session": os.getsid(0) == os.getpid(), "group": os.getpgid(0) == os.getpid(),
    "oom": int(open("/proc/self/oom_score_adj").read()), "cwd": os.getcwd(),
    "umask": os.umask(0), "rdwr": open("/proc/self/fdinfo/1").read().split()[3]}))
"""


def ignore_signals() -> None:
    """What a careless caller does before it starts the shim."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM, signal.SIGCHLD])
    os.umask(0o027)


@test("the training starts with a clean process state")
def child_state() -> None:
    leaky = ["sh", "-c", 'exec 9</etc/passwd; exec "$@"', "sh"]
    with Run() as run:
        run.start(sys.executable, "-I", "-c", CHILD_VIEW, cwd="/var", wrapper=leaky,
                  preexec_fn=ignore_signals)
        check_equal(run.record()["exit_code"], 0, "exit_code in spite of an ignored SIGCHLD")
        view = json.loads(run.log.read_bytes())
        fifo = str(run.folder / "output.fifo")
    check_equal(view["fds"], {"0": "/dev/null", "1": fifo, "2": fifo}, "descriptors")
    check_equal(view["n"], 3, "number of descriptors")
    check_equal(int(view["rdwr"], 8) & 3, os.O_RDWR, "open mode of stdout")
    check_equal(view["blocked"], [], "blocked signals")
    # Python itself ignores SIGPIPE and SIGXFSZ.
    check_equal(int(view["ignored"], 16) & ~(1 << 12 | 1 << 24), 0, "ignored signals")
    check_equal((view["session"], view["group"]), (True, True), "session and group leader")
    own = int(Path("/proc/self/oom_score_adj").read_text())
    check_equal(view["oom"], min(1000, max(own, 0) + 300), "oom_score_adj")
    check_equal((view["cwd"], view["umask"]), ("/var", 0o027), "cwd and umask")


@test("files and sockets are the user's alone, whatever the umask")
def permissions() -> None:
    with Run() as run:
        run.start("sleep", "100", preexec_fn=lambda: os.umask(0))
        run.ask("stop user 0")
        modes = {entry.name: entry.stat().st_mode & 0o777 for entry in os.scandir(run.folder)}
        check("lock" in modes and "output.log" in modes, modes)
        for name, mode in modes.items():
            check_equal(mode & 0o177, 0, f"mode of {name}")


@test("R06 a crash at any step of the record leaves none or a whole one")
def crash_in_record() -> None:
    outcomes = {}
    points = [("renameat", 2), ("fsync", 4), ("ftruncate", 2), ("unlinkat", 4)]
    for syscall, most in points:
        for when in range(1, most + 1):
            with Run() as run:
                run.launch("/bin/sh", "-c", "echo said; exit 5",
                           wrapper=crashpoints.kill_at(syscall, str(when)))
                wait_for(lambda run=run: not run.is_locked() and not run.processes(), 10, "the end")
                path = run.folder / "exit.json"
                outcomes[f"{syscall} {when}"] = path.exists()
                if path.exists():
                    check_equal(json.loads(path.read_text())["exit_code"], 5, f"{syscall} {when}")
                check(run.log_size() in (0, 5), f"{syscall} {when}: log of {run.log_size()} bytes")
    note(outcomes)
    check_equal(outcomes["renameat 2"], False, "killed at the rename")
    check(any(outcomes.values()), "no crash point lay behind the record")


@test("R12 a megabyte without a line end arrives whole and is flagged")
def long_line() -> None:
    with Run() as run:
        run.start(sys.executable, "-c", "import os\nd=b'x'*1_000_003\nwhile d: d=d[os.write(1,d):]")
        record = run.record()
        check_equal(run.log.read_bytes(), b"x" * 1_000_003, "log")
        check_equal((record["log_bytes"], record["log_ends_partial"]), (1_000_003, True), "record")
    check_equal(run_shell("echo whole")["log_ends_partial"], False, "whole line")
    check_equal(run_shell("true")["log_ends_partial"], False, "empty log")


@test("stdout and stderr keep their order; carriage returns and split lines stay")
def order() -> None:
    for shape in (["--stderr"], ["--carriage", "--split"]):
        with Run() as run:
            run.start(*producer("--lines", 5000, *shape))
            run.record()
            report = gaps.check_file(run.log, 1, 5000)
            check(report.clean, shape, report)


@test("R24 what was printed right before SIGKILL is in the log, 30 times")
def killed_after_print() -> None:
    for _ in range(30):
        with Run() as run:
            run.start(*producer("--lines", 50, "--kill-self", 9))
            check_equal(run.record()["signal"], 9, "signal")
            report = gaps.check_file(run.log, 1, 50)
            check(report.clean, report)


@test("R24 what the pump had not got to when the training died is drained")
def drained() -> None:
    with Run() as run:
        run.start("/bin/sh", "-c", 'sleep 1; exec "$@"', "sh", *producer("--lines", 5000, "--kill-self", 9))
        identity = run.identity()
        os.kill(identity["pump_pid"], signal.SIGSTOP)
        wait_for(lambda: not processes.is_alive(identity["child_pid"]), 10, "end of the training")
        time.sleep(0.2)
        check_equal((run.log_size(), run.has_ended()), (0, False), "before the pump goes on")
        os.kill(identity["pump_pid"], signal.SIGCONT)
        run.record()
        report = gaps.check_file(run.log, 1, 5000)
        check(report.clean, report)


@test("the run folder is removed under a running training: it goes on, the shim ends with it")
def folder_removed() -> None:
    with Run() as run:
        run.start(*producer("--lines", 200, "--rate", 100))
        identity = run.identity()
        shutil.rmtree(run.folder)
        os.kill(identity["pump_pid"], signal.SIGKILL)
        time.sleep(1)
        check(processes.is_alive(identity["child_pid"]), "the training died")
        wait_for(lambda: not processes.is_alive(identity["shim_pid"]), 30, "end of the shim")
        check_equal(run.processes(), [], "processes left")


@test("the index has at most four records a second, with true offsets")
def index() -> None:
    with Run() as run:
        run.start(*producer("--lines", 150, "--rate", 100))
        run.record()
        records = run.index()
        size = run.log_size()
        starts = {0} | {at + 1 for at, byte in enumerate(run.log.read_bytes()) if byte == 10}
    check(len(records) >= 4, "records in 1.5 s:", len(records))
    check_equal(records[0].offset, 0, "first offset")
    for before, after in zip(records, records[1:]):
        check(before.offset < after.offset < size, before, after)
        check(after.monotonic_us - before.monotonic_us >= 250_000, "too close", before, after)
        check(after.realtime_us >= before.realtime_us, "order")
    check(all(one.offset in starts for one in records), "offsets lie at line starts")


@test("the shim leaves the caller's session, group and descriptors")
def detached() -> None:
    with Run() as run:
        launch = run.start("sleep", "100")
        note(f"launching took {launch.seconds * 1000:.1f} ms")
        identity = run.identity()
        for pid in (identity["shim_pid"], identity["pump_pid"]):
            check(os.getsid(pid) not in (os.getsid(0), pid), "session of", pid)
            links = [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in (0, 1, 2)]
            check_equal(links, ["/dev/null"] * 3, "standard descriptors")
        check_equal(processes.stat_fields(identity["child_pid"])[1], str(identity["shim_pid"]), "parent")


main()
