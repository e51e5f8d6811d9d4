#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""The WebSockets: what they say, how often, and what a bad client gets."""

import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

from apiserver import Server, WebSocket  # noqa: E402
from tap import Skip, check, check_equal, main, note, test, wait_for  # noqa: E402

try:
    import jsonschema
except ImportError:
    jsonschema = None


def validator(server: Server, schema: str) -> object:
    """Holds frames against the OpenAPI document."""
    if jsonschema is None:
        raise Skip("python3-jsonschema is not installed")
    document = server.ask("GET", "/api/openapi.json").json
    return jsonschema.Draft202012Validator(
        {"components": document["components"], "$ref": f"#/components/schemas/{schema}"})


def until(client: WebSocket, kind: str, frames: list | None = None) -> dict:
    """Reads frames until an event of a kind comes, and returns the event."""
    while True:
        frame = client.message()
        if frames is not None:
            frames.append(frame)
        for event in frame["events"]:
            if event["type"] == kind:
                return event


@test("everything that happens arrives, in frames that fit the OpenAPI document")
def all_kinds() -> None:
    with Server() as server, server.watch() as client:
        frames = [client.message()]
        check_equal([event["type"] for event in frames[0]["events"]], ["hello"], "first frame")
        check_equal(frames[0]["events"][0]["paused"], True, "paused")

        session = server.add(title="one")
        check_equal(until(client, "session-added", frames)["session"]["title"], "one", "added")
        server.do("state", session, "starting")
        event = until(client, "session-changed", frames)
        check_equal(event["session"]["status"], "starting", "changed")
        check(event["session"]["run_dir"].startswith("/"), event)
        server.do("figures", session, 3, 1.5)
        event = until(client, "session-changed", frames)
        check_equal((event["session"]["epoch"], event["session"]["train_loss"]), (3, 1.5), "figures")
        server.do("points", session, 6)
        event = until(client, "points", frames)
        check_equal(event["points"], [["train_loss", 0, 1], ["train_loss", 0.25, 0.5],
                                      ["train_loss", 0.5, 0.1], ["train_loss", 0.75, "-Infinity"],
                                      ["train_loss", 1, "Infinity"], ["train_loss", 1.25, "NaN"]])
        server.do("store", session)
        kinds = []
        while len(kinds) < 4:
            frame = client.message()
            frames.append(frame)
            kinds += [event["kind"] for event in frame["events"] if event["type"] == "record"]
        check_equal(kinds, ["gate", "checkpoint", "event", "verdict"], "records")
        server.do("log", session, 12345)
        check_equal(until(client, "log", frames), {"type": "log", "session_id": session,
                                                   "size": 12345})
        server.ask("POST", "/api/training/start")
        check_equal(until(client, "queue", frames)["paused"], False, "queue")
        other = server.add()
        server.ask("DELETE", f"/api/training/queue/{other}")
        check_equal(until(client, "session-removed", frames)["session_id"], other, "removed")

        key = server.ask("POST", "/api/keys/add", {"provider": "qwen", "name": "a", "secret": "canary-0123456789-abcd",
                                                   "base_url": "http://127.0.0.1:9"}).json["key"]
        event = until(client, "key", frames)
        check_equal((event["key_id"], event["removed"], event["key"]), (key["id"], False, key), "a key")
        pull = server.ask("POST", "/api/models/pull", {"model": "qwen3:8b"}).json["pull"]
        check_equal(until(client, "pull", frames)["pull"], pull, "a pull")
        # The end may be in the same frame.
        if [event for event in frames[-1]["events"] if event["type"] == "pull"][-1]["pull"]["state"] == "pulling":
            until(client, "pull", frames)
        check_equal(frames[-1]["events"][-1]["pull"]["state"], "failed", "nobody pulls it")
        server.ask("DELETE", f"/api/keys/{key['id']}")
        check_equal(until(client, "key", frames), {"type": "key", "key_id": key["id"], "removed": True}, "no key")
        check("canary" not in str(frames), "the secret was told")

        rules = validator(server, "EventFrame")
        for frame in frames:
            rules.validate(frame)
        seen = {event["type"] for frame in frames for event in frame["events"]}
        check_equal(seen, {"hello", "session-added", "session-changed", "session-removed", "points",
                           "record", "log", "queue", "key", "pull"}, "kinds")


@test("the status socket says one session a frame, active ones at once")
def status_socket() -> None:
    with Server() as server:
        for _ in range(3):
            server.add()
        server.do("state", 2, "starting")
        server.do("state", 2, "running")
        server.do("figures", 2, 47, 2.5)
        with server.watch("/training/status") as client:
            frame = client.message()
            check_equal((frame["session_id"], frame["status"], frame["epoch"], frame["train_loss"]),
                        ("2", "running", 47, 2.5), "on connecting")
            rules = validator(server, "Status")
            rules.validate(frame)
            server.do("figures", 2, 48, "nan")
            frame = client.message()
            check_equal((frame["epoch"], frame["train_loss"]), (48, "NaN"), "when it changes")
            rules.validate(frame)
            server.do("log", 2, 5)
            server.do("figures", 3, 1, 9)
            check_equal(client.message()["session_id"], "3", "nothing for a log")


