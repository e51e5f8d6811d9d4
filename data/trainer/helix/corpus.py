# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Reads a corpus and splits it: what is held out is decided by content, never by order.

A corpus is Markdown with blocks of five lines, `English: …`, `HLXL: …`, `LC-R: …`, `LC-T: …`,
`LC-B: …`, the label perhaps in bold.  Other lines are prose and ignored.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

from . import codec
from .values import HlxError, Value

_LINE = re.compile(r"^(?:[-*] )?(?:\*\*)?(English|HLXL|LC-R|LC-T|LC-B)(?:\*\*:|:\*\*|:)[ \t]*(.*?)[ \t]*$")


SHORT = 8  # bytes of HLXL below which a value is never held out


class CorpusError(Exception):
    """A corpus that cannot be used; the message is one sentence for the user."""


@dataclass(frozen=True)
class Example:
    """One block: a sentence, and the canonical spelling of its value in each format it has."""

    english: str
    value: Value = field(hash=False)
    texts: dict[str, str] = field(hash=False)


@dataclass
class Corpus:
    """The examples of a file, and how its lines fared."""

    examples: list[Example]
    lines: int = 0
    rejected: list[str] = field(default_factory=list)

    def split(self, train_ratio: float) -> tuple[list[Example], list[Example]]:
        """Return (training, held out).  Sentences of one value always fall on one side."""
        sides: tuple[list[Example], list[Example]] = ([], [])
        for example in self.examples:
            sides[not is_training(example.value, train_ratio)].append(example)
        return sides


def is_training(value: Value, train_ratio: float) -> bool:
    """Say whether `value` belongs to the training side; depends on the value alone.

    Values of a few characters (null, true, a lone number) are always trained on: there is nothing
    like them from which they could be guessed.
    """
    key = codec.show(value, "HLXL").encode("utf-8")
    if len(key) < SHORT:
        return True
    return int.from_bytes(hashlib.sha256(key).digest()[:8], "big") < train_ratio * 2 ** 64


def load(path: Path) -> Corpus:
    """Read the corpus at `path`; raise CorpusError with one clear sentence if that is impossible."""
    corpus = parse(read_text(path))
    if not corpus.examples:
        why = f" (the first of {len(corpus.rejected)}: {corpus.rejected[0]})" if corpus.rejected else ""
        raise CorpusError(f"The corpus {path} holds no usable example{why}; it needs blocks of the lines "
                          f"'English: …', 'HLXL: …', 'LC-R: …', 'LC-T: …', 'LC-B: …'.")
    return corpus


def read_text(path: Path) -> str:
    """Return the text of `path`, or raise CorpusError."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise CorpusError(f"The corpus {path} does not exist; name a file with --corpus, "
                          f"or make one with generate_corpus.py.") from None
    except OSError as error:
        raise CorpusError(f"The corpus {path} cannot be read: {error.strerror}.") from None
    if not data.strip():
        raise CorpusError(f"The corpus {path} is empty; name another with --corpus.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise CorpusError(f"The corpus {path} is not UTF-8 text; name a Markdown corpus with --corpus.")
    return text


def parse(text: str) -> Corpus:
    """Collect the blocks of `text`; a block whose lines disagree is rejected as a whole."""
    corpus, block = Corpus([]), {}
    for line in [*text.splitlines(), "English:"]:
        found = _LINE.match(line)
        if not found:
            continue
        label, content = found.groups()
        if label == "English":
            _finish(corpus, block)
            block = {}
        block.setdefault(label, content)
    return corpus


def _finish(corpus: Corpus, block: dict[str, str]) -> None:
    """Check one block: every line must parse, and all must mean the same value."""
    english = block.pop("English", "")
    if not english or not block:
        return
    corpus.lines += len(block)
    value, first = None, None
    for format, text in block.items():
        try:
            parsed = codec.parse(text, format)
        except HlxError as error:
            corpus.rejected.append(f"{english!r}, {format}: {error}")
            return
        if first is None:
            value, first = parsed, format
        elif codec.show(parsed, "HLXL") != codec.show(value, "HLXL"):
            corpus.rejected.append(f"{english!r}: {first} and {format} are different values")
            return
    # The canonical spelling, so that one value is always written one way.
    texts = {format: codec.show(value, format) for format in codec.FORMATS if format in block}
    corpus.examples.append(Example(english, value, texts))
