# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""What several tests of the trainer need: a small corpus, and the scripts as a user calls them."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import helix
from helix import generator

SCRIPTS = Path(helix.__file__).parent.parent
TRAIN = SCRIPTS / "train_100m_production.py"
# Small and single-threaded: many tests run beside each other.
SMALL = ["--target", "helix-1m", "--batch-size", "8", "--threads", "1", "--no-fp16", "--corpus", "corpus.md",
         "--provider", "none", "--model", "none"]


class InFolder(unittest.TestCase):
    """A test with a folder of its own that holds a corpus of 300 blocks."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        generator.write_corpus(self.folder / "corpus.md", 300, 1)
        self.environment = {**os.environ, "TRAINING_CENTER_EVENTS": str(self.folder / "events.jsonl"),
                            "XDG_CACHE_HOME": str(self.folder / "cache"), "OPENBLAS_NUM_THREADS": "1"}

    def command(self, *arguments):
        return [sys.executable, TRAIN, *SMALL, *map(str, arguments)]

    def train(self, *arguments, cwd=None):
        return subprocess.run(self.command(*arguments), cwd=cwd or self.folder, env=self.environment,
                              capture_output=True, text=True, timeout=170)

    def trained(self, *arguments):
        """Train, insist on success, and return what was printed."""
        done = self.train(*arguments)
        self.assertEqual(done.returncode, 0, done.stdout[-2000:] + done.stderr)
        return done.stdout

    def events(self, kind=None):
        lines = (self.folder / "events.jsonl").read_text().splitlines()
        found = [json.loads(line, parse_constant=self.fail) for line in lines]
        return [event for event in found if kind in (None, event["type"])]

    def status(self):
        return json.loads((self.folder / "training_status.json").read_text(), parse_constant=self.fail)

    def manifest(self, name):
        return json.loads((self.folder / "checkpoints" / f"{name}.json").read_text())
