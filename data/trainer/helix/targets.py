# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""The sizes Helix comes in: one architecture, three targets."""

from __future__ import annotations

from dataclasses import dataclass

from .tokens import VOCABULARY

CONTEXT = 256


@dataclass(frozen=True)
class Target:
    """The shape of one model, and the training defaults that suit it."""

    name: str
    width: int
    layers: int
    heads: int
    hidden: int
    learning_rate: float
    batch_size: int
    context: int = CONTEXT
    vocabulary: int = VOCABULARY

    @property
    def parameters(self) -> int:
        """The number of weights, computed from the shape (the tied head counts once)."""
        norm = 2 * self.width
        attention = 4 * self.width * self.width + 4 * self.width
        feed_forward = 2 * self.width * self.hidden + self.hidden + self.width
        block = 2 * norm + attention + feed_forward
        return (self.vocabulary + self.context) * self.width + self.layers * block + norm

    @property
    def checkpoint_bytes(self) -> int:
        """The size of its weights in 32-bit floats, as a checkpoint stores them."""
        return 4 * self.parameters

    def training_bytes(self, batch_size: int, length: int, half: bool) -> int:
        """Estimate the memory of training: weights, gradients, two moments, activations."""
        state = 16 * self.parameters
        per_value = 2 if half else 4
        # A block keeps about 16 activations of its width for each token (the four-fold hidden
        # layer counted as four, twice for GELU), and the loss three copies of the logits in fp32.
        tokens = batch_size * length
        activations = tokens * self.layers * (8 * self.width + 2 * self.hidden) * per_value
        return state + activations + 12 * tokens * self.vocabulary


TARGETS = {target.name: target for target in (
    Target("helix-1m", width=128, layers=5, heads=4, hidden=512, learning_rate=3e-3, batch_size=64),
    Target("helix-10m", width=320, layers=8, heads=10, hidden=1280, learning_rate=1e-3, batch_size=64),
    Target("helix-100m", width=1024, layers=8, heads=16, hidden=4096, learning_rate=3e-4, batch_size=64),
)}
