# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Models pulled through a real engine: progress, troubles in words, cancelling."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, os.path.dirname(__file__))
sys.path.insert(0, str(Path(__file__).parents[1] / "harness"))

from fake_ollama import GIGABYTE, FakeOllama  # noqa: E402
from enginerun import Engine  # noqa: E402
from tap import check, check_equal, main, test, wait_for as wait_until  # noqa: E402


def wait_for(condition: Callable[[], object], what: str) -> None:
    """Waits for what comes soon or never."""
    wait_until(condition, 20, what)


def use(engine: Engine, ollama: FakeOllama) -> None:
    """Tells an engine where Ollama is."""
    engine.post("/api/keys/add", {"provider": "qwen", "name": "here", "base_url": ollama.url})


def trainctl(engine: Engine, *words: str) -> "subprocess.CompletedProcess[str]":
    """Runs trainctl to its end."""
    return subprocess.run([os.environ["TC_TRAINCTL"], *words], env=engine.environment, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=30, check=False)


def start(engine: Engine, model: str) -> dict[str, Any]:
    """Begins a pull."""
    return engine.post("/api/models/pull", {"model": model})["pull"]


def look(engine: Engine, number: str) -> dict[str, Any]:
    """How a pull stands."""
    return next(pull for pull in engine.get("/api/models/pulls")["pulls"] if pull["id"] == number)


def end(engine: Engine, model: str) -> dict[str, Any]:
    """Pulls to the end, whatever it is."""
    number = start(engine, model)["id"]
    wait_for(lambda: look(engine, number)["state"] != "pulling", f"{model} ends")
    return look(engine, number)


@test("a model is pulled, once at a time, and is in the list afterwards")
def _pull() -> None:
    with FakeOllama("qwen3:4b") as ollama, Engine() as engine:
        use(engine, ollama)
        ollama.go.clear()
        pull = start(engine, "qwen3:8b")
        check_equal((pull["model"], pull["state"], pull["total"]), ("qwen3:8b", "pulling", None))
        wait_for(lambda: look(engine, pull["id"])["total"] == 4 * GIGABYTE, "the size is known")
        status, answer = engine.request("POST", "/api/models/pull", {"model": "qwen3:8b"})
        check_equal((status, answer["error"]["code"]), (409, "conflict"))
        ollama.go.set()
        wait_for(lambda: look(engine, pull["id"])["state"] == "done", "it is there")
        ended = look(engine, pull["id"])
        check_equal((ended["completed"], ended["total"], ended["problem"]), (4 * GIGABYTE + 1200, 4 * GIGABYTE + 1200,
                                                                             None))
        check_equal(ollama.pulled, [{"model": "qwen3:8b", "stream": True}])

        def has_it() -> bool:
            models = engine.get("/api/models?provider=qwen")["providers"][0]["models"]
            return any(model["id"] == "qwen3:8b" and model["live"] and model["tier"] == "FREE" for model in models)
        wait_for(has_it, "the list has it")


@test("what goes wrong is said in words")
def _troubles() -> None:
    with FakeOllama() as ollama, Engine() as engine:
        use(engine, ollama)
        for model, code, words in (
                ("missing:1b", "not-found", "no such model"), ("full:1b", "no-space", "full"),
                ("offline:1b", "unavailable", "network"), ("new:1b", "unavailable", "newer"),
                ("cut:1b", "unavailable", "broke off"), ("long:1b", "invalid", "does not talk like"),
                ("refused:1b", "not-found", "no such model"), ("odd:1b", "failed", "the cable")):
            pull = end(engine, model)
            check_equal((model, pull["state"], pull["code"]), (model, "failed", code), pull)
            check(words in pull["problem"], pull)
            check("\x1b" not in json.dumps(pull, ensure_ascii=False), pull)
        for name in ("", "../x", "a b", "-x", "x" * 300, "q;rm", 7):
            status, answer = engine.request("POST", "/api/models/pull", {"model": name})
            check_equal((status, answer["error"]["code"]), (400, "usage"), name)
        check_equal(engine.request("DELETE", "/api/models/pulls/99")[0], 404)
        check_equal(engine.request("DELETE", "/api/models/pulls/1")[0], 409)
    with Engine() as engine, FakeOllama() as gone:
        use(engine, gone)
        gone.shutdown()
        gone.server_close()
        pull = end(engine, "qwen3:8b")
        check_equal((pull["state"], pull["code"]), ("failed", "unavailable"))
        check("Ollama does not run" in pull["problem"], pull)


