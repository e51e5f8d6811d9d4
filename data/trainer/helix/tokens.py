# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Token ids: the 256 bytes as they are, and three control tokens.

A text becomes `BOS`, its UTF-8 bytes, `EOS`.  The ids are those a GGUF file of architecture `gpt2`
can carry unchanged, so a checkpoint can be exported to llama.cpp without touching a weight.
"""

from __future__ import annotations

from collections.abc import Iterable

PAD, BOS, EOS = 256, 257, 258
VOCABULARY = 259


def encode(text: str) -> list[int]:
    """Return BOS and the bytes of `text`, without EOS: the start of a document."""
    return [BOS, *text.encode("utf-8")]


def document(text: str) -> list[int]:
    """Return a whole document: BOS, the bytes of `text`, EOS."""
    return [*encode(text), EOS]


def decode(ids: Iterable[int]) -> str:
    """Return the text of the byte tokens in `ids`; what is not UTF-8 becomes U+FFFD."""
    return bytes(i for i in ids if i < 256).decode("utf-8", errors="replace")
