# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Everything a run tells the world: lines on stdout, events for programs, and the status file."""

from __future__ import annotations

import datetime
import os
import sys
import time
from pathlib import Path
from typing import Any

from .files import to_json, write_atomically

RULER = "=" * 80
BATCH_INTERVAL = 0.5  # seconds between two batch reports


class Reporter:
    """The voice of rank 0; on other ranks (`silent`) every method does nothing."""

    def __init__(self, status_file: Path, silent: bool = False) -> None:
        self.status_file, self.silent = status_file, silent
        self.started = time.monotonic()
        self._last_batch = 0.0
        self._partial = False
        path = os.environ.get("TRAINING_CENTER_EVENTS")
        self._events = open(path, "a", encoding="utf-8") if path and not silent else None

    def say(self, text: str = "") -> None:
        if self.silent:
            return
        # A batch line ends in a carriage return; whatever follows begins a line of its own.
        print(("\n" if self._partial else "") + text, flush=True)
        self._partial = False

    def banner(self, *lines: str) -> None:
        self.say("\n".join([RULER, *lines, RULER]))

    def event(self, kind: str, **fields: Any) -> None:
        """Append one JSON object to the events file; a full disk must not end the training."""
        if self._events is None:
            return
        try:
            self._events.write(to_json({"type": kind, **fields}) + "\n")
            self._events.flush()
        except OSError as error:
            print(f"The events file cannot be written ({error.strerror}); going on without it.", file=sys.stderr)
            self._events = None

    def message(self, severity: str, text: str) -> None:
        self.say(text)
        self.event("message", severity=severity, text=text)

    def batch(self, epoch: int, batch: int, batches: int, loss: float, **more: float) -> None:
        """Report one batch, at most twice a second."""
        now = time.monotonic()
        if self.silent or now - self._last_batch < BATCH_INTERVAL:
            return
        self._last_batch, self._partial = now, True
        print(f"  Batch {batch}/{batches}, Loss: {loss:.4f}", end="\r", flush=True)
        self.event("batch", epoch=epoch, batch=batch, batches=batches, loss=loss, **more)

    def status(self, state: str, epoch: int, total: int, train: float | None, validation: float | None,
               eta: float | None) -> None:
        """Replace the status file, atomically."""
        if self.silent:
            return
        now = datetime.datetime.now(datetime.timezone.utc)
        document = {"timestamp": now.isoformat(timespec="microseconds").replace("+00:00", "Z"), "status": state,
                    "epoch": epoch, "total_epochs": total, "progress_pct": round(100 * epoch / total, 2),
                    "train_loss": train, "val_loss": validation,
                    "elapsed_seconds": round(time.monotonic() - self.started, 3), "eta_seconds": eta,
                    "eta_hours": None if eta is None else round(eta / 3600, 4)}
        try:
            write_atomically(self.status_file, (to_json(document, indent=2) + "\n").encode())
        except OSError as error:
            print(f"The status file {self.status_file} cannot be written: {error.strerror}.", file=sys.stderr)
