# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""The network: its sizes, that it looks back only, and that decoding with memory changes nothing."""

import unittest

import torch

from helix import data, decode, machine, tokens
from helix.model import Helix, attend, count_parameters
from helix.targets import CONTEXT, TARGETS, Target

TINY = Target("tiny", width=32, layers=2, heads=2, hidden=64, learning_rate=1e-3, batch_size=4)


class Sizes(unittest.TestCase):
    def test_parameter_counts(self):
        for target, low, high in (("helix-1m", 0.95e6, 1.1e6), ("helix-10m", 9.5e6, 10.5e6), ("helix-100m", 98e6, 103e6)):
            with torch.device("meta"):
                self.assertTrue(low < TARGETS[target].parameters < high)
        for target in (TINY, TARGETS["helix-1m"]):
            self.assertEqual(count_parameters(Helix(target)), target.parameters)

    def test_shape_of_the_large_one(self):
        large = TARGETS["helix-100m"]
        self.assertEqual((large.width, large.layers, large.heads, large.hidden), (1024, 8, 16, 4096))
        self.assertGreater(large.checkpoint_bytes, 390e6)

    def test_what_gguf_needs(self):
        names = set(Helix(TINY).state_dict())
        wanted = {f"blk.{n}.{part}.{kind}" for n in range(2) for kind in ("weight", "bias")
                  for part in ("attn_norm", "attn_qkv", "attn_output", "ffn_norm", "ffn_up", "ffn_down")}
        self.assertEqual(names, wanted | {"token_embd.weight", "position_embd.weight", "output_norm.weight", "output_norm.bias"})
        self.assertEqual((tokens.PAD, tokens.BOS, tokens.EOS, tokens.VOCABULARY), (256, 257, 258, 259))
        self.assertEqual(tokens.document("⟁"), [257, 0xE2, 0x9F, 0x81, 258])

    def test_memory_is_checked_before_the_start(self):
        with self.assertRaises(machine.MachineError) as caught:
            machine.check_memory(TARGETS["helix-100m"], 4096 * 64, CONTEXT, False, torch.device("cpu"))
        self.assertIn("would fit", str(caught.exception))


class Attention(unittest.TestCase):
    def test_same_as_pytorch(self):
        query, key, value = (torch.randn(2, 3, 7, 8) for _ in range(3))
        wanted = torch.nn.functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        self.assertTrue(torch.allclose(attend(query, key, value), wanted, atol=1e-5))
        mask = torch.rand(2, 1, 7, 7) > 0.5
        mask |= torch.eye(7, dtype=torch.bool)
        wanted = torch.nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        self.assertTrue(torch.allclose(attend(query, key, value, mask), wanted, atol=1e-5))

    def test_the_future_changes_nothing(self):
        torch.manual_seed(1)
        model = Helix(TINY).eval()
        ids = torch.randint(0, 256, (1, 20))
        changed = ids.clone()
        changed[0, 12:] = 7
        self.assertTrue(torch.equal(model(ids)[0, :12], model(changed)[0, :12]))
        self.assertFalse(torch.equal(model(ids)[0, 12:], model(changed)[0, 12:]))

    def test_padding_and_prompts_carry_no_loss(self):
        torch.manual_seed(1)
        model = Helix(TINY)
        ids, labels = torch.randint(0, 256, (2, 10)), torch.full((2, 10), -1)
        labels[:, 4:6] = 5
        wanted = torch.nn.functional.cross_entropy(model(ids)[:, 4:6].reshape(-1, 259), torch.full((4,), 5))
        self.assertAlmostEqual(model(ids, labels).item(), wanted.item(), places=5)


class Decoding(unittest.TestCase):
    def test_memory_changes_nothing(self):
        torch.manual_seed(3)
        model = Helix(TINY)
        with torch.no_grad():  # lively logits, so that the choices differ
            for parameter in model.parameters():
                parameter.mul_(3)
        prompts = ["a", "Search the logs", "for \"timeout\"\nLC-R: ", "x" * 60, ""]
        answers = decode.complete(model, prompts, most=24, half=False)
        for prompt, answer in zip(prompts, answers):
            ids = tokens.encode(prompt)
            for _ in range(24):
                chosen = model(torch.tensor([ids]))[0, -1].argmax().item()
                ids.append(chosen)
                if chosen >= 256:
                    break
            self.assertEqual(answer, tokens.decode(ids[1 + len(prompt.encode()):]))

    def test_no_more_than_the_context(self):
        model = Helix(TINY)
        answers = decode.complete(model, ["y" * (CONTEXT - 3), "z" * CONTEXT, "k"], most=50)
        self.assertEqual(answers[1], "")
        self.assertEqual(len(answers), 3)

    def test_stop(self):
        with self.assertRaises(InterruptedError):
            decode.complete(Helix(TINY), ["a"], stop=lambda: True)

    def test_prompt(self):
        self.assertEqual(data.prompt("Go back", "LC-T"), "Go back\nLC-T: ")


if __name__ == "__main__":
    unittest.main()
