# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""The rules that end a hopeless run, and that healthy runs do not meet."""

import random
import unittest

from helix import rules


class Rules(unittest.TestCase):
    def test_not_finite(self):
        self.assertIn("not finite", rules.broken(float("nan")))
        self.assertIn("not finite", rules.broken(float("inf")))
        self.assertIsNone(rules.broken(20.0))
        self.assertIn("not finite", rules.verdict(1, [2.0, float("nan")], 1.0))

    def test_diverged(self):
        self.assertEqual(rules.verdict(1, [19.7567], 12.19), "Training loss diverged (19.7567 > 15.0)")
        self.assertIsNone(rules.verdict(1, [15.0], 12.0))

    def test_collapsed_too_early(self):
        self.assertIn("collapsed", rules.verdict(1, [1.0, 0.0009], 0.0009))
        self.assertIn("collapsed", rules.verdict(3, [1.0, 0.0009], 0.5))
        self.assertIsNone(rules.verdict(1, [1.0] * 9 + [0.0009], 0.0009))
        self.assertIsNone(rules.verdict(3, [1.0, 0.0009], 0.001), "a translation that is understood")

    def test_five_rises(self):
        self.assertIn("rose", rules.verdict(1, [1.0, 1.1, 1.2, 1.3, 1.4, 1.5], 2.0))
        self.assertIsNone(rules.verdict(1, [1.0, 1.1, 1.2, 1.3, 1.4], 2.0))
        self.assertIsNone(rules.verdict(1, [1.0, 1.01, 1.02, 1.03, 1.04, 1.05], 2.0), "a plateau")
        self.assertIsNone(rules.verdict(1, [0.01, 0.012, 0.014, 0.016, 0.018, 0.02], 0.1), "small change")

    def test_noise_on_a_plateau_never_ends_a_run(self):
        chance = random.Random(1)
        losses = []
        for epoch in range(20_000):
            losses.append(0.5 + chance.gauss(0, 0.02))
            self.assertIsNone(rules.verdict(1, losses[-12:], 0.6))


if __name__ == "__main__":
    unittest.main()
