# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""What pictures of the window show: an engine with runs in all states, and one that has nothing.

The trainings are real runs of real processes: the bundled trainer does a little
work, and small scripts come to the ends that a training can come to. Only the
vendor is played.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "harness"))

from enginerun import Engine  # noqa: E402
from faultstub import FaultStub  # noqa: E402
from tap import wait_for  # noqa: E402
from windowrun import WindowRun  # noqa: E402

SCREEN = (1600, 2000)
SECRET = "sk-a-key-that-only-the-played-vendor-knows-7Kq2"
JUDGED = HERE.parent / "supervise" / "judged_training.py"
LITTLE = {"steps-per-epoch": "6", "batch-size": "8", "threads": "1", "blocks": "600", "gate-samples": "8",
          "gate-policy": "warn"}
# For pictures that are kept: long enough that the curves are curves.
MORE = LITTLE | {"steps-per-epoch": "12", "batch-size": "16", "blocks": "4000"}
LONG_TITLE = "A very long title that somebody typed to see what happens with it in a narrow window"


class Scene:
    """Engines with their runs, on one desktop with one keyring; a context that leaves nothing behind."""

    def __init__(self, only_real: bool = False) -> None:
        self.only_real = only_real
        self.run = WindowRun(width=SCREEN[0], height=SCREEN[1])
        self.stub = FaultStub()

    def __enter__(self) -> "Scene":
        self.stub.__enter__()
        self.run.__enter__()
        self.full = self.run.engine
        given = {name: value for name, value in self.full.environment.items()
                 if not name.startswith("XDG_") and name != "TC_TEST_ROOT"}
        self.empty = Engine(**given, XDG_DATA_DIRS="/usr/share")
        try:
            self.full.start()
            self.empty.start()
            self._fill()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *what: object) -> None:
        self.empty.__exit__(*what)
        self.run.__exit__(*what)
        self.stub.__exit__(*what)

    def _add_key(self, provider: str, name: str, secret: str) -> None:
        body = {"provider": provider, "name": name, "base_url": self.stub.base(provider)}
        self.full.request("POST", "/api/keys/add", body | ({"secret": secret} if secret else {}))

    def _add(self, **config: Any) -> str:
        return self.full.post("/api/training/queue", config)["sessions"][0]["session_id"]

    def _script(self, name: str, text: str) -> str:
        script = self.full.root / name
        script.write_text("#!/bin/sh\n" + text)
        script.chmod(0o755)
        return str(script)

    def _fill(self) -> None:
        has_torch = subprocess.run(["python3", "-c", "import torch"], capture_output=True, check=False).returncode == 0
        if not has_torch:
            raise SystemExit("PyTorch is not installed here, and the pictures are of the bundled trainer.")
        if self.only_real:
            self._fill_real()
        else:
            self._fill_keys()
            self._fill_all()

    def _fill_real(self) -> None:
        """A curriculum without a provider: one phase done, one on its way, one to come."""
        common = {"provider": "none", "target": "helix-1m"}
        self.judged = self._add(corpus="english", epochs=20, settings=MORE, **common)
        second = self._add(corpus="english", epochs=20, settings=MORE | {"lr": "0.0006"}, **common)
        self.running = self._add(corpus="hlx", epochs=60, settings=MORE, after=int(self.judged), **common)
        self._add(corpus="translation", epochs=50, after=int(self.running), **common)
        self.full.post("/api/training/start")
        for session in (self.judged, second):
            self.full.wait(session, seconds=400)
        self._wait_epochs(self.running, 24, 400)

    def _fill_keys(self) -> None:
        self.stub.keys["xai"] = {SECRET}
        self.stub.keys["openai"] = {SECRET}
        self._add_key("xai", "Laboratory", SECRET)
        self._add_key("openai", "My own", SECRET)
        self._add_key("claude", "One that was revoked", SECRET)
        self.stub.keys["anthropic"] = {"another one"}
        self.full.post("/api/keys/check/3")
        self._add_key("qwen", "This computer", "")
        self.full.post("/api/budget", {"month": "20.00", "providers": {"xai": "0.01"}}, (200, 201, 204, 404, 405, 400))
        for arguments in (("month", "20.00"), ("xai", "0.05"), ("openai", "5.00")):
            self.full.trainctl("budget", "set", *arguments)

    def _fill_all(self) -> None:
        """Every state a row can be in."""
        real = {"target": "helix-1m", "settings": LITTLE}
        self.judged = self._add(corpus="english", epochs=10, provider="xai", model="grok-4.7", **real)
        judged = f"{sys.executable} {JUDGED} --epochs 12 --gates 1,5,10 --pause 0.1"
        self._add(command=judged, epochs=12, provider="openai", model="gpt-5.1", corpus="english")
        failed = self._add(command=self._script("failing", "echo 'Traceback (most recent call last):'\n"
                                                "echo 'ValueError: too many values to unpack'\nexit 3\n"),
                           epochs=20, corpus="translation")
        self._add(command=self._script("killed", "echo 'EPOCH 1/20 (Phase 1)'\nkill -9 $$\n"), epochs=20, corpus="hlx")
        self._add(command="true", epochs=5, title="Needs the one that failed", after=int(failed))
        stopped = self._add(command=self._script("stopped", "echo 'EPOCH 1/20 (Phase 1)'\nsleep 100\n"), epochs=20,
                            title="Stopped by hand")
        self.running = self._add(corpus="hlx", epochs=200, provider="xai", model="grok-4.7", after=int(self.judged),
                                 **real)
        self._add(corpus="translation", epochs=50, provider="xai", model="grok-4.7", after=int(self.running), **real)
        self._add(command="true", epochs=5, title=LONG_TITLE, corpus="translation")
        self._add(corpus="english", epochs=200, provider="qwen", model="qwen3:8b", target="helix-100m")
        self._add(corpus="hlx", epochs=20, provider="claude", model="claude-haiku-4-5", target="helix-10m")
        self.full.post("/api/training/start")
        self.full.wait(stopped, ("running",), 200)
        self.full.post(f"/api/training/cancel/{stopped}")
        self.full.wait(self.running, ("running",), 60)
        self._wait_epochs(self.running, 7, 120)
        wait_for(lambda: self.full.get(f"/api/training/verdicts/{self.judged}")["verdicts"], 30, "a verdict")

    def _wait_epochs(self, session: str, number: int, seconds: float) -> None:
        """Waits until a training has come so far."""
        wait_for(lambda: len(self.full.metrics(session).get("val_loss", [])) >= number, seconds, f"epoch {number}")


def fresh_folder(path: Path) -> Path:
    """An empty folder in its place."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path


def locale_folder(folder: Path, names: list[str]) -> bool:
    """Locales of those names for LOCPATH: only their language counts, so all are C.UTF-8."""
    source = next((path for path in map(Path, ("/usr/lib/locale/C.utf8", "/usr/lib/locale/C.UTF-8"))
                   if path.is_dir()), None)
    for name in names if source else []:
        shutil.copytree(source, folder / name)
    return source is not None


def program_paths() -> None:
    """What ./dev calls its programs, as the tests call them."""
    for theirs, ours in (("TC_ENGINE", "TRAINING_CENTER_ENGINE"), ("TC_SHIM", "TRAINING_CENTER_SHIM"),
                         ("TC_TRAINCTL", "TRAINING_CENTER_CTL"), ("TC_TRAINER", "TRAINING_CENTER_TRAINER_DIR")):
        os.environ.setdefault(theirs, os.environ.get(ours, ""))
    build = os.environ.get("TRAINING_CENTER_BUILD_DIR", "")
    os.environ.setdefault("TC_WINDOW", f"{build}/src/app/training-center")
