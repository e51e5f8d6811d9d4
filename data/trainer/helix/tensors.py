# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Safetensors files: named tensors behind a JSON header, and no code to run on loading.

    u64 little-endian length of the header · header, JSON · the tensors' bytes, end to end

The reader is strict: a file it accepts has every byte accounted for.
"""

from __future__ import annotations

import json
import math
import os
import struct
from pathlib import Path

import numpy
import torch
from torch import Tensor

MAX_HEADER = 16 << 20
_TYPES = {"F32": torch.float32, "F64": torch.float64, "I64": torch.int64, "U8": torch.uint8}
_NAMES = {kind: name for name, kind in _TYPES.items()}


class TensorFileError(Exception):
    """A file that is no sound safetensors file; the message is one sentence."""


def write(path: Path, tensors: dict[str, Tensor], metadata: dict[str, str] | None = None) -> None:
    """Write `tensors` to `path` and make them durable.  Not atomic: the caller renames."""
    header: dict[str, object] = {"__metadata__": metadata} if metadata else {}
    at = 0
    for name, tensor in tensors.items():
        if tensor.dtype not in _NAMES:
            raise TensorFileError(f"Tensor {name} has the type {tensor.dtype}, which is not stored.")
        size = tensor.numel() * tensor.element_size()
        header[name] = {"dtype": _NAMES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)  # keep the data aligned, as the format asks
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for tensor in tensors.values():
            file.write(tensor.detach().cpu().contiguous().numpy().tobytes())
        file.flush()
        os.fsync(file.fileno())


def read(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Return (tensors, metadata) of `path`; raise TensorFileError if anything is not as it must be."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise TensorFileError(f"{path} cannot be read: {error.strerror}.") from None
    try:
        header, start = _header(data)
        metadata = header.pop("__metadata__", {})
        if not all(isinstance(key, str) and isinstance(text, str) for key, text in metadata.items()):
            raise ValueError("metadata is not text")
        return _tensors(header, memoryview(data)[start:]), metadata
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise TensorFileError(f"{path} is not a sound safetensors file ({error}).") from None


def _header(data: bytes) -> tuple[dict, int]:
    if len(data) < 8:
        raise ValueError("it is shorter than its own header")
    length = struct.unpack_from("<Q", data)[0]
    if length > MAX_HEADER or 8 + length > len(data):
        raise ValueError("its header does not fit")

    def once(pairs: list[tuple[str, object]]) -> dict:
        if len(dict(pairs)) != len(pairs):
            raise ValueError("its header has a name twice")
        return dict(pairs)

    header = json.loads(data[8:8 + length].decode("utf-8"), object_pairs_hook=once)
    if not isinstance(header, dict):
        raise ValueError("its header is no object")
    return header, 8 + length


def _tensors(header: dict, body: memoryview) -> dict[str, Tensor]:
    tensors, at = {}, 0
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"][0]):
        kind, shape, (start, end) = _TYPES[entry["dtype"]], entry["shape"], entry["data_offsets"]
        if not all(type(size) is int and size >= 0 for size in [*shape, start, end]):
            raise ValueError(f"{name} has a bad shape or place")
        if start != at or end - start != math.prod(shape) * kind.itemsize or end > len(body):
            raise ValueError(f"{name} is not where its shape says")
        raw = numpy.frombuffer(body[start:end], dtype=numpy.uint8).copy()
        tensors[name] = torch.from_numpy(raw).view(kind).reshape(shape) if len(raw) else torch.empty(shape, dtype=kind)
        at = end
    if at != len(body):
        raise ValueError(f"{len(body) - at} bytes belong to no tensor")
    return tensors
