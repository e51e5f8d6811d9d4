# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Several processes training one model, as torchrun starts them; alone, all of this is trivial."""

from __future__ import annotations

import os

import torch
from torch import distributed, nn


class Ranks:
    """This process's place among those that train together (RANK, WORLD_SIZE, LOCAL_RANK)."""

    def __init__(self) -> None:
        self.count = int(os.environ.get("WORLD_SIZE", "1"))
        self.rank = int(os.environ.get("RANK", "0")) if self.count > 1 else 0
        self.local = int(os.environ.get("LOCAL_RANK", "0")) if self.count > 1 else 0

    @property
    def first(self) -> bool:
        return self.rank == 0

    def join(self, device: torch.device) -> None:
        """Meet the other processes; returns when all are there."""
        if self.count > 1:
            os.environ.setdefault("USE_LIBUV", "0")  # which some builds of PyTorch lack, and nothing here needs
            distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")

    def leave(self) -> None:
        if distributed.is_available() and distributed.is_initialized():
            distributed.destroy_process_group()

    def share(self, model: nn.Module, device: torch.device) -> nn.Module:
        """Return `model` such that its gradients are averaged over the processes."""
        if self.count == 1:
            return model
        devices = [device.index] if device.type == "cuda" else None
        return nn.parallel.DistributedDataParallel(model, device_ids=devices)

    def total(self, values: list[float], device: torch.device) -> list[float]:
        """Return the sums of `values` over the processes."""
        if self.count == 1:
            return values
        numbers = torch.tensor(values, dtype=torch.float64, device=device)
        distributed.all_reduce(numbers)
        return numbers.tolist()

    def any(self, flag: bool, device: torch.device) -> bool:
        """Say whether `flag` is true in any process: what one must do, all do."""
        return flag if self.count == 1 else self.total([float(flag)], device)[0] > 0

    def wait(self) -> None:
        """Return when all processes are here."""
        if self.count > 1:
            distributed.barrier()
