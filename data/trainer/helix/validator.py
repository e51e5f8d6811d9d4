# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""What validate_checkpoint_quality.py does, from arguments to exit status."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from .options import Parser, prepare_threads, whole

EXITS = {"pass": 0, "fail": 1, "warn": 2}


def parser() -> Parser:
    """Return the parser of validate_checkpoint_quality.py."""
    p = Parser(prog="validate_checkpoint_quality.py", allow_abbrev=False,
                                description="Judge a Helix checkpoint. Exit status: 0 pass, 1 fail, 2 warnings.")
    p.add_argument("--checkpoint", required=True, metavar="FILE")
    p.add_argument("--output", type=Path, metavar="FILE", help="the report (default: validation_<checkpoint>.json)")
    p.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    p.add_argument("--held-out", type=whole(0, 1_000_000), default=200, metavar="N", help="held-out sentences to translate, 0 for none")
    p.add_argument("--corpus", type=Path, help="take the held-out pairs from this corpus, not the one it was trained on")
    p.add_argument("--threads", type=whole(1, 1024), help="processor threads")
    return p


def main(arguments: list[str]) -> int:
    """Examine a checkpoint, print and write the report, and return the exit status."""
    options = parser().parse_args(arguments)
    threads = prepare_threads(options.threads)
    import torch

    from . import checkpoint, corpus, gates, machine

    try:
        torch.set_num_threads(threads)
        device = machine.device(options.device)
        found = checkpoint.find(options.checkpoint)
        pairs = gates.corpus_of(found, options.corpus)
        report = gates.examine(found, pairs, device, 96)
        if options.held_out > 0 and found.manifest["phase"] == 3:
            model = gates.load_model(found, device)
            report["exact_match"] = gates.exact_match(model, pairs, found.manifest["corpus"]["train_ratio"],
                                                      options.held_out)
        output = options.output or Path(f"validation_{found.name}.json")
        gates.write_report(report, output)
    except (checkpoint.CheckpointError, corpus.CorpusError, machine.MachineError) as error:
        print(f"validate_checkpoint_quality.py: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"validate_checkpoint_quality.py: the report cannot be written: {error}", file=sys.stderr)
        return 1
    show(report, output)
    return EXITS[report["status"]]


def show(report: dict[str, Any], output: Path) -> None:
    """Print the report for people."""
    info = report["model_info"]
    print(f"{info['target']}, phase {info['phase']}, epoch {info['epoch']}: {report['checkpoint']}\n")
    marks = {"pass": "✓", "warn": "⚠", "fail": "❌", "skipped": "–"}
    for test in report["tests"]:
        print(f"{marks[test['status']]} {test['name']}: {test['status']}\n    {test['details']}")
    if "exact_match" in report:
        print("\nExact match on held-out pairs (English → HLX)\n"
              "format    pairs    valid    exact    exact match")
        for format, row in report["exact_match"].items():
            share = "      –" if row["exact_share"] is None else f"{row['exact_share']:11.1%}"
            print(f"{format:<6} {row['pairs']:>8} {row['valid']:>8} {row['exact']:>8}    {share}")
    print(f"\nResult: {report['status'].upper()}\nReport: {output}")
