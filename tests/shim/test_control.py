#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""The control socket, and those who misuse it."""

import json
import os
import random
import resource
import socket
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

import processes  # noqa: E402
from shimrun import Run  # noqa: E402
from tap import Skip, check, check_equal, main, note, test, wait_for  # noqa: E402

MALFORMED = [
    "", " ", "\0", "status ", " status", "status\n", "status status", "STATUS", "stop", "stop user",
    "stop user ", "stop user x", "stop user -1", "stop user 0x10", "stop user 1e3", "stop user 1 2",
    "stop user  1", "stop root 1", "stop user 99999999999999999999", "stop user 604801", "stop user 1 ",
    "kill", "kill ", "kill me", "kill user ", "kill user 1", "pause now", "resume\0", "x" * 256, "x" * 257,
    "stop user " + "0" * 300, "x" * 60_000, "stop user 1\0", "{}", "\xff\xfe",
]


@test("status has the fields of the contract")
def status_fields() -> None:
    with Run() as run:
        run.start("/bin/sh", "-c", "echo 12345; sleep 100")
        wait_for(run.log_size, 15, "output")
        status = run.status()
        check_equal((status["state"], status["log_bytes"], status["dropped_bytes"], status["disk_full"],
                     status["child_pid"]), ("running", 6, 0, False, run.identity()["child_pid"]), "status")
        wait_for(lambda: run.status()["processes"] == 2, 15, "shell and sleep are counted")


@test("R21 malformed messages are answered with an error, and do nothing")
def malformed() -> None:
    with Run() as run:
        run.start("sleep", "100")
        with run.connection() as client:
            for message in MALFORMED:
                client.send(message.encode("latin-1"))
                reply = client.recv(4096).decode()
                check(reply.startswith("error: "), repr(message[:40]), "got", reply)
            client.send(b"status")
            status = json.loads(client.recv(4096))
        check_equal((status["state"], status["stopped_by"]), ("running", None), "status")
        check_equal((run.folder / "shim.log").read_text().count("malformed"), 1, "notes in shim.log")


@test("R21 thirty thousand random messages")
def random_messages() -> None:
    words = [b"status", b"stop", b"kill", b"pause", b"resume", b"user", b"rule", b" ", b"  ", b"-", b"5", b"\0"]
    source = random.Random(5)
    with Run() as run:
        run.start("sleep", "100")
        began = time.monotonic()
        with run.connection() as client:
            for number in range(30_000):
                if number % 2:
                    message = b"".join(source.choice(words) for _ in range(source.randint(0, 6)))
                else:
                    message = source.randbytes(source.randint(0, 300))
                if message.startswith((b"stop", b"kill", b"pause")) and b"\0" not in message:
                    message += b"\0"
                client.send(message)
                check(client.recv(4096) != b"", "hung up on", message)
        note(f"{30_000 / (time.monotonic() - began):.0f} messages a second")
        check_equal(run.status()["state"], "running", "state")


@test("R21 another user is refused, even where the file modes would let them in")
def foreign_user() -> None:
    if os.geteuid() != 0:
        raise Skip("only root can be somebody else")
    with Run() as run:
        run.start("sleep", "100")
        os.chmod(run.folder, 0o755)
        os.chmod(run.folder / "control.sock", 0o666)
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            client = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            try:
                os.setresuid(1234, 1234, 1234)
                client.connect(str(run.folder / "control.sock"))
                client.send(b"kill user")
                os.write(writing, client.recv(4096))
            except OSError as error:
                os.write(writing, repr(error).encode())
            os._exit(0)
        os.close(writing)
        os.waitpid(pid, 0)
        with open(reading, "rb") as stream:
            answer = stream.read()
        check(b"error" in answer.lower(), answer)
        check_equal((run.status()["state"], run.status()["stopped_by"]), ("running", None), "status")


@test("a run folder whose path is longer than a socket address")
def long_path() -> None:
    with Run() as outer:
        deep = outer.folder / ("d" * 100) / ("e" * 100)
        deep.mkdir(parents=True)
        with Run(deep) as run:
            run.start("sleep", "100")
            check_equal(run.status()["state"], "running", "state")
            run.ask("stop user 0")
            run.record()


@test("forty clients at once; silent ones give way, none holds up another")
def many_clients() -> None:
    with Run() as run:
        run.start("sleep", "100")
        idle = []
        for _ in range(40):
            context = run.connection()
            idle.append((context, context.__enter__()))
            began = time.monotonic()
            check_equal(run.status()["state"], "running", "state")
            check(time.monotonic() - began < 3, "held up")
        for context, _ in idle:
            context.__exit__(None, None, None)
        with run.connection() as busy, run.connection() as other:
            busy.send(b"status")
            other.send(b"status")
            check_equal(busy.recv(4096)[:1] + other.recv(4096)[:1], b"{{", "two at a time")


@test("out of descriptors: no spinning, and an answer when there are some again")
def no_descriptors() -> None:
    with Run() as run:
        run.start("sleep", "100")
        pid = run.identity()["shim_pid"]
        limits = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (processes.open_files(pid) - 1, limits[1]))
        used = processes.cpu_seconds(pid)
        with run.connection(10) as client:
            client.send(b"status")
            time.sleep(1)
            check(processes.cpu_seconds(pid) - used < 0.05, "it spins")
            resource.prlimit(pid, resource.RLIMIT_NOFILE, limits)
            check_equal(json.loads(client.recv(4096))["processes"], 1, "processes")
        check(processes.is_alive(pid), "the shim died")


@test("a client that never reads its replies is dropped, not waited for")
def deaf_client() -> None:
    with Run() as run:
        run.start("sleep", "100")
        with run.connection(0.2) as deaf:
            try:
                for _ in range(20_000):
                    deaf.send(b"status")
            except (BrokenPipeError, ConnectionResetError, TimeoutError):
                pass
            check_equal(run.status()["state"], "running", "state")


@test("pause and resume are refused when there is nothing to pause")
def refused() -> None:
    with Run() as run:
        run.start("/bin/sh", "-c", "trap '' TERM; echo trapped; sleep 100 & wait; wait; sleep 100")
        wait_for(run.log_size, 15, "the trap")
        run.ask("stop user 30")
        for message in ("pause", "resume"):
            check(run.ask(message).startswith("error: "), message)
        run.ask("kill user")
        check_equal(run.record()["stopped_by"], "user", "stopped_by")


@test("a shim that was stopped by a signal answers again when it is continued")
def hung_shim() -> None:
    with Run() as run:
        run.start("sleep", "100")
        pid = run.identity()["shim_pid"]
        os.kill(pid, 19)
        with run.connection(0.3) as client:
            client.send(b"status")
            try:
                client.recv(100)
                raise AssertionError("a stopped shim answered")
            except TimeoutError:
                pass
        check(processes.is_alive(run.identity()["child_pid"]), "the training died")
        os.kill(pid, 18)
        check_equal(run.status()["state"], "running", "state")


main()
