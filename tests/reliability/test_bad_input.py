#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""What people get wrong on the command line: one sentence, nothing half-done."""

import os
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

from enginerun import Engine  # noqa: E402
from scenes import queue, script, small_disk  # noqa: E402
from tap import check, check_equal, main, test  # noqa: E402


def refuse(engine: Engine, code: int, *arguments: str, names: str = "") -> str:
    """Runs trainctl, which must say one sentence, leave with a code and queue nothing."""
    done = engine.trainctl(*arguments)
    what = f"trainctl {' '.join(arguments)[:100]}"
    check_equal((done.returncode, done.stdout), (code, ""), f"{what} ({done.stderr.strip()})")
    lines = done.stderr.strip().splitlines()
    check_equal(len(lines), 1, f"{what}: lines on stderr: {lines}")
    check(lines[0].startswith("trainctl: ") and len(lines[0]) > 30, what, lines)
    check(names in lines[0], what, "does not name", names, ":", lines[0])
    check_equal(queue(engine), [], what)
    return lines[0]


@test("command lines that make no sense: exit code 2")
def usage() -> None:
    with Engine() as engine:
        for arguments, names in ((("queue", "add", "--frobnicate", "--", "true"), "--frobnicate"),
                                 (("frobnicate",), "frobnicate"), (("queue",), ""), (("queue", "add"), "--corpus"),
                                 (("queue", "move", "1"), ""), (("queue", "move", "1", "first"), "first"),
                                 (("status", "seventeen"), "seventeen"), (("cancel",), ""),
                                 (("queue", "add", "--epochs"), "epochs"),
                                 (("queue", "add", "--epochs", "many", "--", "true"), "many"),
                                 (("queue", "add", "--seed", "1.5", "--", "true"), "1.5"),
                                 (("queue", "add", "--corpus", "klingon"), "klingon"),
                                 (("queue", "add", "--env", "NOVALUE", "--", "true"), "NOVALUE"),
                                 (("queue", "add", "--script", "/bin/true", "--", "true"), ""),
                                 (("queue", "add", "--epochs", "1", "--epochs", "2", "--", "true"), "epochs")):
            refuse(engine, 2, *arguments, names=names)


@test("epochs 0 and 501, a negative seed, an unknown predecessor, a bad budget")
def numbers() -> None:
    with Engine() as engine:
        for option, value in (("--epochs", "0"), ("--epochs", "501"), ("--epochs", "-1"),
                              ("--epochs", "99999999999999999999"), ("--budget", "-1"), ("--budget", "much")):
            done = engine.trainctl("queue", "add", f"{option}={value}", "--", "true")
            check(done.returncode in (1, 2), option, value, "->", done.returncode)
            refuse(engine, done.returncode, "queue", "add", f"{option}={value}", "--", "true")
        refuse(engine, 1, "queue", "add", "--after", "99", "--", "true", names="99")
        for ok in ("1", "500"):
            check_equal(engine.trainctl("queue", "add", "--epochs", ok, "--", "true").returncode, 0, ok)


@test("files: a corpus that is missing, empty, binary or a folder; a script that is not executable")
def files() -> None:
    with Engine() as engine:
        empty, binary = engine.root / "empty.md", engine.root / "binary.md"
        empty.touch()
        binary.write_bytes(b"text\0more" * 100)
        os.mkfifo(engine.root / "fifo.md")
        for path in (engine.root / "none.md", empty, binary, engine.root, engine.root / "fifo.md", Path("/dev/zero")):
            refuse(engine, 1, "queue", "add", "--corpus-file", str(path), "--", "true", names=str(path))
        for path in (engine.root / "none.py", engine.root, script(engine, "plain", "#!/bin/sh\n", 0o644)):
            refuse(engine, 1, "queue", "add", "--script", str(path), names=str(path))
        refuse(engine, 1, "queue", "add", "--corpus", "hlx", "--resume-from", "/none.pt", names="/none.pt")
        refuse(engine, 1, "curriculum", "--corpus-file", str(binary), names=str(binary))


@test("a working folder that is missing, a file, or cannot be written to")
def workdir() -> None:
    with Engine() as engine:
        file = engine.root / "file"
        file.touch()
        for path in (engine.root / "none", file):
            refuse(engine, 1, "queue", "add", "--workdir", str(path), "--", "true", names=str(path))
        if os.geteuid() != 0:
            locked = engine.root / "locked"
            locked.mkdir(mode=0o500)
            refuse(engine, 1, "queue", "add", "--workdir", str(locked), "--", "true", names=str(locked))
            return
        with small_disk("1m") as disk:
            subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
            refuse(engine, 1, "queue", "add", "--workdir", str(disk), "--", "true", names=str(disk))


@test("an expression, a command or a program that cannot be used")
def texts() -> None:
    with Engine() as engine:
        refuse(engine, 1, "queue", "add", "--regex", "(?<epoch>[", "--", "true")
        refuse(engine, 1, "queue", "add", "--command", "python3 'unfinished")
        refuse(engine, 2, "queue", "add", "--command", "")
        refuse(engine, 1, "queue", "add", "--", "/no/such/program", names="/no/such/program")
        refuse(engine, 1, "queue", "add", "--title", "t" * 65536, "--", "true", names="title")
        refuse(engine, 1, "queue", "add", "--set", f"key={'v' * 65536}", "--", "true")


@test("sessions that are not there, verbs that do not fit")
def verbs() -> None:
    with Engine() as engine:
        for verb in ("status", "cancel", "suspend", "resume", "retry", "logs", "metrics", "gates"):
            refuse(engine, 1, verb, "17", names="session")
        refuse(engine, 1, "queue", "remove", "17", names="17")
        refuse(engine, 1, "queue", "move", "17", "1", names="17")


@test("nobody reads what it prints, no engine can be started: no crash, no silence")
def no_output() -> None:
    with Engine() as engine:
        for _ in range(50):
            engine.add("true", title="a title that fills the pipe" * 20)
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run([os.environ["TC_TRAINCTL"], "queue", "list"], env=engine.environment, stdout=writer,
                              stderr=subprocess.PIPE, text=True, timeout=20, check=False)
        os.close(writer)
        check(done.returncode in (1, -13, 141) or done.returncode == 0, done.returncode, done.stderr)
        check("CRITICAL" not in done.stderr and done.returncode not in (-11, -6), done.stderr)
        full = os.open("/dev/full", os.O_WRONLY)
        done = subprocess.run([os.environ["TC_TRAINCTL"], "queue", "list"], env=engine.environment, stdout=full,
                              stderr=subprocess.PIPE, text=True, timeout=20, check=False)
        os.close(full)
        check_equal(done.returncode, 1, f"output to a full disk ({done.stderr.strip()})")
        engine.kill()
        engine.environment["TRAINING_CENTER_ENGINE"] = "/bin/false"
        done = engine.trainctl("status")
        check_equal((done.returncode, len(done.stderr.strip().splitlines())), (1, 1), done.stderr)


if __name__ == "__main__":
    main()
