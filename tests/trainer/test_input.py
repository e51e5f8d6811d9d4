# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Bad input: one clear sentence, the documented exit status, and nothing half-done."""

import json
import unittest
from pathlib import Path

from support import InFolder


class Usage(InFolder):
    def test_wrong_arguments(self):
        for arguments in (["--phase", 1, "--epochs", 0], ["--phase", 1, "--epochs", 501], ["--phase", 4], [], ["--phase", 1, "--epochs", "x"],
                          ["--phase", 1, "--target", "helix-1b"], ["--phase", 1, "--lr", "nan"], ["--phase", 1, "--unknown"],
                          ["--phase", 1, "--resume-from", "a", "--init-from", "b"], ["--phase", 1, "--train-ratio", "1"]):
            done = self.train(*arguments)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertEqual([path.name for path in self.folder.iterdir()], ["corpus.md"])


class World(InFolder):
    def refused(self, *arguments):
        done = self.train("--phase", 1, "--epochs", 1, *arguments)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertEqual(self.status()["status"], "aborted")
        self.assertFalse(list(Path(self.folder, "checkpoints").glob("*")))
        return done.stderr

    def test_corpus(self):
        for name, content in (("empty.md", b""), ("binary.md", bytes(range(256))), ("prose.md", b"no blocks here\n"),
                              ("one.md", b"English: x\nHLXL: null\n")):
            (self.folder / name).write_bytes(content)
            self.assertIn(name, self.refused("--corpus", name))
        self.assertIn("does not exist", self.refused("--corpus", "missing.md"))

    def test_folder_and_checkpoint(self):
        (self.folder / "file").write_text("")
        self.assertIn("cannot be written", self.refused("--checkpoint-dir", "file/checkpoints"))
        self.assertIn("does not exist", self.refused("--resume-from", "nowhere.safetensors"))
        (self.folder / "half.safetensors").write_bytes(b"\0" * 100)
        self.assertIn("incomplete", self.refused("--init-from", "half.safetensors"))

    def test_checkpoint_of_another_size_or_a_later_phase(self):
        self.trained("--phase", 2, "--epochs", 1, "--steps-per-epoch", 1, "--gates", "off", "--checkpoint-dir", "other")
        self.assertIn("is of helix-1m, not of helix-10m", self.refused("--target", "helix-10m", "--init-from", "other/phase2_epoch1"))
        self.assertIn("later phase", self.refused("--resume-from", "other/phase2_epoch1"))
        self.assertIn("weights only", self.refused("--phase", 2, "--resume-from", "other/phase2_BEST_epoch1"))
        weights = self.folder / "other/phase2_epoch1.safetensors"
        weights.write_bytes(weights.read_bytes()[:-8])
        self.assertIn("incomplete or damaged", self.refused("--init-from", "other/phase2_epoch1"))


class Abort(InFolder):
    def test_divergence_ends_the_run(self):
        done = self.train("--phase", 1, "--epochs", 2, "--steps-per-epoch", 8, "--lr", "0.99", "--gates", "off")
        self.assertEqual(done.returncode, 1, done.stdout[-600:])
        self.assertIn("❌ ABORT: ", done.stdout)
        self.assertIn("❌ PHASE 1 TRAINING FAILED", done.stdout)
        self.assertEqual(self.status()["status"], "aborted")
        self.assertEqual(self.events("end")[-1]["status"], "aborted")
        json.dumps(self.events(), allow_nan=False)


if __name__ == "__main__":
    unittest.main()
