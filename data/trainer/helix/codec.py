# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""One value, four text spellings: parse any of them, print any of them.

The formats differ in their marks only, so one parser and one printer work from a table of marks
(`DIALECTS`).  Printing is canonical: equal values give equal text.  Parsing is strict about
meaning and lenient about blanks; whatever is not HLX raises `HlxError` with its position.
LC-B as real bytes lives in `binary`.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass

from .values import INT_MAX, INT_MIN, MAX_DEPTH, NAME, Contract, Handle, HlxError, Value

FORMATS = ("HLXL", "LC-R", "LC-T", "LC-B")


@dataclass(frozen=True)
class Dialect:
    """The marks of one format.  Blanks in a mark are printed, and optional when parsing."""

    null: str
    true: str
    false: str
    handle: str
    bytes: str | None           # prefix of a hexadecimal run; 'b"' means quoted; None: no spelling
    array: tuple[str, str, str]            # open, separator, close
    object: tuple[str, str, str, str]      # open, after the key, separator, close
    contract: tuple[str, str, str, str, str, str]  # open, after id, first, next field, after index, close
    contract_start: re.Pattern[str]        # tells a contract from an object or an array
    hexadecimal: bool = False              # integers as 0x…, the whole in one pair of brackets


DIALECTS: dict[str, Dialect] = {
    "HLXL": Dialect("null", "true", "false", "&h_", 'b"', ("[", ", ", "]"), ("{", ": ", ", ", "}"),
                    ("{", ": {", "@", ", @", ": ", "}}"), re.compile(r"\{\s*[0-9]")),
    "LC-R": Dialect("∅", "⊤", "⊥", "⟁", "⊠", ("🜃", ", ", "🜄"), ("◇ ", ": ", ", ", " ◆"),
                    ("🜊", "", "🜁", "🜁", " ", "🜂"), re.compile("🜊")),
    "LC-T": Dialect("NULL", "TRUE", "FALSE", "@", "#", ("[", ",", "]"), ("{", ":", ",", "}"),
                    ("{C:", "", ",", ",", "=", "}"), re.compile(r"\{\s*C\s*:")),
    "LC-B": Dialect("_", "T", "F", "&", None, ("[", ",", "]"), ("{", ":", ",", "}"),
                    ("[", "", "|", "|", ":", "]"), re.compile(r"\[\s*[0-9]+\s*[|\]]"), True),
}

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?(?![0-9A-Za-z_.])")
_HEXADECIMAL = re.compile(r"0x([0-9a-fA-F]{1,18})(?![0-9A-Za-z_.])")
_DIGITS = re.compile(r"[0-9]{1,5}(?![0-9])")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
_BYTE_STRING = re.compile(r'b"((?:[ !#-\[\]-~]|\\["\\]|\\x[0-9a-fA-F]{2})*)"')
_HEX_RUN = re.compile(r"[0-9a-fA-F]*")
_SIGNED_DIGITS = (4, 8, 16)


def parse(text: str, format: str) -> Value:
    """Return the value that `text` spells in `format` (one of FORMATS); raise HlxError if none."""
    return _Parser(text, dialect(format)).whole()


def show(value: Value, format: str) -> str:
    """Return the canonical spelling of `value` in `format`; raise HlxError where it has none."""
    marks = dialect(format)
    text = _show(value, marks, 0)
    # A contract brings its own brackets in LC-B; everything else stands in one pair of them.
    return f"[{text}]" if marks.hexadecimal and not isinstance(value, Contract) else text


def dialect(format: str) -> Dialect:
    """Return the marks of `format`; raise HlxError for a name that is no format."""
    try:
        return DIALECTS[format]
    except KeyError:
        raise HlxError(f"{format!r} is no HLX format (there are {', '.join(FORMATS)})") from None


def detect(text: str) -> str | None:
    """Return the first format in which `text` parses, or None."""
    for format in FORMATS:
        try:
            parse(text, format)
        except HlxError:
            continue
        return format
    return None


# -- printing ---------------------------------------------------------------------------------

