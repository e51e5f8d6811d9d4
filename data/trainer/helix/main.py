# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""What train_100m_production.py does, from arguments to exit status."""

from __future__ import annotations

import signal
import sys

from .options import parser, prepare_threads
from .teacher import missing


def train(arguments: list[str]) -> int:
    """Run the trainer with `arguments` and return its exit status."""
    options = parser().parse_args(arguments)
    if obstacle := missing(options):
        parser().error(obstacle)
    options.threads = prepare_threads(options.threads)
    # Only now: PyTorch takes a second to import, and --help or a typing error need not wait for it.
    from .parallel import Ranks
    from .report import Reporter
    from .setup import SetupError, prepare
    from .trainer import Trainer

    if options.calibrate:
        from .calibrate import calibrate

        return calibrate(options)
    ranks = Ranks()
    report = Reporter(options.status_file, silent=not ranks.first)
    report.banner(f"PRODUCTION HLX TRAINING: {options.target}")
    report.say(f"Phase {options.phase}: {('English Mastery', 'HLX Family', 'Translation')[options.phase - 1]}\n"
               f"Epochs: {options.epochs}\nCorpus: {options.corpus}\nProvider: {options.provider} {options.model}".rstrip())
    report.status("training", 0, options.epochs, None, None, None)  # a stale file of another run says nothing
    # Until the trainer takes over there is nothing to save, but temporary files to remove.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        trainer = Trainer(prepare(options, ranks, report), report)
    except SetupError as error:
        report.status("aborted", 0, options.epochs, None, None, None)
        report.event("end", status="aborted", reason=str(error))
        print(f"train_100m_production.py: {error}", file=sys.stderr)
        ranks.leave()
        return 1
    return trainer.run()
