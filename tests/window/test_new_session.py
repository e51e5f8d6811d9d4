#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""What is chosen in New Session is what is queued, as a person chooses it: by keyboard, in a real window."""

import sys
from pathlib import Path
from typing import Any

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

from a11y import Node  # noqa: E402
from faultstub import FaultStub  # noqa: E402
from tap import check, check_equal, main, test, wait_for  # noqa: E402
from windowrun import WindowRun  # noqa: E402

SECRETS = {"claude": "sk-ant-api03-" + "A" * 30, "openai": "sk-proj-" + "C" * 40}
VENDORS = {"claude": "anthropic", "openai": "openai"}


def add_key(run: WindowRun, stub: FaultStub, provider: str, name: str) -> str:
    """A key that works; its id."""
    status, answer = run.engine.request("POST", "/api/keys/add", {
        "provider": provider, "name": name, "secret": SECRETS[provider] + name, "base_url": stub.base(VENDORS[provider])})
    check_equal(status, 201, str(answer))
    return answer["key"]["id"]


def open_dialog(run: WindowRun, provider: str) -> Node:
    """New Session, once it has begun with the provider who has a key."""
    run.press("New Session", "button")
    dialog = run.root.find("dialog", "New Session")
    wait_for(lambda: provider in [label.name for label in dialog.find("combo box", "Provider").find_all("label")], 20,
             f"{provider} in {dialog.dump()}")
    return dialog


def open_advanced(run: WindowRun, dialog: Node) -> None:
    """What is folded away."""
    run.reach(dialog.find("list item", "Advanced"))
    run.desktop.keyboard().press("space")
    dialog.find("combo box", "Supervision")


def queue(run: WindowRun, dialog: Node) -> dict[str, Any]:
    """Presses Add to Queue; the session that came of it."""
    before = len(run.engine.get("/api/training/queue")["sessions"])
    run.press("Add to Queue", "button", dialog)
    wait_for(lambda: not run.root.find_all("dialog", "New Session"), 20, "the dialog to close")
    sessions = run.engine.get("/api/training/queue")["sessions"]
    check_equal(len(sessions), before + 1, "sessions")
    return run.engine.session(sessions[-1]["session_id"])["config"]


@test("New Session as it opens: the provider who has a key, told of verdicts, and a price for them")
def untouched() -> None:
    with FaultStub() as stub, WindowRun() as run:
        run.open()
        run.see("Nothing Queued")
        add_key(run, stub, "claude", "mine")
        dialog = open_dialog(run, "Anthropic")
        run.see("$", where=dialog)
        wait_for(lambda: any("$0.0" in text for text in dialog.texts()), 20, "a price")
        check(not any("no cost" in text for text in dialog.texts()), dialog.texts())
        config = queue(run, dialog)
        check_equal((config["provider"], config["policy"], config["corpus"], config["epochs"], config["target"]),
                    ("claude", "notify", "english", 200, "helix-100m"))
        check(config["model"].startswith("claude-"), config)
        check_equal([config.get(name) for name in ("key", "budget_usd", "script", "command", "python", "resume_from",
                                                    "corpus_file", "settings")], [None] * 7 + [{}])


@test("New Session with all of it filled in: every row arrives")
def filled() -> None:
    with FaultStub() as stub, WindowRun() as run:
        run.open()
        run.see("Nothing Queued")
        add_key(run, stub, "claude", "mine")
        add_key(run, stub, "openai", "first")
        second = add_key(run, stub, "openai", "second")
        dialog = open_dialog(run, "Anthropic")
        run.choose("Provider", "OpenAI", dialog)
        run.choose("Corpus", "Translation", dialog)
        run.choose("Target", "Helix10m", dialog)
        dialog.find("spin button", "Epochs From 1 to 500").set_value(77)
        open_advanced(run, dialog)
        for name, text in (("Batch Size", "24"), ("Sequence Length", "128"), ("Learning Rate", "0.0007"), ("Early Stopping", "12"), ("Budget", "1.50"),
                           ("Environment", "TWO=2 QUOTED='a b'")):
            run.type_into(name, text, dialog)
        run.choose("Key", "second", dialog)
        run.choose("Supervision", "Pause at D", dialog)
        dialog.find("spin button", "Verdict Every Epochs; 0 asks at the quality gates only").set_value(7)
        run.reach(dialog.find("switch", "Stop by Rule"))
        run.desktop.keyboard().press("space")
        config = queue(run, dialog)
        wanted = {"provider": "openai", "corpus": "translation", "target": "helix-10m", "epochs": 77,
                  "settings": {"batch-size": "24", "seq-length": "128", "lr": "0.0007", "early-stop": "12"}, "budget_usd": "1.500000",
                  "key": second, "policy": "pause", "verdict_every": 7, "auto_stop": True, "environment": {"TWO": "2", "QUOTED": "a b"}}
        check_equal({name: config.get(name) for name in wanted}, wanted)

        # Duplicated it is the same again, also when a key comes while the dialog is open.
        run.reach(run.root.find("list item", "~Helix10m"))
        run.desktop.keyboard().press("Shift+F10")
        wait_for(lambda: any(item.has("focused") for item in run.root.find_all("menu item")), 10, "the menu")
        run.desktop.keyboard().press("l")
        dialog = run.root.find("dialog", "New Session")
        open_advanced(run, dialog)
        wait_for(lambda: "second" in dialog.find("combo box", "Key").texts(), 20, "the key")
        add_key(run, stub, "openai", "third")
        wait_for(lambda: "third" in run.engine.fetch("/api/keys/list").decode(), 20, "the third key")
        again = queue(run, dialog)
        check_equal({name: again.get(name) for name in wanted}, wanted)


if __name__ == "__main__":
    main()
