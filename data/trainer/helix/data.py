# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""From examples to batches.

What a document is depends on the phase:

    1  the English line
    2  `HLXL: …`, `LC-R: …`, `LC-T: …`, `LC-B: …` of one value, in an order of chance
    3  the English line, a line break, then one of those lines: the prompt carries no loss

A batch is rows of similar length, padded on the right; which rows make up batch number k depends on
the seed and k only, so a resumed run goes on with exactly the batch it would have had.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy
import torch
from torch import Tensor

from . import tokens
from .codec import FORMATS
from .corpus import Example

POOL = 32  # batches whose examples are sorted by length together


def prompt(english: str, format: str) -> str:
    """Return what the model is asked with: it goes on with the value in `format`."""
    return f"{english}\n{format}: "


@dataclass
class Dataset:
    """Documents as token ids, end to end, with the number of prompt tokens of each."""

    ids: numpy.ndarray
    starts: numpy.ndarray
    prompts: numpy.ndarray
    skipped: int = 0  # documents that did not fit

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def lengths(self) -> numpy.ndarray:
        return numpy.diff(self.starts)

    def rows(self, chosen: numpy.ndarray) -> tuple[Tensor, Tensor]:
        """Return (ids, labels) of the documents `chosen`: labels are the next token, or -1."""
        longest = int(self.lengths[chosen].max()) - 1
        ids = numpy.full((len(chosen), longest), tokens.PAD, dtype=numpy.int64)
        labels = numpy.full((len(chosen), longest), -1, dtype=numpy.int64)
        for row, index in enumerate(chosen):
            document = self.ids[self.starts[index]:self.starts[index + 1]]
            known = max(int(self.prompts[index]), 1)
            ids[row, :len(document) - 1] = document[:-1]
            labels[row, known - 1:len(document) - 1] = document[known:]
        return torch.from_numpy(ids), torch.from_numpy(labels)


def documents(examples: list[Example], phase: int, seed: int) -> list[tuple[str, str]]:
    """Return the (prompt, text) pairs the phase learns from; only the text carries loss."""
    if phase == 1:
        return [("", example.english) for example in examples]
    if phase == 2:
        shuffle = random.Random(seed)
        return [("", "\n".join(f"{format}: {example.texts[format]}"
                               for format in shuffle.sample(sorted(example.texts), len(example.texts))))
                for example in examples]
    return [(prompt(example.english, format), example.texts[format])
            for example in examples for format in _practice(example) if format in example.texts]


def _practice(example: Example) -> tuple[str, ...]:
    """Hexadecimal is what takes most practice: lines that hold some come twice."""
    return FORMATS + ("LC-B",) if "0x" in example.texts.get("LC-B", "") else FORMATS


def dataset(examples: list[Example], phase: int, seed: int, length: int) -> Dataset:
    """Tokenize what `phase` learns from; documents over `length` tokens are left out and counted."""
    parts, prompts, skipped = [], [], 0
    for asked, text in documents(examples, phase, seed):
        head = tokens.encode(asked)
        document = [*head, *text.encode("utf-8"), tokens.EOS]
        if len(document) > length + 1:
            skipped += 1
            continue
        parts.append(numpy.array(document, dtype=numpy.uint16))
        prompts.append(len(head))
    starts = numpy.cumsum([0, *map(len, parts)])
    ids = numpy.concatenate(parts) if parts else numpy.zeros(0, dtype=numpy.uint16)
    return Dataset(ids, starts, numpy.array(prompts, dtype=numpy.int64), skipped)


class Batches:
    """The endless sequence of training batches: number k is a pure function of k and the seed."""

    def __init__(self, data: Dataset, batch_size: int, seed: int, rank: int = 0, ranks: int = 1) -> None:
        self.data, self.seed, self.rank, self.ranks = data, seed, rank, ranks
        self.size = min(batch_size, max(1, len(data) // ranks))
        self.per_pass = max(1, len(data) // (self.size * ranks))
        self._pass, self._plan = -1, []

    def __getitem__(self, number: int) -> tuple[Tensor, Tensor]:
        return self.data.rows(self._order(number // self.per_pass)[number % self.per_pass])

    def _order(self, number: int) -> list[numpy.ndarray]:
        """Return the batches of pass `number` over the data, of this rank."""
        if self._pass != number:
            chance = numpy.random.default_rng([self.seed, number])
            shuffled = chance.permutation(len(self.data))
            whole = self.size * self.ranks
            plan = []
            for start in range(0, self.per_pass * whole, POOL * whole):
                pool = shuffled[start:min(start + POOL * whole, self.per_pass * whole)]
                pool = pool[numpy.argsort(self.data.lengths[pool], kind="stable")]
                plan += [pool[at + self.rank:at + whole:self.ranks] for at in range(0, len(pool), whole)]
            order = chance.permutation(len(plan))
            self._pass, self._plan = number, [plan[index] for index in order]
        return self._plan


def in_order(data: Dataset, batch_size: int, limit: int | None = None):
    """Yield (ids, labels) over the first `limit` documents of `data`, each once: for validation."""
    chosen = numpy.arange(min(len(data), limit or len(data)))
    chosen = chosen[numpy.argsort(data.lengths[chosen], kind="stable")]
    for start in range(0, len(chosen), batch_size):
        yield data.rows(chosen[start:start + batch_size])
