# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""The corpus generator: the same corpus for the same seed, one meaning a sentence."""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from helix import codec, corpus, generator, grammar

SCRIPT = Path(generator.__file__).parent.parent / "generate_corpus.py"


class Generator(unittest.TestCase):
    def test_twenty_thousand_different_blocks(self):
        pairs = list(generator.blocks(20_000, 1))
        self.assertEqual(len({sentence for sentence, _ in pairs}), 20_000)
        values = {codec.show(value, "HLXL") for _, value in pairs}
        self.assertGreater(len(values), 17_000)
        for _, value in pairs[::20]:
            for format in codec.FORMATS:
                self.assertEqual(codec.parse(codec.show(value, format), format), value)

    def test_no_sentence_has_two_meanings_whatever_the_seed(self):
        for seed in range(2, 5):  # blocks() raises when it meets one
            self.assertEqual(sum(1 for _ in generator.blocks(15_000, seed)), 15_000)

    def test_the_seed_decides(self):
        once, again, other = (list(generator.blocks(300, seed)) for seed in (5, 5, 6))
        self.assertEqual(once, again)
        self.assertNotEqual(once, other)

    def test_every_rule_is_used_in_many_phrasings(self):
        verbs = {rule.head for rule in grammar.rules()}
        for verb in ("search filter transform aggregate read write execute compute validate process navigate open close "
                     "refresh scroll zoom copy merge join sort group limit skip map reduce flatten reverse unique split concat "
                     "replace trim contains length get set append remove clear").split():
            self.assertIn(verb, verbs)

    def test_sentences_fit_the_context(self):
        longest = max(len(sentence.encode()) + max(len(codec.show(value, f).encode()) for f in codec.FORMATS)
                      for sentence, value in generator.blocks(3000, 8))
        self.assertLess(longest, 240)

    def test_impossible_size_is_said(self):
        with self.assertRaises(ValueError):
            original = grammar.TABLE
            try:
                grammar.TABLE = "= | null | Nothing\n"
                list(generator.blocks(2, 1))
            finally:
                grammar.TABLE = original


class Script(unittest.TestCase):
    def test_writes_once(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "corpus.md"
            run = lambda *more: subprocess.run([sys.executable, SCRIPT, "--output", path, "--blocks", "200", *more],
                                               capture_output=True, text=True)
            self.assertEqual(run().returncode, 0)
            first = path.read_bytes()
            stamp = path.stat().st_mtime_ns
            self.assertIn("up to date", run().stdout)
            self.assertEqual(path.stat().st_mtime_ns, stamp)
            self.assertIn("Wrote", run("--seed", "2").stdout)
            self.assertNotEqual(path.read_bytes(), first)
            self.assertEqual(len(corpus.load(path).examples), 200)
            self.assertEqual(os.listdir(folder), ["corpus.md"])

    def test_refuses(self):
        run = lambda *args: subprocess.run([sys.executable, SCRIPT, *args], capture_output=True, text=True)
        self.assertEqual(run("--output", "x", "--blocks", "0").returncode, 2)
        self.assertEqual(run("--output", "/nonexistent/x", "--blocks", "5").returncode, 1)


if __name__ == "__main__":
    unittest.main()
