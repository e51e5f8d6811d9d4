# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Measures the window: beside GNOME Text Editor on the same display, and what its frames cost.

Both programs paint with the same renderer on the same Xvfb, in turns. The first
frame is there when a pixel of the header bar has a colour.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "harness"))

from enginerun import Engine  # noqa: E402
from tap import Skip  # noqa: E402

ROUNDS = 9
SETTLED_SECONDS = 2.5
LOG_BYTES = 1_000_000_000
Row = Callable[[str, str, str, str], None]


class Screen:
    """What the X server shows at one place."""

    def __init__(self, display: str) -> None:
        self.x11 = ctypes.CDLL("libX11.so.6")
        self.x11.XOpenDisplay.restype = ctypes.c_void_p
        self.x11.XGetImage.restype = ctypes.c_void_p
        self.x11.XGetPixel.restype = ctypes.c_ulong
        self.x11.XDefaultRootWindow.restype = ctypes.c_ulong
        self.display = ctypes.c_void_p(self.x11.XOpenDisplay(display.encode()))
        self.root = ctypes.c_ulong(self.x11.XDefaultRootWindow(self.display))

    def pixel(self, x: int, y: int) -> int:
        """A colour."""
        image = ctypes.c_void_p(self.x11.XGetImage(self.display, self.root, x, y, 1, 1, ctypes.c_ulong(0xFFFFFF), 2))
        found = int(self.x11.XGetPixel(image, 0, 0))
        self.x11.XDestroyImage(image)
        return found


def memory(pid: int) -> tuple[float, float]:
    """Proportional and private memory of a process in MB."""
    fields = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, value, *_ = line.split()
        fields[name.rstrip(":")] = int(value) / 1024
    return fields["Pss"], fields["Private_Dirty"] + fields["Private_Clean"]


def first_frame(command: list[str], environment: dict[str, str], screen: Screen) -> tuple[float, float, float]:
    """Seconds to the first frame of a program, and its memory when it has come to rest."""
    deadline = time.monotonic() + 10
    while screen.pixel(300, 20) and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.3)
    began = time.perf_counter()
    with subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as process:
        while not screen.pixel(300, 20):
            if time.perf_counter() - began > 30:
                raise AssertionError(f"{command[0]} shows nothing")
            time.sleep(0.001)
        took = time.perf_counter() - began
        time.sleep(SETTLED_SECONDS)
        pss, private = memory(process.pid)
        process.kill()
    return took, pss, private


def beside_editor(desktop: object, environment: dict[str, str], build: Path, row: Row) -> None:
    """Start and memory of both, in turns."""
    screen = Screen(environment["DISPLAY"])
    sides = {"ours": [str(build / "src/app/training-center")]}
    editor = shutil.which("gnome-text-editor")
    if editor is not None:
        sides["editor"] = [editor, "--standalone", "--new-window"]
    found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in sides}
    for number in range(ROUNDS + 1):
        for name in list(sides)[::1 if number % 2 else -1]:
            measured = first_frame(sides[name], environment, screen)
            if number:  # the first only warms the caches
                found[name].append(measured)
    middle = {name: [statistics.median(values) for values in zip(*rounds)] for name, rounds in found.items()}
    ours, peer = middle["ours"], middle.get("editor")
    beside = ["GNOME Text Editor is not installed"] * 2
    if peer is not None:
        beside = [f"GNOME Text Editor {1000 * peer[0]:.0f} ms", f"GNOME Text Editor {peer[1]:.0f} MB ({peer[2]:.0f} MB)"]
    ratios = [f" ({ours[i] / peer[i]:.2f} ×)" if peer else "" for i in (0, 1)]
    row("window: time to the first frame, 200 sessions in the queue", f"{1000 * ours[0]:.0f} ms{ratios[0]}", beside[0],
        "below the editor's")
    row("window: memory at rest, PSS (private)", f"{ours[1]:.0f} MB ({ours[2]:.0f} MB){ratios[1]}", beside[1],
        "below the editor's")


