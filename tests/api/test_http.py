#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""What the API answers, held against its own OpenAPI document."""

import csv
import io
import json
import os
import stat
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

from apiserver import Reply, Server  # noqa: E402
from tap import Skip, check, check_equal, main, note, test, wait_for  # noqa: E402

try:
    import jsonschema
except ImportError:
    jsonschema = None


class Document:
    """The OpenAPI document, as something to hold answers against."""

    def __init__(self, server: Server) -> None:
        self.json = server.ask("GET", "/api/openapi.json").json

    def operation(self, method: str, path: str) -> dict:
        """The description of an operation; path with {id}."""
        return self.json["paths"][path][method.lower()]

    def validate(self, schema: dict, value: object) -> None:
        """Fails unless value fits the schema."""
        if jsonschema is None:
            raise Skip("python3-jsonschema is not installed")
        whole = {"$schema": "https://json-schema.org/draft/2020-12/schema",
                 "components": self.json["components"], **schema}
        jsonschema.Draft202012Validator(whole).validate(value)

    def hold(self, method: str, path: str, reply: Reply) -> Reply:
        """Fails unless the answer is one that the document announces."""
        responses = self.operation(method, path)["responses"]
        response = responses.get(str(reply.status)) or responses["default"]
        if "$ref" in response:
            check(reply.status >= 400, path, reply.status, "is not announced")
            response = self.json["components"]["responses"]["Error"]
        content = response["content"]
        media = reply.headers["content-type"].partition(";")[0]
        check(media in content, path, "answers with", media)
        if media == "application/json":
            self.validate(content[media]["schema"], reply.json)
        return reply


def put_log(server: Server, session: str, data: bytes) -> Path:
    """Writes a session's log."""
    folder = server.root / "data" / "training-center" / "runs" / session
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "output.log").write_bytes(data)
    return folder / "output.log"


@test("the table of routes and the OpenAPI document name the same things")
def same_routes() -> None:
    with Server() as server:
        document = Document(server)
        table = set()
        line = server.do("routes")
        while line != "end":
            method, path, flags, summary = line.split(" ", 3)
            path = path.replace(":id", "{id}")
            table.add((method, path))
            operation = document.operation(method, path)
            check_equal(operation["summary"], summary, path)
            check_equal("x-websocket" in operation, bool(int(flags) & 2), f"{path} websocket")
            line = server.line()
        written = {(method.upper(), path) for path, operations in document.json["paths"].items()
                   for method in operations}
        check_equal(written, table, "operations")
        names = [operation["operationId"] for operations in document.json["paths"].values()
                 for operation in operations.values()]
        check_equal(len(names), len(set(names)), "operation ids")
        check_equal(document.json["openapi"], "3.1.0", "version")


@test("every reference of the OpenAPI document leads somewhere, every schema is used")
def references() -> None:
    with Server() as server:
        document = Document(server).json
        text = json.dumps(document)
        for kind in ("schemas", "responses"):
            for name in document["components"][kind]:
                check(f'"#/components/{kind}/{name}"' in text, name, "is not used")

        def walk(node: object) -> None:
            if isinstance(node, dict):
                if "$ref" in node:
                    at = document
                    for part in node["$ref"].split("/")[1:]:
                        check(part in at, node["$ref"], "leads nowhere")
                        at = at[part]
                for value in node.values():
                    walk(value)
            elif isinstance(node, list):
                for value in node:
                    walk(value)

        walk(document)


def ask_models(ask: Callable[..., Reply]) -> None:
    """Asks for the models, of all and of one, and of one without a key."""
    models = ask("GET", "/api/models").json["providers"]
    check_equal([entry["provider"] for entry in models], ["claude", "openai", "xai", "qwen", "compatible"],
                "providers")
    check_equal(len(ask("GET", "/api/models", query="?provider=xai").json["providers"]), 1, "one provider")
    again = ask("GET", "/api/models", query="?provider=claude&refresh=1").json["providers"][0]
    check("There is no key" in again["problem"] and again["models"] != [], again["problem"])


def ask_pulls(ask: Callable[..., Reply]) -> None:
    """Pulls a model where no Ollama is; how that ends is told, and there is nothing to stop then."""
    pull = ask("POST", "/api/models/pull", {"model": "qwen3:8b"}, status=201).json["pull"]
    check_equal((pull["id"], pull["model"], pull["state"]), ("1", "qwen3:8b", "pulling"), "pull")
    wait_for(lambda: ask("GET", "/api/models/pulls").json["pulls"][0]["state"] == "failed", 20, "it has failed")
    check("Ollama does not run" in ask("GET", "/api/models/pulls").json["pulls"][0]["problem"], "why")
    ask("DELETE", "/api/models/pulls/{id}", session="1", status=409)


