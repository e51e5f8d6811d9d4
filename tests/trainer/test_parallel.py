# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Two processes train one model (gloo on the processor, as torchrun starts them)."""

import os
import subprocess
import unittest

from support import InFolder


class Two(InFolder):
    def test_two_processes(self):
        arguments = ("--phase", 1, "--epochs", 1, "--steps-per-epoch", 4, "--gate-samples", 8)
        ranks = []
        for rank in range(2):
            place = {"RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1",
                     "MASTER_PORT": str(20000 + os.getpid() % 20000)}
            ranks.append(subprocess.Popen(self.command(*arguments), cwd=self.folder, env={**self.environment, **place},
                                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True))
        outputs = [process.communicate(timeout=170)[0] for process in ranks]
        self.assertEqual([process.returncode for process in ranks], [0, 0], "\n".join(outputs))
        self.assertIn("2 process(es)", outputs[0])
        self.assertNotIn("EPOCH", outputs[1])
        self.assertEqual(self.manifest("phase1_epoch1")["settings"]["processes"], 2)
        self.assertEqual(len(self.events("epoch")), 1)
        # Two processes of 8 examples see what one of 16 sees: the losses agree.
        both = self.events("epoch")[0]
        self.trained(*arguments, "--batch-size", 16, "--checkpoint-dir", "alone")
        alone = self.events("epoch")[1]
        self.assertAlmostEqual(both["val_loss"], alone["val_loss"], delta=0.02)


if __name__ == "__main__":
    unittest.main()
