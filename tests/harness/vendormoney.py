# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""What calls cost, counted by the tests themselves: exact fractions, the vendors' own prices.

Nothing of the product is used here, so that a price or a rounding which is wrong
there shows as a difference.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

MILLION = 1_000_000
TICKS_PER_MICRODOLLAR = 10_000


@dataclass
class Usage:
    """Tokens of one call as billed: input without what a cache read or wrote, output with reasoning."""

    input: int = 0
    output: int = 0
    reasoning: int = 0
    cache_read: int = 0
    cache_write: int = 0

    @property
    def prompt(self) -> int:
        """All tokens of the prompt."""
        return self.input + self.cache_read + self.cache_write

    def to_dict(self) -> dict[str, int]:
        """For JSON."""
        return asdict(self)


@dataclass
class Price:
    """Dollars for a million tokens, as decimal text; long: the same for prompts beyond long_from."""

    input: str
    output: str
    cache_read: str = ""
    cache_write: str = ""
    long_from: int = 0
    long: tuple[str, str, str] = ("", "", "")

    def microdollars(self, usage: Usage) -> Fraction:
        """The exact cost."""
        entry, leave, read, write = self.input, self.output, self.cache_read, self.cache_write
        if self.long_from and usage.prompt > self.long_from:
            entry, leave, read = self.long
            write = ""
        parts = ((usage.input, entry), (usage.output, leave), (usage.cache_read, read or entry),
                 (usage.cache_write, write or entry))
        return sum((count * Fraction(price) for count, price in parts), Fraction(0))

    def cost(self, usage: Usage) -> int:
        """Micro-dollars, rounded up once for the whole call."""
        return math.ceil(self.microdollars(usage))

    def ticks(self, usage: Usage) -> int:
        """In xAI's unit, 10,000,000,000 to the dollar."""
        return math.ceil(self.microdollars(usage) * TICKS_PER_MICRODOLLAR)


FREE = Price("0", "0")

# From the vendors' price pages as of 2026-11-22, put down by hand.
PRICES: dict[str, Price] = {
    "claude-sonnet-5-5": Price("2", "10", "0.10", "2.5"),
    "claude-opus-5-5": Price("4", "20", "0.20", "5"),
    "claude-haiku-5-5": Price("0.10", "0.50", "0.01", "0.125", 100_000, ("0.50", "2.50", "0.05")),
    "claude-haiku-4-5": Price("1", "5", "0.10", "1.25"),
    "gpt-5.1": Price("1.25", "10", "0.125"),
    "gpt-4o": Price("2.50", "10", "1.25"),
    "gpt-6-luna": Price("0.10", "0.50", "0.01", "0.125"),
    "grok-4.7": Price("2", "6", "0.50", "", 200_000, ("4", "12", "1")),
    "grok-4.3": Price("1.25", "2.50", "0.20", "", 200_000, ("2.50", "5", "0.40")),
    "qwen3:8b": FREE,
    "qwen3:4b": FREE,
    "qwen3:1.7b": FREE,
}


def text_tokens(size: int) -> int:
    """Tokens of so many bytes: a figure of our own that no simple guess hits."""
    return 0 if size == 0 else size // 3 + 5


def fitting(schema: Any, wanted: dict[str, Any], name: str = "", root: Any = None) -> Any:
    """A value that fits a JSON schema; members named in wanted are taken from there."""
    root = schema if root is None else root
    if name in wanted:
        return wanted[name]
    if not isinstance(schema, dict):
        return "x"
    if "$ref" in schema:
        target = root
        for part in schema["$ref"].lstrip("#/").split("/"):
            target = target[part]
        return fitting(target, wanted, name, root)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return fitting(schema[several][0], wanted, name, root)
    return _of_type(schema, wanted, root)


def _of_type(schema: dict[str, Any], wanted: dict[str, Any], root: Any) -> Any:
    kind = schema.get("type", "object" if "properties" in schema else "string")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        return {key: fitting(value, wanted, key, root) for key, value in schema.get("properties", {}).items()}
    if kind == "array":
        count = max(1, schema.get("minItems", 1))
        return [fitting(schema.get("items", {}), wanted, "", root) for _ in range(count)]
    if kind in ("integer", "number"):
        low, high = schema.get("minimum", 0), schema.get("maximum", schema.get("minimum", 0) + 10)
        return low + (high - low) * 9 // 10
    return {"boolean": True, "null": None}.get(kind, "as the stub says")


# The verdict that the stub gives when it is asked for JSON: a good run.
VERDICT: dict[str, Any] = {
    "loss_convergence": 27, "validation_accuracy": 24, "format_correctness": 18, "steady_progress": 17,
    "score": 86, "grade": "B", "status": "continue",
    "recommendation": "Go on: the losses fall together and the output keeps its form.",
}


def verdict(schema: Any, wanted: dict[str, Any]) -> str:
    """JSON text that fits the schema, or the whole verdict without one."""
    if not isinstance(schema, dict) or not schema:
        return json.dumps(VERDICT | wanted)
    return json.dumps(fitting(schema, VERDICT | wanted))