def _show(value: Value, marks: Dialect, depth: int) -> str:
    if depth > MAX_DEPTH:
        raise HlxError(f"value is nested deeper than {MAX_DEPTH} levels")
    if value is None:
        return marks.null
    if isinstance(value, bool):
        return marks.true if value else marks.false
    if isinstance(value, int):
        return _show_integer(value, marks.hexadecimal)
    if isinstance(value, float):
        return _show_float(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bytes):
        return _show_bytes(value, marks)
    if isinstance(value, Handle):
        return marks.handle + value.name
    if isinstance(value, Contract):
        return _show_contract(value, marks, depth)
    if isinstance(value, list):
        start, separator, end = marks.array
        return start + separator.join(_show(item, marks, depth + 1) for item in value) + end
    if isinstance(value, dict):
        start, colon, separator, end = marks.object
        if not value:
            return start.strip() + end.strip()
        return start + separator.join(_show_key(key) + colon + _show(item, marks, depth + 1)
                                      for key, item in value.items()) + end
    raise HlxError(f"{type(value).__name__} is no HLX value")


def _show_contract(value: Contract, marks: Dialect, depth: int) -> str:
    start, after_id, first, following, after_index, end = marks.contract
    parts = [start, str(value.id), after_id]
    for position, (index, field) in enumerate(value.fields):
        parts += [following if position else first, str(index), after_index, _show(field, marks, depth + 1)]
    return "".join(parts) + end


def _show_key(key: str) -> str:
    # LC-T takes "{C:" for a contract, so a key C is quoted, in every format alike.
    return key if NAME.fullmatch(key) and key != "C" else json.dumps(key, ensure_ascii=False)


def _show_integer(value: int, hexadecimal: bool) -> str:
    if not INT_MIN <= value <= INT_MAX:
        raise HlxError(f"integer {value} does not fit 64 bits")
    if not hexadecimal:
        return str(value)
    if value < 0:
        digits = next(d for d in _SIGNED_DIGITS if value >= -(1 << (4 * d - 1)))
        return f"0x{value + (1 << 4 * digits):0{digits}x}"
    text = f"{value:x}"
    text = text.zfill(max(2, len(text) + len(text) % 2))
    # 4, 8 or 16 digits with the top bit set read as negative: keep a positive number apart.
    if len(text) in _SIGNED_DIGITS and text[0] in "89abcdef":
        text = "00" + text
    return "0x" + text


def _show_float(value: float) -> str:
    if not math.isfinite(value):
        raise HlxError(f"float {value} has no HLX spelling")
    mantissa, exponent, power = repr(value).partition("e")
    return mantissa + ("" if "." in mantissa else ".0") + exponent + power


def _show_bytes(value: bytes, marks: Dialect) -> str:
    if marks.bytes is None:
        raise HlxError("bytes have no LC-B text spelling")
    if marks.bytes != 'b"':
        return marks.bytes + value.hex()
    plain = (chr(b) if 32 <= b < 127 and b not in b'"\\' else "\\" + chr(b) if b in b'"\\' else f"\\x{b:02x}"
             for b in value)
    return 'b"' + "".join(plain) + '"'


# -- parsing ----------------------------------------------------------------------------------

