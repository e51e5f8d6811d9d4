# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Examines a checkpoint as it lies on disk: the five tests, and exact match on held-out pairs."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from . import codec, data, decode, generator, quality
from .checkpoint import Checkpoint, CheckpointError, find
from .corpus import Corpus, CorpusError, load
from .files import to_json, write_atomically
from .model import Helix, count_parameters
from .report import Reporter

FEWEST = 16  # examples a judgement rests on, where there are so many
_RESULTS = {"pass": "✓ Quality gate PASSED", "warn": "⚠ Quality gate WARNING", "fail": "❌ Quality gate FAILED"}


def load_model(checkpoint: Checkpoint, device: torch.device) -> Helix:
    """Return the model of `checkpoint`; raise CheckpointError if its weights are not those of its target."""
    weights = checkpoint.read_weights()
    model = Helix(checkpoint.target)
    shapes = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    if {name: tuple(tensor.shape) for name, tensor in weights.items()} != shapes:
        raise CheckpointError(f"The checkpoint {checkpoint.weights} does not hold the tensors of {checkpoint.target.name}.")
    model.load_state_dict(weights)
    return model.to(device).eval()


def corpus_of(checkpoint: Checkpoint, other: Path | None = None) -> Corpus:
    """Return the corpus a checkpoint was trained on, or the `other`; the bundled one is made again."""
    if other is not None:
        return load(other)
    origin = checkpoint.manifest["corpus"]
    if "blocks" in origin:
        return load(generator.cached_corpus(origin["blocks"], origin["seed"])[0])
    if not Path(origin["path"]).exists():
        raise CorpusError(f"The corpus {origin['path']} this checkpoint was trained on is gone; name it with --corpus.")
    return load(Path(origin["path"]))


def examine(checkpoint: Checkpoint, corpus: Corpus, device: torch.device, samples: int,
            stop: Callable[[], bool] = lambda: False) -> dict[str, Any]:
    """Return the report on `checkpoint`, as hlx validators write it."""
    started = time.monotonic()
    manifest = checkpoint.manifest
    model = load_model(checkpoint, device)
    seen, held_out = corpus.split(manifest["corpus"]["train_ratio"])
    # A handful of sentences proves nothing: a tiny corpus is asked about what it was trained on, too.
    asked = held_out + seen[:max(0, FEWEST - len(held_out))]
    evidence = quality.gather(model, manifest["phase"], manifest["step"], asked, seen, samples, stop)
    verdicts = quality.judge(evidence)
    worst = quality.overall(verdicts)
    count = {state: sum(v.status == state for v in verdicts) for state in ("pass", "warn", "fail", "skipped")}
    return {
        "checkpoint": str(checkpoint.weights), "status": worst,
        "tests": [asdict(verdict) for verdict in verdicts],
        "failures": [f"{v.name}: {v.details}" for v in verdicts if v.status == "fail"],
        "warnings": [f"{v.name}: {v.details}" for v in verdicts if v.status == "warn"],
        "model_info": {"target": manifest["target"], "parameters": count_parameters(model), "phase": manifest["phase"],
                       "epoch": manifest["epoch"], "step": manifest["step"], "val_loss": manifest["val_loss"],
                       "bytes": manifest["files"]["weights"]["bytes"], "sha256": manifest["files"]["weights"]["sha256"]},
        "figures": {"held_out_loss": evidence.loss, "seen_loss": evidence.seen_loss,
                    "byte_frequency_loss": evidence.baseline, "echo_rate": evidence.echo,
                    "perplexity": math.exp(min(evidence.loss, 50))},
        "samples": [asdict(sample) for sample in evidence.samples[:12]],
        "summary": {**count, "seconds": round(time.monotonic() - started, 2)},
    }


def path(epoch: int) -> Path:
    """Return where the report of the gate after `epoch` is written."""
    return Path("gates") / f"gate_epoch{epoch}.json"


def hold(epoch: int, name: Path, corpus: Corpus, device: torch.device, samples: int, stop: Callable[[], bool],
         report: Reporter) -> str:
    """Judge the checkpoint `name` after `epoch`, report it, and return pass, warn, fail or skipped."""
    try:
        found = examine(find(name), corpus, device, samples, stop)
        write_report(found, path(epoch))
    except CheckpointError as error:
        report.say(f"⚠ Checkpoint not found: {name} ({error})")
    except InterruptedError:
        report.say("⚠ The run is asked to stop; this gate is made up for when it is resumed")
    except OSError as error:
        report.message("error", f"⚠ The report {path(epoch)} could not be written: {error.strerror}")
    else:
        for test in found["tests"]:
            report.say(f"  {test['name']}: {test['status']} ({test['details']})")
        report.say(f"{_RESULTS[found['status']]} for epoch {epoch}")
        report.event("gate", epoch=epoch, result=found["status"], report=str(path(epoch)))
        return found["status"]
    report.event("gate", epoch=epoch, result="skipped", report=None)
    return "skipped"


def exact_match(model: Helix, corpus: Corpus, train_ratio: float, most: int) -> dict[str, dict[str, Any]]:
    """Translate up to `most` held-out sentences into every format and count the exactly right answers."""
    held_out = corpus.split(train_ratio)[1][:most]
    results = {}
    for format in codec.FORMATS:
        pairs = [(example.english, example.texts[format]) for example in held_out if format in example.texts]
        answers = decode.complete(model, [data.prompt(english, format) for english, _ in pairs])
        right = sum(answer == expected for answer, (_, expected) in zip(answers, pairs))
        valid = sum(quality.parses(answer, format) for answer in answers)
        wrong = [{"english": english, "expected": expected, "answer": answer}
                 for answer, (english, expected) in zip(answers, pairs) if answer != expected]
        results[format] = {"pairs": len(pairs), "exact": right, "valid": valid,
                           "exact_share": right / len(pairs) if pairs else None, "wrong": wrong[:5]}
    return results


def write_report(report: dict[str, Any], file: Path) -> None:
    """Write `report` to `file`, atomically, making its folder if need be."""
    file.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(file, (to_json(report, indent=2) + "\n").encode())


def read_report(file: Path) -> dict[str, Any] | None:
    """Return the report in `file`, or None if there is no sound one."""
    try:
        report = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return report if isinstance(report, dict) else None
