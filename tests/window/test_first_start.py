#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""The user's scenario in the window, from the first start to two sessions side by side.

A display, a keyring, somebody who shows notifications, the real engine and the
bundled trainer; only the vendor is played. All that is done is done as a
person does it, by keyboard and through the accessible tree.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

import secretsearch  # noqa: E402
from windowrun import WindowRun  # noqa: E402
from enginerun import FINAL  # noqa: E402
from faultstub import FaultStub  # noqa: E402
from tap import Skip, check, check_equal, main, note, test, wait_for  # noqa: E402

SECRET = "sk-CaNaRyOfTheWindow0123456789abcdef-Ww1"
TINY = ("--steps-per-epoch=4", "--batch-size=4", "--threads=1", "--save-every=1", "--blocks=300", "--seq-length=256",
        "--gate-samples=8", "--gate-policy=warn")
EPOCHS = {"Phase 1": 6, "Phase 2": 2, "Phase 3": 1}
SCRIPT = """import os, sys
os.execv(sys.executable, [sys.executable, {script!r}, *sys.argv[1:], *{more!r}])
"""


def make_tiny_trainer(folder: Path) -> Path:
    """The bundled trainer, which does a little only; beside it what else the engine looks for there."""
    real = Path(os.environ["TC_TRAINER"])
    for entry in (*real.iterdir(), real.parent / "supervise"):
        place = folder / entry.name if entry.name == "supervise" else folder / "trainer" / entry.name
        place.parent.mkdir(parents=True, exist_ok=True)
        if entry.name != "train_100m_production.py":
            place.symlink_to(entry)
    script = str(real / "train_100m_production.py")
    (folder / "trainer" / "train_100m_production.py").write_text(SCRIPT.format(script=script, more=TINY))
    return folder / "trainer"


def add_key(run: WindowRun, stub: FaultStub) -> None:
    """First start: nothing there; a key is added in the dialog and checked."""
    run.see("Nothing Queued")
    run.show("keys")
    run.see("No keys yet")
    run.press("Add Key")
    dialog = run.root.find("dialog", "Add Key")
    check(not dialog.find("button", "Add").has("sensitive"), "an empty form can be sent")
    run.choose("Provider", "OpenAI-compatible server", dialog)
    run.type_into("Name", "The stub", dialog)
    run.type_into("Address", stub.base("compatible"), dialog)
    run.type_into("Key", "wrong-" + SECRET, dialog)
    run.press("Add", "button", dialog)
    run.see("The server does not know this key")
    check(not any(SECRET in text for text in run.root.texts()), "the key can be read in the window")
    run.type_into("Key", SECRET, dialog)
    run.press("Add", "button", dialog)
    run.see("Valid")
    check_equal(stub.chats(), [], "checking a key asks no model")


def look_at_new_session(run: WindowRun) -> None:
    """The dialog begins with whoever has a key, and says what there is to learn."""
    run.show("queue")
    keyboard = run.desktop.keyboard()
    keyboard.take_focus()
    keyboard.press("Control+n")
    dialog = run.root.find("dialog", "New Session")
    provider = dialog.find("combo box", "Provider")
    wait_for(lambda: "OpenAI-compatible server" in [label.name for label in provider.find_all("label")], 20,
             f"the provider that has a key in {provider.dump()}")
    run.see("blocks · HLXL, LC-R, LC-T, LC-B", where=dialog)
    run.press("Close", "button", dialog)
    wait_for(lambda: not run.root.find_all("dialog", "New Session"), 20, "the dialog to close")


def queue_curriculum(run: WindowRun) -> None:
    """Three phases with the provider just added, each with its epochs."""
    run.show("queue")
    keyboard = run.desktop.keyboard()
    keyboard.take_focus()
    keyboard.press("Control+Shift+n")
    dialog = run.root.find("dialog", "Queue Curriculum")
    run.choose("Target", "Helix1m", dialog)
    for phase, epochs in EPOCHS.items():
        rows = dialog.find("list", f"~{phase}")
        run.choose("Provider", "OpenAI-compatible server", rows)
        rows.find("spin button", "Epochs From 1 to 500").set_value(epochs)
    run.press("Add to Queue", "button", dialog)
    run.root.find("list", "Sessions")
    wait_for(lambda: len(queue(run)) == 3, 20, "three sessions")
    check_equal([one["total_epochs"] for one in queue(run)], list(EPOCHS.values()), "epochs as they were typed")
    check_equal([one["status"] for one in queue(run)], ["queued"] * 3, "nothing begins by itself")


