# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Five tests that tell a model that learns from one that parrots, collapses or writes soup.

Thresholds grow with the age of the model (optimizer steps): a young model is warned about, never
failed, and a healthy one of any size and phase passes.  Every test looks at text held out from
training.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import torch

from . import codec, data, decode
from .corpus import Example
from .model import Helix
from .values import HlxError

PASS, WARN, FAIL, SKIPPED = "pass", "warn", "fail", "skipped"
YOUNG = 200        # optimizer steps before which nothing fails
TEACHER_ROWS = 96  # held-out documents read with the right text before every position
ANSWER_BYTES = 160


@dataclass
class Sample:
    """One prompt, what the model wrote, and what it should have written (None: anything sensible)."""

    prompt: str
    format: str | None
    expected: str | None
    answer: str


@dataclass
class Evidence:
    """What the tests judge: figures on held-out documents, and samples of the model's writing."""

    phase: int
    steps: int
    loss: float          # held-out, nats a byte
    seen_loss: float     # the same on documents of the training side
    baseline: float      # loss of a model that knows only how frequent each byte is
    echo: float          # share of positions where the model predicts the byte it has just read
    samples: list[Sample] = field(default_factory=list)


@dataclass
class Verdict:
    name: str
    status: str
    details: str


def gather(model: Helix, phase: int, steps: int, held_out: list[Example], seen: list[Example], count: int,
           stop: Callable[[], bool] = lambda: False) -> Evidence:
    """Run `model` over held-out (and, for the loss, seen) examples; raise InterruptedError on `stop`."""
    loss, baseline, echo = teacher_forced(model, held_out[:TEACHER_ROWS], phase)
    seen_loss = teacher_forced(model, seen[:TEACHER_ROWS], phase)[0] if seen else math.inf
    evidence = Evidence(phase, steps, loss, seen_loss, baseline, echo)
    if stop():
        raise InterruptedError
    evidence.samples = write_samples(model, phase, held_out[:count], stop)
    return evidence


@torch.inference_mode()
def teacher_forced(model: Helix, examples: list[Example], phase: int) -> tuple[float, float, float]:
    """Return (loss, loss of byte frequencies, echo rate) over the documents of `examples`."""
    rows = data.dataset(examples, phase, 0, model.target.context)
    total = wanted_count = echoes = moves = 0
    frequency: Counter[int] = Counter()
    device = model.token_embd.weight.device
    for ids, labels in data.in_order(rows, 32):
        ids, labels = ids.to(device), labels.to(device)
        logits = model(ids).float()
        wanted = labels >= 0
        total += torch.nn.functional.cross_entropy(logits[wanted], labels[wanted], reduction="sum").item()
        wanted_count += int(wanted.sum())
        # Where the next byte differs from this one, only a parrot predicts this one.
        different = wanted & (labels != ids)
        echoes += int((logits.argmax(-1) == ids)[different].sum())
        moves += int(different.sum())
        frequency.update(labels[wanted].tolist())
    if not wanted_count:
        return math.inf, math.inf, 0.0
    entropy = -sum(n * math.log(n / wanted_count) for n in frequency.values()) / wanted_count
    return total / wanted_count, entropy, echoes / max(1, moves)


