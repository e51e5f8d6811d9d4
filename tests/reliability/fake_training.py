#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Prints what a training prints, quickly, with losses that can be checked."""

import argparse
import time


def main() -> None:
    """Trains nothing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--batches", type=int, default=10)
    parser.add_argument("--pause", type=float, default=0.01, help="seconds a batch")
    parser.add_argument("--status", type=int, default=0, help="exit status")
    options = parser.parse_args()
    for epoch in range(1, options.epochs + 1):
        print("=" * 80, f"EPOCH {epoch}/{options.epochs} (Phase 1)", "=" * 80, sep="\n")
        for batch in range(options.batches):
            print(f"  Batch {batch}/{options.batches}, Loss: {batch_loss(epoch, batch):.4f}", end="\r")
            time.sleep(options.pause)
        print(f"\nTrain Loss: {5 - epoch / 100:.4f}\nVal Loss: {5.1 - epoch / 100:.4f}")
        print(f"Epoch time: {options.pause * options.batches:.1f}s")
    raise SystemExit(options.status)


def batch_loss(epoch: int, batch: int) -> float:
    """The loss of a batch."""
    return 6 - epoch / 100 - batch / 10000


if __name__ == "__main__":
    main()