def queue(run: WindowRun) -> list[dict[str, Any]]:
    """The engine's own word for what the window shows."""
    return run.engine.get("/api/training/queue")["sessions"]


def watch_epochs(run: WindowRun) -> None:
    """Epochs come in the card, in their order, and a notice of the first gate; each but once."""
    run.press("Start the queue")
    run.see("Running")
    seen: list[int] = []
    deadline = time.monotonic() + 100
    while len(seen) < 2 or not notices(run, "Quality Gate"):
        check(time.monotonic() < deadline, "epochs seen:", seen, [one["status"] for one in queue(run)], run.root.dump())
        for text in run.root.texts():
            found = re.match(r"Epoch (\d+) of 6", text)
            if found and int(found[1]) not in seen:
                seen.append(int(found[1]))
        failed = [one for one in queue(run) if one["status"] == "failed"]
        check(not failed, failed)
    check_equal(seen, sorted(seen), "epochs in the card")
    titles = [header.name for header in run.root.find_all("row header")]
    check_equal(titles[:1], ["Running"], "headers of the queue's sections")
    check(any("Val loss" in text and re.search(r"\d\.\d", text) for text in run.root.texts()), "no loss in the card")
    note("epochs in the card:", *seen)


def notices(run: WindowRun, title: str) -> list[Any]:
    """What was notified under such a title."""
    return [notice for notice in run.mocks.notices if notice.title.startswith(title)]


def leave_and_come_back(run: WindowRun) -> None:
    """The window dies; the curriculum goes on without it, and is there when it is back."""
    before = run.engine_pid()
    run.kill()
    epochs = [(one["status"], one["epoch"]) for one in queue(run)]
    wait_for(lambda: [(one["status"], one["epoch"]) for one in queue(run)] > epochs or
             queue(run)[0]["status"] in FINAL, 60, f"the run to go on after {epochs}")
    check_equal(run.engine_pid(), before, "the engine")
    run.open()
    wait_for(lambda: all(one["status"] in FINAL for one in queue(run)), 120, "the end of the curriculum")
    check_equal([one["status"] for one in queue(run)], ["completed"] * 3, [one["reason"] for one in queue(run)])
    run.see("Finished")
    wait_for(lambda: notices(run, "Training Complete"), 20, "a notice of the end")


def look_back(run: WindowRun) -> None:
    """All three are in the history; two of them are put side by side."""
    run.show("history")
    table = run.root.find("tree grid", "Sessions that have ended")

    def boxes() -> list[Any]:
        return table.find_all("checkbox", "Select to compare")

    wait_for(lambda: len(boxes()) == 3, 20, "three sessions in the history")
    for number in range(2):
        run.reach(boxes()[number], hold="Control+")
        run.desktop.keyboard().press("space")
        wait_for(lambda number=number: boxes()[number].has("checked"), 10,
                 f"tick {number + 1}; the keyboard is on {run.focused()} in\n{table.dump()}")
    run.press("Compare", "button")
    run.see("What Differs")
    for text in ("Translation", "HLX Family", "Best Validation Loss"):
        run.see(text)
    chart = run.root.find("image", "Losses of the sessions")
    run.reach(chart)
    wait_for(lambda: "lowest" in chart.description, 20, f"the curves in words, not {chart.description}")
    run.press("Back")


@test("first start, a key, a curriculum, the window killed and back, its end, two sessions side by side")
def first_start() -> None:
    if subprocess.run(["python3", "-c", "import torch"], capture_output=True, check=False).returncode:
        raise Skip("PyTorch is not installed here")
    with FaultStub() as stub, WindowRun() as run:
        stub.keys["compatible"] = {SECRET}
        run.environment["TRAINING_CENTER_TRAINER_DIR"] = str(make_tiny_trainer(run.engine.root / "scripts"))
        run.open()
        began = time.monotonic()
        for step in (lambda: add_key(run, stub), lambda: look_at_new_session(run), lambda: queue_curriculum(run),
                     lambda: watch_epochs(run), lambda: leave_and_come_back(run), lambda: look_back(run)):
            step()
            note(f"after {time.monotonic() - began:.1f} s")
        check({call.key for call in stub.chats()} == {SECRET}, "nobody was asked for a verdict")
        check_equal(run.messages(), [], "what the window complains of")
        check_equal([path for path in (run.engine.root, run.desktop.root) if secretsearch.in_files(path, SECRET)], [],
                    "files with the key")


main()
