# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""How long a run will take and what it needs, from a few batches on a throw-away model.

`--calibrate SECONDS` prints one JSON object and leaves nothing behind.  What is timed is the
trainer's own step, validation, gate and checkpoint, on this machine, with the options of the run.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import resource
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy
import torch

from . import quality, state
from .checkpoint import digest
from .data import Batches
from .files import sync_folder, to_json
from .options import usable_processors
from .parallel import Ranks
from .report import Reporter
from .setup import Plan, SetupError, prepare
from .tensors import write
from .trainer import VALIDATION_DOCUMENTS, Stop, Trainer

SHARE_OF_BATCHES = 0.6     # of the time left when all is loaded; gate and validation have the rest
STEP_SHARE = 0.2           # of that for one step: where a batch takes longer, a part of it is timed
VALIDATION_SHARE = 0.3     # of the time left then
WARM_UP = 1
PROBE_BYTES = 64 << 20     # of a checkpoint that is written to see how fast that is
GATE_DOCUMENTS = 2 * quality.TEACHER_ROWS
ANSWER_STEPS = quality.ANSWER_BYTES  # tokens a sample of an untrained model has: it does not know how to end
LEARNT_SHARE = 0.25        # of those that a trained model's samples have at least


def calibrate(options: argparse.Namespace) -> int:
    """Print what was found, or {"problem": sentence} and return 1."""
    deadline = _process_start() + options.calibrate
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    with tempfile.TemporaryDirectory(prefix=".calibrate-", dir=".") as folder:
        options.checkpoint_dir = Path(folder)
        options.resume_from = options.init_from = None
        report = Reporter(Path(folder) / "status.json", silent=True)
        try:
            found = measure(prepare(options, Ranks(), report), report, deadline)
        except (SetupError, Stop) as error:
            print(to_json({"problem": str(error)}))
            return 1
    print(to_json(found))
    return 0


def measure(plan: Plan, report: Reporter, deadline: float) -> dict[str, Any]:
    """Return the figures of `plan`, found until about the monotonic time `deadline`."""
    busy = os.getloadavg()[0] > usable_processors()  # of the last minute, most of it before this began
    trainer = Trainer(plan, report)
    startup = time.monotonic() - _process_start()
    batches, full = trainer.batches, trainer.batches.size
    tokens = _padded_tokens(batches, min(plan.steps_per_epoch, batches.per_pass))
    _afford(trainer, deadline)
    share = trainer.batches.size / full
    working = time.process_time()
    begun = time.monotonic()
    paces = _pace(trainer, deadline)
    # On a busy machine a thread waits for its turn: alone, it would need but the time it worked.
    share_of_time = (time.process_time() - working) / torch.get_num_threads() / (time.monotonic() - begun)
    alone = min(1.0, share_of_time) if busy and plan.device.type == "cpu" else 1.0
    validation = _validation(trainer, deadline)
    reading = validation * GATE_DOCUMENTS / VALIDATION_DOCUMENTS
    has_time = plan.options.gates == "on" and reading < deadline - time.monotonic()
    gate_low, gate_high = _gate(trainer, deadline) if has_time else (None, None)
    weights, rest, writing = _checkpoint(trainer)
    memory, gpu = _peak(plan, share)  # last: a gate and a checkpoint take some, too
    return {
        "batches_per_epoch": plan.steps_per_epoch, "batch_size": full, "batches_timed": len(paces), "batch_share": share,
        "seconds_per_batch": tokens * sum(paces) / len(paces),
        "seconds_per_batch_low": tokens * min(_quarters(paces)) * alone, "seconds_per_batch_high": tokens * max(_quarters(paces)),
        "startup_seconds": startup, "validation_seconds": validation, "checkpoint_seconds": writing,
        "gate_seconds_low": gate_low, "gate_seconds_high": gate_high,
        "parameters": plan.target.parameters, "checkpoint_bytes": weights, "resume_bytes": rest,
        "peak_memory_bytes": memory, "gpu_peak_bytes": gpu, "memory_measured": share == 1,
        "device": plan.device.type, "threads": torch.get_num_threads(), "save_every": plan.options.save_every,
        "busy": busy,
    }


