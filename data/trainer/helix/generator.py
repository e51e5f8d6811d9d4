# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Writes the corpus: English sentences, each with its value in the four text formats.

The same seed and count give the same file, byte for byte.  Every value goes through the codec, and
no sentence appears twice, so that a sentence has one meaning.
"""

from __future__ import annotations

import hashlib
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

from . import codec, lexicon
from .files import write_atomically
from .grammar import Rule, rules
from .values import Contract, Handle, HlxError, Value

VERSION = 1
MIN_BLOCKS, DEFAULT_BLOCKS, MAX_BLOCKS = 1, 40_000, 1_000_000
_OPENINGS = ("Please ", "Now ", "Then ", "Next, ", "Can you ", "I want to ", "You should ", "Let us ")
_ARTICLES = ("the ", "the ", "the ", "", "my ", "our ")
# Beyond small numbers only these: hexadecimal has to be learnt number by number.
_WIDE_NUMBERS = (128, 150, 192, 200, 240, 250, 255, 256, 300, 320, 400, 480, 500, 512, 600, 640, 720, 750, 768,
                 800, 900, 1000, 1024, 1080, 1500, 1920, 2000, 2048, 4096)
_SHAPES = (("x", "y"), ("x", "y", "z"), ("width", "height"), ("red", "green", "blue"), ("from", "to"),
           ("hours", "minutes"), ("day", "month"), ("row", "column"), ("min", "max"), ("wins", "losses"))


class Speaker:
    """Draws words, numbers and whole sentences from one random stream."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.rules = rules()
        # What is said with numbers has most to learn from; it comes twice as often.
        self.weights = [2 if any(slot[0] in "nAG" for slot in rule.slots) else 1 for rule in self.rules]

    def pair(self) -> tuple[str, Value]:
        """Return a sentence and the value it means."""
        rule, = self.random.choices(self.rules, self.weights)
        spoken: dict[str, str] = {}
        meant: dict[str, Value] = {}
        for slot in rule.slots:
            spoken[slot], meant[slot] = self.fill(slot)
        sentence = self.random.choice(rule.phrasings).format(**spoken)
        # An order can be asked for politely; a bare value ("The number 4") cannot.
        if not rule.head.startswith(("=", "#")) and self.random.random() < 0.25:
            sentence = self.random.choice(_OPENINGS) + sentence[0].lower() + sentence[1:]
        return sentence, _meaning(rule, meant)

    def fill(self, slot: str) -> tuple[str, Value]:
        """Return the words and the value for one slot, by the kind its first letter names."""
        return _KINDS[slot[0]](self)

    def made_up(self) -> str:
        """Return a word that is in no dictionary, so that copying must be learnt, not recall."""
        draw, pieces = self.random, []
        for _ in range(draw.choice((2, 2, 3))):
            pieces += [draw.choice(lexicon.ONSETS), draw.choice(lexicon.VOWELS)]
        return ("".join(pieces) + draw.choice(lexicon.CODAS))[:9]

    def word(self) -> str:
        return self.random.choice(lexicon.WORDS) if self.random.random() < 0.6 else self.made_up()

    def bare_word(self) -> tuple[str, Value]:
        word = self.word()
        return word, word

    def text(self) -> tuple[str, Value]:
        text = self.word() + (" " + self.word() if self.random.random() < 0.2 else "")
        return f'"{text}"', text

    def person(self) -> tuple[str, Value]:
        name = self.random.choice(lexicon.NAMES) if self.random.random() < 0.8 else self.made_up().capitalize()
        return name, name

    def file(self) -> tuple[str, Value]:
        name = f"{self.word()}.{self.random.choice(lexicon.EXTENSIONS)}"
        return name, name

    def path(self) -> tuple[str, Value]:
        name = f"/{self.random.choice(lexicon.FOLDERS)}/{self.file()[0]}"
        return name, name

    def entity(self) -> tuple[str, Value]:
        words, handle = self.plain_entity()
        return self.random.choice(_ARTICLES) + words, handle

    def plain_entity(self) -> tuple[str, Handle]:
        noun = self.random.choice(lexicon.NOUNS) if self.random.random() < 0.85 else self.made_up()
        if self.random.random() < 0.3:
            noun = lexicon.plural(noun)
        if self.random.random() < 0.5:
            return noun, Handle(noun)
        modifier = self.random.choice(lexicon.MODIFIERS)
        return f"{modifier} {noun}", Handle(modifier + noun.capitalize())

    def handle(self, words: list[str]) -> tuple[str, Value]:
        word = self.random.choice(words)
        return word, Handle(word)

    def integer(self) -> int:
        share = self.random.random()
        if share < 0.76:
            return self.random.randrange(100)
        if share < 0.83:
            return self.random.randrange(100, 128)
        return self.random.choice(_WIDE_NUMBERS) if share < 0.95 else -self.random.randint(1, 20)

    def number(self) -> tuple[str, Value]:
        number = self.integer()
        spoken = 0 <= number <= 100 and self.random.random() < (0.5 if number <= 20 else 0.3)
        return lexicon.number_words(number) if spoken else str(number), number

    def fraction(self) -> tuple[str, Value]:
        digits = self.random.choice((1, 2))
        number = round(self.random.choice((1, 1, 10, 100)) * self.random.random(), digits)
        return codec.show(number, "HLXL"), number

    def truth(self) -> tuple[str, Value]:
        truth = self.random.random() < 0.5
        return str(truth).lower(), truth

    def several(self, draw: Callable[[], tuple[str, Value]], most: int) -> tuple[str, Value]:
        """Return a list of one to `most` things, spoken with commas and perhaps a last "and"."""
        items = [draw() for _ in range(self.random.randint(1, most))]
        return self.enumerate([words for words, _ in items]), [value for _, value in items]

    def enumerate(self, words: list[str]) -> str:
        if len(words) > 1 and self.random.random() < 0.6:
            return ", ".join(words[:-1]) + " and " + words[-1]
        return ", ".join(words)

    def record(self) -> tuple[str, Value]:
        draw = {"n": lambda: self._digits(), "t": self.truth, "p": self.person, "w": self.text}
        words, fields = [], {}
        for kind in self.random.choices("nnntpw", k=self.random.randint(1, 3)):
            key = self.random.choice(lexicon.KEYS[kind])
            if key not in fields:
                said, fields[key] = draw[kind]()
                words.append(f"{key} {said}")
        return self.enumerate(words), fields

    def shape(self) -> tuple[str, Value]:
        """Return a record of numbers that belong together: a point, a size, a colour…"""
        fields = {key: self.integer() for key in self.random.choice(_SHAPES)}
        return self.enumerate([f"{key} {number}" for key, number in fields.items()]), fields

    def _digits(self) -> tuple[str, Value]:
        number = self.integer()
        return str(number), number


