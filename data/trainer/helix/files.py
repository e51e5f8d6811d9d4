# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Files that are either there completely or not at all."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any


def write_atomically(path: Path, data: bytes) -> None:
    """Put `data` at `path`: a reader sees the old file or the new one, also after a power cut."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(temporary, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def finite(value: Any) -> Any:
    """Return `value` with every NaN and infinity replaced by None: JSON has neither.

    A mapping that lost a number so gets `"non_finite": [names]`, so that the fact is not lost.
    """
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        lost = [key for key, item in value.items() if isinstance(item, float) and not math.isfinite(item)]
        clean = {key: finite(item) for key, item in value.items()}
        return {**clean, "non_finite": lost} if lost else clean
    if isinstance(value, (list, tuple)):
        return [finite(item) for item in value]
    return value


def to_json(value: Any, indent: int | None = None) -> str:
    """Return strict JSON on one line, or indented."""
    return json.dumps(finite(value), ensure_ascii=False, allow_nan=False, indent=indent)
