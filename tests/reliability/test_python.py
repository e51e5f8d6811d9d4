#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""The Python that runs a script is the one that was chosen, and what is none is refused in words."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

from enginerun import Engine  # noqa: E402
from scenes import script, texts  # noqa: E402
from tap import check, check_equal, main, test  # noqa: E402

TELLS = """import argparse, json, os, shutil, sys
parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int)
parser.parse_args()
print(json.dumps({"prefix": sys.prefix, "executable": sys.executable, "venv": os.environ.get("VIRTUAL_ENV"),
                  "home": os.environ.get("PYTHONHOME"), "python": shutil.which("python3")}))
"""
NEEDS_TORCH = """import torch
print("torch", torch.__version__)
"""


def make_venv(folder: Path, torch: str | None = None) -> Path:
    """A real virtual environment, with a package of PyTorch's name if one is wanted."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    if torch is not None:
        package = next((folder / "lib").glob("python3.*")) / "site-packages" / "torch"
        package.mkdir()
        (package / "version.py").write_text(f"__version__ = '{torch}'\n")
        (package / "__init__.py").write_text("from .version import __version__\n")
    return folder


def finished(engine: Engine, config: dict[str, Any]) -> dict[str, Any]:
    """The session made of config, when it has ended."""
    return engine.wait(engine.post("/api/training/start", config)["session_id"])


def spec_of(engine: Engine, session: str) -> dict[str, Any]:
    """What was started, as a window is told."""
    return engine.get(f"/api/training/spec/{session}")["spec"]


def refusal(engine: Engine, config: dict[str, Any]) -> str:
    """Why it was not queued."""
    before = len(engine.get("/api/training/queue")["sessions"])
    status, answer = engine.request("POST", "/api/training/queue", config)
    check_equal(status, 400, answer)
    check_equal(len(engine.get("/api/training/queue")["sessions"]), before, "it was queued all the same")
    return answer["error"]["message"]


@test("a virtual environment's folder: its Python runs the script as if it had been activated")
def folder() -> None:
    with Engine() as engine:
        venv = make_venv(engine.root / "my venv", torch="9.8.7")
        own = {"script": script(engine, "tells.py", TELLS), "epochs": 1, "python": str(venv)}
        found = finished(engine, own)
        check_equal(found["status"], "completed", engine.output(found["session_id"]))
        told = json.loads(engine.output(found["session_id"]))
        check_equal(told, {"prefix": str(venv), "executable": str(venv / "bin/python3"), "venv": str(venv), "home": None,
                           "python": str(venv / "bin/python3")}, "what the script sees")
        check("--phase" in found["left_out"], "the script was asked with another Python", found["left_out"])
        spec = spec_of(engine, found["session_id"])
        check_equal(spec["argv"][0], str(venv / "bin/python3"), "argv")
        version = ".".join(map(str, sys.version_info[:3]))
        check_equal(spec["python"], {"program": str(venv / "bin/python3"), "version": version, "torch": "9.8.7"}, "details")
        check_equal(engine.session(found["session_id"])["config"]["python"], str(venv), "the session keeps it")

        check_equal(engine.post("/api/python", {"python": str(venv)}), spec["python"], "asked without a session")

        shutil.rmtree(next((venv / "lib").glob("python3.*")) / "site-packages" / "torch")
        check_equal(spec_of(engine, finished(engine, own)["session_id"])["python"]["torch"], None,
                    "what was removed since is still told")


@test("a Python inside a virtual environment is that environment; a command's own words are found there too")
def program() -> None:
    with Engine() as engine:
        venv = make_venv(engine.root / "venv")
        own = script(engine, "tells.py", TELLS)
        for config in ({"script": own, "python": str(venv / "bin/python3"), "epochs": 1},
                       {"command": f"python3 {own}", "python": str(venv), "epochs": 1},
                       {"command": f"sh -c 'python3 {own}'", "python": str(venv), "epochs": 1}):
            found = finished(engine, config)
            check_equal(found["status"], "completed", engine.output(found["session_id"]))
            told = json.loads(engine.output(found["session_id"]))
            check_equal((told["prefix"], told["venv"]), (str(venv), str(venv)), config)

        tool = venv / "bin" / "only-here"
        tool.write_text("#!/bin/sh\necho found\n")
        tool.chmod(0o700)
        found = finished(engine, {"command": "only-here", "python": str(venv), "epochs": 1})
        check_equal(found["status"], "completed", found["reason"])


@test("a retry keeps it, and so does trainctl, for the curriculum too")
def kept() -> None:
    with Engine() as engine:
        venv = make_venv(engine.root / "venv")
        done = engine.trainctl("queue", "add", "--python", str(venv), "--epochs", "1", "--script",
                               script(engine, "fails.py", "import sys\nprint(sys.prefix)\nsys.exit(3)\n"))
        session = done.stdout.strip()
        check_equal(done.returncode, 0, done.stderr)
        engine.post("/api/training/start")
        check_equal(engine.wait(session)["status"], "failed", "it should fail")
        engine.post(f"/api/training/retry/{session}")
        check_equal(engine.wait(session)["attempt"], 2, "attempt")
        check_equal(engine.output(session).split(), [str(venv).encode()] * 2, "both attempts")
        check(str(venv) in engine.trainctl("status", session).stdout, "status does not say it")

        engine.post("/api/training/pause")
        done = engine.trainctl("curriculum", "--python", str(venv), "--script", script(engine, "x.py", "print()\n"))
        check_equal(done.returncode, 0, done.stderr)
        queued = engine.get("/api/training/queue?state=queued,running,completed,starting")["sessions"]
        check_equal([found["config"]["python"] for found in queued], [str(venv)] * 3, "the curriculum")


@test("what is no Python is refused at once, with a sentence that says what to do")
def refused() -> None:
    with Engine() as engine:
        base = {"script": script(engine, "x.py", "print()\n"), "epochs": 1}
        plain = engine.root / "plain"
        plain.write_text("#!/bin/sh\n")
        empty = engine.root / "empty"
        empty.mkdir()
        liar = engine.root / "python3"
        liar.write_text("#!/bin/sh\necho I am a snake\n")
        liar.chmod(0o700)
        for python, words in (("bin/python3", "absolute"), ("/nowhere/python3", "choose a python3 program or the folder"),
                              (str(plain), "chmod u+x"), (str(empty), "python3 -m venv"),
                              (str(liar), "is no Python 3 that works; choose another")):
            said = refusal(engine, {**base, "python": python})
            check_equal(engine.request("POST", "/api/python", {"python": python})[1]["error"]["message"], said, "asked")
            check(words in said and python in said, python, "is refused with", said)
        done = engine.trainctl("queue", "add", "--script", base["script"], "--python", str(liar))
        check(done.returncode != 0 and "is no Python 3" in done.stderr, done.returncode, done.stderr)
        both = {"sessions": [base, {**base, "python": str(liar)}]}
        check("is no Python 3" in refusal(engine, both), "one bad of two was taken")


@test("a Python without PyTorch: the session says so, and where to choose another")
def no_torch() -> None:
    with Engine() as engine:
        own = script(engine, "needs.py", NEEDS_TORCH)
        venv = make_venv(engine.root / "bare")
        found = finished(engine, {"script": own, "epochs": 1, "python": str(venv)})
        check_equal((found["status"], found["reason_code"]), ("failed", "launch"), found)
        check_equal(found["reason"], "This Python has no PyTorch: choose another in Preferences → Python", "the reason")
        check("no PyTorch" in texts(engine, found["session_id"]), texts(engine, found["session_id"]))
        check_equal(spec_of(engine, found["session_id"])["python"]["torch"], None, "details")
        other = make_venv(engine.root / "with", torch="2.1.0")
        check_equal(finished(engine, {"script": own, "epochs": 1, "python": str(other)})["status"], "completed", "with it")


@test("an environment that is gone when its turn comes fails that session, in words")
def gone() -> None:
    with Engine() as engine:
        venv = make_venv(engine.root / "venv")
        config = {"script": script(engine, "x.py", "print()\n"), "epochs": 1, "python": str(venv)}
        session = engine.post("/api/training/queue", config)["sessions"][0]["session_id"]
        shutil.rmtree(venv)
        engine.post("/api/training/start")
        found = engine.wait(session)
        check_equal((found["status"], found["reason_code"]), ("failed", "launch"), found)
        check(f"There is no Python {venv}" in found["reason"], found["reason"])


if __name__ == "__main__":
    main()
