# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""The watchdog behind training_watchdog.py: a status file in, findings in plain words out."""

from __future__ import annotations

import argparse
import datetime
import json
import math
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ENDED = {"completed": 0, "aborted": 1, "quality_failed": 1, "interrupted": 1}
DIVERGED = 15.0
RULER = "=" * 60


@dataclass
class Finding:
    """Something to say: `kind` for programs, `text` for people."""

    kind: str
    text: str
    severity: str = "warning"


@dataclass
class Watch:
    """What is remembered from one check to the next.  Times are seconds of a monotonic clock."""

    stall_after: float
    started_utc: float | None             # seconds since 1970, to tell a stale file of an earlier run
    changed_at: float
    seen: tuple | None = None             # what counts as a sign of life: time stamp, epoch, losses
    durations: list[float] = field(default_factory=list)
    epoch: int | None = None
    best: float = math.inf

    def check(self, status: dict[str, Any] | None, now: float) -> list[Finding]:
        """Return the findings on `status` (None: not readable yet) at monotonic time `now`."""
        if status is None:
            return self._silence(now, "no status file yet")
        if self._stale(status):
            return self._silence(now, "the status file is of an earlier run")
        seen = (status.get("timestamp"), status.get("epoch"), repr(status.get("train_loss")))
        if seen != self.seen:
            if self.seen is not None and status.get("epoch") != self.epoch:
                self.durations.append(now - self.changed_at)
            self.seen, self.changed_at, self.epoch = seen, now, status.get("epoch")
        findings = [] if status.get("status") in ENDED else self._silence(now, "the status file has not changed")
        return findings + self._losses(status)

    def _stale(self, status: dict[str, Any]) -> bool:
        """An ended run in a file from before the watch began is not the run being watched."""
        written = utc_seconds(status.get("timestamp"))
        return (self.started_utc is not None and status.get("status") in ENDED
                and written is not None and written < self.started_utc - 60)

    def _silence(self, now: float, what: str) -> list[Finding]:
        quiet = now - self.changed_at
        # An epoch may well take longer than the limit: three usual epochs are allowed.
        usual = sorted(self.durations)[len(self.durations) // 2] if self.durations else 0.0
        if quiet <= max(self.stall_after, 3 * usual):
            return []
        return [Finding("stall", f"STALL: {what} for {quiet:.0f} s (an epoch usually takes {usual:.0f} s)", "error")]

    def _losses(self, status: dict[str, Any]) -> list[Finding]:
        findings = []
        lost = status.get("non_finite") or []
        for name in ("train_loss", "val_loss"):
            loss = status.get(name)
            if name in lost or isinstance(loss, float) and not math.isfinite(loss):
                findings.append(Finding("nan", f"NAN: {name} is not a number any more; the model is lost", "error"))
        loss = status.get("train_loss")
        if isinstance(loss, (int, float)) and math.isfinite(loss):
            if loss > DIVERGED:
                findings.append(Finding("divergence", f"DIVERGENCE: training loss {loss:.4f} is above {DIVERGED}", "error"))
            elif loss > 1.5 * self.best + 0.5:
                findings.append(Finding("divergence", f"DIVERGENCE: training loss {loss:.4f}, it has been {self.best:.4f}"))
            self.best = min(self.best, loss)
        if status.get("status") in ("aborted", "quality_failed"):
            findings.append(Finding("failure", f"FAILURE: the run ended with status {status['status']}", "error"))
        return findings


def utc_seconds(stamp: Any) -> float | None:
    """Return a time stamp of a status file as seconds since 1970; without a zone it is UTC."""
    try:
        moment = datetime.datetime.fromisoformat(str(stamp).replace("Z", "+00:00"))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=datetime.timezone.utc)).timestamp()


def read_status(path: Path) -> dict[str, Any] | None:
    """Return the status file's object, or None while there is none or it is half-written."""
    try:
        status = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return status if isinstance(status, dict) else None


def process_start(pid: int) -> str | None:
    """Return what tells this process from a later one of the same number, or None if it has ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    state, *rest = stat.rpartition(")")[2].split()
    return None if state in "ZX" else rest[18]


def block(status: dict[str, Any] | None, findings: list[Finding]) -> str:
    """Return what one check prints."""
    s = status or {}
    stamp = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")
    loss = ", ".join(f"{name} {s[key]:.4f}" for name, key in (("train", "train_loss"), ("val", "val_loss"))
                     if isinstance(s.get(key), (int, float)))
    lines = [RULER, f"WATCHDOG {stamp}",
             f"Status: {s.get('status', 'unknown')}   Epoch: {s.get('epoch', '?')}/{s.get('total_epochs', '?')}",
             f"Loss: {loss or 'unknown'}"]
    lines += [("❌ " if f.severity == "error" else "⚠ ") + f.text for f in findings] or ["✓ Training is healthy"]
    machine = {"time": stamp, "status": s.get("status"), "epoch": s.get("epoch"), "total_epochs": s.get("total_epochs"),
               "findings": [vars(finding) for finding in findings]}
    return "\n".join([*lines, "WATCHDOG " + json.dumps(machine, ensure_ascii=False), RULER])


def watch(path: Path, interval: float, stall_after: float, pid: int | None, pause: Callable[[float], bool]) -> int:
    """Check until the run has ended; `pause` waits and says whether to stop.  Return the exit status."""
    # Without a process to go by, an ended run is an ended run, however old its file.
    state = Watch(stall_after, time.time() if pid else None, time.monotonic())
    born = process_start(pid) if pid else None
    while True:
        alive = pid is None or (born is not None and process_start(pid) == born)
        status = read_status(path)
        findings = state.check(status, time.monotonic())
        known = status.get("status") if status and not state._stale(status) else None
        if known not in ENDED and not alive:
            findings.append(Finding("lost", f"LOST: process {pid} has ended without a final status", "error"))
        print(block(status, findings), flush=True)
        if known in ENDED:
            return ENDED[known]
        if not alive:
            return 1
        if pause(interval):
            return 128 + signal.SIGTERM


def main(arguments: list[str]) -> int:
    """Run the watchdog with `arguments` and return its exit status."""
    p = argparse.ArgumentParser(prog="training_watchdog.py", allow_abbrev=False,
                                description="Watch a training run through its status file.")
    p.add_argument("--status-file", type=Path, required=True, metavar="FILE")
    p.add_argument("--check-interval", type=float, default=60.0, metavar="SECONDS")
    p.add_argument("--stall-after", type=float, default=600.0, metavar="SECONDS", help="silence that counts as a stall")
    p.add_argument("--pid", type=int, help="the training process: when it is gone, so is the run")
    options = p.parse_args(arguments)
    if not 0 < options.check_interval < 1e6 or not 0 < options.stall_after < 1e9:
        p.error("--check-interval and --stall-after must be positive seconds")
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    return watch(options.status_file, options.check_interval, options.stall_after, options.pid, ending.wait)