def ask_estimates(ask: Callable[..., Reply]) -> None:
    """Asks what two sessions would take; nobody ran the like, and nothing is queued."""
    before = len(ask("GET", "/api/training/queue").json["sessions"])
    chain = {"chain": True, "sessions": [
        {"provider": "xai", "model": "grok-4.7", "epochs": 200, "verdict_every": 25},
        {"provider": "openai", "model": "nobody-knows-it", "epochs": 50}]}
    found = ask("POST", "/api/training/estimate", chain).json
    first, second = found["sessions"]
    check_equal((first["time"]["low"], first["time"]["unit"]), (None, "seconds"), "time")
    check("not known yet" in first["time"]["basis"], first["time"])
    check_equal((first["verdicts"], second["verdicts"], found["total"]["verdicts"]), (12, 5, 17), "verdicts")
    check(0 < float(first["money"]["low"]) < float(first["money"]["high"]), first["money"])
    check_equal((second["money"]["high"], found["total"]["money"]["high"]), (None, None), "no price, no sum")
    check_equal(len(ask("GET", "/api/training/queue").json["sessions"]), before, "sessions")
    check_equal(ask("GET", "/api/training/estimate/{id}").json,
                {"session_id": "1", "estimate": None, "truth": None}, "what is kept")


def ask_notes(ask: Callable[..., Reply]) -> None:
    """Writes on a session what its owner may, and reads it again."""
    path = "/api/training/annotate/{id}"
    note = "<b>bold</b> &amp;\n\u202eline\twith %s\x07" + "ä" * 8000
    noted = ask("POST", path, {"tags": [" baseline ", "", "<i>&", "baseline"], "note": note}).json["session"]
    check_equal((noted["tags"], noted["note"]), (["baseline", "<i>&"], note), "what was written")
    noted = ask("POST", path, {"tags": []}).json["session"]
    check_equal((noted["tags"], noted["note"]), ([], note), "a note that nobody spoke of")
    noted = ask("POST", path, {"note": ""}).json["session"]
    check_equal((noted["tags"], noted["note"]), ([], None), "an empty note")
    ask("POST", path, {"tags": ["kept"]})
    for wrong in ({}, {"tags": "a"}, {"tags": [1]}, {"tags": ["x" * 41]}, {"tags": ["two\nlines"]},
                  {"tags": [f"t{number}" for number in range(17)]}, {"note": None}, {"note": 5},
                  {"note": "x" * 16385}, {"name": "x"}):
        ask("POST", path, wrong, status=400)
    check_equal(ask("GET", "/api/training/status/{id}").json["session"]["tags"], ["kept"], "after refusals")


SECRET = "sk-ant-api03-" + "Ab3_dEf7hIj-" * 8 + "AA"


def put_folder(server: Server) -> None:
    """Writes what a run leaves in its folder, with more than anybody may be told."""
    folder = server.root / "data" / "training-center" / "runs" / "1"
    (folder / "gates").mkdir(parents=True, exist_ok=True)
    (folder / "spec.json").write_text(json.dumps({
        "version": 1, "attempt": 1, "cwd": "/somewhere", "surplus": "x",
        "argv": ["python3", "train.py", "--epochs", "7", f"--api-key={SECRET}"],
        "environment": {"HOME": "/home/a", "N": 5, "A": SECRET}, "script_sha256": "ab" * 32, "left_out": ["--seed"],
        "python": {"program": "/usr/bin/python3", "version": "3.11.2", "torch": None, "more": SECRET},
        "machine": {"cpu": "A fast one", "cpus": 2, "memory_bytes": 1024, "gpus": ["NVIDIA H200"]}}))
    (folder / "gates" / "gate_epoch5.json").write_text(json.dumps({
        "status": "pass", "checkpoint": "/secret/place", "figures": {"perplexity": 2.5},
        "tests": [{"name": "parroting", "status": "pass", "details": "2.0% of \x1b[31mthem", "more": 1}] * 30,
        "samples": [{"prompt": "The cat", "format": None, "expected": None, "answer": "sat" * 2000}, 7] * 30}))


