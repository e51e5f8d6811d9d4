# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""The codec: five spellings of one value, strict about everything else."""

import random
import string
import unittest

from helix import binary, codec
from helix.values import Contract, Handle, HlxError, call

KNOWN = [
    (None, "null", "∅", "NULL", "[_]"),
    (True, "true", "⊤", "TRUE", "[T]"),
    (False, "false", "⊥", "FALSE", "[F]"),
    (42, "42", "42", "42", "[0x2a]"),
    (-100, "-100", "-100", "-100", "[0xff9c]"),
    (255, "255", "255", "255", "[0xff]"),
    (40000, "40000", "40000", "40000", "[0x009c40]"),
    (0.5, "0.5", "0.5", "0.5", "[0.5]"),
    ("hello", '"hello"', '"hello"', '"hello"', '["hello"]'),
    (Handle("ast"), "&h_ast", "⟁ast", "@ast", "[&ast]"),
    (call("search", Handle("documents")), '{1000: {@0: "search", @1: &h_documents}}',
     '🜊1000🜁0 "search"🜁1 ⟁documents🜂', '{C:1000,0="search",1=@documents}', '[1000|0:"search"|1:&documents]'),
    ([1, 2, 3], "[1, 2, 3]", "🜃1, 2, 3🜄", "[1,2,3]", "[[0x01,0x02,0x03]]"),
    ({"x": 10}, "{x: 10}", "◇ x: 10 ◆", "{x:10}", "[{x:0x0a}]"),
    ({}, "{}", "◇◆", "{}", "[{}]"),
    ({"C": 5}, '{"C": 5}', '◇ "C": 5 ◆', '{"C":5}', '[{"C":0x05}]'),
    (Contract(7, ()), "{7: {}}", "🜊7🜂", "{C:7}", "[7]"),
]

WRONG = {
    "HLXL": ["", "nul", "nullx", "01", "1.", "--1", '"open', "[1,, 2]", "[1 2]", "[1,]", "{x 1}", "{x: 1, x: 2}", "&h_",
             "&ast", "{1000: {@0: 1, @0: 2}}", "{1000: {@0: 1}", "{70000: {}}", "{1: {@256: 1}}", "1 2", "99999999999999999999",
             '"\\q"', '"\\ud800"', 'b"\\xg0"', "1e999", "[" * 60 + "]" * 60, "∅"],
    "LC-R": ["🜊1000🜁0", "🜃1, 2", "◇ x: 1", "⊠6", "⟁", "null", "🜊🜂"],
    "LC-T": ["{C:}", "{C:1,0=}", "#6", "@", "True", "{C:1 0=1}"],
    "LC-B": ["42", "[42.]", "[0x]", "[0x12345678901234567890]", "[_", "_", "[[0x01]", "[1000|]", "[b]", "[true]"],
}


def random_value(chance: random.Random, depth: int = 0, with_bytes: bool = True):
    """Return a value of any kind, nested at most four levels."""
    kinds = ["null", "truth", "integer", "float", "string", "handle"] + ["bytes"] * with_bytes
    kind = chance.choice(kinds + (["array", "object", "contract"] if depth < 4 else []))
    inner = lambda: random_value(chance, depth + 1, with_bytes)
    name = lambda: chance.choice(string.ascii_letters + "_") + "".join(chance.choices(string.ascii_letters + "_09", k=chance.randrange(6)))
    if kind == "string":
        return "".join(chance.choice('ab "\\\n\t\x7f∅🜂é,]}|') for _ in range(chance.randrange(8)))
    if kind == "array":
        return [inner() for _ in range(chance.randrange(4))]
    if kind == "object":
        return {chance.choice([name(), "C", "a b", ""]): inner() for _ in range(chance.randrange(4))}
    if kind == "contract":
        return Contract(chance.randrange(65536), tuple((i, inner()) for i in sorted(chance.sample(range(256), chance.randrange(4)))))
    return {"null": None, "truth": chance.random() < 0.5,
            "integer": chance.choice([chance.randrange(-300, 300), chance.randrange(-2 ** 63, 2 ** 63), 32768, -32769, 2 ** 63 - 1, -2 ** 63]),
            "float": chance.choice([0.0, -0.0, 1e22, 5e-324, chance.uniform(-1e6, 1e6), 1e300]),
            "handle": Handle(name()), "bytes": bytes(chance.randrange(256) for _ in range(chance.randrange(5)))}[kind]


