# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""More examples from a large model: other words for sentences of the corpus, and new pairs.

A teacher is not trusted.  What it returns becomes an example only if its value is HLX of a shape that
the corpus has, comes back from every format as the same value, belongs to the training side, and is
said by the sentence.  The held-out side stays as it was: no value and no sentence of it gets in.

Answers are kept on disk by model and prompt, so that to begin again, or another phase, costs
nothing; which pairs a run learns from is kept with its checkpoints, so that it resumes bit for bit.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from . import codec, lexicon
from .corpus import Example, is_training
from .files import to_json, write_atomically
from .gateway import ANSWER_MAX, Gateway, GatewayError, dollars
from .values import Contract, Handle, HlxError, Value

KINDS = ("paraphrase", "pairs")
SOURCES, WORDINGS = 8, 3    # sentences a call asks other words for, and how many of them
SHOWN, NEW = 12, 20         # examples a call shows, and new pairs it asks for
ANSWER_TOKENS = 4096
SENTENCE_MIN, SENTENCE_MAX = 3, 200  # bytes
TEACHING_MAX = 1500.0       # seconds for all calls
FAILURES_MAX = 3            # calls in a row without an answer
VERSION = 1

_INTRODUCTION = """\
You write training data for a small model that turns English orders into HLXL, a notation for values.
HLXL: null, true, false, integers, floats, "strings", handles such as &h_reports (a thing by its name, in \
camelCase), arrays [1, 2], objects {x: 10} and contracts {1000: {@0: "search", @1: &h_reports}}. Contract 1000 is an \
order: @0 is the verb, the other fields its arguments in order.
Answer with a JSON object {"pairs": [{"english": "…", "hlxl": "…"}]} and nothing else."""

_REWORD = """\
For each of these pairs write {wordings} other English sentences that mean exactly the same. Copy the HLXL as it is. \
Every name, number, file and quoted text stays in the sentence, spelled the same. One sentence each, no quotation marks \
around it.

{pairs}"""

_INVENT = """\
These are pairs of an English order and its HLXL:

{pairs}

Write {new} new pairs in the same manner: the same contracts and verbs with the same fields, other things, names and \
numbers. Whatever the HLXL names, the sentence says in the same words. No pair twice."""

_SCHEMA = {"name": "pairs", "strict": True, "schema": {
    "type": "object", "additionalProperties": False, "required": ["pairs"], "properties": {
        "pairs": {"type": "array", "items": {
            "type": "object", "additionalProperties": False, "required": ["english", "hlxl"], "properties": {
                "english": {"type": "string"}, "hlxl": {"type": "string"}}}}}}}


def kinds(text: str) -> tuple[str, ...]:
    """An argparse type: "paraphrase", "pairs" or both with a comma."""
    found = tuple(dict.fromkeys(text.split(",")))
    if not found or any(kind not in KINDS for kind in found):
        raise argparse.ArgumentTypeError(f"{text!r} is not one of {', '.join(KINDS)}, or both with a comma")
    return found


def missing(options: argparse.Namespace) -> str | None:
    """Return what is missing for teaching, in one sentence."""
    if not options.teach_pairs or options.calibrate:
        return None
    if not os.environ.get("OPENAI_BASE_URL") or not os.environ.get("OPENAI_API_KEY"):
        return ("--teach-pairs needs a gateway: OPENAI_BASE_URL and OPENAI_API_KEY, which Training Center sets for a "
                "session with a provider")
    if options.model in ("", "none"):
        return "--teach-pairs needs the teacher's name: --model"
    return None


@dataclass
class Lesson:
    """What was asked for, what was learnt, and what it took."""

    examples: list[Example] = field(default_factory=list)
    rejected: Counter[str] = field(default_factory=Counter)
    calls: int = 0
    cached: int = 0
    cost: Decimal = Decimal(0)
    cost_known: bool = True
    stopped: str | None = None  # why it ended before it was complete

    @property
    def digest(self) -> str:
        """What identifies the examples and their order."""
        lines = (f"{example.english}\0{codec.show(example.value, 'HLXL')}\n" for example in self.examples)
        return hashlib.sha256("".join(lines).encode("utf-8")).hexdigest()

    def describe(self, wanted: int) -> str:
        """Say how it went, for people."""
        reasons = ", ".join(f"{number} {why}" for why, number in self.rejected.most_common())
        price = f"${self.cost:.6f}" if self.cost_known else f"${self.cost:.6f} and what is not known"
        text = (f"Teacher: {len(self.examples)} of {wanted} pairs accepted, {self.rejected.total()} rejected"
                f"{f' ({reasons})' if reasons else ''}; {self.calls} calls, {self.cached} answers from the cache, {price}.")
        return text + (f" {self.stopped}" if self.stopped else "")