def ask_folder(ask: Callable[..., Reply], server: Server) -> None:
    """Asks for what put_folder() writes, and for what is not there."""
    put_folder(server)
    found = ask("GET", "/api/training/spec/{id}").json
    check(SECRET not in json.dumps(found), "a key was told")
    check(found["spec"]["argv"].pop().startswith("--api-key=*"), found["spec"])
    found["spec"]["environment"].pop("A")
    check_equal(found["spec"], {
        "attempt": 1, "argv": ["python3", "train.py", "--epochs", "7"], "cwd": "/somewhere", "environment": {"HOME": "/home/a"},
        "script_sha256": "ab" * 32, "left_out": ["--seed"],
        "python": {"program": "/usr/bin/python3", "version": "3.11.2", "torch": None},
        "machine": {"cpu": "A fast one", "cpus": 2, "memory_bytes": 1024, "gpus": ["NVIDIA H200"]}}, "spec")
    check_equal(ask("GET", "/api/training/spec/{id}", session="3").json,
                {"session_id": "3", "spec": None, "attempts": []}, "a session that was not started")
    check_equal(ask("POST", "/api/corpus", {"file": None}).json["blocks"], 40000, "the bundled corpus")
    check(ask("POST", "/api/python", {"python": None}).json["version"].startswith("3."), "the system's Python")
    report = ask("GET", "/api/training/gate-report/{id}", query="?epoch=5").json
    check_equal((report["epoch"], report["status"], len(report["tests"]), len(report["samples"])), (5, "pass", 20, 10),
                "report")
    check_equal(set(report["tests"][0]), {"name", "status", "details"}, "members of a test")
    check("\x1b" not in report["tests"][0]["details"], "an escape sequence came through")
    check(len(report["samples"][0]["answer"].encode()) <= 4000, "a sample is as long as it likes")
    ask("GET", "/api/training/gate-report/{id}", query="?epoch=6", status=404)
    for wrong in ("", "?epoch=0", "?epoch=-1", "?epoch=../5"):
        ask("GET", "/api/training/gate-report/{id}", query=wrong, status=400)


def ask_records(ask: Callable[..., Reply]) -> None:
    """Asks for what the store command of the server put there."""
    check_equal(len(ask("GET", "/api/training/gates/{id}").json["gates"]), 1, "gates")
    check_equal(len(ask("GET", "/api/training/checkpoints/{id}").json["checkpoints"]), 1, "kept")
    check_equal(len(ask("GET", "/api/training/events/{id}").json["events"]), 1, "events")
    check_equal(len(ask("GET", "/api/events").json["events"]), 1, "all events")
    verdicts = ask("GET", "/api/training/verdicts/{id}").json["verdicts"]
    check_equal([(one["grade"], one["cost_usd"], one["error"]) for one in verdicts],
                [("B", "0.001234", None), (None, None, "Nobody there")], "verdicts")
    ask_checkpoints(ask)


def ask_checkpoints(ask: Callable[..., Reply]) -> None:
    """Asks for checkpoints and what can be done with them; the one there is lies nowhere."""
    found = ask("GET", "/api/checkpoints", query="?session=1").json["checkpoints"]
    check_equal([(one["session_id"], one["gate"], one["state"], one["disk_bytes"]) for one in found],
                [("1", "warn", "gone", None)], "api/checkpoints of one")
    check_equal(ask("GET", "/api/checkpoints").json["checkpoints"], found, "api/checkpoints of all")
    ask("POST", "/api/checkpoints/remove", {"ids": [found[0]["id"]]}, status=409)
    ask("POST", "/api/checkpoints/restore", {"ids": [found[0]["id"]]}, status=409)
    kept = ask("POST", "/api/checkpoints/keep", {"last": 0, "session_id": "1", "dry_run": True}).json
    check_equal(kept, {"checkpoints": [], "bytes": 0}, "api/checkpoints/keep")
    check_equal(ask("POST", "/api/checkpoints/purge").json, {"bytes": 0}, "api/checkpoints/purge")
    check_equal(ask("GET", "/api/checkpoints/retention").json, {"enabled": False, "last": 3}, "at first")
    check_equal(ask("PUT", "/api/checkpoints/retention", {"enabled": True, "last": 5}).json,
                {"enabled": True, "last": 5}, "api/checkpoints/retention")
    check_equal(ask("PUT", "/api/checkpoints/retention", {"enabled": False}).json, {"enabled": False, "last": 5}, "off")
    check_equal(ask("GET", "/api/checkpoints/retention").json, {"enabled": False, "last": 5}, "what was set")
    for wrong in (None, {"last": 1}, {"enabled": 1}, {"enabled": True, "last": 0}, {"enabled": True, "last": "2"},
                  {"enabled": True, "all": True}):
        ask("PUT", "/api/checkpoints/retention", wrong, status=400)


