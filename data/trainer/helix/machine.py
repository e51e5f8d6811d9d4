# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""What the machine can do: where to compute, in what precision, and whether it fits."""

from __future__ import annotations

from pathlib import Path

import torch

from .targets import TARGETS, Target

RESERVE = 0.9  # share of the free memory a run may plan with


class MachineError(Exception):
    """The machine cannot do what was asked; the message is one sentence or two."""


def device(wanted: str, local_rank: int = 0) -> torch.device:
    """Return the device for `wanted` (auto, cpu or cuda)."""
    available = torch.cuda.is_available()
    if wanted == "cuda" and not available:
        raise MachineError("There is no usable GPU here; leave out --device cuda to train on the processor.")
    if wanted == "cpu" or not available:
        return torch.device("cpu")
    torch.cuda.set_device(local_rank)
    torch.set_float32_matmul_precision("high")
    return torch.device("cuda", local_rank)


def half_is_fast(where: torch.device) -> bool:
    """Say whether bfloat16 arithmetic is native, and so faster than 32-bit floats."""
    if where.type == "cuda":
        return torch.cuda.is_bf16_supported()
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags


def free_bytes(where: torch.device) -> int | None:
    """Return the memory a run could take there, or None where that is not known."""
    if where.type == "cuda":
        return torch.cuda.mem_get_info(where)[0]
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return min(1024 * int(line.split()[1]), _cgroup_limit())
    except (OSError, ValueError):
        pass
    return None


def _cgroup_limit() -> int:
    try:
        return int(Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii"))
    except (OSError, ValueError):  # no limit is the word "max"
        return 1 << 62


def check_memory(target: Target, batch_size: int, length: int, half: bool, where: torch.device) -> str:
    """Return a line on the memory needed; raise MachineError, saying what fits, where it is too little."""
    needed, free = target.training_bytes(batch_size, length, half), free_bytes(where)
    if free is None:
        return f"Memory estimate: {needed / 1e9:.2f} GB"
    if needed <= RESERVE * free:
        return f"Memory estimate: {needed / 1e9:.2f} GB of {free / 1e9:.1f} GB free"
    advice = _what_fits(target, batch_size, length, half, RESERVE * free)
    raise MachineError(f"{target.name} with batch size {batch_size} needs about {needed / 1e9:.1f} GB, but only "
                       f"{free / 1e9:.1f} GB are free on {where}; {advice}.")


def _what_fits(target: Target, batch_size: int, length: int, half: bool, limit: float) -> str:
    for smaller in (size for size in (64, 32, 16, 8, 4, 2, 1) if size < batch_size):
        if target.training_bytes(smaller, length, half) <= limit:
            return f"--batch-size {smaller} would fit"
    fitting = [other for other in TARGETS.values() if other.training_bytes(8, length, half) <= limit]
    if fitting:
        return f"--target {max(fitting, key=lambda other: other.parameters).name} would fit"
    return "no target fits"