class Judge:
    """Decides which pairs of a teacher become examples."""

    def __init__(self, train: list[Example], held_out: list[Example], train_ratio: float) -> None:
        self.train_ratio = train_ratio
        self.said = {_plain(example.english) for example in train}
        self.kept_back = {_plain(example.english) for example in held_out}
        self.shapes = {_shape(example.value) for example in train}
        # What values hold without the sentence saying it, such as the order "desc" of "highest first".
        self.unsaid = {leaf for example in train for leaf in _unsaid(example.value, example.english)}

    def accept(self, english: str, hlxl: str, sources: dict[str, Example]) -> Example:
        """Return the example that a pair is; raise HlxError with the reason why it is none."""
        english = " ".join(english.split())
        if not SENTENCE_MIN <= len(english.encode("utf-8")) <= SENTENCE_MAX or not english.isprintable():
            raise HlxError("no sentence")
        value, texts = _round_trip(hlxl)
        if sources and texts["HLXL"] not in sources:
            raise HlxError("another meaning")
        if not is_training(value, self.train_ratio) or _plain(english) in self.kept_back:
            raise HlxError("held out")
        if _shape(value) not in self.shapes:
            raise HlxError("of no known shape")
        allowed = _unsaid(value, sources[texts["HLXL"]].english) if sources else self.unsaid
        if not _unsaid(value, english) <= allowed:
            raise HlxError("not said")
        if _plain(english) in self.said:
            raise HlxError("duplicate")
        self.said.add(_plain(english))
        return Example(english, value, texts)


def _round_trip(hlxl: str) -> tuple[Value, dict[str, str]]:
    """Return the value of `hlxl` and its spelling in every format; raise HlxError unless all agree."""
    try:
        value = codec.parse(hlxl, "HLXL")
        texts = {format: codec.show(value, format) for format in codec.FORMATS}
    except HlxError:
        raise HlxError("not HLX") from None
    if any(codec.show(codec.parse(text, format), "HLXL") != texts["HLXL"] for format, text in texts.items()):
        raise HlxError("not HLX")
    return value, texts


def _plain(english: str) -> str:
    """Sentences that differ in blanks, capitals and a full stop only are one."""
    return " ".join(english.casefold().split()).rstrip(".!?")


def _shape(value: Value) -> tuple[Any, ...]:
    """Return what the corpus must have like it: the contract, its fields, and the verb of an order."""
    if not isinstance(value, Contract):
        return (type(value).__name__,)
    verb = value.fields[0][1] if value.id == 1000 and value.fields else None
    return (value.id, verb if isinstance(verb, str) else None, tuple(index for index, _ in value.fields))


def _leaves(value: Value) -> Iterator[Value]:
    """Yield the texts, names and numbers in a value, without the verbs."""
    if isinstance(value, Contract):
        for index, item in value.fields:
            if index or not isinstance(item, str):
                yield from _leaves(item)
    elif isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _leaves(item)
    elif isinstance(value, (str, int, float, Handle)) and not isinstance(value, bool):
        yield value


def _unsaid(value: Value, english: str) -> set[str]:
    """Return the leaves of `value` that `english` does not say."""
    return {f"{type(leaf).__name__} {leaf}" for leaf in _leaves(value) if not _says(english, leaf)}


def _says(english: str, leaf: Value) -> bool:
    sentence = english.casefold()
    if isinstance(leaf, Handle):
        words = re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+", leaf.name)
        return all(word.casefold() in sentence for word in words)
    if isinstance(leaf, str):
        return leaf.casefold() in sentence
    spoken = [codec.show(leaf, "HLXL")]
    if isinstance(leaf, int) and 0 <= leaf <= 100:
        spoken.append(lexicon.number_words(leaf))
    return any(re.search(rf"(?<![\w.-]){re.escape(text)}(?![\w-]|\.\d)", sentence) for text in spoken)


