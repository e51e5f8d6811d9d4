# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""From the command line to everything a run needs; whatever is wrong comes out here, before the start."""

from __future__ import annotations

import argparse
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from . import data, generator, machine, teacher
from .checkpoint import Checkpoint, CheckpointError, find
from .corpus import Corpus, CorpusError, load
from .gateway import Gateway
from .options import BUNDLED_CORPUS
from .parallel import Ranks
from .report import Reporter
from .targets import TARGETS, Target

CORPUS_SEED = 1  # of the bundled corpus: one and the same for all three phases


class SetupError(Exception):
    """The run cannot start; the message is one sentence for the user."""


@dataclass
class Plan:
    """What will be done, with which data, where."""

    options: argparse.Namespace
    target: Target
    device: torch.device
    half: bool
    ranks: Ranks
    train: data.Dataset
    held_out: data.Dataset
    corpus: Corpus
    origin: dict[str, Any]      # where the corpus came from, for the manifest
    batch_size: int
    learning_rate: float
    steps_per_epoch: int
    resume: Checkpoint | None = None   # same phase: go on where it stopped
    weights: Checkpoint | None = None  # another phase's weights, or --init-from: begin at epoch 1

    @property
    def settings(self) -> dict[str, Any]:
        """What a resumed run must have in common with the run it goes on with, to be bit-exact."""
        o = self.options
        return {"epochs": o.epochs, "steps_per_epoch": self.steps_per_epoch, "batch_size": self.batch_size,
                "seq_length": o.seq_length, "lr": self.learning_rate, "seed": o.seed, "half": self.half,
                "processes": self.ranks.count, "corpus_sha256": self.origin["sha256"],
                "train_ratio": o.train_ratio, "taught": self.origin.get("taught")}


def prepare(options: argparse.Namespace, ranks: Ranks, report: Reporter) -> Plan:
    """Check the options against the world; raise SetupError with one clear sentence if they do not fit."""
    try:
        _check_folders(options)
        resume, weights = _checkpoints(options)
        device = machine.device(options.device, ranks.local)
        torch.set_num_threads(options.threads)
        half = machine.half_is_fast(device) if options.half is None else options.half
        target = TARGETS[options.target]
        ranks.join(device)
        batch_size = options.batch_size or target.batch_size
        report.say(machine.check_memory(target, batch_size, options.seq_length, half, device))
        path, origin = _corpus(options, ranks, report)
        corpus = load(path)
        _teach(options, corpus, origin, resume is not None, ranks, report)
    except (CheckpointError, CorpusError, machine.MachineError) as error:
        raise SetupError(str(error)) from None
    origin["train_ratio"] = options.train_ratio
    train, held_out = _datasets(options, corpus, report, path)
    batches = data.Batches(train, batch_size, options.seed, ranks.rank, ranks.count)
    return Plan(options, target, device, half, ranks, train, held_out, corpus, origin, batch_size,
                options.lr or target.learning_rate, options.steps_per_epoch or batches.per_pass, resume, weights)


def _check_folders(options: argparse.Namespace) -> None:
    folder = options.checkpoint_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".probe.{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise SetupError(f"The checkpoint folder {folder} cannot be written ({error.strerror}); "
                         f"name another with --checkpoint-dir.") from None


def _checkpoints(options: argparse.Namespace) -> tuple[Checkpoint | None, Checkpoint | None]:
    """Return (checkpoint to resume, checkpoint to take the weights of)."""
    named = options.resume_from or options.init_from
    if not named:
        return None, None
    found = find(named)
    if found.manifest["target"] != options.target:
        raise CheckpointError(f"The checkpoint {named} is of {found.manifest['target']}, not of {options.target}; "
                              f"choose --target {found.manifest['target']} or another checkpoint.")
    phase = found.manifest["phase"]
    if options.init_from or phase < options.phase:
        return None, found
    if phase > options.phase:
        raise CheckpointError(f"The checkpoint {named} is of phase {phase}; phase {options.phase} cannot resume from a "
                              f"later phase (use --init-from to begin with its weights).")
    if not found.resumable:
        raise CheckpointError(f"The checkpoint {named} holds weights only; resume from the latest checkpoint of the run, "
                              f"or begin anew from these weights with --init-from.")
    return found, None


