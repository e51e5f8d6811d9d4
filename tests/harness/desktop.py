# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""A desktop for one test: display, session bus, keyring, accessibility, and who shows notifications.

    with Desktop() as desktop:
        desktop.environment            # for programs that run on it
        desktop.notices                # what was notified, see desktopmocks
        desktop.keyboard().press("Tab")
        desktop.picture("shot.png")

Where a piece is missing the test is skipped, and says which.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "keys"))

import processes  # noqa: E402
from session_bus import SessionBus  # noqa: E402
from tap import Skip, wait_for  # noqa: E402

try:
    import a11y
    import desktopmocks
except ImportError as error:
    raise SystemExit(f"1..0 # SKIP no PyGObject: {error}") from error

A11Y_BUS = ("/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher",
            "/usr/lib/at-spi-bus-launcher")
SYSTEM_BUS = """<busconfig><type>system</type><listen>unix:path={path}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow send_destination="*"/><allow send_type="signal"/>
<allow receive_type="signal"/><allow receive_sender="*"/><allow own="*"/></policy></busconfig>"""


class Desktop(SessionBus):
    """All of it; a context that leaves nothing behind."""

    def __init__(self, keyring: bool = True, width: int = 1100, height: int = 760) -> None:
        super().__init__(keyring)
        self.launcher = next((path for path in A11Y_BUS if os.access(path, os.X_OK)), None)
        missing = [tool for tool in ("Xvfb",) if shutil.which(tool) is None]
        if missing or self.launcher is None:
            raise Skip(f"no {', '.join(missing) or 'at-spi-bus-launcher'}")
        for name in ("data", "config", "cache", "state"):
            (self.root / name).mkdir(mode=0o700)
            self.environment[f"XDG_{name.upper()}_HOME"] = str(self.root / name)
        for name in ("WAYLAND_DISPLAY", "GTK_A11Y", "NO_AT_BRIDGE", "G_DEBUG"):
            self.environment.pop(name, None)
        self.environment |= {"GDK_BACKEND": "x11", "GSETTINGS_BACKEND": "keyfile", "GDK_DEBUG": "no-portals",
                             "GSK_RENDERER": "cairo", "GTK_A11Y": "atspi", "XDG_DATA_DIRS": "/usr/share",
                             "XDG_CURRENT_DESKTOP": "test", "LC_ALL": os.environ.get("TC_LOCALE", "C.UTF-8"),
                             "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self.root}/system"}
        self.mark = f"TC_TEST_DESKTOP={self.root}"
        self.environment["TC_TEST_DESKTOP"] = str(self.root)
        self.size = (width, height)
        self.keys: Keyboard | None = None

    def __enter__(self) -> "Desktop":
        super().__enter__()
        self._start_display()
        config = self.root / "system.conf"
        config.write_text(SYSTEM_BUS.format(path=self.root / "system"))
        self._spawn("dbus-daemon", "--nofork", "--nopidfile", f"--config-file={config}")
        self._spawn(str(self.launcher), "--launch-immediately", "--a11y=1", "--screen-reader=1")
        wait_for((self.root / "system").exists, 10, "a system bus")
        self.mocks = desktopmocks.Mocks(self.address, f"unix:path={self.root}/system")
        self.notices = self.mocks.notices
        try:
            self.tree = wait_for(self._tree, 15, "the accessibility bus")
        except AssertionError as error:
            raise Skip(str(error)) from error
        return self

    def __exit__(self, *what: object) -> None:
        if self.keys is not None:
            self.keys.close()
        if hasattr(self, "mocks"):
            self.mocks.close()
        super().__exit__(*what)
        # What the accessibility bus and others have started of their own.
        for pid in processes.with_environment(self.mark):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def _tree(self) -> "a11y.Tree | None":
        try:
            return a11y.Tree(self.address)
        except a11y.GLib.Error:
            return None

    def _start_display(self) -> None:
        """Xvfb on a number that it finds itself."""
        reader, writer = os.pipe()
        width, height = self.size
        server = subprocess.Popen(["Xvfb", "-displayfd", str(writer), "-screen", "0", f"{width}x{height}x24",
                                   "-nolisten", "tcp"], pass_fds=[writer], env=self.environment,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.processes.append(server)
        os.close(writer)
        with os.fdopen(reader) as lines:
            number = lines.readline().strip()
        if not number:
            raise Skip("Xvfb does not start here")
        self.environment["DISPLAY"] = f":{number}"

    def keyboard(self) -> "Keyboard":
        """The one keyboard."""
        if self.keys is None:
            self.keys = Keyboard(self.environment["DISPLAY"])
        return self.keys

    def picture(self, path: str) -> None:
        """What the screen shows, into a file (needs ImageMagick)."""
        subprocess.run(["import", "-window", "root", path], env=self.environment, check=True, timeout=60)


class Keyboard:
    """Keys as a person presses them, through the X server."""

    def __init__(self, display: str) -> None:
        names = [ctypes.util.find_library(name) for name in ("X11", "Xtst")]
        if None in names:
            raise Skip("no libX11 or libXtst")
        self.x11, self.xtest = (ctypes.CDLL(name) for name in names)
        self.x11.XOpenDisplay.restype = ctypes.c_void_p
        self.x11.XStringToKeysym.restype = ctypes.c_ulong
        self.display = ctypes.c_void_p(self.x11.XOpenDisplay(display.encode()))

    def close(self) -> None:
        """Lets the display go."""
        self.x11.XCloseDisplay(self.display)

    def _windows(self) -> list[int]:
        """What lies on the screen, the lowest first."""
        ids = [ctypes.c_ulong() for _ in range(2)]
        children = ctypes.POINTER(ctypes.c_ulong)()
        n = ctypes.c_uint()
        root = self.x11.XDefaultRootWindow
        root.restype = ctypes.c_ulong
        self.x11.XQueryTree(self.display, ctypes.c_ulong(root(self.display)), ctypes.byref(ids[0]),
                            ctypes.byref(ids[1]), ctypes.byref(children), ctypes.byref(n))
        found = [children[i] for i in range(n.value)]
        if n.value:
            self.x11.XFree(children)
        return found

    def _size(self, window: int) -> tuple[int, int]:
        """Width and height of a window that is mapped, else 0, 0."""
        buffer = (ctypes.c_long * 32)()
        if not self.x11.XGetWindowAttributes(self.display, ctypes.c_ulong(window), ctypes.byref(buffer)):
            return (0, 0)
        ints = ctypes.cast(buffer, ctypes.POINTER(ctypes.c_int))
        # XWindowAttributes: x, y, width, height come first; map_state is at byte 92.
        return (ints[2], ints[3]) if ints[23] == 2 else (0, 0)

    def window_size(self) -> tuple[int, int]:
        """The size of the largest window."""
        return max((self._size(window) for window in self._windows()), default=(0, 0))

    def take_focus(self) -> None:
        """Gives the keyboard to the largest window: there is no window manager that would."""
        window = wait_for(lambda: max(((size[0] * size[1], window) for window in self._windows()
                                       if (size := self._size(window))[0] > 60), default=None), 20, "a window")[1]
        self.x11.XSetInputFocus(self.display, ctypes.c_ulong(window), 1, ctypes.c_ulong(0))
        self.x11.XSync(self.display, 0)

    def resize(self, width: int, height: int) -> None:
        """Gives the largest window another size, as a window manager does."""
        window = max(self._windows(), key=lambda window: self._size(window))
        self.x11.XResizeWindow(self.display, ctypes.c_ulong(window), width, height)
        self.x11.XSync(self.display, 0)

    def let_go(self) -> None:
        """Nobody has the keyboard: as if another window were used."""
        self.x11.XSetInputFocus(self.display, ctypes.c_ulong(0), 0, ctypes.c_ulong(0))
        self.x11.XSync(self.display, 0)

    def press(self, *keys: str) -> None:
        """Presses keys by their X names, one after the other: "Tab", "Control+n", "Shift+Tab"."""
        names = {"Control": "Control_L", "Shift": "Shift_L", "Alt": "Alt_L"}
        for chord in keys:
            codes = []
            for part in chord.split("+"):
                symbol = self.x11.XStringToKeysym(names.get(part, part).encode())
                code = self.x11.XKeysymToKeycode(self.display, ctypes.c_ulong(symbol))
                if not code:
                    raise ValueError(f"there is no key {part!r}")
                codes.append(code)
            for is_press, order in ((1, codes), (0, codes[::-1])):
                for code in order:
                    self.xtest.XTestFakeKeyEvent(self.display, code, is_press, ctypes.c_ulong(0))
            self.x11.XSync(self.display, 0)
            time.sleep(0.03)
