# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""The trainer's command line."""

from __future__ import annotations

import argparse
import os
from decimal import Decimal
from pathlib import Path

from .gateway import dollars
from .targets import CONTEXT, TARGETS
from .teacher import KINDS, kinds

GATE_EPOCHS = (1, 5, 10, 20, 50, 100, 150, 200)
BUNDLED_CORPUS = "corpus_all_variants.md"


def whole(low: int, high: int):
    """Return an argparse type for whole numbers from `low` to `high`."""
    def check(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = low - 1
        if not low <= number <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {low} to {high}")
        return number
    return check


def _real(low: float, high: float):
    """Return an argparse type for numbers strictly between `low` and `high`."""
    def check(text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            number = float("nan")
        if not low < number < high:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number between {low:g} and {high:g}")
        return number
    return check


def _dollars(text: str) -> Decimal:
    """An argparse type for an amount of money."""
    amount = dollars(text.removeprefix("$"))
    if amount is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not an amount of dollars such as 0.50")
    return amount


class Parser(argparse.ArgumentParser):
    """One sentence instead of the whole usage when an argument is wrong; exit status 2."""

    def error(self, message: str) -> None:
        self.exit(2, f"{self.prog}: {message} (see --help)\n")


def parser() -> argparse.ArgumentParser:
    """Return the parser of train_100m_production.py."""
    p = Parser(prog="train_100m_production.py", allow_abbrev=False,
                description="Train Helix on one phase of the HLX curriculum: 1 English, 2 HLX, 3 translation.")
    p.add_argument("--phase", type=int, choices=(1, 2, 3), required=True)
    p.add_argument("--epochs", type=whole(1, 500), default=200, help="1 to 500")
    p.add_argument("--corpus", default=BUNDLED_CORPUS, help="Markdown corpus; the bundled name is generated on demand")
    p.add_argument("--provider", default="none", help="recorded only: who stands behind the gateway")
    p.add_argument("--model", default="", help="recorded, and asked for with --teach-pairs")
    p.add_argument("--target", choices=sorted(TARGETS), default="helix-100m")
    p.add_argument("--seed", type=whole(0, 2 ** 31 - 1), default=1)
    p.add_argument("--batch-size", type=whole(1, 4096), help="examples a step, for each GPU")
    p.add_argument("--seq-length", type=whole(16, CONTEXT), default=CONTEXT, help="longer documents are left out")
    p.add_argument("--steps-per-epoch", type=whole(1, 1_000_000), help="default: the whole training side once")
    p.add_argument("--lr", type=_real(0, 1), help="peak learning rate")
    p.add_argument("--train-ratio", type=_real(0, 1), default=0.95, help="share of values trained on; the rest is held out")
    p.add_argument("--early-stop", type=whole(1, 500), nargs="?", const=10, metavar="PATIENCE",
                   help="stop after PATIENCE epochs without a better validation loss (10 if no number is given)")
    p.add_argument("--checkpoint-dir", type=Path, default=Path("checkpoints"))
    p.add_argument("--save-every", type=whole(1, 500), default=1, help="epochs between resumable checkpoints")
    start = p.add_mutually_exclusive_group()
    start.add_argument("--resume-from", help="go on from this checkpoint; one of an earlier phase gives its weights only")
    start.add_argument("--init-from", help="begin at epoch 1 with the weights of this checkpoint")
    p.add_argument("--use-fp16", dest="half", action="store_true", default=None,
                   help="16-bit arithmetic (bfloat16; the default where the processor has it)")
    p.add_argument("--no-fp16", dest="half", action="store_false", help="32-bit arithmetic throughout")
    p.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    p.add_argument("--threads", type=whole(1, 1024), help="processor threads (default: as many as may be used)")
    p.add_argument("--gate-policy", choices=("stop", "warn"), default="stop", help="what a failed quality gate does")
    p.add_argument("--gates", choices=("on", "off"), default="on")
    p.add_argument("--gate-samples", type=whole(8, 10_000), default=48, help="held-out examples a gate looks at")
    p.add_argument("--blocks", type=whole(100, 1_000_000), help="size of the bundled corpus when it is generated")
    p.add_argument("--teach-pairs", type=whole(0, 100_000), default=0, metavar="N",
                   help="ask --model for so many more examples before the training begins (default 0)")
    p.add_argument("--teach-kinds", type=kinds, default=KINDS, metavar="KINDS",
                   help="what to ask for: paraphrase, pairs or both with a comma (default both)")
    p.add_argument("--teach-budget", type=_dollars, metavar="USD", help="the most that asking may cost, in US dollars")
    p.add_argument("--teach-cache", type=Path, metavar="DIR", help="where answers are kept (default in the user's cache)")
    p.add_argument("--calibrate", type=_real(0, 3600), metavar="SECONDS",
                   help="train nothing: time a few batches on a throw-away model for SECONDS and print JSON")
    p.add_argument("--status-file", type=Path, default=Path("training_status.json"))
    return p


def gate_epochs(last: int) -> list[int]:
    """Return the epochs after which a run of `last` epochs is judged."""
    return sorted({epoch for epoch in GATE_EPOCHS if epoch < last} | {last})


def usable_processors() -> int:
    """Return how many processors this process may run on."""
    return len(os.sched_getaffinity(0))


def prepare_threads(wanted: int | None = None) -> int:
    """Tell the arithmetic libraries how many threads this process uses, and return the number.

    To be called before PyTorch is imported.  Without a wish the processors are shared out among the
    processes that torchrun started here.
    """
    processes = int(os.environ.get("LOCAL_WORLD_SIZE", os.environ.get("WORLD_SIZE", "1")))
    threads = wanted or max(1, usable_processors() // processes)
    # Threads that wait must sleep: on a shared machine spinning costs more than it saves.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", str(threads))
    return threads
