#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""What a run survives: the death of each part of the shim, and foreign hands."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

import gaps  # noqa: E402
import processes  # noqa: E402
from shimrun import Run, producer  # noqa: E402
from tap import Skip, check, check_equal, main, note, test, wait_for  # noqa: E402

UNKNOWN = (None, None)
LOCKED = 3
GONE = 4


def end_of(record: dict) -> tuple:
    """How the training ended, as far as is known."""
    return record["exit_code"], record["signal"]


@test("R02 the pump is killed 40 times and more, a million lines arrive once each")
def pump_storm() -> None:
    lines = 1_000_000
    with Run() as run:
        run.start(*producer("--lines", lines, "--split"))
        kills = processes.kill_loop(run.pump, 1000, 0.010, 0.040, lambda: not run.has_ended())
        record = run.record()
        report = gaps.check_file(run.log, 1, lines)
        offsets = [one.offset for one in run.index()]
        note(f"{kills} kills, {report}")
        check(kills >= 40, "only", kills, "kills")
        check(report.clean, report)
        check_equal(end_of(record), (0, None), "end")
        check_equal(offsets, sorted(offsets), "index order")


@test("R02 a pump killed again and again while little is written loses nothing")
def pump_storm_trickle() -> None:
    with Run() as run:
        run.start(*producer("--lines", 400, "--rate", 400, "--split"))
        kills = processes.kill_loop(run.pump, 1000, 0.001, 0.020, lambda: not run.has_ended())
        run.record()
        report = gaps.check_file(run.log, 1, 400)
        note(f"{kills} kills")
        check(kills >= 10 and report.clean, kills, report)


@test("a script that prints often does not wake the pump for each of its lines")
def pump_rests() -> None:
    lines = 400

    def wakes() -> int:
        status = Path(f"/proc/{run.pump()}/status").read_text()
        return int(status.split("\nvoluntary_ctxt_switches:")[1].split()[0])

    with Run() as run:
        run.start("sh", "-c", f"i=0; while [ $i -lt {lines} ]; do echo $i; sleep 0.005; i=$((i+1)); done; sleep 1000")
        wait_for(lambda: run.log.read_bytes().endswith(b"\n%d\n" % (lines - 1)), 60, "all lines")
        note(f"{wakes()} wakes for {lines} lines")
        check(wakes() < lines / 2, wakes(), "wakes for", lines, "lines")


@test("R03 the reaper is killed: the run goes on, its status is unknown")
def reaper_killed() -> None:
    with Run() as run:
        run.start(*producer("--lines", 600, "--rate", 600, "--exit", 7))
        identity = run.identity()
        run.kill_reaper()
        check(processes.is_alive(identity["child_pid"]), "the training died with the reaper")
        wait_for(lambda: not run.is_locked(), 15, "the lock is free, which tells the engine")
        wait_for(lambda: not processes.is_alive(identity["child_pid"]), 10, "end of the training")
        wait_for(lambda: not processes.is_alive(identity["pump_pid"]), 15, "end of the lone pump")
        report = gaps.check_file(run.log, 1, 600)
        check(report.clean, report)
        check(not run.has_ended(), "somebody wrote an exit record")


@test("R03 a dead reaper is replaced: log goes on, control works, status stays unknown")
def reaper_adopted() -> None:
    with Run() as run:
        run.start(*producer("--lines", 2000, "--rate", 1000, "--exit", 7))
        before = run.identity()
        run.kill_reaper()
        check_equal(run.adopt().ready, "R", "adopt")
        after = run.identity()
        check_equal([after[key] for key in ("child_pid", "child_start_time", "started_at_us")],
                    [before[key] for key in ("child_pid", "child_start_time", "started_at_us")], "identity")
        check(not processes.is_alive(before["pump_pid"]), "two pumps")
        status = run.status()
        check_equal((status["state"], status["processes"]), ("running", 1), "status")
        check_equal((run.ask("pause"), run.status()["state"]), ("ok", "paused"), "pause")
        wait_for(lambda: processes.state(before["child_pid"]) == "T", 15, "the training stops")
        check_equal(run.ask("resume"), "ok", "resume")
        record = run.record()
        check_equal(end_of(record), UNKNOWN, "end")
        check_equal(record["started_at_us"], before["started_at_us"], "start")
        report = gaps.check_file(run.log, 1, 2000)
        check(report.clean, report)


