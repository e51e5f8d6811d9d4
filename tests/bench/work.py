#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""A fixed amount of work that talks like a training; prints how long it took."""

import argparse
import time

STEPS_A_SECOND = 100


def main() -> None:
    """Works and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds-of-work", type=int, default=6)
    options = parser.parse_args()
    began = time.perf_counter()
    for step in range(options.seconds_of_work * STEPS_A_SECOND):
        total = 0
        for number in range(120_000):
            total += number * number
        print(f"  Batch {step}/600, Loss: {total % 977 / 100:.4f}", end="\r", flush=True)
    print(f"\n{time.perf_counter() - began:.6f}")


if __name__ == "__main__":
    main()
