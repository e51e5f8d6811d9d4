# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""A training that only pretends, as slow or as bad as a test wants it.

fake_run.py EPOCHS SECONDS [gates=EPOCH:RESULT,…] [exit=CODE] [hold]: EPOCHS
epochs, each SECONDS long; hold: then it waits for its end to come from outside.
"""

from __future__ import annotations

import json
import os
import sys
import time


def tell(**event: object) -> None:
    """An event beyond the output."""
    with open(os.environ["TRAINING_CENTER_EVENTS"], "a", encoding="utf-8") as events:
        events.write(json.dumps(event) + "\n")


def main() -> int:
    """Trains nothing."""
    epochs, seconds = int(sys.argv[1]), float(sys.argv[2])
    options = dict(argument.partition("=")[::2] for argument in sys.argv[3:])
    gates = dict(gate.split(":") for gate in options.get("gates", "").split(",") if gate)
    for epoch in range(1, epochs + 1):
        print(f"EPOCH {epoch}/{epochs} (Phase 1)", flush=True)
        print(f"Train Loss: {3 / epoch + 1:.4f}")
        print(f"Val Loss: {3 / epoch + 1.2:.4f}", flush=True)
        if str(epoch) in gates:
            tell(type="gate", epoch=epoch, result=gates[str(epoch)], report="")
        time.sleep(seconds)
    while "hold" in options:
        time.sleep(1)
    if "exit" in options:
        print("ValueError: the fake has failed", file=sys.stderr, flush=True)
    return int(options.get("exit", "0"))


sys.exit(main())
