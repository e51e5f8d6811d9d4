# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""--calibrate: what it prints, that it keeps its time, and that it leaves nothing behind."""

import json
import time
import unittest

from support import InFolder

from helix.targets import TARGETS

SETTINGS = ["--phase", "1", "--epochs", "3", "--steps-per-epoch", "20", "--gate-samples", "8"]


class Calibration(InFolder):
    def calibrate(self, *arguments):
        done = self.train(*SETTINGS, *arguments)
        self.assertEqual(done.stderr, "")
        return done.returncode, json.loads(done.stdout, parse_constant=self.fail)

    def files(self):
        return sorted(path.name for path in self.folder.rglob("*") if "cache" not in path.parts)

    def test_figures(self):
        before = self.files()
        begun = time.monotonic()
        code, found = self.calibrate("--calibrate", "20")
        took = time.monotonic() - begun
        self.assertEqual(code, 0, found)
        self.assertEqual(self.files(), before, "it left something")
        self.assertLess(took, 100)
        target = TARGETS["helix-1m"]
        self.assertEqual((found["parameters"], found["checkpoint_bytes"]), (target.parameters, target.checkpoint_bytes))
        self.assertEqual((found["batches_per_epoch"], found["batch_size"]), (20, 8))
        self.assertGreater(found["resume_bytes"], 2 * found["checkpoint_bytes"] - 1)
        self.assertGreaterEqual(found["batches_timed"], 1)
        self.assertTrue(0 < found["seconds_per_batch_low"] <= found["seconds_per_batch"]
                        <= found["seconds_per_batch_high"] < took, found)
        self.assertTrue(0 < found["startup_seconds"] < took, found)
        self.assertGreater(found["peak_memory_bytes"], 4 * target.checkpoint_bytes)
        self.assertTrue(0 < found["gate_seconds_low"] <= found["gate_seconds_high"] < took, found)

    def test_holds_the_truth(self):
        """The epochs of a real run lie near what calibration said; it is no other machine's figure."""
        _, found = self.calibrate("--calibrate", "10", "--gates", "off")
        self.assertIsNone(found["gate_seconds_high"])
        self.trained(*SETTINGS, "--gates", "off")
        epochs = [event["seconds"] for event in self.events("epoch")]
        said = found["batches_per_epoch"] * found["seconds_per_batch"]
        # Other tests run beside this one, or beside one of the two only.
        self.assertTrue(said / 10 < min(epochs) and max(epochs) < 10 * said, (said, epochs))
        sizes = {event["bytes"] for event in self.events("checkpoint")}
        self.assertTrue(all(found["checkpoint_bytes"] <= size < found["checkpoint_bytes"] + 65536 for size in sizes), sizes)

    def test_what_is_wrong(self):
        code, found = self.calibrate("--calibrate", "5", "--corpus", "nowhere.md")
        self.assertEqual(code, 1)
        self.assertIn("nowhere.md", found["problem"])


if __name__ == "__main__":
    unittest.main()
