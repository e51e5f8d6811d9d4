# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Safetensors files and checkpoints: exact, and refused when anything is wrong."""

import json
import struct
import tempfile
import unittest
from pathlib import Path

import torch

from helix import checkpoint, tensors
from helix.model import Helix
from helix.targets import TARGETS


class Tensors(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.path = self.folder / "a.safetensors"

    def test_round_trip(self):
        parts = {"a": torch.randn(3, 5), "b.c": torch.arange(4), "empty": torch.zeros(0, 2), "scalar": torch.tensor(2.5),
                 "raw": torch.arange(9, dtype=torch.uint8), "part": torch.randn(4, 4)[:, 1:3]}
        tensors.write(self.path, parts, {"who": "test"})
        found, metadata = tensors.read(self.path)
        self.assertEqual(metadata, {"who": "test"})
        self.assertEqual(set(found), set(parts))
        for name, tensor in parts.items():
            self.assertEqual(found[name].dtype, tensor.dtype)
            self.assertTrue(torch.equal(found[name], tensor), name)

    def test_every_truncation_and_many_damages_are_refused_or_harmless(self):
        tensors.write(self.path, {"a": torch.ones(2, 2), "b": torch.zeros(3)})
        whole = self.path.read_bytes()
        for size in range(len(whole)):
            self.path.write_bytes(whole[:size])
            with self.assertRaises(tensors.TensorFileError):
                tensors.read(self.path)
        self.path.write_bytes(whole + b"x")
        with self.assertRaises(tensors.TensorFileError):
            tensors.read(self.path)
        for at in range(len(whole)):
            self.path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x15]) + whole[at + 1:])
            try:
                tensors.read(self.path)
            except tensors.TensorFileError:
                pass

    def test_headers_that_lie(self):
        def file(header, body=b"\0" * 8):
            text = header if isinstance(header, bytes) else json.dumps(header).encode()
            self.path.write_bytes(struct.pack("<Q", len(text)) + text + body)
            with self.assertRaises(tensors.TensorFileError):
                tensors.read(self.path)

        entry = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
        file({"a": {**entry, "dtype": "F16"}})
        file({"a": {**entry, "shape": [3]}})
        file({"a": {**entry, "shape": [-2]}})
        file({"a": {**entry, "data_offsets": [1, 9]}})
        file({"a": entry, "b": entry})
        file({"a": {"dtype": "F32"}})
        file({"a": entry, "__metadata__": {"n": 1}})
        file({"a": entry, "__metadata__": []})
        file([1])
        file(b'{"a":1,"a":2}')
        file(b"[" * 100000)
        self.path.write_bytes(struct.pack("<Q", 1 << 60))
        with self.assertRaises(tensors.TensorFileError):
            tensors.read(self.path)


class Checkpoints(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.store = checkpoint.Store(self.folder, 1)
        self.weights = Helix(TARGETS["helix-1m"]).state_dict()

    def save(self, name="phase1_epoch3"):
        return self.store.save(name, {"target": "helix-1m", "parameters": TARGETS["helix-1m"].parameters, "phase": 1,
                                      "epoch": 3, "step": 9, "val_loss": 1.5}, self.weights, {"rng": torch.get_rng_state()})

    def refused(self, path="phase1_epoch3"):
        with self.assertRaises(checkpoint.CheckpointError) as caught:
            checkpoint.find(self.folder / path).read_weights()
        return str(caught.exception)

    def test_any_of_its_files_names_it(self):
        self.save()
        for name in ("phase1_epoch3", "phase1_epoch3.safetensors", "phase1_epoch3.json", "phase1_epoch3_optim.safetensors"):
            found = checkpoint.find(self.folder / name)
            self.assertTrue(torch.equal(found.read_weights()["token_embd.weight"], self.weights["token_embd.weight"]))
        self.assertFalse([path.name for path in self.folder.iterdir() if path.name.startswith(".")])

    def test_refusals(self):
        self.assertIn("does not exist", self.refused())
        saved = self.save()
        whole = saved.weights.read_bytes()
        saved.weights.write_bytes(whole[:-1])
        self.assertIn("incomplete or damaged", self.refused())
        saved.weights.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        self.assertIn("incomplete or damaged", self.refused())
        saved.weights.unlink()
        self.assertIn("incomplete or damaged", self.refused())
        manifest = self.folder / "phase1_epoch3.json"
        for text in ("", "[]", "{}", '{"format": 1}', manifest.read_text().replace("helix-1m", "helix-9m"),
                     manifest.read_text().replace('"phase1_epoch3.safetensors"', '"../phase1_epoch3.safetensors"')):
            manifest.write_text(text)
            self.assertIn("damaged", self.refused())
        self.save()
        manifest.write_text(manifest.read_text().replace("helix-1m", "helix-10m"))
        self.assertIn("parameters", self.refused())
        manifest.unlink()
        self.assertIn("incomplete", self.refused())

    def test_a_link_is_a_checkpoint_of_its_own(self):
        linked = self.store.link(self.save(), "phase1_BEST_epoch3")
        self.store.remove("phase1_epoch3")
        self.assertEqual(checkpoint.find(linked.weights).manifest["name"], "phase1_BEST_epoch3")
        self.assertFalse(linked.resumable)
        linked.read_weights()

    def test_dropping_the_optimizer(self):
        self.save()
        self.store.drop_optimizer("phase1_epoch3")
        found = checkpoint.find(self.folder / "phase1_epoch3")
        self.assertFalse(found.resumable)
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()), ["phase1_epoch3.json", "phase1_epoch3.safetensors"])


if __name__ == "__main__":
    unittest.main()