@test("real answers of every operation fit the OpenAPI document")
def answers_fit() -> None:
    with Server() as server:
        document = Document(server)
        asked = set()

        def ask(method: str, path: str, body: object = None, session: str = "1",
                status: int = 200, query: str = "") -> Reply:
            reply = server.ask(method, path.replace("{id}", session) + query, body)
            check_equal(reply.status, status, f"{method} {path} {reply.body[:300]!r}")
            asked.add((method, path))
            return document.hold(method, path, reply)

        ask("GET", "/api/engine")
        ask("GET", "/api/openapi.json")
        ask("POST", "/api/training/queue", {"epochs": 7, "settings": {"batch-size": "8"},
                                            "budget_usd": "5.00", "title": "Ä “title”"}, status=201)
        ask("POST", "/api/training/queue", {"sessions": [{}, {"corpus": "hlx"}], "chain": True},
            status=201)
        ask("POST", "/api/training/move/{id}", {"position": 1}, "3")
        ask("POST", "/api/training/start")
        ask("POST", "/api/training/start", {"model": "grok-4"}, status=201)
        ask("POST", "/api/training/pause")
        server.do("state", 1, "starting")
        server.do("state", 1, "running")
        server.do("figures", 1, 3, "nan")
        server.do("store", 1)
        put_log(server, "1", b"hello\n")
        ask("GET", "/api/training/queue")
        status = ask("GET", "/api/training/status/{id}").json
        check_equal(status["train_loss"], "NaN", "a loss that is not a number")
        for verb in ("suspend", "resume", "cancel", "retry"):
            ask("POST", f"/api/training/{verb}/{{id}}")
        ask_notes(ask)
        ask("GET", "/api/training/logs/{id}")
        ask("GET", "/api/training/metrics/{id}")
        ask("GET", "/api/training/metrics/{id}", query="?format=csv")
        ask_records(ask)
        ask_folder(ask, server)
        # Nobody listens there: a key that cannot be checked is kept and says so.
        key = ask("POST", "/api/keys/add", {"provider": "qwen", "name": "here",
                                            "base_url": "http://127.0.0.1:9"}, status=201).json["key"]
        check_equal((key["id"], key["state"], key["last_four"]), ("1", "unreachable", None), "key")
        key = ask("POST", "/api/keys/replace/{id}", {"secret": "canary-0123456789-abcd"}).json["key"]
        check_equal(key["last_four"], "abcd", "the end of the secret")
        ask("POST", "/api/keys/check/{id}")
        ask("POST", "/api/keys/rename/{id}", {"name": "there"})
        reply = ask("GET", "/api/keys/list")
        check([entry["name"] for entry in reply.json["keys"]] == ["there"] and b"canary" not in reply.body, reply.body)
        added = ask("POST", "/api/training/queue", {"provider": "qwen", "model": "qwen3:8b", "key": "there"},
                    status=201).json["sessions"][0]
        check_equal(added["config"]["key"], "1", "a key by its name")
        used = ask("GET", "/api/keys/list").json["keys"][0]
        check_equal((used["used_by"], used["sessions"]), (1, [added["session_id"]]), "uses")
        check("restore_until" in ask("DELETE", "/api/keys/{id}").json["key"], "until when")
        reply = ask("GET", "/api/keys/list").json
        check_equal((reply["keys"], [entry["name"] for entry in reply["removed"]]), ([], ["there"]), "removed")
        ask("POST", "/api/keys/restore/{id}")
        check_equal([entry["name"] for entry in ask("GET", "/api/keys/list").json["keys"]], ["there"], "restored")
        ask_pulls(ask)
        ask("DELETE", "/api/keys/{id}", query="?now=1")
        keyring = ask("POST", "/api/keys/unlock").json
        check_equal(ask("GET", "/api/keys/list").json, {"keys": [], "removed": []} | keyring, "keys")
        ask_models(ask)
        ask_estimates(ask)
        ask("GET", "/api/spend")
        ask("PUT", "/api/budget", {"scope": "month", "limit_usd": "1"})
        check_equal(ask("GET", "/api/budget").json["budgets"][0]["left_usd"], "1.00", "left")
        check_equal(ask("PUT", "/api/awake", {"enabled": False}).json["enabled"], False, "kept awake")
        check_equal(ask("GET", "/api/awake").json, {"enabled": False, "held": False}, "kept awake")
        ask("POST", "/api/server", {"port": 0})
        ask("GET", "/api/server")
        ask("DELETE", "/api/server")
        ask("DELETE", "/api/training/queue/{id}", session="2")
        ask("POST", "/api/training/restore/{id}", session="2")
        ask("POST", "/api/engine/stop")
        check_equal(server.line(), "stop-requested", "the signal")

        everything = {(method.upper(), path) for path, operations in document.json["paths"].items()
                      for method, operation in operations.items() if "x-websocket" not in operation}
        check_equal(everything - asked, set(), "operations that nobody asked")