def _afford(trainer: Trainer, deadline: float) -> None:
    """Make the batches as large a part of the real ones as can be timed several times until `deadline`."""
    plan, full = trainer.plan, trainer.batches.size
    most = STEP_SHARE * SHARE_OF_BATCHES * max(0.0, deadline - time.monotonic())
    size, first = max(1, full // 16), True
    while True:
        trainer.batches = Batches(plan.train, size, plan.options.seed)
        begun = time.monotonic()
        _pace_of(trainer, _longest(trainer.batches))
        took = time.monotonic() - begun
        # The very first step of all is slow, and says nothing about the next size.
        if not first and (size == full or 2 * took > most):
            return
        size, first = size if first else min(full, 2 * size), False


def _pace(trainer: Trainer, deadline: float) -> list[float]:
    """Return the seconds a token of each timed batch took, the longest batch having come first, untimed."""
    for _ in range(WARM_UP):
        _pace_of(trainer, _longest(trainer.batches))
    now = time.monotonic()
    until, paces = now + SHARE_OF_BATCHES * (deadline - now), []
    while len(paces) < 4 or time.monotonic() < until:
        paces.append(_pace_of(trainer, len(paces)))
        if time.monotonic() > deadline:
            break
    return paces


def _pace_of(trainer: Trainer, number: int) -> float:
    """Train batch `number` and return the seconds a token took."""
    trainer.progress.step = number
    before, begun = trainer.progress.tokens, time.monotonic()
    trainer._step(1, begun, before)
    if trainer.plan.device.type == "cuda":
        torch.cuda.synchronize()
    return (time.monotonic() - begun) / (trainer.progress.tokens - before)


def _quarters(paces: list[float]) -> list[float]:
    """Return the mean of each quarter of the time: how much it wavers over seconds, not over batches."""
    size = max(1, len(paces) // 4)
    parts = [paces[at:at + size] for at in range(0, len(paces) - size + 1, size)]
    return [sum(part) / len(part) for part in parts]


def _longest(batches: Batches) -> int:
    """Return the number of the batch that takes the most memory."""
    lengths = batches.data.lengths
    return max(range(batches.per_pass), key=lambda number: int(lengths[batches._order(0)[number]].max()))


def _padded_tokens(batches: Batches, count: int) -> float:
    """Return how many tokens a batch has on average, padding included."""
    lengths = batches.data.lengths
    rows = batches._order(0)[:count]
    return sum(len(row) * (int(lengths[row].max()) - 1) for row in rows) / len(rows)


@torch.inference_mode()
def _validation(trainer: Trainer, deadline: float) -> float:
    """Return the seconds one validation takes, from as much of one as there was time for."""
    plan, model = trainer.plan, trainer.model
    done, seconds, begun = 0, 0.0, time.monotonic()
    rows = min(plan.batch_size, trainer.batches.size)
    wanted = numpy.sort(plan.held_out.lengths[:VALIDATION_DOCUMENTS])[::-1]
    # The longest first: what was not timed is less than what was.
    for at in range(0, len(wanted), rows):
        ids = torch.ones((len(wanted[at:at + rows]), int(wanted[at]) - 1), dtype=torch.int64, device=plan.device)
        with trainer._precision():
            model(ids, ids).item()
        done, seconds = done + ids.numel(), time.monotonic() - begun
        if seconds > VALIDATION_SHARE * max(0.0, deadline - begun):
            break
    return seconds * float(wanted.sum()) / done


def _gate(trainer: Trainer, deadline: float) -> tuple[float | None, float | None]:
    """Return the least and the most seconds a gate takes, from as much of one as there was time for."""
    plan, asked = trainer.plan, []

    def stop() -> bool:
        asked.append(time.monotonic())
        return len(asked) > 1 and asked[-1] > deadline

    seen, held_out = plan.corpus.split(plan.options.train_ratio)
    begun = time.monotonic()
    with contextlib.suppress(InterruptedError):
        quality.gather(trainer.model, plan.options.phase, 0, held_out, seen, plan.options.gate_samples, stop)
    if len(asked) < 4:
        return None, None
    reading = asked[1] - begun
    writing = (time.monotonic() - asked[1]) / (len(asked) - 2) * ANSWER_STEPS
    return reading + LEARNT_SHARE * writing, reading + writing


def _checkpoint(trainer: Trainer) -> tuple[int, int, float]:
    """Return the bytes of the weights, those resuming needs besides, and the seconds to write both."""
    weights = dict(trainer.model.state_dict())
    rest = {f"optimizer/{name}": tensor for name, tensor in state.pack(trainer.model, trainer.optimizer).items()}
    sizes = [sum(tensor.numel() * tensor.element_size() for tensor in part.values()) for part in (weights, rest)]
    probe, size = {}, 0
    for name, tensor in {**weights, **rest}.items():
        if size < PROBE_BYTES:
            probe[name], size = tensor, size + tensor.numel() * tensor.element_size()
    begun = time.monotonic()
    path = trainer.store.folder / "probe.safetensors"
    write(path, probe)
    digest(path)
    sync_folder(path.parent)
    return sizes[0], sizes[1], (time.monotonic() - begun) * sum(sizes) / size


def _peak(plan: Plan, share: float) -> tuple[int, int | None]:
    """Return the most memory a run takes of the machine and of the GPU: measured, or reckoned for whole batches."""
    memory = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    reckoned = 0
    if share < 1:
        reckoned = plan.target.training_bytes(plan.batch_size, plan.options.seq_length, plan.half)
    if plan.device.type != "cuda":
        # What Python and PyTorch take is in the first, and what the rest of a batch takes is not.
        return memory + int((1 - share) * reckoned), None
    return memory, max(torch.cuda.max_memory_reserved(), reckoned)


def _process_start() -> float:
    """Return the monotonic time this process began, its imports included."""
    with open("/proc/self/stat", encoding="utf-8", errors="replace") as file:
        ticks = int(file.read().rpartition(")")[2].split()[19])
    alive = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    return time.monotonic() - alive
