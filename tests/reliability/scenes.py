# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""What several scenarios need: fake scripts, file systems that fill up."""

from __future__ import annotations

import contextlib
import os
import pty
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

import tap  # noqa: E402
from enginerun import Engine  # noqa: E402

FAKE = Path(__file__).resolve().parent / "fake_training.py"


def fake(epochs: int, batches: int = 10, pause: float = 0.005, status: int = 0) -> str:
    """The command of a training that can be checked."""
    return f"python3 {FAKE} --epochs {epochs} --batches {batches} --pause {pause} --status {status}"


def python(code: str) -> str:
    """The command that runs some Python."""
    return f"{shlex.quote(sys.executable)} -S -c {shlex.quote(code)}"


def check_metrics(engine: Engine, session: str, epochs: int, batches: int) -> None:
    """Every point of a fake training is there, once, with its value."""
    series = engine.metrics(session)
    tap.check_equal([point[0] for point in series["train_loss"]],
                    [float(n) for n in range(1, epochs + 1)], "epochs")
    tap.check_equal(len(series["batch_loss"]), epochs * batches, "batches")
    for x, value in series["val_loss"]:
        tap.check(abs(value - (5.1 - x / 100)) < 1e-9, "val_loss at", x, "is", value)


def texts(engine: Engine, session: str) -> str:
    """All that was told about a session, one event a line."""
    return "\n".join(f"{event['severity']} {event['kind']}: {event['text']}" for event in engine.events(session))


@contextlib.contextmanager
def small_disk(size: str) -> Iterator[Path]:
    """A file system of its own; needs root."""
    folder = Path(tempfile.mkdtemp(prefix="tc-disk-"))
    try:
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", folder],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise tap.Skip(f"cannot mount a tmpfs: {done.stderr.strip()}")
        try:
            yield folder
        finally:
            subprocess.run(["umount", "-l", folder], check=True)
    finally:
        folder.rmdir()


def fill(folder: Path) -> Path:
    """Fills the file system to the last byte; the file to delete."""
    ballast = folder / "ballast"
    fd = os.open(ballast, os.O_WRONLY | os.O_CREAT)
    try:
        for size in (65536, 4096, 512, 1):
            with contextlib.suppress(OSError):
                while True:
                    os.write(fd, b"\0" * size)
    finally:
        os.close(fd)
    return ballast


def script(engine: Engine, name: str, text: str, mode: int = 0o755) -> str:
    """A script of the user; its path."""
    path = engine.root / name
    path.write_text(text)
    path.chmod(mode)
    return str(path)


def on_terminal(engine: Engine, *arguments: str) -> str:
    """What trainctl shows on a terminal."""
    master, slave = pty.openpty()
    with subprocess.Popen([os.environ["TC_TRAINCTL"], *arguments], env=engine.environment | {"TERM": "xterm"},
                          stdin=subprocess.DEVNULL, stdout=slave, stderr=slave) as process:
        os.close(slave)
        shown = b""
        with contextlib.suppress(OSError):
            while data := os.read(master, 65536):
                shown += data
        process.wait(20)
    os.close(master)
    return shown.decode()


def queue(engine: Engine) -> list[dict[str, Any]]:
    """All sessions in order."""
    return engine.get("/api/training/queue")["sessions"]
