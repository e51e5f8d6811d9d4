# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Where ./dev put the packages from npm, and a Node process that uses them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tap import Skip

TESTS = Path(__file__).resolve().parents[1]


def folder(suite: str) -> Path:
    """The folder with node_modules for tests/<suite>/package-lock.json; skips without one."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.environ.get("HOME", "/"), ".cache")
    name = hashlib.sha256((TESTS / suite / "package-lock.json").read_bytes()).hexdigest()
    found = Path(cache, "training-center", "npm", name)
    if shutil.which("node") is None:
        raise Skip("there is no node here")
    if not (found / "node_modules").is_dir():
        missing = found.with_name(found.name + ".missing")
        raise Skip(missing.read_text().strip() if missing.exists() else
                   f"the npm packages of tests/{suite} are not here; ./dev test fetches them")
    return found


class Worker:
    """A Node process that runs jobs, one at a time; a context."""

    def __init__(self, script: Path, suite: str, **environment: str) -> None:
        packages = folder(suite)
        own = {key: value for key, value in os.environ.items()
               if not key.startswith(("OPENAI_", "ANTHROPIC_", "OLLAMA_", "XAI_")) and not key.lower().endswith("_proxy")}
        self.process = subprocess.Popen(["node", str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env=own | {"TC_NPM": str(packages)} | environment)

    def ask(self, op: str, **job: Any) -> Any:
        """Runs one job; an exception there is an AssertionError here."""
        self.process.stdin.write(json.dumps({"op": op} | job) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(f"the node process ended with {self.process.wait()}")
        reply = json.loads(line)
        if "failure" in reply:
            raise AssertionError(f"{op}: {reply['failure']}\n{reply['stack']}")
        return reply["value"]

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
