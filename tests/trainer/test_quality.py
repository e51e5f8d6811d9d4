# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""The gate: a model that parrots, collapses or is scrambled fails; one that learns does not."""

import unittest

import torch

from helix import data, generator, quality
from helix.corpus import Example
from helix import codec
from helix.model import Helix
from helix.targets import Target

SMALL = Target("small", width=32, layers=2, heads=2, hidden=128, learning_rate=5e-3, batch_size=8)


def examples(count, seed):
    return [Example(sentence, value, {f: codec.show(value, f) for f in codec.FORMATS})
            for sentence, value in generator.blocks(count, seed)]


SEEN, HELD = examples(600, 1), examples(16, 99)


def train(phase, steps, shift=True):
    """Train a small model for `steps` steps; without `shift` the labels are the inputs themselves."""
    torch.manual_seed(0)
    model = Helix(SMALL)
    batches = data.Batches(data.dataset(SEEN, phase, 1, 256), SMALL.batch_size, 1)
    optimizer = torch.optim.AdamW(model.parameters(), lr=SMALL.learning_rate)
    for step in range(steps):
        ids, labels = batches[step]
        if not shift:
            labels = torch.where(labels >= 0, ids, labels)
        model(ids, labels).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
    return model


def verdicts(model, phase, steps):
    evidence = quality.gather(model, phase, steps, HELD, SEEN[:16], 8)
    return {verdict.name: verdict.status for verdict in quality.judge(evidence)}


class Models(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        torch.set_num_threads(1)
        cls.healthy = train(1, 200)

    def test_a_healthy_model_never_fails(self):
        for steps in (1, 199, 200):
            self.assertNotIn("fail", verdicts(self.healthy, 1, steps).values())
        for phase in (2, 3):
            found = verdicts(train(phase, 200), phase, 200)
            self.assertNotIn("fail", found.values(), f"phase {phase}: {found}")

    def test_the_old_bug_is_found(self):
        """Labels that are not shifted: the model learns to repeat the byte it has just read."""
        for phase in (1, 3):
            self.assertEqual(verdicts(train(phase, 60, shift=False), phase, 200)["parroting"], "fail")

    def test_scrambled_weights_fail(self):
        model = Helix(SMALL)
        chance = torch.Generator().manual_seed(5)
        with torch.no_grad():
            for name, tensor in self.healthy.state_dict().items():
                shuffled = tensor.flatten()[torch.randperm(tensor.numel(), generator=chance)].view(tensor.shape)
                model.state_dict()[name].copy_(shuffled)
        self.assertEqual(verdicts(model, 1, 200)["scrambled output"], "fail")
        self.assertEqual(quality.overall(quality.judge(quality.gather(model, 1, 200, HELD, SEEN[:16], 8))), "fail")

    def test_one_letter_for_ever_fails(self):
        model = Helix(SMALL)
        with torch.no_grad():
            model.output_norm.weight.zero_()
            model.output_norm.bias.copy_(50 * model.token_embd.weight[ord("p")] / model.token_embd.weight[ord("p")].norm())
        found = verdicts(model, 3, 1000)
        self.assertEqual((found["character collapse"], found["output diversity"]), ("fail", "fail"))
        self.assertEqual(found["HLX transformation"], "fail")

    def test_a_young_model_is_warned_about_only(self):
        found = verdicts(Helix(SMALL), 3, 10)
        self.assertIn("warn", found.values())
        self.assertNotIn("fail", found.values())


class Judging(unittest.TestCase):
    def evidence(self, **more):
        good = {"phase": 3, "steps": 5000, "loss": 0.1, "seen_loss": 0.1, "baseline": 3.0, "echo": 0.02,
                "samples": [quality.Sample(f"Go to {n}\nLC-B: ", "LC-B", f"[0x{n:02x}]", f"[0x{n:02x}]") for n in range(10, 20)]}
        return quality.Evidence(**{**good, **more})

    def status(self, evidence):
        return {verdict.name: verdict.status for verdict in quality.judge(evidence)}

    def test_perfect(self):
        self.assertEqual(set(self.status(self.evidence()).values()), {"pass"})

    def test_answering_with_the_prompt(self):
        samples = [quality.Sample(f"Go to {n}\nLC-B: ", "LC-B", "[_]", f"Go to {n}") for n in range(10, 20)]
        found = self.status(self.evidence(samples=samples))
        self.assertEqual((found["parroting"], found["HLX transformation"]), ("fail", "fail"))

    def test_one_answer_for_all(self):
        samples = [quality.Sample(f"Go to {n}\nLC-B: ", "LC-B", f"[0x{n:02x}]", "[0x0a]") for n in range(10, 20)]
        self.assertEqual(self.status(self.evidence(samples=samples))["output diversity"], "fail")

    def test_memorising_is_a_warning(self):
        self.assertEqual(self.status(self.evidence(loss=4.0))["scrambled output"], "warn")
        self.assertEqual(self.status(self.evidence(loss=4.0, seen_loss=4.0))["scrambled output"], "fail")

    def test_thresholds_grow(self):
        for name, change in (("scrambled output", {"loss": 2.6, "seen_loss": 2.6}),):
            states = [self.status(self.evidence(steps=steps, **change))[name] for steps in (50, 300, 2000)]
            self.assertEqual(states, ["warn", "warn", "fail"])

    def test_wrong_but_valid_is_a_warning(self):
        samples = [quality.Sample(f"Go to {n}\nLC-B: ", "LC-B", f"[0x{n:02x}]", f"[0x{n + 1:02x}]") for n in range(10, 20)]
        self.assertEqual(self.status(self.evidence(samples=samples))["HLX transformation"], "warn")


if __name__ == "__main__":
    unittest.main()