@test("a pull that is cancelled makes Ollama stop")
def _cancel() -> None:
    with FakeOllama() as ollama, Engine() as engine:
        use(engine, ollama)
        ollama.go.clear()
        pull = start(engine, "qwen3:8b")
        wait_for(lambda: look(engine, pull["id"])["total"] is not None, "it has begun")
        check_equal(engine.request("DELETE", f"/api/models/pulls/{pull['id']}")[0], 200)
        wait_for(lambda: look(engine, pull["id"])["state"] == "cancelled", "it has ended")
        wait_for(ollama.left.is_set, "the connection to Ollama is closed")
        check_equal(start(engine, "qwen3:8b")["state"], "pulling")


@test("trainctl shows a pull: plain lines in a pipe, JSON for programs")
def _plain() -> None:
    with FakeOllama() as ollama, Engine() as engine:
        use(engine, ollama)
        result = trainctl(engine, "models", "pull", "qwen3:8b")
        check_equal((result.returncode, result.stderr), (0, ""))
        lines = result.stdout.splitlines()
        check(all(line.startswith("qwen3:8b  ") for line in lines) and lines, lines)
        check("success" in lines[-1] and "100 %  4.0 GB of 4.0 GB" in lines[-1].replace("\xa0", " "), lines)
        check("\r" not in result.stdout and "\x1b" not in result.stdout, result.stdout)

        result = trainctl(engine, "--json", "models", "pull", "full:1b")
        check_equal(result.returncode, 1)
        check_equal(json.loads(result.stdout)["code"], "no-space")
        check("disk" in result.stderr, result.stderr)
        result = trainctl(engine, "models", "pull", "no such")
        check_equal((result.returncode, result.stdout), (2, ""))
        result = trainctl(engine, "models", "--provider", "qwen")
        check("qwen3:8b" in result.stdout and "✓ offered" in result.stdout, result.stdout)
        check("trainctl models pull qwen3:4b" in result.stdout, result.stdout)


@test("Ctrl+C in a terminal cancels the pull")
def _interrupt() -> None:
    with FakeOllama() as ollama, Engine() as engine:
        use(engine, ollama)
        ollama.go.clear()
        ours, theirs = pty.openpty()
        with subprocess.Popen([os.environ["TC_TRAINCTL"], "models", "pull", "qwen3:8b"], env=engine.environment,
                              stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True) as process:
            os.close(theirs)
            seen = b""
            while b"of 4.0" not in seen:
                seen += os.read(ours, 4096)
            process.send_signal(signal.SIGINT)
            while process.poll() is None:
                try:
                    seen += os.read(ours, 4096)
                except OSError:
                    break
            check_equal(process.wait(20), 130, seen)
        os.close(ours)
        check(b"\r\x1b[K" in seen and b"Stopped" in seen, seen)
        wait_for(ollama.left.is_set, "Ollama was told")


@test("the list of before is there when Ollama is gone, and says how old it is")
def _kept() -> None:
    with Engine() as engine:
        with FakeOllama("mine:latest") as ollama:
            use(engine, ollama)
            engine.get("/api/models?provider=qwen&refresh=1")
        engine.kill(signal.SIGTERM)
        engine.start()
        answer = engine.get("/api/models?provider=qwen&refresh=1")["providers"][0]
        check(answer["live"] and answer["fetched_at"] is not None and answer["problem"] is not None, answer)
        check("Ollama does not run" in answer["problem"], answer["problem"])
        check(any(model["id"] == "mine:latest" for model in answer["models"]), answer["models"])
        result = trainctl(engine, "models", "--provider", "qwen")
        check("mine:latest" in result.stdout and "own list is" in result.stdout, result.stdout)
        result = trainctl(engine, "models", "--provider", "claude")
        check("· no key" in result.stdout and "0.50 / 2.50 from 100.0 k" in result.stdout, result.stdout)


@test("an engine that stays asks for the lists by itself")
def _background() -> None:
    with FakeOllama("mine:latest") as ollama, Engine() as engine:
        use(engine, ollama)
        check(not engine.get("/api/models?provider=qwen")["providers"][0]["live"], "too early")
        wait_for(lambda: engine.get("/api/models?provider=qwen")["providers"][0]["live"], "it has asked")
        for other in ("claude", "openai", "xai"):
            check_equal(engine.get(f"/api/models?provider={other}")["providers"][0]["problem"], None, other)


main()