@test("changes are merged: at most ten frames a second, and the last one counts")
def merging() -> None:
    with Server() as server:
        session = server.add()
        with server.watch() as client, server.watch("/training/status") as status:
            client.message()
            began = time.monotonic()
            rounds = 30
            for number in range(rounds):
                server.do("churn", session, 1000)
                time.sleep(0.02)
            server.do("figures", session, 777, 1)
            epochs, statuses = [], []
            while not epochs or epochs[-1] != 777:
                events = client.message()["events"]
                check_equal(len(events), 1, "one event for thousands of changes")
                epochs.append(events[0]["session"]["epoch"])
            while not statuses or statuses[-1] != 777:
                statuses.append(status.message()["epoch"])
            seconds = time.monotonic() - began
            note(f"{rounds * 1000} changes, {len(epochs)} frames, {seconds:.2f} s")
            check(len(epochs) <= seconds * 10 + 2, len(epochs), "frames in", seconds, "s")
            check(len(statuses) <= seconds * 10 + 2, len(statuses), "frames in", seconds, "s")


@test("after a quiet time an event arrives at once, not with the next tenth of a second")
def promptness() -> None:
    with Server() as server:
        session = server.add()
        with server.watch() as client:
            client.message()
            times = []
            for number in range(9):
                time.sleep(0.15)
                began = time.monotonic()
                server.do("log", session, number)
                client.message()
                times.append((time.monotonic() - began) * 1000)
            note(f"median {sorted(times)[4]:.1f} ms")
            check(min(times) < 50, times)


@test("a client that does not read is disconnected; the engine and others go on")
def stalled() -> None:
    with Server() as server:
        session = server.add()
        before = server.rss_kib()
        with server.watch() as stalled_one, server.watch() as reader:
            reader.message()
            sent = 0
            worst = 0.0
            while server.do("busy").split()[2] != "1" and sent < 400:
                began = time.monotonic()
                server.do("points", session, 2000)
                worst = max(worst, time.monotonic() - began)
                sent += 1
                until(reader, "points")
            check(sent < 400, "the stalled client was kept after", sent, "batches")
            note(f"gone after {sent} batches of 2,000 points; the slowest call took "
                 f"{worst * 1000:.0f} ms, {before} → {server.rss_kib()} KiB")
            check(sent > 20, "it was given up after", sent, "batches only")
            check(worst < 1, worst, "s")
            check_equal(server.do("busy"), "busy yes 1", "the reader is still there")
            server.do("log", session, 1)
            until(reader, "log")
            stalled_one.rest()
        wait_for(lambda: server.do("busy") == "busy no 0", 5, "both are gone")
        server.check_memory(before + 20 * 1024)


@test("pings are answered, what clients say is ignored, too much of it ends the talk")
def client_frames() -> None:
    with Server() as server:
        session = server.add()
        with server.watch() as client:
            client.message()
            client.put(9, b"hello?")
            check_equal(client.frame(), (10, b"hello?"), "pong")
            client.put(1, b'{"pause":true}')
            server.do("log", session, 1)
            check_equal(until(client, "log")["size"], 1, "it goes on")
            client.put(1, b"x" * 5000)
            check(client.rest()[:1] in (b"", b"\x88"), "it was told more")
        with server.watch() as client:
            client.message()
            client.put(8, (1000).to_bytes(2, "big"))
            check_equal(client.frame()[0], 8, "goodbye")
            check_equal(client.rest(), b"", "and closed")
        wait_for(lambda: server.do("busy") == "busy no 0", 5, "nobody is connected")


@test("an event client is what keeps the engine busy; a plain connection is only counted")
def busy() -> None:
    with Server() as server:
        check_equal(server.do("busy"), "busy no 0", "at first")
        with server.connect() as connection:
            connection.send(b"GET /api/engine HTTP/1.1\r\nHost: localhost\r\n\r\n")
            connection.reply()
            check_equal(server.do("busy"), "busy no 1", "a plain connection")
            with server.watch():
                check_equal(server.do("busy"), "busy yes 2", "an event client")
        wait_for(lambda: server.do("busy") == "busy no 0", 5, "gone")


@test("the engine says goodbye when it leaves")
def goodbye() -> None:
    with Server() as server, server.watch() as client:
        client.message()
        check_equal(server.ask("POST", "/api/engine/stop").json, {"ok": True}, "stop")
        opcode, payload = client.frame()
        check_equal((opcode, int.from_bytes(payload[:2], "big")), (8, 1001), "going away")


@test("there is a limit to the number of event clients")
def many() -> None:
    with Server() as server:
        clients = [server.watch() for _ in range(64)]
        with server.connect(WebSocket) as one_more:
            reply = one_more.handshake("/training/events", "localhost")
            check_equal((reply.status, reply.code), (503, "busy"), "the 65th")
        session = server.add()
        for client in clients:
            check_equal(until(client, "session-added")["session"]["session_id"], session)
            client.close()


main()