class Cache:
    """Answers by model and prompt."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _path(self, body: dict[str, Any]) -> Path:
        text = json.dumps(body, sort_keys=True, ensure_ascii=False)
        return self.folder / f"{hashlib.sha256(text.encode('utf-8')).hexdigest()}.json"

    def get(self, body: dict[str, Any]) -> dict[str, Any] | None:
        """Return the answer to `body`, if there is one."""
        try:
            with self._path(body).open("rb") as file:
                found = json.loads(file.read(2 * ANSWER_MAX))
            return found if found["version"] == VERSION and isinstance(found["content"], str) else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def put(self, body: dict[str, Any], content: str, cost: Decimal | None) -> None:
        """Keep an answer; not to be able to is no harm."""
        found = {"version": VERSION, "model": body["model"], "content": content,
                 "cost_usd": None if cost is None else str(cost),
                 "session": os.environ.get("TRAINING_CENTER_SESSION_ID", "")}
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_atomically(self._path(body), (to_json(found) + "\n").encode("utf-8"))
        except OSError:
            pass


class Teacher:
    """Asks until there are enough pairs, or until there is a reason to stop."""

    def __init__(self, options: argparse.Namespace, gateway: Gateway, train: list[Example],
                 held_out: list[Example]) -> None:
        self.options, self.gateway, self.train = options, gateway, train
        self.judge = Judge(train, held_out, options.train_ratio)
        self.cache = Cache(options.teach_cache or default_cache())
        self.lesson = Lesson()
        self.dearest = Decimal(0)  # call so far: the next may cost as much

    def teach(self) -> Lesson:
        """Return the lesson; whatever goes wrong ends it early and is in it."""
        lesson, wanted = self.lesson, self.options.teach_pairs
        deadline, failures, number = time.monotonic() + TEACHING_MAX, 0, 0
        most = 2 + 4 * -(-wanted // NEW)
        while len(lesson.examples) < wanted and not lesson.stopped:
            if number >= most:
                lesson.stopped = "Too little of it was usable to go on asking."
                break
            body, sources = self._question(number)
            number += 1
            try:
                content = self._answer(body, deadline)
                failures = 0
            except GatewayError as error:
                failures += 1
                if error.final or failures >= FAILURES_MAX:
                    lesson.stopped = str(error)
                continue
            if content is not None:
                self._read(content, sources)
        return lesson

    def _question(self, number: int) -> tuple[dict[str, Any], dict[str, Example]]:
        """Return call `number` and, for other words, the sentences it is about: a function of the seed."""
        kind = self.options.teach_kinds[number % len(self.options.teach_kinds)]
        chance = random.Random(f"{self.options.seed} {kind} {number}")
        count = min(SOURCES if kind == "paraphrase" else SHOWN, len(self.train))
        chosen = chance.sample(self.train, count)
        shown = "\n".join(f"{example.english}\t{codec.show(example.value, 'HLXL')}" for example in chosen)
        asked = (_REWORD.format(wordings=WORDINGS, pairs=shown) if kind == "paraphrase"
                 else _INVENT.format(new=NEW, pairs=shown))
        body = {"model": self.options.model, "max_completion_tokens": ANSWER_TOKENS,
                "messages": [{"role": "system", "content": _INTRODUCTION}, {"role": "user", "content": asked}],
                "response_format": {"type": "json_schema", "json_schema": _SCHEMA}}
        sources = {codec.show(example.value, "HLXL"): example for example in chosen} if kind == "paraphrase" else {}
        return body, sources

    def _answer(self, body: dict[str, Any], deadline: float) -> str | None:
        """Return what the teacher wrote, from the cache if it is there; None when it is not to be asked."""
        kept = self.cache.get(body)
        if kept is not None:
            self.lesson.cached += 1
            session = os.environ.get("TRAINING_CENTER_SESSION_ID", "")
            if session and kept.get("session") == session:
                # Paid by an earlier attempt of this very session.
                self._pay(dollars(kept.get("cost_usd")))
            return kept["content"]
        self.lesson.stopped = self._obstacle(deadline)
        if self.lesson.stopped:
            return None
        self.lesson.calls += 1
        answer = self.gateway.chat(body)
        self._pay(answer.cost)
        content = _content(answer.body)
        self.cache.put(body, content, answer.cost)
        return content

    def _obstacle(self, deadline: float) -> str | None:
        """Return why no more is to be asked."""
        cap, left = self.options.teach_budget, self.gateway.left()
        if time.monotonic() > deadline:
            return f"It took more than {TEACHING_MAX / 60:.0f} minutes."
        if left is not None and left <= 0:
            return "The session's budget is used up."
        if cap is not None and not self.lesson.cost_known:
            return "What the teacher costs is not known, so --teach-budget cannot be kept."
        if cap is not None and self.lesson.cost + self.dearest > cap:
            return f"Another call might cost more than is left of --teach-budget ${cap}."
        return None

    def _pay(self, cost: Decimal | None) -> None:
        if cost is None:
            self.lesson.cost_known = False
        else:
            self.lesson.cost += cost
            self.dearest = max(self.dearest, cost)

    def _read(self, content: str, sources: dict[str, Example]) -> None:
        """Take what is good of an answer."""
        for english, hlxl in _pairs(content):
            if len(self.lesson.examples) >= self.options.teach_pairs:
                return
            try:
                self.lesson.examples.append(self.judge.accept(english, hlxl, sources))
            except HlxError as reason:
                self.lesson.rejected[str(reason)] += 1


def _content(body: Any) -> str:
    """Return the text of a chat completion; "" where there is none."""
    try:
        content = body["choices"][0]["message"]["content"]
    except (KeyError, IndexError, TypeError):
        return ""
    return content if isinstance(content, str) else ""


def _pairs(content: str) -> Iterator[tuple[str, str]]:
    """Yield the pairs of an answer; one that is no list of pairs is one pair that is no sentence."""
    try:
        pairs = json.loads(content)["pairs"]
        if not isinstance(pairs, list):
            raise TypeError
    except (ValueError, KeyError, TypeError, RecursionError):
        pairs = [None]
    for pair in pairs:
        english, hlxl = (pair.get("english"), pair.get("hlxl")) if isinstance(pair, dict) else (None, None)
        yield (english, hlxl) if isinstance(english, str) and isinstance(hlxl, str) else ("", "")


def default_cache() -> Path:
    """Return where answers are kept when nothing else was said."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(cache) / "training-center" / "teacher"