def write_samples(model: Helix, phase: int, examples: list[Example], stop: Callable[[], bool]) -> list[Sample]:
    """Let the model write: the rest of a sentence, another spelling of a value, or translations."""
    samples = []
    for position, example in enumerate(examples):
        if phase == 1:
            words = example.english.split(" ")
            samples.append(Sample(" ".join(words[:max(1, len(words) // 2)]), None, None, ""))
        else:
            formats = [format for format in codec.FORMATS if format in example.texts]
            into = formats[position % len(formats)]
            other = formats[(position + 1) % len(formats)]
            asked = example.english if phase == 3 else f"{other}: {example.texts[other]}"
            samples.append(Sample(data.prompt(asked, into), into, example.texts[into], ""))
    # Greedy prose runs in circles even in a good small model: sentences are sampled, with a fixed seed.
    temperature = 0.8 if phase == 1 else 0.0
    answers = decode.complete(model, [sample.prompt for sample in samples], ANSWER_BYTES, temperature, stop)
    for sample, answer in zip(samples, answers):
        # In phase 2 the model goes on to the next line by itself; one line is the answer.
        sample.answer = answer.partition("\n")[0] if phase == 2 else answer
    return samples


def judge(evidence: Evidence) -> list[Verdict]:
    """Return the verdicts of the five tests."""
    return [test(evidence) for test in (_parroting, _collapse, _scrambled, _transformation, _diversity)]


def overall(verdicts: list[Verdict]) -> str:
    """Return fail if any test failed, else warn if any warned, else pass."""
    states = {verdict.status for verdict in verdicts}
    return FAIL if FAIL in states else WARN if WARN in states else PASS


def _at_least(evidence: Evidence, value: float, steps: tuple[tuple[int, float], ...], good: float) -> str:
    """Judge `value` against the threshold the model's age has reached; `good` is enough for a pass."""
    needed = max((threshold for age, threshold in steps if evidence.steps >= age), default=-math.inf)
    return FAIL if value < needed else PASS if value >= good else WARN


def _share(samples: list[Sample], holds: Callable[[Sample], bool]) -> float:
    return sum(map(holds, samples)) / len(samples) if samples else 0.0


def _parroting(e: Evidence) -> Verdict:
    """Does it predict the byte it has just read, or answer with its own prompt?"""
    def repeats(sample: Sample) -> bool:
        asked, answer = sample.prompt.partition("\n")[0].strip(), sample.answer.strip()
        return len(asked) >= 4 and (answer.startswith(asked) or answer.count(asked) > 1)

    repeated = _share(e.samples, repeats)
    worst = max(e.echo, repeated)
    status = _at_least(e, 1 - worst, ((YOUNG, 0.5),), 0.8)
    return Verdict("parroting", status, f"predicts the byte just read at {e.echo:.1%} of the positions where another "
                                        f"follows; {repeated:.1%} of the answers repeat their prompt")


def _collapse(e: Evidence) -> Verdict:
    """Do the answers consist of one or two characters over and over?"""
    def collapsed(sample: Sample) -> bool:
        text = sample.answer
        if len(text) < 12 or sample.expected == text:
            return False
        common = sum(count for _, count in Counter(text).most_common(2))
        return common > 0.8 * len(text) or any(text[i:i + 1] * 10 == text[i:i + 10] for i in range(len(text) - 9))

    share = _share(e.samples, collapsed)
    # Greedy answers of a model this young run in circles now and then, also when it learns well.
    status = _at_least(e, 1 - share, ((1000, 0.2), (3000, 0.6)), 0.9)
    return Verdict("character collapse", status, f"{share:.1%} of the answers are one or two characters over and over")


def _scrambled(e: Evidence) -> Verdict:
    """Does it predict text better than mere byte frequencies do?"""
    gain = 1 - min(e.loss, e.seen_loss) / e.baseline if e.baseline > 0 else 0.0
    status = _at_least(e, gain, ((YOUNG, 0.05), (1000, 0.25)), 0.30)
    details = (f"loss {e.loss:.3f} nats a byte on held-out text, {e.seen_loss:.3f} on seen text, "
               f"{e.baseline:.3f} from byte frequencies alone")
    if status == PASS and e.loss > e.baseline:
        status, details = WARN, details + ": it memorises and does not generalise"
    return Verdict("scrambled output", status, details)


def parses(text: str, format: str | None) -> bool:
    """Say whether `text` is a value in `format`."""
    if format is None:
        return False
    try:
        codec.parse(text, format)
    except HlxError:
        return False
    return True


def _transformation(e: Evidence) -> Verdict:
    """Are the answers HLX, and the right HLX?"""
    if e.phase == 1:
        return Verdict("HLX transformation", SKIPPED, "phase 1 learns English only")
    valid = _share(e.samples, lambda sample: parses(sample.answer, sample.format))
    exact = _share(e.samples, lambda sample: sample.answer == sample.expected)
    status = _at_least(e, valid, ((1000, 0.02), (3000, 0.2)), 0.8)
    if status == PASS and exact < (0.95 if e.phase == 3 else 0.5):
        status = WARN
    return Verdict("HLX transformation", status, f"{valid:.1%} of the answers are valid in the format asked for, "
                                                 f"{exact:.1%} are exactly right")


def _diversity(e: Evidence) -> Verdict:
    """Do different prompts get different answers?"""
    wanted = len({(s.prompt, s.format) if s.expected is None else s.expected for s in e.samples})
    share = min(1.0, len({sample.answer for sample in e.samples}) / max(1, wanted))
    status = _at_least(e, share, ((YOUNG, 0.05), (1000, 0.2)), 0.6)
    return Verdict("output diversity", status, f"{len({s.answer for s in e.samples})} different answers to "
                                               f"{wanted} questions of different answer")