@test("R03 an adopted run can be stopped, with a grandchild in a session of its own")
def adopted_stop() -> None:
    script = ("setsid sh -c 'while :; do echo grand; sleep 0.05; done' & "
              "trap 'exit 143' TERM; while :; do sleep 0.05; done")
    with Run() as run:
        run.start("/bin/sh", "-c", script)
        wait_for(run.log_size, 15, "output of the grandchild")
        run.kill_reaper()
        check_equal(run.adopt().ready, "R", "adopt")
        wait_for(lambda: run.status()["processes"] >= 2, 15, "both are counted")
        check_equal(run.ask("stop user 5"), "ok", "stop")
        record = run.record()
        check_equal((end_of(record), record["stopped_by"]), (UNKNOWN, "user"), "record")
        check_equal(run.processes(), [], "processes left")


@test("R04 all of the shim is killed: training blocks, is adopted, loses no byte")
def shim_killed() -> None:
    lines, width = 60_000, 60
    with Run() as run:
        run.start(*producer("--lines", lines, "--width", width, "--hold", 0.3))
        child = run.identity()["child_pid"]
        wait_for(lambda: run.log_size() > 100_000, 10, "some output")
        run.kill_reaper()
        run.kill_pump()
        size = run.log_size()
        wait_for(lambda: b"pipe_write" in Path(f"/proc/{child}/wchan").read_bytes()
                 or processes.state(child) == "S", 5, "the training blocks")
        time.sleep(0.3)
        check_equal(run.log_size(), size, "nobody writes the log")
        check(processes.is_alive(child), "the training died")
        check_equal(run.launch("true").status, 1, "a second training must not start beside it")
        check_equal(run.adopt().ready, "R", "adopt")
        record = run.record(30)
        report = gaps.check_file(run.log, 1, lines)
        note(report, "adopted at", size)
        check(size < lines * (width + 1), "nothing was left to be pumped")
        check(report.clean, report)
        check_equal(end_of(record), UNKNOWN, "end")


@test("R03 reaper and pump killed and replaced five times under load, nothing lost")
def adopt_storm() -> None:
    lines = 300_000
    with Run() as run:
        run.start(*producer("--lines", lines))
        for number in range(5):
            time.sleep(0.03)
            run.kill_reaper()
            if number % 2:
                run.kill_pump()
            check_equal(run.adopt().ready, "R", f"adopt {number}")
        run.record(30)
        report = gaps.check_file(run.log, 1, lines)
        check(report.clean, report)


def forge(run: Run, **changes: object) -> None:
    """Rewrites shim.json as if it were another's."""
    path = run.folder / "shim.json"
    text = json.dumps({**run.identity(), **changes}, separators=(",", ":"))
    path.write_text(text)


SENTINEL = """
import signal, sys, time
for n in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD}:
    signal.signal(n, lambda n, f: open(sys.argv[1], "a").write(f"{n}\\n"))
print("ready", flush=True)
while True: time.sleep(9)
"""


@test("R07 a foreign process with the pid of the training is not adopted, never signalled")
def foreign_pid() -> None:
    with Run() as run:
        run.start("sleep", "100")
        run.ask("kill user")
        run.record()
        (run.folder / "exit.json").unlink()
        marks = run.folder / "marks"
        stranger = subprocess.Popen([sys.executable, "-c", SENTINEL, str(marks)], stdout=subprocess.PIPE)
        try:
            stranger.stdout.readline()
            forge(run, child_pid=stranger.pid, pump_pid=stranger.pid)
            before = sorted((one.name, one.stat().st_mtime_ns) for one in os.scandir(run.folder))
            for time_off in (run.identity()["child_start_time"], processes.start_time(stranger.pid) + 1):
                forge(run, child_start_time=time_off, pump_start_time=time_off)
                launch = run.adopt()
                check_equal((launch.status, launch.ready[:3]), (GONE, "E3 "), "adopt")
            names = [name for name, _ in before]
            check_equal(sorted(os.listdir(run.folder)), names, "files in the folder")
            time.sleep(0.1)
            check(stranger.poll() is None and not marks.exists(), "the stranger got a signal")
            check(processes.state(stranger.pid) != "T", "the stranger was stopped")
            # Another start is none of the stranger's business either.
            run.start("true")
            run.record()
            check(stranger.poll() is None and not marks.exists(), "the stranger got a signal")
        finally:
            stranger.kill()
            stranger.communicate()