def frames(build: Path, environment: dict[str, str], *arguments: str) -> dict[str, float]:
    """What bench-window tells."""
    output = subprocess.run([build / "tests/bench/bench-window", *arguments], env=environment, capture_output=True,
                            text=True, check=True, timeout=240).stdout
    return {name: float(value) for name, value in (line.split() for line in output.splitlines())}


def logs(build: Path, environment: dict[str, str], folder: Path, row: Row) -> None:
    """A large log, and one that comes too quickly."""
    path = folder / "output.log"
    with path.open("w") as file:
        number = 0
        while file.tell() < LOG_BYTES:
            file.write("".join(f"step {number + i}: train loss {2 + (number + i) % 97 / 100:.4f}, 12000 tokens/s\n"
                               for i in range(10_000)))
            number += 10_000
    found = frames(build, environment, "log", str(path))
    row("log of 1 GB: first lines shown, then a jump anywhere", f"{found['open']:.0f} ms, {found['jump_median']:.1f} ms "
        f"(worst of {found['jump_count']:.0f}: {found['jump_worst']:.1f} ms), {found['lines']:,.0f} lines", "—", "< 50 ms")
    path.unlink()
    found = frames(build, environment, "storm", str(path))
    assert found["lines"] == found["expected"], found
    row("log: a line of 200 MB, 10 M overwrites, then 50,000 lines/s", f"longest wait of the main loop "
        f"{found['gap_worst']:.0f} ms, {found['rss_peak']:.0f} MB at most", "—", "< 100 ms, < 300 MB")
    path.unlink()


def measure(build: Path, row: Row) -> None:
    """All of it."""
    try:
        from desktop import Desktop
        with Desktop(width=1100, height=760) as desktop:
            given = {name: value for name, value in desktop.environment.items()
                     if os.environ.get(name) != value and not name.startswith("XDG_")} | {
                         "GTK_A11Y": "none", "XDG_DATA_DIRS": "/usr/share"}
            with Engine(**given) as engine:
                engine.post("/api/training/queue", {"sessions": [{"command": "true", "epochs": 1}] * 200})
                beside_editor(desktop, engine.environment, build, row)
            with Engine(**given) as engine:
                for _ in range(20):
                    engine.post("/api/training/queue", {"sessions": [{"command": "true", "epochs": 1}] * 500})
                found = frames(build, engine.environment, "list")
                row("10,000 sessions: mirrored, page shown", f"{found['mirrored']:.0f} ms, {found['shown']:.0f} ms", "—",
                    "< 100 ms")
                row("10,000 sessions: a frame while scrolling", f"{found['scroll_median']:.1f} ms (worst of "
                    f"{found['scroll_count']:.0f}: {found['scroll_worst']:.1f} ms)", "—", "< 16.7 ms")
                found = frames(build, engine.environment, "history")
                sorts = [value for name, value in found.items() if name.startswith("sort_") and name.endswith("_worst")]
                row("10,000 sessions in the history: the main loop waits, searched; sorted",
                    f"{max(found['search_worst'], found['search_on_worst']):.0f} ms; {statistics.median(sorts):.0f} ms "
                    f"(worst {max(sorts):.0f})", "—", "< 33 ms")
                found = frames(build, engine.environment, "chart")
                row("chart of 1 M points: first frame", f"{found['first']:.1f} ms", "uPlot 37 ms for 166,650", "< 37 ms")
                row("chart of 1 M points: a frame of zoom, of pan", f"{found['zoom_median']:.1f} ms (worst "
                    f"{found['zoom_worst']:.1f}), {found['pan_median']:.1f} ms (worst {found['pan_worst']:.1f})", "—",
                    "< 8 ms")
                logs(build, engine.environment, engine.root, row)
    except Skip as reason:
        row("window", f"not measured: {reason}", "—", "")
