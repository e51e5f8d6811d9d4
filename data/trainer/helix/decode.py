# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Decoding of many prompts at once, each token computed once (keys and values are kept)."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from . import tokens
from .machine import half_is_fast
from .model import Helix, Memory

BATCH = 192


@torch.inference_mode()
def complete(model: Helix, prompts: list[str], most: int = 160, temperature: float = 0.0,
             stop: Callable[[], bool] = lambda: False, half: bool | None = None) -> list[str]:
    """Return what `model` writes after each prompt, up to its end-of-text or `most` tokens.

    Temperature 0 takes the likeliest token; above, tokens are drawn with a fixed seed.  A prompt too
    long for the model's context is answered with the empty text.  Raises InterruptedError once `stop`
    says so.  `half` is 16-bit arithmetic; left out, it is used where the processor has it.
    """
    chance = torch.Generator(device=model.token_embd.weight.device).manual_seed(0)

    def choose(logits: Tensor) -> Tensor:
        if stop():
            raise InterruptedError
        if temperature <= 0:
            return logits.argmax(dim=-1)
        return torch.multinomial(torch.softmax(logits / temperature, dim=-1), 1, generator=chance)[:, 0]

    asked = [tokens.encode(prompt) for prompt in prompts]
    answers: list[str] = [""] * len(prompts)
    # Similar lengths together: less padding, and rows of a batch end at about the same time.
    order = sorted((i for i in range(len(asked)) if len(asked[i]) < model.target.context), key=lambda i: len(asked[i]))
    was_training = model.training
    model.eval()
    device = model.token_embd.weight.device
    with torch.autocast(device.type, dtype=torch.bfloat16, enabled=half_is_fast(device) if half is None else half):
        for start in range(0, len(order), BATCH):
            rows = order[start:start + BATCH]
            for index, written in zip(rows, _batch(model, [asked[i] for i in rows], most, choose)):
                answers[index] = tokens.decode(written)
    model.train(was_training)
    return answers


def _batch(model: Helix, asked: list[list[int]], most: int,
           choose: Callable[[Tensor], Tensor]) -> list[list[int]]:
    device = model.token_embd.weight.device
    longest = max(map(len, asked))
    most = min(most, model.target.context - longest + min(longest - len(row) for row in asked))
    ids = torch.tensor([[tokens.PAD] * (longest - len(row)) + row for row in asked], device=device)
    padding = torch.tensor([longest - len(row) for row in asked], device=device)
    memory = Memory(model, padding, longest + most)
    written: list[list[int]] = [[] for _ in asked]
    alive = torch.arange(len(asked), device=device)
    for _ in range(most):
        chosen = choose(model.head(model.features(ids, memory)[:, -1]).float())
        for row, token in zip(alive.tolist(), chosen.tolist()):
            written[row].append(token)
        going = torch.nonzero(chosen < 256).flatten()
        if len(going) == 0:
            break
        if len(going) < len(alive):
            alive = alive[going]
            memory.keep(going)
        ids = chosen[going, None]
    return written

