# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Who shows notifications and who keeps a computer awake, played for a test.

On the session bus org.freedesktop.Notifications; on request also
org.gtk.Notifications (as GNOME Shell has it) and org.gnome.SessionManager; on
the system bus org.freedesktop.login1 on request.
"""

from __future__ import annotations

import os
import select
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from gi.repository import Gio, GLib

from a11y import connect

NOTIFICATIONS = """<node><interface name='org.freedesktop.Notifications'>
<method name='Notify'><arg type='s' direction='in'/><arg type='u' direction='in'/><arg type='s' direction='in'/>
<arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='as' direction='in'/>
<arg type='a{sv}' direction='in'/><arg type='i' direction='in'/><arg type='u' direction='out'/></method>
<method name='CloseNotification'><arg type='u' direction='in'/></method>
<method name='GetCapabilities'><arg type='as' direction='out'/></method>
<method name='GetServerInformation'><arg type='s' direction='out'/><arg type='s' direction='out'/>
<arg type='s' direction='out'/><arg type='s' direction='out'/></method>
<signal name='ActionInvoked'><arg type='u'/><arg type='s'/></signal>
<signal name='NotificationClosed'><arg type='u'/><arg type='u'/></signal></interface></node>"""
SHELL = """<node><interface name='org.gtk.Notifications'>
<method name='AddNotification'><arg type='s' direction='in'/><arg type='s' direction='in'/>
<arg type='a{sv}' direction='in'/></method>
<method name='RemoveNotification'><arg type='s' direction='in'/><arg type='s' direction='in'/></method>
</interface></node>"""
SESSION = """<node><interface name='org.gnome.SessionManager'>
<method name='RegisterClient'><arg type='s' direction='in'/><arg type='s' direction='in'/>
<arg type='o' direction='out'/></method>
<method name='UnregisterClient'><arg type='o' direction='in'/></method>
<method name='Inhibit'><arg type='s' direction='in'/><arg type='u' direction='in'/><arg type='s' direction='in'/>
<arg type='u' direction='in'/><arg type='u' direction='out'/></method>
<method name='Uninhibit'><arg type='u' direction='in'/></method></interface></node>"""
LOGIN = """<node><interface name='org.freedesktop.login1.Manager'>
<method name='Inhibit'><arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='s' direction='in'/>
<arg type='s' direction='in'/><arg type='h' direction='out'/></method></interface></node>"""

PORTAL = """<node><interface name='org.freedesktop.portal.FileChooser'>
<method name='OpenFile'><arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='a{sv}' direction='in'/>
<arg type='o' direction='out'/></method>
<property name='version' type='u' access='read'/></interface></node>"""
REQUEST = "/org/freedesktop/portal/desktop/request"


@dataclass
class Notice:
    """One notification, by whichever way it came."""

    number: int
    name: str                    # what the application calls it, where that is told
    title: str
    body: str
    actions: dict[str, str]      # of a button or "default" → its label
    hints: dict[str, Any] = field(default_factory=dict)


@dataclass
class Inhibition:
    """What keeps the computer awake."""

    who: str
    why: str
    what: str
    mode: str
    reader: int                  # end of a pipe that breaks when the inhibitor is let go
    released_at: float = 0

    def is_held(self) -> bool:
        """Whether somebody still holds it."""
        if not self.released_at and self.reader >= 0 and select.select([self.reader], [], [], 0)[0]:
            self.released_at = time.monotonic()
        return not self.released_at


class Mocks:
    """The services; in a thread of their own until close()."""

    def __init__(self, session_address: str, system_address: str) -> None:
        self.notices: list[Notice] = []
        self.inhibitions: list[Inhibition] = []
        self.seen_by_shell: list[Notice] = []
        self.asked: list[tuple[str, str | None]] = []   # of the portal; what /proc/PID/root of who asked is
        self.uri = ""
        self.session_address, self.system_address = session_address, system_address
        self.context = GLib.MainContext()
        self.loop = GLib.MainLoop(self.context)
        self.connections: dict[str, Gio.DBusConnection] = {}
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        self.offer(session_address, "org.freedesktop.Notifications", "/org/freedesktop/Notifications", NOTIFICATIONS)

    def _run(self) -> None:
        self.context.push_thread_default()
        self.loop.run()
        self.context.pop_thread_default()

    def _in_thread(self, work: Any) -> None:
        """Does something where the services live, and waits for it."""
        done = threading.Event()
        problem: list[BaseException] = []

        def do(*_: Any) -> bool:
            try:
                work()
            except Exception as error:  # told where it was asked for
                problem.append(error)
            done.set()
            return False

        source = GLib.idle_source_new()
        source.set_callback(do)
        source.attach(self.context)
        if not done.wait(20):
            raise AssertionError("the mocks do not answer")
        if problem:
            raise problem[0]

    def offer(self, address: str, name: str, path: str, xml: str) -> None:
        """Puts one service on a bus."""

        def work() -> None:
            connection = self.connections.get(name) or connect(address)
            self.connections[name] = connection
            for interface in Gio.DBusNodeInfo.new_for_xml(xml).interfaces:
                connection.register_object_with_closures2(path, interface, self._called, lambda *_: GLib.Variant("u", 4), None)
            connection.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                 "RequestName", GLib.Variant("(su)", (name, 4)), None, Gio.DBusCallFlags.NONE, 5000, None)

        self._in_thread(work)

    def offer_shell(self) -> None:
        """From now on notifications go the way they go in GNOME."""
        self.offer(self.session_address, "org.gtk.Notifications", "/org/gtk/Notifications", SHELL)

    def offer_session(self) -> None:
        """A session manager, as GNOME has it."""
        self.offer(self.session_address, "org.gnome.SessionManager", "/org/gnome/SessionManager", SESSION)

    def offer_login(self) -> None:
        """logind, as far as inhibitors go."""
        self.offer(self.system_address, "org.freedesktop.login1", "/org/freedesktop/login1", LOGIN)

    def offer_portal(self, uri: str) -> None:
        """A portal for files, where a person always chooses this one."""
        self.uri = uri
        self.offer(self.session_address, "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop", PORTAL)

    def close(self) -> None:
        """Ends all of them."""
        self._in_thread(lambda: [connection.close_sync() for connection in self.connections.values()])
        self.loop.quit()
        self.thread.join(10)
        for inhibition in self.inhibitions:
            if inhibition.reader >= 0:
                os.close(inhibition.reader)

    def _called(self, connection: Any, sender: str, path: str, interface: str, method: str,
                parameters: GLib.Variant, invocation: Gio.DBusMethodInvocation) -> None:
        handler = getattr(self, f"_on_{interface.split('.')[-1].lower()}_{method.lower()}", None)
        if handler is None:
            invocation.return_value(None)
        else:
            handler(invocation, *parameters.unpack())

    def _on_notifications_notify(self, invocation: Any, app: str, replaces: int, icon: str, title: str, body: str,
                                 actions: list[str], hints: dict[str, Any], timeout: int) -> None:
        number = replaces or len(self.notices) + 1
        self.notices.append(Notice(number, "", title, body, dict(zip(actions[::2], actions[1::2])), hints))
        invocation.return_value(GLib.Variant("(u)", (number,)))

    def _on_notifications_getcapabilities(self, invocation: Any) -> None:
        invocation.return_value(GLib.Variant("(as)", (["actions", "body", "body-markup"],)))

    def _on_notifications_getserverinformation(self, invocation: Any) -> None:
        invocation.return_value(GLib.Variant("(ssss)", ("test", "test", "1", "1.2")))

    def _on_notifications_addnotification(self, invocation: Any, app: str, name: str, what: dict[str, Any]) -> None:
        actions = {button["action"]: button["label"] for button in what.get("buttons", [])}
        if "default-action" in what:
            actions[what["default-action"]] = "default"
        self.seen_by_shell.append(Notice(len(self.seen_by_shell) + 1, name, what["title"], what.get("body", ""),
                                         actions, what))
        invocation.return_value(None)

    def invoke(self, notice: Notice, label: str) -> None:
        """A person presses a button of a notification, or ("default") the notification."""
        key = next(key for key, text in notice.actions.items() if label in (text, key))
        self._in_thread(lambda: self.connections["org.freedesktop.Notifications"].emit_signal(
            None, "/org/freedesktop/Notifications", "org.freedesktop.Notifications", "ActionInvoked",
            GLib.Variant("(us)", (notice.number, key))))

    def _on_sessionmanager_registerclient(self, invocation: Any, app: str, startup: str) -> None:
        invocation.return_value(GLib.Variant("(o)", ("/org/gnome/SessionManager/Client1",)))

    def _on_sessionmanager_inhibit(self, invocation: Any, app: str, window: int, why: str, flags: int) -> None:
        self.inhibitions.append(Inhibition(app, why, str(flags), "session", -1))
        invocation.return_value(GLib.Variant("(u)", (len(self.inhibitions),)))

    def _on_sessionmanager_uninhibit(self, invocation: Any, cookie: int) -> None:
        self.inhibitions[cookie - 1].released_at = time.monotonic()
        invocation.return_value(None)

    def _on_manager_inhibit(self, invocation: Any, what: str, who: str, why: str, mode: str) -> None:
        reader, writer = os.pipe()
        self.inhibitions.append(Inhibition(who, why, what, mode, reader))
        handles = Gio.UnixFDList.new()
        handles.append(writer)
        os.close(writer)
        invocation.return_value_with_unix_fd_list(GLib.Variant("(h)", (0,)), handles)

    def _on_filechooser_openfile(self, invocation: Any, parent: str, title: str, options: dict[str, Any]) -> None:
        sender, connection = invocation.get_sender(), invocation.get_connection()
        pid = connection.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                   "GetConnectionUnixProcessID", GLib.Variant("(s)", (sender,)), None,
                                   Gio.DBusCallFlags.NONE, 5000, None).unpack()[0]
        try:
            root = os.readlink(f"/proc/{pid}/root")
        except OSError:
            root = None
        self.asked.append(("OpenFile", root))
        handle = f"{REQUEST}/{sender[1:].replace('.', '_')}/{options.get('handle_token', 't')}"
        invocation.return_value(GLib.Variant("(o)", (handle,)))
        connection.emit_signal(sender, handle, "org.freedesktop.portal.Request", "Response",
                               GLib.Variant("(ua{sv})", (0 if root else 2, {"uris": GLib.Variant("as", [self.uri])})))

    def held(self) -> list[Inhibition]:
        """What keeps the computer awake now."""
        return [one for one in self.inhibitions if one.is_held()]