# -- what a run learnt from, beside its checkpoints -------------------------------------------

def record_path(options: argparse.Namespace) -> Path:
    """Return the file with the pairs of this run."""
    return options.checkpoint_dir / f"taught_phase{options.phase}.jsonl"


def _heading(options: argparse.Namespace, corpus_sha256: str) -> dict[str, Any]:
    return {"version": VERSION, "model": options.model, "pairs": options.teach_pairs, "kinds": list(options.teach_kinds),
            "seed": options.seed, "train_ratio": options.train_ratio, "corpus_sha256": corpus_sha256}


def write_record(options: argparse.Namespace, corpus_sha256: str, lesson: Lesson) -> None:
    """Keep the pairs for whoever resumes this run."""
    lines = [to_json(_heading(options, corpus_sha256))]
    lines += [to_json({"english": example.english, "hlxl": codec.show(example.value, "HLXL")})
              for example in lesson.examples]
    write_atomically(record_path(options), ("\n".join(lines) + "\n").encode("utf-8"))


def read_record(options: argparse.Namespace, corpus_sha256: str) -> Lesson | None:
    """Return the pairs of the run so far; None if there are none for these options."""
    try:
        heading, *lines = record_path(options).read_text(encoding="utf-8").splitlines()
        if json.loads(heading) != _heading(options, corpus_sha256):
            return None
        lesson = Lesson()
        for line in lines:
            pair = json.loads(line)
            value, texts = _round_trip(pair["hlxl"])
            lesson.examples.append(Example(pair["english"], value, texts))
        return lesson
    except (OSError, ValueError, KeyError, TypeError):
        return None