class _Parser:
    """Recursive descent over one text with one table of marks."""

    def __init__(self, text: str, marks: Dialect) -> None:
        self.text, self.marks, self.at = text, marks, 0

    def whole(self) -> Value:
        marks, bracketed = self.marks, False
        self._blanks()
        if marks.hexadecimal and not marks.contract_start.match(self.text, self.at):
            self._expect("[")
            bracketed = True
        value = self._value(0)
        if bracketed:
            self._expect("]")
        self._blanks()
        if self.at != len(self.text):
            self._fail("nothing more")
        return value

    def _fail(self, wanted: str) -> None:
        rest = self.text[self.at:self.at + 12]
        raise HlxError(f"expected {wanted} at character {self.at + 1}, found {rest!r}" if rest
                       else f"expected {wanted} at character {self.at + 1}, found the end")

    def _blanks(self) -> None:
        while self.at < len(self.text) and self.text[self.at] in " \t":
            self.at += 1

    def _accept(self, mark: str) -> bool:
        """Take `mark`, its blanks optional; say whether it was there."""
        start = self.at
        for piece in mark.split() or [""]:
            for character in piece:
                self._blanks()
                if not self.text.startswith(character, self.at):
                    self.at = start
                    return False
                self.at += len(character)
        return True

    def _expect(self, mark: str) -> None:
        if not self._accept(mark):
            self._fail(repr(mark.strip()))

    def _match(self, pattern: re.Pattern[str], wanted: str) -> re.Match[str]:
        self._blanks()
        found = pattern.match(self.text, self.at)
        if not found:
            self._fail(wanted)
        self.at = found.end()
        return found

    def _word(self, word: str) -> bool:
        """Take `word` where no letter, digit or underscore follows it."""
        end = self.at + len(word)
        following = self.text[end:end + 1]
        if not self.text.startswith(word, self.at) or (following.isalnum() or following == "_"):
            return False
        self.at = end
        return True

    def _value(self, depth: int) -> Value:
        if depth > MAX_DEPTH:
            self._fail(f"no more than {MAX_DEPTH} levels")
        self._blanks()
        marks, text, at = self.marks, self.text, self.at
        if marks.contract_start.match(text, at):
            return self._contract(depth)
        if text.startswith(marks.array[0], at):
            return self._array(depth)
        if text.startswith(marks.object[0].strip(), at):
            return self._object(depth)
        if text.startswith('"', at):
            return self._string()
        if marks.bytes is not None and text.startswith(marks.bytes, at):
            return self._bytes()
        if text.startswith(marks.handle, at):
            self.at += len(marks.handle)
            return Handle(self._match(NAME, "a handle name").group())
        for word, value in ((marks.null, None), (marks.true, True), (marks.false, False)):
            if self._word(word):
                return value
        return self._number()

    def _array(self, depth: int) -> list:
        start, separator, end = self.marks.array
        self._expect(start)
        items: list = []
        while not self._accept(end):
            if items:
                self._expect(separator)
            items.append(self._value(depth + 1))
        return items

    def _object(self, depth: int) -> dict:
        start, colon, separator, end = self.marks.object
        self._expect(start)
        items: dict = {}
        while not self._accept(end):
            if items:
                self._expect(separator)
            self._blanks()
            quoted = self.text.startswith('"', self.at)
            key = self._string() if quoted else self._match(NAME, "a key").group()
            if key in items:
                self._fail(f"another key than {key!r}, which came before")
            self._expect(colon)
            items[key] = self._value(depth + 1)
        return items

    def _contract(self, depth: int) -> Contract:
        start, after_id, first, following, after_index, end = self.marks.contract
        self._expect(start)
        number = int(self._match(_DIGITS, "a contract id").group())
        if after_id:
            self._expect(after_id)
        fields: list[tuple[int, Value]] = []
        while not self._accept(end):
            self._expect(following if fields else first)
            index = int(self._match(_DIGITS, "a field index").group())
            if after_index.strip():
                self._expect(after_index)
            fields.append((index, self._value(depth + 1)))
        return Contract(number, tuple(fields))

    def _string(self) -> str:
        found = self._match(_STRING, "a string")
        try:
            text = json.loads(found.group())
            text.encode("utf-8")
        except (ValueError, UnicodeError):
            raise HlxError(f"string {found.group()} has a bad escape") from None
        return text

    def _bytes(self) -> bytes:
        if self.marks.bytes == 'b"':
            body = self._match(_BYTE_STRING, "a byte string").group(1)
            return re.sub(r"\\(x[0-9a-fA-F]{2}|.)",
                          lambda m: chr(int(m[1][1:], 16)) if m[1][0] == "x" else m[1], body).encode("latin-1")
        self.at += len(self.marks.bytes)
        digits = self._match(_HEX_RUN, "hexadecimal digits").group()
        if len(digits) % 2:
            self._fail("an even number of hexadecimal digits")
        return bytes.fromhex(digits)

    def _number(self) -> int | float:
        if self.marks.hexadecimal and self.text.startswith("0x", self.at):
            return self._hexadecimal()
        found = self._match(_NUMBER, "a value")
        text = found.group()
        if found.group(1) or found.group(2):
            number = float(text)
            if not math.isfinite(number):
                raise HlxError(f"float {text} is too large")
            return number
        if self.marks.hexadecimal:
            self.at = found.start()
            self._fail("an integer as 0x…")
        return self._in_range(int(text))

    def _hexadecimal(self) -> int:
        digits = self._match(_HEXADECIMAL, "hexadecimal digits").group(1)
        number = int(digits, 16)
        if len(digits) in _SIGNED_DIGITS and digits[0] in "89abcdefABCDEF":
            number -= 1 << 4 * len(digits)
        return self._in_range(number)

    def _in_range(self, number: int) -> int:
        if not INT_MIN <= number <= INT_MAX:
            raise HlxError(f"integer {number} does not fit 64 bits")
        return number