def _corpus(options: argparse.Namespace, ranks: Ranks, report: Reporter) -> tuple[Path, dict[str, Any]]:
    """Return the corpus file and its description; the bundled one is generated where there is none."""
    path, bundled = Path(options.corpus), {}
    beside = Path(__file__).resolve().parent.parent / path.name
    if not path.exists() and beside.exists():
        path = beside
    elif not path.exists() and path.name == BUNDLED_CORPUS:
        blocks = options.blocks or generator.DEFAULT_BLOCKS
        made = False
        try:
            if ranks.first:
                path, made = generator.cached_corpus(blocks, CORPUS_SEED)
            ranks.wait()
            path, _ = generator.cached_corpus(blocks, CORPUS_SEED)
        except OSError as error:
            raise CorpusError(f"The bundled corpus cannot be generated in the cache ({error.strerror}); "
                              f"make one with generate_corpus.py and name it with --corpus.") from None
        report.say(f"✓ {'Generated' if made else 'Using'} the bundled corpus of {blocks} blocks: {path}")
        bundled = {"blocks": blocks, "seed": CORPUS_SEED}
    try:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        content = ""  # loading it will say what is wrong
    return path, {"path": str(path.absolute()), "sha256": content, **bundled}


def _teach(options: argparse.Namespace, corpus: Corpus, origin: dict[str, Any], resumes: bool, ranks: Ranks,
           report: Reporter) -> None:
    """Add what a teacher says to the training side of `corpus`; a run that resumes keeps what it had."""
    if not options.teach_pairs or options.calibrate:
        return
    lesson = teacher.read_record(options, origin["sha256"]) if resumes else None
    if lesson is None and ranks.first:
        gateway = Gateway(os.environ["OPENAI_BASE_URL"], os.environ["OPENAI_API_KEY"])
        report.say(f"Asking {options.model} for {options.teach_pairs} pairs")
        lesson = teacher.Teacher(options, gateway, *corpus.split(options.train_ratio)).teach()
        try:
            teacher.write_record(options, origin["sha256"], lesson)
        except OSError as error:
            raise SetupError(f"The taught pairs cannot be kept in {options.checkpoint_dir}: {error.strerror}.") from None
        complete = len(lesson.examples) >= options.teach_pairs
        report.message("info" if complete else "warning",
                       f"{'✓' if complete else '⚠'} {lesson.describe(options.teach_pairs)}")
    elif lesson is not None:
        report.say(f"✓ Teacher: the {len(lesson.examples)} pairs of this run so far")
    ranks.wait()
    lesson = lesson or teacher.read_record(options, origin["sha256"]) or teacher.Lesson()
    corpus.examples += lesson.examples
    origin["taught"] = lesson.digest


def _datasets(options: argparse.Namespace, corpus: Corpus, report: Reporter,
              path: Path) -> tuple[data.Dataset, data.Dataset]:
    sides = corpus.split(options.train_ratio)
    train, held_out = (data.dataset(side, options.phase, options.seed, options.seq_length) for side in sides)
    report.say(f"✓ Loaded {len(corpus.examples)} examples for Phase {options.phase} from {path}")
    if corpus.rejected:
        report.message("warning", f"⚠ {len(corpus.rejected)} blocks are not sound HLX and were left out, "
                                  f"the first: {corpus.rejected[0]}")
    if train.skipped:
        report.message("warning", f"⚠ {train.skipped} documents are longer than {options.seq_length} tokens and were left out")
    for name, side in (("training", train), ("held out", held_out)):
        if not len(side):
            raise SetupError(f"No document of phase {options.phase} is left for the {name} side of {path}; "
                             f"use a larger corpus, another --train-ratio or a longer --seq-length.")
    report.say(f"✓ Train: {len(train)} documents, {int(train.starts[-1]):,} tokens\n✓ Val: {len(held_out)} documents")
    return train, held_out