IN_PID_NAMESPACE = """
import os, subprocess, sys
sys.path.insert(0, sys.argv[1])
from shimrun import Run
with Run() as run:
    run.start("sleep", "100")
    pid = run.identity()["child_pid"]
    run.kill_reaper(); run.kill_pump()
    os.kill(pid, 9)
    import tap, processes
    # We are the init here, and get the orphans of the shim.
    tap.wait_for(lambda: os.waitpid(pid, os.WNOHANG)[0] == pid, 15, "the training is gone")
    for _ in range(200):
        open("/proc/sys/kernel/ns_last_pid", "w").write(str(pid - 1))
        other = subprocess.Popen(["/bin/sleep", "50"])
        if other.pid == pid: break
        other.kill(); other.wait()
    assert other.pid == pid, "could not get the pid again"
    launch = run.adopt()
    assert launch.status == 4, launch
    assert other.poll() is None and processes.state(pid) in "SRD"
    other.kill(); other.wait()
print("REUSED")
"""


@test("R07 the kernel gives the pid to another process: not adopted")
def reused_pid() -> None:
    harness = str(Path(__file__).resolve().parent.parent / "harness")
    command = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]
    if os.geteuid() != 0:
        command.insert(1, "--map-root-user")
    if subprocess.run([*command, "true"], capture_output=True, check=False).returncode != 0:
        raise Skip("no pid namespace here")
    done = subprocess.run([*command, sys.executable, "-c", IN_PID_NAMESPACE, harness],
                          capture_output=True, text=True, timeout=60, check=False)
    if "ns_last_pid" in done.stderr:
        raise Skip("ns_last_pid cannot be set here")
    check("REUSED" in done.stdout, done.stdout, done.stderr)


@test("R08 a run of an earlier boot is refused as such, nobody is signalled")
def other_boot() -> None:
    with Run() as run:
        run.start("sleep", "100")
        child = run.identity()["child_pid"]
        run.kill_reaper()
        forge(run, boot_id="00000000-1111-2222-3333-444444444444")
        launch = run.adopt()
        check_equal(launch.status, GONE, "adopt")
        check("restarted" in launch.errors and "restarted" in launch.ready, launch)
        check(processes.state(child) in ("S", "R", "D"), "the training got a signal")
        check(not run.has_ended(), "somebody wrote an exit record")


@test("damaged shim.json is refused, whatever is in it")
def damaged_identity() -> None:
    with Run() as run:
        run.start("true")
        run.record()
        (run.folder / "exit.json").unlink()
        whole = (run.folder / "shim.json").read_bytes()
        for damaged in (b"", b"{", b"\0" * 300, b'"' * 5000, whole[:40], whole[:120],
                        whole.replace(b'"child_pid":', b'"child_pid":-'),
                        b'{"child_pid":1,"child_start_time":1,"boot_id":""}'):
            (run.folder / "shim.json").write_bytes(damaged)
            check_equal(run.adopt().status, GONE, repr(damaged[:40]))


@test("R16 of twenty shims started at once on one folder, one runs and the rest refuse")
def lock_race() -> None:
    with Run() as run:
        launches = []
        threads = [threading.Thread(target=lambda: launches.append(run.launch("sleep", "100")))
                   for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        check_equal(sorted(one.status for one in launches), [0] + [LOCKED] * 19, "exit statuses")
        refused = next(one for one in launches if one.status == LOCKED)
        check("lock" in refused.errors and refused.ready.startswith("E11 "), refused)
        check_equal(run.status()["processes"], 1, "trainings")


@test("R16 a refused shim touches nothing, also as adopter")
def lock_untouched() -> None:
    with Run() as run:
        run.start(*producer("--lines", 10, "--hold", 100))
        wait_for(lambda: run.log.exists() and run.log.read_bytes().count(b"\n") == 10, 15, "all output")
        run.status()

        def snapshot() -> list:
            return sorted((one.name, one.stat().st_mtime_ns, one.inode()) for one in os.scandir(run.folder))

        before = snapshot()
        check_equal(run.launch("true").status, LOCKED, "start")
        check_equal(run.adopt().status, LOCKED, "adopt")
        check_equal(snapshot(), before, "folder")


@test("the shim outlives its caller's session and process group")
def caller_killed() -> None:
    with Run() as run:
        script = f'{os.environ["TC_SHIM"]} --run-dir {run.folder} -- sleep 100; kill -KILL -$$'
        name, _, value = run.marker.partition("=")
        subprocess.run(["setsid", "sh", "-c", script], env={**os.environ, name: value}, check=False)
        check_equal(run.status()["state"], "running", "status")
        os.kill(run.identity()["shim_pid"], signal.SIGHUP)
        os.kill(run.identity()["shim_pid"], signal.SIGPIPE)
        check_equal(run.status()["state"], "running", "after SIGHUP and SIGPIPE")


main()