@test("refusals fit the OpenAPI document and say what to do")
def refusals() -> None:
    with Server() as server:
        document = Document(server)
        server.add(epochs=3)
        cases = [
            ("GET", "/api/training/status/{id}", "99", None, 404, "not-found"),
            ("GET", "/api/training/status/{id}", "0", None, 400, "usage"),
            ("GET", "/api/training/status/{id}", "01", None, 400, "usage"),
            ("GET", "/api/training/status/{id}", "+1", None, 400, "usage"),
            ("GET", "/api/training/status/{id}", "1x", None, 400, "usage"),
            ("GET", "/api/training/status/{id}", "99999999999999999999", None, 400, "usage"),
            ("GET", "/api/training/logs/{id}", "7", None, 404, "not-found"),
            ("GET", "/api/training/gates/{id}", "7", None, 404, "not-found"),
            ("GET", "/api/training/metrics/{id}", "7", None, 404, "not-found"),
            ("GET", "/api/training/spec/{id}", "7", None, 404, "not-found"),
            ("POST", "/api/corpus", "", {"file": "/nowhere"}, 400, "invalid"),
            ("POST", "/api/python", "", {"python": "/nowhere"}, 400, "invalid"),
            ("POST", "/api/python", "", {"python": 7}, 400, "usage"),
            ("POST", "/api/python", "", {}, 400, "usage"),
            ("GET", "/api/training/gate-report/{id}?epoch=5", "7", None, 404, "not-found"),
            ("POST", "/api/training/suspend/{id}", "1", None, 409, "conflict"),
            ("POST", "/api/training/cancel/{id}", "5", None, 404, "not-found"),
            ("DELETE", "/api/training/queue/{id}", "5", None, 404, "not-found"),
            ("POST", "/api/training/restore/{id}", "5", None, 404, "not-found"),
            ("POST", "/api/training/move/{id}", "1", {"position": 0}, 400, "invalid"),
            ("POST", "/api/training/move/{id}", "1", {"position": "1"}, 400, "invalid"),
            ("POST", "/api/training/move/{id}", "1", None, 400, "invalid"),
            ("POST", "/api/training/queue", "", None, 400, "usage"),
            ("POST", "/api/training/queue", "", [], 400, "usage"),
            ("POST", "/api/training/queue", "", {"epochs": 0}, 400, "invalid"),
            ("POST", "/api/training/queue", "", {"sessions": []}, 400, "invalid"),
            ("POST", "/api/training/queue", "", {"sessions": [1]}, 400, "invalid"),
            ("POST", "/api/training/queue", "", {"sessions": [{}], "chain": 1}, 400, "invalid"),
            ("POST", "/api/training/queue", "", {"sessions": [{}], "x": 1}, 400, "invalid"),
            ("POST", "/api/training/start", "", {"epoch": 5}, 400, "invalid"),
            ("GET", "/api/models?provider=google", "", None, 400, "usage"),
            ("POST", "/api/keys/add", "", None, 400, "invalid"),
            ("POST", "/api/keys/add", "", {"provider": "google", "name": "a"}, 400, "invalid"),
            ("POST", "/api/keys/add", "", {"provider": "openai", "name": "a"}, 400, "invalid"),
            ("POST", "/api/keys/add", "", {"provider": "openai", "name": "", "secret": "abcdef"}, 400,
             "invalid"),
            ("POST", "/api/keys/add", "", {"provider": "openai", "name": "a", "secret": "a\nb"}, 400,
             "invalid"),
            ("POST", "/api/keys/add", "", {"provider": "openai", "name": 1}, 400, "invalid"),
            ("POST", "/api/keys/add", "", {"provider": "openai", "key": "abcdef"}, 400, "invalid"),
            ("POST", "/api/keys/add", "", {"provider": "compatible", "name": "a"}, 400, "invalid"),
            ("POST", "/api/keys/add", "", {"provider": "openai", "name": "a", "secret": "abcdef",
                                           "base_url": "http://example.com"}, 400, "invalid"),
            ("POST", "/api/keys/check/{id}", "7", None, 404, "not-found"),
            ("POST", "/api/keys/rename/{id}", "7", {"name": "a"}, 404, "not-found"),
            ("POST", "/api/keys/replace/{id}", "7", {"secret": "abcdef"}, 404, "not-found"),
            ("DELETE", "/api/keys/{id}", "7", None, 404, "not-found"),
            ("POST", "/api/keys/restore/{id}", "7", None, 404, "not-found"),
            ("POST", "/api/training/queue", "", {"provider": "xai", "model": "m", "key": "a"}, 400, "invalid"),
            ("POST", "/api/training/queue", "", {"provider": "xai"}, 400, "invalid"),
            ("GET", "/api/checkpoints?session=x", "", None, 400, "usage"),
            ("POST", "/api/checkpoints/remove", "", {"ids": [5]}, 404, "not-found"),
            ("POST", "/api/checkpoints/remove", "", {"ids": []}, 400, "invalid"),
            ("POST", "/api/checkpoints/remove", "", {"ids": ["5"]}, 400, "invalid"),
            ("POST", "/api/checkpoints/remove", "", {"ids": [5], "path": "/etc"}, 400, "invalid"),
            ("POST", "/api/checkpoints/restore", "", None, 400, "invalid"),
            ("POST", "/api/checkpoints/keep", "", None, 400, "invalid"),
            ("POST", "/api/checkpoints/keep", "", {"last": -1}, 400, "invalid"),
            ("POST", "/api/checkpoints/keep", "", {"last": 1, "session_id": 1}, 400, "invalid"),
            ("POST", "/api/checkpoints/keep", "", {"last": 1, "dry_run": []}, 400, "invalid"),
            ("POST", "/api/checkpoints/keep", "", {"last": 1, "all": True}, 400, "invalid"),
            ("POST", "/api/server", "", {"port": 65536}, 400, "invalid"),
            ("POST", "/api/server", "", {"port": 5000, "host": "0.0.0.0"}, 400, "invalid"),
        ]
        for method, path, session, body, status, code in cases:
            reply = server.ask(method, path.replace("{id}", session), body)
            what = f"{method} {path} {session} {body}: {reply.body!r}"
            check_equal((reply.status, reply.code), (status, code), what)
            document.hold(method, path.partition("?")[0], reply)
        check_equal(len(server.ask("GET", "/api/training/queue").json["sessions"]), 1, "sessions")
        for path in ("/", "/api", "/api/keys", "/api/training/status/1/x", "/api/engine/",
                     "/api/training/status/", "/training/status/x"):
            check_equal(server.ask("GET", path).status, 404, path)
        reply = server.ask("PUT", "/api/server", {})
        check_equal((reply.status, reply.headers["allow"]), (405, "GET, POST, DELETE"), "PUT")


