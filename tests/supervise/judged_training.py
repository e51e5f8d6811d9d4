#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Says what a training with quality gates says, with reports and samples, quickly."""

import argparse
import json
import os
import time
from pathlib import Path


def main() -> None:
    """Trains nothing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--gates", type=lambda text: {int(part) for part in text.split(",") if part}, default={1, 5})
    parser.add_argument("--pause", type=float, default=0.1, help="seconds an epoch")
    options = parser.parse_args()
    with open(os.environ["TRAINING_CENTER_EVENTS"], "a", buffering=1, encoding="utf-8") as events:
        for epoch in range(1, options.epochs + 1):
            print("=" * 80, f"EPOCH {epoch}/{options.epochs} (Phase 1)", "=" * 80, sep="\n")
            time.sleep(options.pause)
            print(f"Train Loss: {5 - epoch / 10:.4f}\nVal Loss: {5.1 - epoch / 10:.4f}")
            if epoch in options.gates:
                gate(epoch, events)


def gate(epoch: int, events: object) -> None:
    """A gate, as the bundled validator holds it: told in the log and in the events."""
    report = Path("gates") / f"gate_epoch{epoch}.json"
    report.parent.mkdir(exist_ok=True)
    report.write_text(json.dumps({
        "status": "warn", "checkpoint": str(Path.cwd() / "checkpoints"),
        "tests": [{"name": "parroting", "status": "warn", "details": "echoes 12.5%"}],
        "figures": {"held_out_loss": 4.25, "echo_rate": 0.125},
        "samples": [{"prompt": "The cat", "format": None, "expected": None, "answer": "sample answer of the model"}],
    }))
    print(f"QUALITY GATE: Epoch {epoch}\n⚠ Quality gate WARNING for epoch {epoch}")
    events.write(json.dumps({"type": "gate", "epoch": epoch, "result": "warn", "report": str(report)}) + "\n")


if __name__ == "__main__":
    main()
