#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Runs a test in a display, a session bus and folders of its own.

under_xvfb.py PROGRAM ARG…: the program's output and exit status are its own.
Without Xvfb or dbus-run-session the test is skipped, and says so.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SKIPPED = 77
START_SECONDS = 20


def environment(folder: Path) -> dict[str, str]:
    """The caller's environment, with nothing of the user's in it."""
    env = dict(os.environ)
    for name, part in (("XDG_DATA_HOME", "data"), ("XDG_CONFIG_HOME", "config"), ("XDG_CACHE_HOME", "cache"),
                       ("XDG_STATE_HOME", "state"), ("XDG_RUNTIME_DIR", "runtime"), ("HOME", "home")):
        (folder / part).mkdir(mode=0o700)
        env[name] = str(folder / part)
    env.pop("WAYLAND_DISPLAY", None)
    env.update(GDK_BACKEND="x11", GTK_A11Y=env.get("GTK_A11Y", "none"), GDK_DEBUG="no-portals",
               GSETTINGS_BACKEND="memory", XDG_DATA_DIRS="/usr/local/share:/usr/share")
    return env


def start_display() -> tuple[subprocess.Popen[bytes], str]:
    """Xvfb on a number that it finds itself."""
    reader, writer = os.pipe()
    server = subprocess.Popen(["Xvfb", "-displayfd", str(writer), "-screen", "0", "1280x900x24", "-nolisten", "tcp"],
                              pass_fds=[writer], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(writer)
    with os.fdopen(reader) as lines:
        number = lines.readline().strip()
    if not number:
        raise SystemExit("Bail out! Xvfb did not start")
    return server, f":{number}"


def main(command: list[str]) -> int:
    missing = [name for name in ("Xvfb", "dbus-run-session") if shutil.which(name) is None]
    if missing:
        print(f"1..0 # SKIP {' and '.join(missing)} not installed")
        return SKIPPED
    with tempfile.TemporaryDirectory(prefix="tc-app-test-") as folder:
        env = environment(Path(folder))
        server, env["DISPLAY"] = start_display()
        try:
            return subprocess.run(["dbus-run-session", "--", *command], env=env, check=False).returncode
        finally:
            server.terminate()
            server.wait(START_SECONDS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
