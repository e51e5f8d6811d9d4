# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""What a run must remember to go on exactly where it stopped, and its form in a checkpoint."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from .checkpoint import Checkpoint, CheckpointError


@dataclass
class Progress:
    """How far the run is: all of this is in a manifest, and comes back from it exactly."""

    epoch: int = 0               # complete epochs
    step: int = 0                # optimizer steps, also within the epoch under way
    loss_sum: float = 0.0        # over the steps of the epoch under way
    train: list[float] = field(default_factory=list)
    validation: list[float] = field(default_factory=list)
    best_loss: float | None = None
    best_epoch: int = 0
    best_name: str | None = None
    last_name: str | None = None
    tokens: int = 0
    seconds: float = 0.0


def pack(model: nn.Module, optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """Return the optimizer's moments and the random state as named tensors."""
    state: dict[str, Tensor] = {"rng": torch.get_rng_state()}
    for name, parameter in model.named_parameters():
        moments = optimizer.state[parameter]
        state[f"{name}/exp_avg"], state[f"{name}/exp_avg_sq"] = moments["exp_avg"], moments["exp_avg_sq"]
        state["step"] = moments["step"]  # the same for all
    return state


def unpack(source: Checkpoint, model: nn.Module, optimizer: torch.optim.Optimizer) -> Progress:
    """Put what `pack` stored back into `optimizer`, and return the progress of that moment."""
    stored = source.read_optimizer()
    try:
        for name, parameter in model.named_parameters():
            moments = {key: stored[f"{name}/{key}"].to(parameter.device) for key in ("exp_avg", "exp_avg_sq")}
            if any(tensor.shape != parameter.shape for tensor in moments.values()):
                raise KeyError(name)
            optimizer.state[parameter] = {**moments, "step": stored["step"].clone()}
        torch.set_rng_state(stored["rng"])
        return Progress(**source.manifest["progress"])
    except (KeyError, TypeError, RuntimeError):
        raise CheckpointError(f"The checkpoint {source.folder / source.name} lacks what resuming needs; "
                              f"begin anew from its weights with --init-from.") from None