class Known(unittest.TestCase):
    def test_table(self):
        for value, *texts in KNOWN:
            for format, text in zip(codec.FORMATS, texts):
                with self.subTest(text):
                    self.assertEqual(codec.show(value, format), text)
                    found = codec.parse(text, format)
                    self.assertEqual(found, value)
                    self.assertIs(type(found), type(value))

    def test_bytes(self):
        for format, text in (("HLXL", 'b"data"'), ("LC-R", "⊠64617461"), ("LC-T", "#64617461")):
            self.assertEqual(codec.show(b"data", format), text)
            self.assertEqual(codec.parse(text, format), b"data")
        with self.assertRaises(HlxError):
            codec.show(b"data", "LC-B")

    def test_dialect_of_other_corpora(self):
        self.assertEqual(codec.parse("[[0x64,0xc8,0x12c]]", "LC-B"), [100, 200, 300])
        self.assertEqual(codec.parse('◇name: "Alice"◆', "LC-R"), {"name": "Alice"})
        self.assertEqual(codec.parse(" [1,2 ,3] ", "HLXL"), [1, 2, 3])

    def test_binary(self):
        self.assertEqual(binary.encode(call("a", 300)), bytes.fromhex("50e80302" "00" "30010061" "01" "112c01"))
        self.assertEqual(binary.encode([None, True, -1]), bytes.fromhex("600300" "00" "01" "10ff"))
        self.assertEqual(binary.encode({"k": 0.5}), bytes.fromhex("7001" "016b" "21000000000000e03f"))


class Property(unittest.TestCase):
    def test_round_trip(self):
        chance = random.Random(20261122)
        for _ in range(1500):
            value = random_value(chance, with_bytes=False)
            for format in codec.FORMATS:
                text = codec.show(value, format)
                found = codec.parse(text, format)
                self.assertEqual(repr(found), repr(value), text)

    def test_round_trip_binary(self):
        chance = random.Random(7)
        for _ in range(1500):
            value = random_value(chance)
            self.assertEqual(repr(binary.decode(binary.encode(value))), repr(value))

    def test_damaged_text_never_escapes_the_error(self):
        chance = random.Random(5)
        for _ in range(3000):
            format = chance.choice(codec.FORMATS)
            text = list(codec.show(random_value(chance, with_bytes=False), format))
            for _ in range(chance.randrange(1, 3)):
                text[chance.randrange(len(text)):chance.randrange(len(text) + 1)] = chance.choice(["", "]", '"', "0x", "🜂"])
                text = text or [" "]
            try:
                value = codec.parse("".join(text), format)
            except HlxError:
                continue
            self.assertEqual(repr(codec.parse(codec.show(value, format), format)), repr(value))

    def test_damaged_bytes_never_escape_the_error(self):
        chance = random.Random(6)
        for _ in range(3000):
            data = bytearray(binary.encode(random_value(chance)))
            data[chance.randrange(len(data))] = chance.randrange(256)
            try:
                value = binary.decode(bytes(data[:chance.randrange(1, len(data) + 1)]))
            except HlxError:
                continue
            binary.encode(value)


class Strict(unittest.TestCase):
    def test_wrong_text(self):
        for format, texts in WRONG.items():
            for text in texts:
                with self.subTest(f"{format} {text}"), self.assertRaises(HlxError):
                    codec.parse(text, format)

    def test_wrong_bytes(self):
        for data in ("", "ff", "10", "1100", "110100", "30020061", "3001 00ff", "0000", "21000000000000f07f", "60ffff",
                     "4000", "7002" "0161" "00" "0161" "00", "5001000201000000", "50e803020100" "0000"):
            with self.subTest(data), self.assertRaises(HlxError):
                binary.decode(bytes.fromhex(data))

    def test_values_without_spelling(self):
        for value in (float("nan"), float("inf"), 2 ** 63, object(), {1: 2}.keys()):
            with self.subTest(repr(value)), self.assertRaises(HlxError):
                codec.show(value, "HLXL")
        with self.assertRaises(HlxError):
            codec.parse("1", "LC-X")


if __name__ == "__main__":
    unittest.main()
