# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""LC-B as real bytes: one tag byte, then the payload; every number is little-endian.

    00 null · 01 true · 02 false · 10–13 integer of 8, 16, 32, 64 bits · 21 float of 64 bits
    30 string, u16 length · 31 bytes, u16 length · 40 handle, u8 length
    50 contract, u16 id, u8 count, then u8 index and value for each field
    60 array, u16 count, then values · 70 object, u8 count, then u8 key length, key, value for each

Encoding is canonical (the shortest integer), and decoding accepts nothing else.
"""

from __future__ import annotations

import math
import struct

from .values import INT_MAX, INT_MIN, MAX_DEPTH, Contract, Handle, HlxError, Value

_INTEGERS = ((0x10, "<b"), (0x11, "<h"), (0x12, "<i"), (0x13, "<q"))


def encode(value: Value) -> bytes:
    """Return `value` as LC-B bytes; raise HlxError where a length or a number does not fit."""
    return _encode(value, 0)


def decode(data: bytes) -> Value:
    """Return the value that `data` holds; raise HlxError for anything but one canonical value."""
    reader = _Reader(data)
    value = reader.value(0)
    if reader.at != len(data):
        raise HlxError(f"{len(data) - reader.at} bytes follow the value")
    if encode(value) != bytes(data):
        raise HlxError("the bytes are not the canonical form of their value")
    return value


def _counted(tag: int, shape: str, count: int, what: str) -> bytes:
    try:
        return bytes([tag]) + struct.pack(shape, count)
    except struct.error:
        raise HlxError(f"{what} is too long for LC-B ({count})") from None


def _utf8(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeError:
        raise HlxError("string holds a lone surrogate") from None


def _encode(value: Value, depth: int) -> bytes:
    if depth > MAX_DEPTH:
        raise HlxError(f"value is nested deeper than {MAX_DEPTH} levels")
    if value is None or isinstance(value, bool):
        return bytes([{None: 0, True: 1, False: 2}[value]])
    if isinstance(value, int):
        return _encode_integer(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise HlxError(f"float {value} has no HLX spelling")
        return b"\x21" + struct.pack("<d", value)
    if isinstance(value, str):
        text = _utf8(value)
        return _counted(0x30, "<H", len(text), "string") + text
    if isinstance(value, bytes):
        return _counted(0x31, "<H", len(value), "byte string") + value
    if isinstance(value, Handle):
        return _counted(0x40, "<B", len(value.name), "handle") + value.name.encode()
    if isinstance(value, Contract):
        head = b"\x50" + struct.pack("<H", value.id)
        parts = [bytes([index]) + _encode(field, depth + 1) for index, field in value.fields]
        return head + _counted(0, "<B", len(parts), "contract")[1:] + b"".join(parts)
    if isinstance(value, list):
        return _counted(0x60, "<H", len(value), "array") + b"".join(_encode(item, depth + 1) for item in value)
    if isinstance(value, dict):
        parts = [_counted(0, "<B", len(_utf8(key)), "key")[1:] + _utf8(key) + _encode(item, depth + 1)
                 for key, item in value.items()]
        return _counted(0x70, "<B", len(parts), "object") + b"".join(parts)
    raise HlxError(f"{type(value).__name__} is no HLX value")


def _encode_integer(value: int) -> bytes:
    if not INT_MIN <= value <= INT_MAX:
        raise HlxError(f"integer {value} does not fit 64 bits")
    for tag, shape in _INTEGERS:
        bits = 8 * struct.calcsize(shape)
        if -(1 << bits - 1) <= value < 1 << bits - 1:
            return bytes([tag]) + struct.pack(shape, value)
    raise AssertionError("unreachable: the range was checked")


class _Reader:
    """Reads values from the front of a byte string, never past its end."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = bytes(data), 0

    def take(self, count: int) -> bytes:
        if self.at + count > len(self.data):
            raise HlxError(f"the bytes end inside a value at byte {self.at}")
        self.at += count
        return self.data[self.at - count:self.at]

    def number(self, shape: str) -> int:
        return struct.unpack(shape, self.take(struct.calcsize(shape)))[0]

    def text(self, shape: str) -> str:
        try:
            return self.take(self.number(shape)).decode("utf-8")
        except UnicodeDecodeError:
            raise HlxError(f"text before byte {self.at} is not UTF-8") from None

    def value(self, depth: int) -> Value:
        if depth > MAX_DEPTH:
            raise HlxError(f"value is nested deeper than {MAX_DEPTH} levels")
        tag = self.take(1)[0]
        if tag < 3:
            return (None, True, False)[tag]
        for known, shape in _INTEGERS:
            if tag == known:
                return self.number(shape)
        simple = {0x21: lambda: self.number("<d"), 0x30: lambda: self.text("<H"),
                  0x31: lambda: self.take(self.number("<H")), 0x40: lambda: Handle(self.text("<B"))}
        if tag in simple:
            return simple[tag]()
        if tag == 0x50:
            number = self.number("<H")
            return Contract(number, tuple((self.number("<B"), self.value(depth + 1))
                                          for _ in range(self.number("<B"))))
        if tag == 0x60:
            return [self.value(depth + 1) for _ in range(self.number("<H"))]
        if tag == 0x70:
            items = [(self.text("<B"), self.value(depth + 1)) for _ in range(self.number("<B"))]
            if len(dict(items)) != len(items):
                raise HlxError("object has a key twice")
            return dict(items)
        raise HlxError(f"byte {self.at - 1} is no LC-B tag (0x{tag:02x})")
