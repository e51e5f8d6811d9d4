# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""The network: GPT-2's shape over bytes.

Learned positions, layer norm before each half of a block, GELU in its tanh form, biases
everywhere, and the token embedding used again as the output head.  Modules bear the names that
llama.cpp gives the tensors of its `gpt2` architecture.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from .targets import Target

NORM_EPSILON = 1e-5


def attend(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> Tensor:
    """Return attention of `query` over `key` and `value` (batch × heads × length × size).

    `mask` says who may look at whom (batch × 1 × queries × keys, true: may); without it, each at
    itself and those before.  On a CPU the fused kernel of PyTorch leans on a BLAS that many builds
    lack, and is then twenty times slower than two plain batched products; these are fast everywhere.
    """
    if query.device.type != "cpu":
        return functional.scaled_dot_product_attention(query, key, value, attn_mask=mask, is_causal=mask is None)
    batch, heads, length, size = query.shape
    if mask is None:
        hidden = torch.full((1, length, length), -torch.inf, dtype=query.dtype).triu_(1)
    else:
        hidden = torch.zeros(mask.shape, dtype=query.dtype).masked_fill_(~mask, -torch.inf)
        hidden = hidden.expand(batch, heads, *mask.shape[2:]).reshape(batch * heads, *mask.shape[2:])
    query, key, value = (part.reshape(batch * heads, -1, size) for part in (query, key, value))
    scores = torch.baddbmm(hidden, query, key.transpose(1, 2), alpha=size ** -0.5)
    return torch.bmm(torch.softmax(scores, dim=-1), value).view(batch, heads, length, size)


class Block(nn.Module):
    """Attention, then a feed-forward layer, each added to what came in."""

    def __init__(self, target: Target) -> None:
        super().__init__()
        width = target.width
        self.heads = target.heads
        self.attn_norm = nn.LayerNorm(width, eps=NORM_EPSILON)
        self.attn_qkv = nn.Linear(width, 3 * width)
        self.attn_output = nn.Linear(width, width)
        self.ffn_norm = nn.LayerNorm(width, eps=NORM_EPSILON)
        self.ffn_up = nn.Linear(width, target.hidden)
        self.ffn_down = nn.Linear(target.hidden, width)

    def forward(self, x: Tensor, memory: "Memory | None" = None, index: int = 0) -> Tensor:
        batch, length, width = x.shape
        qkv = self.attn_qkv(self.attn_norm(x)).view(batch, length, 3, self.heads, width // self.heads)
        query, key, value = qkv.permute(2, 0, 3, 1, 4)
        if memory is None:
            mixed = attend(query, key, value)
        else:
            key, value = memory.extend(index, key, value)
            mixed = attend(query, key, value, memory.mask(length))
        x = x + self.attn_output(mixed.transpose(1, 2).reshape(batch, length, width))
        hidden = functional.gelu(self.ffn_up(self.ffn_norm(x)), approximate="tanh")
        return x + self.ffn_down(hidden)


class Memory:
    """Keys and values of the tokens read so far, for a batch padded on the left.

    `padding` (int, one a row) is how many tokens at the left of each row are none.
    """

    def __init__(self, model: "Helix", padding: Tensor, capacity: int) -> None:
        target, weight = model.target, model.token_embd.weight
        shape = (target.layers, len(padding), target.heads, capacity, target.width // target.heads)
        self.keys = torch.zeros(shape, dtype=weight.dtype, device=weight.device)
        self.values = torch.zeros_like(self.keys)
        self.padding, self.used = padding, 0

    def positions(self, length: int) -> Tensor:
        """Return the position of each of the next `length` tokens, counted from its row's first."""
        place = torch.arange(self.used, self.used + length, device=self.padding.device)
        return (place[None, :] - self.padding[:, None]).clamp_(min=0)

    def mask(self, length: int) -> Tensor:
        """Return which earlier tokens each of the next `length` may look at."""
        place = torch.arange(self.used + length, device=self.padding.device)
        causal = place[None, :] <= place[self.used:, None]
        # A padding token may see itself: a row of the mask without any True would give NaN.
        real = (place[None, :] >= self.padding[:, None])[:, None, :]
        itself = place[None, :] == place[self.used:, None]
        return (causal & (real | itself))[:, None]

    def extend(self, layer: int, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
        end = self.used + key.shape[2]
        if self.keys.dtype != key.dtype:  # decoding in 16 bits
            self.keys, self.values = self.keys.to(key.dtype), self.values.to(key.dtype)
        self.keys[layer, :, :, self.used:end] = key
        self.values[layer, :, :, self.used:end] = value
        return self.keys[layer, :, :, :end], self.values[layer, :, :, :end]

    def keep(self, rows: Tensor) -> None:
        """Forget every row but `rows`."""
        self.keys, self.values = self.keys[:, rows], self.values[:, rows]
        self.padding = self.padding[rows]


class Helix(nn.Module):
    """The language model: token ids to the logits of the next token."""

    def __init__(self, target: Target) -> None:
        super().__init__()
        self.target = target
        self.token_embd = nn.Embedding(target.vocabulary, target.width)
        self.position_embd = nn.Embedding(target.context, target.width)
        self.blk = nn.ModuleList(Block(target) for _ in range(target.layers))
        self.output_norm = nn.LayerNorm(target.width, eps=NORM_EPSILON)
        self._initialise()

    def _initialise(self) -> None:
        """GPT-2's start: small normal weights, those that feed the residual stream smaller still."""
        for name, parameter in self.named_parameters():
            if name.endswith("bias"):
                nn.init.zeros_(parameter)
            elif "norm" not in name:
                residual = name.endswith(("attn_output.weight", "ffn_down.weight"))
                nn.init.normal_(parameter, std=0.02 / (math.sqrt(2 * self.target.layers) if residual else 1))

    def features(self, ids: Tensor, memory: Memory | None = None) -> Tensor:
        """Return the normalised output of the last block for `ids` (batch × length)."""
        length = ids.shape[1]
        positions = memory.positions(length) if memory else torch.arange(length, device=ids.device)
        x = self.token_embd(ids) + self.position_embd(positions)
        for index, block in enumerate(self.blk):
            x = block(x, memory, index)
        if memory:
            memory.used += length
        return self.output_norm(x)

    def forward(self, ids: Tensor, labels: Tensor | None = None) -> Tensor:
        """Return the logits of `ids`, or with `labels` (-1 = no loss here) the mean loss in nats.

        Labels are the *next* tokens already: the caller shifts them by one.
        """
        x = self.features(ids)
        if labels is None:
            return self.head(x)
        wanted = labels >= 0
        return functional.cross_entropy(self.head(x[wanted]).float(), labels[wanted])

    def head(self, x: Tensor) -> Tensor:
        return functional.linear(x, self.token_embd.weight)


def count_parameters(model: nn.Module) -> int:
    """Return the number of weights of `model`."""
    return sum(parameter.numel() for parameter in model.parameters())
