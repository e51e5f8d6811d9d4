# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""When a run is not worth another hour: rules over the losses, each answering in plain words."""

from __future__ import annotations

import math

DIVERGED = 15.0
COLLAPSED = 0.001
EARLY = 10
RISES = 5
# Five rises in a row happen by chance on a plateau; they count once the loss has left behind what
# the epochs before them had.
RISE_FACTOR, RISE_FLOOR = 1.20, 0.05


def broken(loss: float) -> str | None:
    """Say why a single batch's `loss` ends the run at once, or None."""
    return None if math.isfinite(loss) else f"Loss is not finite ({loss})"


def verdict(phase: int, train: list[float], validation: float | None) -> str | None:
    """Say why the epochs so far (`train`: their mean losses, the latest last) end the run, or None."""
    latest, epoch = train[-1], len(train)
    if broken(latest):
        return broken(latest)
    if latest > DIVERGED:
        return f"Training loss diverged ({latest:.4f} > {DIVERGED})"
    if latest < COLLAPSED and epoch < EARLY and not _understood(phase, validation):
        return f"Training loss collapsed too early ({latest:.6f} < {COLLAPSED} before epoch {EARLY})"
    window = train[-RISES - 1:]
    rising = len(window) == RISES + 1 and all(a < b for a, b in zip(window, window[1:]))
    before = max(train[-2 * RISES - 1:-RISES], default=math.inf)
    if rising and latest > before * RISE_FACTOR and latest > before + RISE_FLOOR:
        return f"Training loss rose {RISES} epochs in a row ({window[0]:.4f} to {latest:.4f})"
    return None


def _understood(phase: int, validation: float | None) -> bool:
    """Say whether a tiny loss is earned: a translation is determined by its prompt, other text is not."""
    return phase == 3 and validation is not None and math.isfinite(validation) and validation < 20 * COLLAPSED
