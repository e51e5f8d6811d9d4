# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""The values every HLX format spells: plain Python values plus handles and contracts.

null, booleans, integers, floats, strings and bytes are Python's own; an array is a list and an
object a dict with string keys.  Two kinds have no Python counterpart and are defined here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Union

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
MAX_DEPTH = 32
INT_MIN, INT_MAX = -(2 ** 63), 2 ** 63 - 1


class HlxError(ValueError):
    """A text or a value that is not HLX; the message says what and where."""


@dataclass(frozen=True)
class Handle:
    """A reference to something by name, `&h_documents` in HLXL."""

    name: str

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise HlxError(f"handle name {self.name!r} is not an identifier")


@dataclass(frozen=True)
class Contract:
    """A numbered record; contract 1000 is the operation call (field 0 the verb)."""

    id: int
    fields: tuple[tuple[int, "Value"], ...]

    def __post_init__(self) -> None:
        indices = [index for index, _ in self.fields]
        if len(set(indices)) != len(indices):
            raise HlxError(f"contract {self.id} has a field twice")
        if not 0 <= self.id <= 0xFFFF:
            raise HlxError(f"contract id {self.id} is outside 0 to 65535")
        if any(not 0 <= index <= 0xFF for index in indices):
            raise HlxError(f"contract {self.id} has a field index outside 0 to 255")
        # One order only, so that equal contracts compare equal however they were written.
        object.__setattr__(self, "fields", tuple(sorted(self.fields, key=lambda field: field[0])))


Value = Union[None, bool, int, float, str, bytes, Handle, Contract, list, dict]


def call(verb: str, *arguments: Value) -> Contract:
    """Return the operation call `verb(arguments…)` as contract 1000."""
    return contract(1000, verb, *arguments)


def contract(number: int, *fields: Value) -> Contract:
    """Return contract `number` whose fields 0, 1, 2… are `fields`."""
    return Contract(number, tuple(enumerate(fields)))
