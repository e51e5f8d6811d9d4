# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Interrupted and resumed is the same, bit for bit, as never interrupted."""

import signal
import subprocess
import time
import unittest

from support import InFolder

ARGUMENTS = ("--phase", 1, "--epochs", 2, "--steps-per-epoch", 30, "--gates", "off")


class Resume(InFolder):
    def interrupt(self, *arguments, after=1.0):
        """Start a run, send TERM once it has reported a batch, and return (exit status, output)."""
        run = subprocess.Popen(self.command(*arguments), cwd=self.folder, env=self.environment,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        log = self.folder / "events.jsonl"
        deadline = time.monotonic() + 40
        while time.monotonic() < deadline and run.poll() is None:
            if log.exists() and '"batch"' in log.read_text():
                break
            time.sleep(0.02)
        run.send_signal(signal.SIGTERM)
        output, _ = run.communicate(timeout=30)
        return run.returncode, output

    def test_bit_exact_from_the_middle_of_an_epoch(self):
        self.trained(*ARGUMENTS)
        straight = self.manifest("phase1_epoch2")
        for path in (self.folder / "checkpoints").iterdir():
            path.unlink()
        (self.folder / "events.jsonl").unlink()
        code, output = self.interrupt(*ARGUMENTS)
        self.assertEqual(code, 143, output)
        self.assertIn("INTERRUPTED: Interrupted by SIGTERM in epoch", output)
        self.assertEqual(self.status()["status"], "interrupted")
        self.assertEqual(self.events("end")[0]["status"], "interrupted")
        name = next((self.folder / "checkpoints").glob("*INTERRUPTED*_optim.safetensors")).name
        self.assertNotEqual(self.manifest(name.removesuffix("_optim.safetensors"))["step"] % 30, 0, "not in the middle")
        output = self.trained(*ARGUMENTS, "--resume-from", f"checkpoints/{name}")
        self.assertNotIn("Not bit-exact", output)
        again = self.manifest("phase1_epoch2")
        for part in ("weights", "optimizer"):
            self.assertEqual(again["files"][part]["sha256"], straight["files"][part]["sha256"], part)
        self.assertEqual(again["train_loss"], straight["train_loss"])
        self.assertFalse(list((self.folder / "checkpoints").glob("*INTERRUPTED*")))
        # Nothing is left to do: said, and no error.
        self.assertIn("nothing is left to do", self.trained(*ARGUMENTS, "--resume-from", "checkpoints/phase1_epoch2"))

    def test_what_cannot_be_exact_is_said(self):
        once = ("--phase", 1, "--epochs", 1, "--steps-per-epoch", 2)
        self.trained(*once, "--gates", "off")
        # A gate that a kill cut off is made up for, once.
        resumed = (*once, "--gate-samples", 8, "--resume-from", "checkpoints/phase1_epoch1")
        self.assertIn("QUALITY GATE: Epoch 1", self.trained(*resumed))
        self.assertNotIn("QUALITY GATE", self.trained(*resumed))
        output = self.trained("--phase", 1, "--epochs", 2, "--steps-per-epoch", 3, "--gates", "off", "--seed", 2,
                              "--resume-from", "checkpoints/phase1_epoch1.safetensors")
        self.assertIn("Not bit-exact", output)


if __name__ == "__main__":
    unittest.main()