_KINDS: dict[str, Callable[[Speaker], tuple[str, Value]]] = {
    "h": Speaker.entity, "a": lambda s: s.handle(lexicon.ATTRIBUTES), "m": lambda s: s.handle(lexicon.MODES),
    "c": lambda s: s.handle(lexicon.CONDITIONS), "s": Speaker.text, "w": Speaker.bare_word, "p": Speaker.person,
    "f": Speaker.file, "d": Speaker.path, "n": Speaker.number, "x": Speaker.fraction, "t": Speaker.truth,
    "A": lambda s: s.several(s._digits, 5), "W": lambda s: s.several(s.bare_word, 3),
    "P": lambda s: s.several(s.person, 3), "H": lambda s: s.several(s.plain_entity, 3), "R": Speaker.record, "G": Speaker.shape,
}


def _meaning(rule: Rule, meant: dict[str, Value]) -> Value:
    fields = [meant[field] if field in meant else _constant(field) for field in rule.fields]
    if rule.head == "=":
        return fields[0]
    if rule.head.startswith("#"):
        return Contract(int(rule.head[1:]), tuple(enumerate(fields)))
    return Contract(1000, tuple(enumerate([rule.head, *fields])))


def _constant(field: str) -> Value:
    return codec.parse(field.replace("&", "&h_"), "HLXL")


def blocks(count: int, seed: int) -> Iterator[tuple[str, Value]]:
    """Yield `count` pairs of sentence and value, no sentence twice; the seed decides which."""
    speaker, seen = Speaker(seed), {}
    misses = 0
    while len(seen) < count:
        sentence, value = speaker.pair()
        meaning = codec.show(value, "HLXL")
        if sentence in seen:
            if seen[sentence] != meaning:
                raise HlxError(f"grammar: {sentence!r} means both {seen[sentence]} and {meaning}")
            misses += 1
            if misses > 20 * count + 10_000:
                raise HlxError(f"the grammar does not yield {count} different sentences")
            continue
        seen[sentence] = meaning
        yield sentence, value


def identity(count: int, seed: int) -> str:
    """Return what a corpus of this size and seed is made of: changes whenever its content would."""
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for name in ("generator.py", "grammar.py", "lexicon.py", "codec.py"):
        digest.update((here / name).read_bytes())
    return f"blocks {count}, seed {seed}, generator {VERSION}-{digest.hexdigest()[:16]}"


def is_current(path: Path, count: int, seed: int) -> bool:
    """Say whether `path` already holds the corpus of this size and seed, complete."""
    try:
        with path.open(encoding="utf-8") as file:
            return f"<!-- {identity(count, seed)} -->" in file.read(400)
    except (OSError, UnicodeError):
        return False


def write_corpus(path: Path, count: int = DEFAULT_BLOCKS, seed: int = 1) -> None:
    """Write a corpus of `count` blocks to `path`, all or nothing."""
    lines = ["# HLX corpus, all variants", f"<!-- {identity(count, seed)} -->", "",
             "Generated; every value was printed by the codec. Do not edit: generate again.", ""]
    for sentence, value in blocks(count, seed):
        lines.append(f"English: {sentence}")
        lines += [f"{format}: {codec.show(value, format)}" for format in codec.FORMATS]
        lines.append("")
    write_atomically(path, "\n".join(lines).encode("utf-8"))


def cached_corpus(count: int = DEFAULT_BLOCKS, seed: int = 1) -> tuple[Path, bool]:
    """Return the path of the corpus in the user's cache, generating it first if need be (then True)."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    folder = Path(cache) / "training-center"
    path = folder / "corpus_all_variants.md"
    if is_current(path, count, seed):
        return path, False
    folder.mkdir(parents=True, exist_ok=True)
    write_corpus(path, count, seed)
    return path, True