@test("an unknown setting is named, and so is the session it is in")
def unknown_setting() -> None:
    with Server() as server:
        reply = server.ask("POST", "/api/training/queue",
                           {"sessions": [{}, {"batch_size": "8"}]})
        check_equal(reply.status, 400, "status")
        check("batch_size" in reply.json["error"]["message"], reply.body)
        check("Session 2" in reply.json["error"]["message"], reply.body)


@test("bodies that are not sound JSON are refused with a sentence")
def bad_json() -> None:
    with Server() as server:
        bodies = [b"{", b"{}{}", b"{'a':1}", b'{"epochs":010}', b'{"epochs":0x10}',
                  b'{"epochs":NaN}', b'{"epochs":1e400}', b"[" * 100000, b'{"title":"\xff"}',
                  b'{"epochs":99999999999999999999}', b'{"a":' * 50000,
                  b"null", b"17"]
        for body in bodies:
            head = (f"POST /api/training/queue HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                    f"application/json\r\nContent-Length: {len(body)}\r\n\r\n")
            reply = server.raw(head.encode() + body)
            check_equal(reply.status, 400, repr(body[:40]))
        check_equal(server.ask("GET", "/api/training/queue").json["sessions"], [], "sessions")


@test("the queue can be listed in parts")
def list_parts() -> None:
    with Server() as server:
        server.ask("POST", "/api/training/queue", {"sessions": [{}] * 5})
        server.do("state", 2, "starting")

        def ids(query: str) -> list[str]:
            sessions = server.ask("GET", "/api/training/queue" + query).json["sessions"]
            return [session["session_id"] for session in sessions]

        check_equal(ids(""), ["1", "2", "3", "4", "5"])
        check_equal(ids("?limit=2&offset=1"), ["2", "3"])
        check_equal(ids("?state=queued&limit=2&offset=1"), ["3", "4"])
        check_equal(ids("?state=starting,running"), ["2"])
        check_equal(ids("?offset=9"), [])
        check_equal(server.ask("POST", "/api/training/move/5", {"position": 1}).status, 200, "move")
        sessions = server.ask("GET", "/api/training/queue").json["sessions"]
        check_equal(sessions[0]["session_id"], "5", "the one that was moved")
        positions = [session["position"] for session in sessions]
        check_equal(positions, sorted(set(positions)), "positions")
        for bad in ("?state=asleep", "?limit=-1", "?offset=x", "?limit=1.5"):
            check_equal(server.ask("GET", "/api/training/queue" + bad).status, 400, bad)


@test("HEAD is a GET without its body, and connections are kept open")
def head_and_keepalive() -> None:
    with Server() as server:
        with server.connect() as connection:
            for _ in range(3):
                connection.send(b"GET /api/server HTTP/1.1\r\nHost: localhost\r\n\r\n")
                length = len(connection.reply().body)
            connection.send(b"HEAD /api/server HTTP/1.1\r\nHost: localhost\r\n\r\n")
            reply = connection.reply(has_body=False)
            check_equal((reply.status, reply.headers["content-length"]), (200, str(length)), "HEAD")
            check_equal(connection.pending, b"", "what follows")
            connection.send(b"GET /api/server HTTP/1.1\r\nHost: localhost\r\n\r\n" * 5)
            check_equal([connection.reply().status for _ in range(5)], [200] * 5, "pipelined")
            check_equal(server.do("busy"), "busy no 1", "connections")


@test("a log is given in pieces, and only a regular file of the run folder")
def logs() -> None:
    with Server() as server:
        session = server.add()
        data = bytes(range(256)) * 8192
        path = put_log(server, session, data)

        def get(query: str = "") -> Reply:
            return server.ask("GET", f"/api/training/logs/{session}{query}")

        check_equal(get().body, data[:65536], "default")
        reply = get("?offset=1000&limit=10")
        check_equal(reply.body, data[1000:1010], "piece")
        check_equal(reply.headers["x-log-offset"], "1000", "offset")
        check_equal(reply.headers["x-log-size"], str(len(data)), "size")
        check_equal(len(get("?limit=9999999").body), 1 << 20, "the cap")
        check_equal(get(f"?offset={len(data) + 5}").body, b"", "behind the end")
        check_equal(get("?limit=0").body, b"", "nothing")
        check_equal(get("?offset=-1").status, 400, "negative")
        check_equal(server.ask("GET", f"/api/training/logs/{session}", headers="Range: bytes=0-1,4-5\r\n"
                               ).body, data[:65536], "ranges are not offered")
        path.unlink()
        check_equal((get().status, get().body), (200, b""), "no log yet")
        os.symlink("/etc/passwd", path)
        check(get().status >= 400 and b"root" not in get().body, "a link was followed")
        path.unlink()
        os.mkfifo(path)
        check_equal(get().status, 400, "a FIFO")
        path.unlink()
        path.mkdir()
        check(get().status >= 400, "a folder")


@test("metrics come as JSON and as CSV, values that are not finite as words")
def metrics() -> None:
    with Server() as server:
        session = server.add()
        server.do("store", session)
        series = server.ask("GET", f"/api/training/metrics/{session}").json["series"]["train_loss"]
        check_equal([value for _, value in series][-4:], [0.1, "-Infinity", "Infinity", "NaN"], "JSON")
        for reply in (server.ask("GET", f"/api/training/metrics/{session}?format=csv"),
                      server.ask("GET", f"/api/training/metrics/{session}",
                                 headers="Accept: text/csv\r\n")):
            check(reply.headers["content-type"].startswith("text/csv"), reply.headers)
            rows = list(csv.reader(io.StringIO(reply.body.decode())))
            check_equal(rows[0], ["series", "x", "value"], "headings")
            seen = [[float(x), value if value.strip("-").isalpha() else float(value)]
                    for _, x, value in rows[1:]]
            check_equal(seen, series, "the same points")
        few = server.ask("GET", f"/api/training/metrics/{session}?series=val_loss").json["series"]
        check("train_loss" not in few, few)
        check_equal(server.ask("GET", f"/api/training/metrics/{session}?max_points=-3").status, 400)


@test("start with a configuration queues and starts; without one it only starts")
def start() -> None:
    with Server() as server:
        check_equal(server.ask("GET", "/api/engine").json["paused"], True, "before")
        check_equal(server.ask("POST", "/api/training/start").json, {"ok": True, "paused": False})
        check_equal(server.ask("POST", "/api/training/pause").json, {"ok": True, "paused": True})
        check_equal(server.ask("POST", "/api/training/start", {}).json["paused"], False, "{}")
        reply = server.ask("POST", "/api/training/start", {"epochs": 9})
        check_equal((reply.status, reply.json["session_id"]), (201, "1"), "with a session")
        check_equal(server.ask("GET", "/api/engine").json["queued"], 1, "queued")


@test("the token lies in a private file while the port is open, and only then")
def token_file() -> None:
    with Server() as server:
        server.serve()
        path = server.socket_path.parent / "api-token"
        check_equal(path.read_text(), server.token, "token")
        check_equal(stat.S_IMODE(path.stat().st_mode), 0o600, "mode")
        again = server.ask("POST", "/api/server", {"port": server.port}).json
        check_equal(again["token"], server.token, "asked again")
        check_equal(server.ask("GET", "/api/engine").json["api"], {"tcp": {"port": server.port}})
        with server.connect_tcp() as kept:
            check_equal(server.ask("DELETE", "/api/server").json, {"listening": False, "port": None})
            check_equal(kept.rest(), b"", "a connection outlived the port")
        check(not path.exists(), "the token is still there")
        old = server.token
        server.serve()
        check(server.token != old, "the token is the same as before")


@test("who leaves before the answer harms nobody, and what was asked for is done")
def leaving() -> None:
    with Server() as server:
        asked = 0
        for number in range(200):
            with server.connect() as connection:
                body = b'{"epochs":5}'
                head = ("POST /api/training/queue HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                        f"application/json\r\nContent-Length: {len(body)}\r\n\r\n")
                connection.send(head.encode() + (body if number % 2 else body[:-1]))
                asked += number % 2
                connection.send(b"GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n" * (number % 3))
        sessions = wait_for(lambda: server.ask("GET", "/api/training/queue").json["sessions"], 5, "any")
        wait_for(lambda: len(server.ask("GET", "/api/training/queue").json["sessions"]) == asked, 5,
                 f"{asked} sessions, not {len(sessions)}")
        wait_for(lambda: server.do("busy") == "busy no 0", 5, "the connections are gone")

    # The engine leaves while requests are with the store.
    for _ in range(5):
        with Server() as server:
            held = [server.connect() for _ in range(20)]
            for connection in held:
                connection.send(b"GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n"
                                b"POST /api/training/queue HTTP/1.1\r\nHost: localhost\r\n"
                                b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
            server.stop()
            for connection in held:
                connection.rest()
                connection.close()


@test("memory stays small and nothing wakes the engine while nobody asks")
def idle() -> None:
    with Server() as server:
        session = server.add()
        with server.connect() as kept, server.watch() as client:
            client.message()
            kept.send(b"GET /api/engine HTTP/1.1\r\nHost: localhost\r\n\r\n")
            kept.reply()

            def switches() -> int:
                text = Path(f"/proc/{server.process.pid}/status").read_text()
                return sum(int(line.split()[1]) for line in text.splitlines()
                           if line.startswith(("voluntary_ctxt", "nonvoluntary_ctxt")))

            server.do("churn", session, 100)
            client.message()
            time.sleep(0.5)
            before = switches()
            time.sleep(2)
            woken = switches() - before
            note(f"{woken} wake-ups in 2 s, {server.rss_kib()} KiB resident")
            check_equal(woken, 0, "wake-ups with a client connected")
            server.check_memory(20 * 1024)


main()
