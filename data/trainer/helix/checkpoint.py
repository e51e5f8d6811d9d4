# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Checkpoints: what they are made of, when they count, and how they are checked.

    phase1_epoch50.safetensors         the weights, 32-bit floats, named as llama.cpp names them
    phase1_epoch50_optim.safetensors   optimizer moments and random state: what resuming needs
    phase1_epoch50.json                the manifest, renamed into place last

Only what a manifest names, with the sizes and SHA-256 digests it names, is a checkpoint.  A killed
run leaves files without a manifest; they are no checkpoint and are swept away by the next save.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from . import tensors
from .files import sync_folder, to_json, write_atomically
from .targets import TARGETS, Target

FORMAT = "helix-checkpoint-1"


class CheckpointError(Exception):
    """A checkpoint that cannot be used; the message is one sentence for the user."""


@dataclass(frozen=True)
class Checkpoint:
    """A complete checkpoint: its manifest, and the folder its files are in."""

    folder: Path
    name: str
    manifest: dict[str, Any]

    @property
    def weights(self) -> Path:
        return self.folder / self.manifest["files"]["weights"]["name"]

    @property
    def target(self) -> Target:
        return TARGETS[self.manifest["target"]]

    @property
    def resumable(self) -> bool:
        return "optimizer" in self.manifest["files"]

    def read_weights(self) -> dict[str, Tensor]:
        """Return the weights after comparing size and digest with the manifest."""
        return self._read("weights")[0]

    def read_optimizer(self) -> dict[str, Tensor]:
        """Return the optimizer's tensors after comparing size and digest with the manifest."""
        return self._read("optimizer")[0]

    def _read(self, part: str) -> tuple[dict[str, Tensor], dict[str, str]]:
        entry = self.manifest["files"][part]
        path = self.folder / entry["name"]
        if not path.is_file() or path.stat().st_size != entry["bytes"] or digest(path) != entry["sha256"]:
            raise CheckpointError(f"The checkpoint {self.folder / self.name} is incomplete or damaged: {path.name} "
                                  f"is not the file its manifest describes; use another checkpoint.")
        try:
            return tensors.read(path)
        except tensors.TensorFileError as error:
            raise CheckpointError(str(error)) from None


def digest(path: Path) -> str:
    """Return the SHA-256 digest of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def stem(path: str | Path) -> Path:
    """Return a checkpoint's path without the ending: any of its files may stand for it."""
    path = Path(path)
    for ending in ("_optim.safetensors", ".safetensors", ".json", ".pt"):
        if path.name.endswith(ending):
            return path.with_name(path.name[:-len(ending)])
    return path


def find(path: str | Path) -> Checkpoint:
    """Return the checkpoint that `path` names; raise CheckpointError if it is none, or not complete."""
    base = stem(path)
    manifest_path = base.with_name(base.name + ".json")
    if not manifest_path.is_file():
        exists = any(base.with_name(base.name + end).exists() for end in (".safetensors", "_optim.safetensors", ".pt"))
        raise CheckpointError(f"The checkpoint {path} is incomplete (it has no manifest {manifest_path.name}); "
                              f"use another checkpoint." if exists else f"The checkpoint {path} does not exist.")
    try:
        manifest = json.loads(manifest_path.read_text(encoding="utf-8"))
        sound = (manifest["format"] == FORMAT and manifest["target"] in TARGETS and manifest["phase"] in (1, 2, 3)
                 and all(isinstance(manifest[key], int) for key in ("epoch", "step", "parameters"))
                 and all(entry["name"] == Path(entry["name"]).name and isinstance(entry["bytes"], int)
                         and isinstance(entry["sha256"], str) for entry in manifest["files"].values())
                 and "weights" in manifest["files"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        sound = False
    if not sound:
        raise CheckpointError(f"The manifest {manifest_path} is damaged; use another checkpoint.")
    if manifest["parameters"] != TARGETS[manifest["target"]].parameters:
        raise CheckpointError(f"The checkpoint {path} has {manifest['parameters']:,} parameters, but "
                              f"{manifest['target']} has {TARGETS[manifest['target']].parameters:,}.")
    return Checkpoint(base.parent, base.name, manifest)


class Store:
    """The checkpoint folder of one run of one phase."""

    def __init__(self, folder: Path, phase: int) -> None:
        self.folder, self.phase = folder, phase

    def save(self, name: str, manifest: dict[str, Any], weights: dict[str, Tensor],
             optimizer: dict[str, Tensor] | None = None) -> Checkpoint:
        """Write a checkpoint; when this returns it is complete and durable."""
        (self.folder / f"{name}.json").unlink(missing_ok=True)  # from here on the old one does not count
        files = {"weights": self._write(f"{name}.safetensors", weights)}
        if optimizer is not None:
            files["optimizer"] = self._write(f"{name}_optim.safetensors", optimizer)
        return self._publish(name, {"format": FORMAT, "name": name, **manifest, "files": files})

    def link(self, source: Checkpoint, name: str) -> Checkpoint:
        """Make the weights of `source` a checkpoint of another name, without copying where possible."""
        (self.folder / f"{name}.json").unlink(missing_ok=True)
        entry = dict(source.manifest["files"]["weights"], name=f"{name}.safetensors")
        copy = self.folder / entry["name"]
        copy.unlink(missing_ok=True)
        try:
            os.link(source.weights, copy)
        except OSError:  # a file system without hard links
            shutil.copyfile(source.weights, copy)
            with copy.open("rb+") as file:
                os.fsync(file.fileno())
        return self._publish(name, {**source.manifest, "name": name, "files": {"weights": entry}})

    def drop_optimizer(self, name: str) -> None:
        """Keep the weights of `name` only."""
        try:
            kept = find(self.folder / name)
        except CheckpointError:
            return
        if kept.resumable:
            files = {"weights": kept.manifest["files"]["weights"]}
            self._publish(name, {**kept.manifest, "files": files})
            (self.folder / f"{name}_optim.safetensors").unlink(missing_ok=True)

    def remove(self, name: str) -> None:
        """Delete a checkpoint, the manifest first, so that no half of it ever counts."""
        for ending in (".json", "_optim.safetensors", ".safetensors"):
            (self.folder / f"{name}{ending}").unlink(missing_ok=True)

    def names(self) -> list[str]:
        """Return the names of this phase's files, complete or not."""
        return sorted({stem(path).name for pattern in ("*.json", "*.safetensors")
                       for path in self.folder.glob(f"phase{self.phase}_{pattern}")})

    def _write(self, name: str, parts: dict[str, Tensor]) -> dict[str, Any]:
        temporary = self.folder / f".{name}.tmp"
        try:
            tensors.write(temporary, parts)
            entry = {"name": name, "bytes": temporary.stat().st_size, "sha256": digest(temporary)}
            os.replace(temporary, self.folder / name)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        return entry

    def _publish(self, name: str, manifest: dict[str, Any]) -> Checkpoint:
        sync_folder(self.folder)  # the files' names before the manifest's
        write_atomically(self.folder / f"{name}.json", (to_json(manifest, indent=1) + "\n").encode())
        return Checkpoint(self.folder, name, json.loads(to_json(manifest)))
