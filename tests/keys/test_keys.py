# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Keys with a real keyring: where they are, where they are not, what is said of them."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

sys.path.insert(0, os.path.dirname(__file__))

from provider_stub import GOOD, Stub  # noqa: E402
from session_bus import SessionBus  # noqa: E402 (before canary: it finds the harness)
from canary import forms, search, search_processes  # noqa: E402
from enginerun import Engine  # noqa: E402
from tap import Skip, check, check_equal, main, test, wait_for  # noqa: E402

CANARY = "sk-ant-api03-CaNaRyOfTheKeyTests0123456789-Zq7x"
SECOND = "sk-ant-api03-SeCoNdCaNaRyOfTheTests987654-Wp3y"


def engine_on(bus: SessionBus) -> Engine:
    """An engine, not started, that uses the bus; it says all it can in its log."""
    engine = Engine(DBUS_SESSION_BUS_ADDRESS=bus.address, G_MESSAGES_DEBUG="all", SOUP_LOGGER="1")
    engine.environment["HOME"] = str(engine.root)
    return engine


def add(engine: Engine, **body: Any) -> tuple[int, Any]:
    """Adds a key; status and answer."""
    return engine.request("POST", "/api/keys/add", {"provider": "claude", "name": "mine", "secret": CANARY} | body)


def trainctl(engine: Engine, *arguments: str, secret: str = "") -> subprocess.CompletedProcess[str]:
    """Runs trainctl with a secret on its stdin."""
    # GLib's debugging text goes to stdout, where trainctl's own is read.
    environment = engine.environment | {"G_MESSAGES_DEBUG": ""}
    return subprocess.run([os.environ["TC_TRAINCTL"], *arguments], env=environment, input=secret,
                          capture_output=True, text=True, timeout=60, check=False)


@test("the search for a key sees one where it is")
def search_works() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for number, form in enumerate(forms(CANARY)):
            Path(folder, f"{number}").write_bytes(b"before" + form + b"after")
        check_equal(len(search(Path(folder), CANARY)), len(forms(CANARY)), "files")
        check_equal(search(Path(folder), SECOND), [], "files without it")
    for extra, arguments in (({"KEY": CANARY}, []), ({}, [CANARY])):
        with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", *arguments],
                              env=os.environ | extra) as process:
            found = wait_for(lambda: search_processes(CANARY), 5, "a process that has it")
            process.kill()
        check(any(f"/{process.pid}/" in hit for hit in found), found)


@test("S01 S02 S08 S13 a key is used, and is nowhere but in the keyring and with the provider")
def canary() -> None:
    with SessionBus() as bus, Stub() as stub, engine_on(bus) as engine:
        added = trainctl(engine, "--json", "keys", "add", "--provider", "claude", "--name", "mine",
                         "--base-url", stub.url, secret=CANARY + "\n")
        check_equal(added.returncode, 0, added.stderr)
        key = json.loads(added.stdout)["key"]
        check_equal((key["state"], key["last_four"], key["name"]), ("valid", CANARY[-4:], "mine"), "key")
        path, headers = stub.seen[0]
        check_equal((path, headers["x-api-key"], headers["anthropic-version"]),
                    ("/v1/models?limit=1", CANARY, "2023-06-01"), "what the provider saw")
        check("Origin" not in headers and "Authorization" not in headers, headers)
        check_equal(bus.items(), 1, "secrets in the keyring")

        session = engine.run("sh -c 'env; cat /proc/self/cmdline; sleep 20'")
        engine.wait(session, ("running",))
        # A provider that says the key back.
        stub.answers["/v1/models"] = (403, {"type": "error", "error": {
            "type": "permission_error", "message": f"{CANARY} may not. sk-ant-api03-CaNa***Zq7x"}}, {})
        checked = trainctl(engine, "keys", "check", "1")
        check("no-permission" in checked.stdout and "[redacted]" in checked.stdout, checked)
        stub.answers = dict(GOOD)
        replaced = trainctl(engine, "keys", "replace", "1", secret=SECOND)
        check_equal(replaced.returncode, 0, replaced.stderr)
        check_equal(stub.seen[-1][1]["x-api-key"], SECOND, "the new secret")
        check_equal(trainctl(engine, "keys", "rename", "1", "ours").returncode, 0, "rename")

        engine.kill()
        engine.start()
        check_equal(engine.post("/api/keys/check/1")["key"]["state"], "valid", "after a crash")
        check_equal(stub.seen[-1][1]["x-api-key"], SECOND, "from the keyring")
        shown = trainctl(engine, "keys", "list")
        check(re.search(rf"^ *1 +claude +ours +…{SECOND[-4:]} +✓ valid ", shown.stdout, re.M), shown.stdout)
        answers = engine.fetch("/api/keys/list") + engine.fetch("/api/events") + engine.fetch("/api/engine")

        for secret in (CANARY, SECOND):
            check_equal(search_processes(secret), [], "processes")
            check_equal(search(engine.root, secret), [], "files of the engine and the run")
            check_equal(search(bus.root, secret), [], "files of the home and the keyring")
            for text in (added.stdout, added.stderr, checked.stdout, replaced.stdout, shown.stdout):
                check(secret not in text, "trainctl says it")
            check(not any(form in answers for form in forms(secret)), "an answer has it")
        modes = {oct(item.stat().st_mode & 0o077) for item in engine.data.rglob("*")
                 if item.name.startswith("training-center.db")}
        check_equal(modes, {"0o0"}, "others may read the database")
        check(search(engine.root, "mine") != [], "the search finds nothing at all")

        check_equal(trainctl(engine, "keys", "remove", "1", "--now").returncode, 0, "remove")
        check_equal(bus.items(), 0, "secrets left in the keyring")
        check_equal([engine.get("/api/keys/list")[name] for name in ("keys", "removed")], [[], []], "keys")


def listed(engine: Engine) -> tuple[list[str], list[str]]:
    """The names of the keys, and of those that can be restored."""
    answer = engine.get("/api/keys/list")
    return [key["name"] for key in answer["keys"]], [key["name"] for key in answer["removed"]]


def set_removed_at(engine: Engine, text: str) -> None:
    """Says to the next engine which keys were removed when."""
    with sqlite3.connect(engine.data / "training-center.db") as database:
        database.execute("UPDATE settings SET value = ? WHERE key = 'removed-keys'", (text,))
    database.close()


@test("a removed key comes back, also after a crash; after its time it is gone with its secret")
def undo() -> None:
    with SessionBus() as bus, Stub() as stub, engine_on(bus) as engine:
        check_equal(add(engine, base_url=stub.url)[0], 201, "add")
        said = trainctl(engine, "keys", "remove", "1")
        check("keys restore 1" in said.stdout, said)
        check_equal((listed(engine), bus.items()), (([], ["mine"]), 1), "removed")
        check_equal(engine.request("POST", "/api/keys/check/1")[0], 404, "a removed key is used")
        said = trainctl(engine, "keys", "list")
        check("Removed: key 1 “mine”" in said.stdout, said)
        engine.kill()
        engine.start()
        check_equal(listed(engine), ([], ["mine"]), "after a crash")
        check_equal(trainctl(engine, "keys", "restore", "1").returncode, 0, "restore")
        check_equal(listed(engine), (["mine"], []), "restored")
        check_equal(engine.post("/api/keys/check/1")["key"]["state"], "valid", "with its secret")
        check_equal(engine.request("POST", "/api/keys/restore/1")[0], 409, "twice")

        check_equal(engine.request("DELETE", "/api/keys/1")[0], 200, "again")
        engine.kill(signal.SIGTERM)
        set_removed_at(engine, "1:1700000000000000 99:1700000000000000 nonsense")
        engine.start()
        wait_for(lambda: bus.items() == 0, 20, "the secret to be cleared")
        wait_for(lambda: listed(engine) == ([], []), 5, "the key to be gone")
        check_equal(engine.request("POST", "/api/keys/restore/1")[0], 404, "too late")


@test("a new key may take the name of a removed one")
def name_again() -> None:
    with SessionBus() as bus, Stub() as stub, engine_on(bus) as engine:
        check_equal(add(engine, base_url=stub.url)[0], 201, "add")
        check_equal(engine.request("DELETE", "/api/keys/1")[0], 200, "remove")
        check_equal(add(engine, base_url=stub.url, secret=SECOND)[1]["key"]["id"], "2", "the same name")
        check_equal((listed(engine), bus.items()), ((["mine"], []), 1), "one of that name")
        check_equal(engine.request("POST", "/api/keys/restore/1")[0], 404, "the old one")
        engine.post("/api/keys/check/2")
        check_equal(stub.seen[-1][1]["x-api-key"], SECOND, "the new secret")


@test("a system bus that takes connections and says nothing holds nobody up")
def silent_system_bus() -> None:
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as system, SessionBus() as bus, \
            Stub() as stub:
        system.bind(f"{folder}/bus")
        system.listen(50)
        with engine_on(bus) as engine:
            engine.kill()
            engine.environment["DBUS_SYSTEM_BUS_ADDRESS"] = f"unix:path={folder}/bus"
            engine.start()
            check_equal(add(engine, base_url=stub.url)[1]["key"]["state"], "valid", "the key is checked")
            session = engine.run("env")
            engine.wait(session)
            check(b"GIO_USE_NETWORK_MONITOR" not in engine.output(session), "a training inherits what is the engine's own")


@test("a session names its key; a name that is not there is refused with those that are")
def chosen() -> None:
    with SessionBus() as bus, Stub() as stub, engine_on(bus) as engine:
        check_equal(add(engine, base_url=stub.url)[0], 201, "add")
        start = ("queue", "add", "--provider", "claude", "--model", "claude-haiku-4-5", "--policy", "stop",
                 "--verdict-every", "5")
        for word in ("mine", "1"):
            added = trainctl(engine, *start, "--key", word, "--command", "true")
            check_equal(added.returncode, 0, added.stderr)
            sessions = {entry["session_id"]: entry for entry in engine.get("/api/training/queue")["sessions"]}
            config = sessions[added.stdout.strip()]["config"]
            check_equal((config["key"], config["policy"], config["verdict_every"]), ("1", "stop", 5), word)
        check_equal(engine.get("/api/keys/list")["keys"][0]["used_by"], 2, "uses")
        for words, said in ((("--key", "other"), "there is “mine”"), (("--key", "7"), "there is “mine”"),
                            (("--key", "mine", "--provider", "openai"), "no key for openai"),
                            (("--key", "1", "--provider", "openai"), "is one for claude"),
                            (("--key", "mine", "--provider", "none"), "takes none")):
            refused = trainctl(engine, "queue", "add", *("--provider", "claude") * ("--provider" not in words),
                               "--model", "m", *words, "--command", "true")
            check(refused.returncode == 1 and said in refused.stderr, refused)
        refused = trainctl(engine, "queue", "add", "--provider", "xai", "--command", "true")
        check(refused.returncode == 1 and "trainctl models --provider xai" in refused.stderr, refused)
        check_equal(engine.request("DELETE", "/api/keys/1")[0], 200, "remove")
        refused = trainctl(engine, *start, "--key", "1", "--command", "true")
        check(refused.returncode == 1 and "keys restore 1" in refused.stderr, refused)


@test("each provider is asked its own way, and what it says becomes a state")
def states() -> None:
    def openai(status: int, code: str, kind: str = "invalid_request_error") -> Any:
        return status, {"error": {"message": f"It is {code}.", "type": kind, "param": None, "code": code}}, {}

    cases = [
        ("openai", "/models", GOOD["/models"], "valid"),
        ("openai", "/models", openai(429, "rate_limit_exceeded", "requests"), "rate-limited"),
        ("openai", "/models", openai(429, "credit_balance_exhausted", "insufficient_quota"), "no-credit"),
        ("openai", "/models", openai(401, "invalid_api_key"), None),
        ("openai", "/models", (503, b"<html>busy</html>", {}), "unverified"),
        ("xai", "/api-key", GOOD["/api-key"], "valid"),
        ("xai", "/api-key", (200, GOOD["/api-key"][1] | {"team_blocked": True}, {}), "blocked"),
        ("xai", "/api-key", (400, {"code": "invalid-argument", "error": "Incorrect API key provided."}, {}), None),
        ("xai", "/api-key", (403, {"code": "The caller does not have permission", "error":
                                   "Your newly created teams doesn't have any credits yet"}, {}), "no-credit"),
        ("claude", "/v1/models", (401, {"type": "error", "error": {"type": "authentication_error",
                                                                   "message": "invalid x-api-key"}}, {}), None),
        ("qwen", "/api/version", GOOD["/api/version"], "valid"),
        ("compatible", "/models", (401, {"error": "Unauthorized"}, {}), None),
    ]
    with SessionBus() as bus, Stub() as stub, engine_on(bus) as engine:
        for number, (provider, path, answer, state) in enumerate(cases):
            stub.answers = {path: answer}
            status, reply = add(engine, provider=provider, name=f"key {number}", base_url=stub.url)
            what = f"{provider} {answer}: {reply}"
            if state is None:
                check_equal((status, reply["error"]["code"]), (400, "invalid"), what)
                check(len(reply["error"]["message"]) > 20, what)
            else:
                check_equal((status, reply.get("key", {}).get("state")), (201, state), what)
                check(len(reply["key"]["state_text"]) > 10, what)
        kept = engine.get("/api/keys/list")["keys"]
        check_equal(len(kept), sum(state is not None for *_, state in cases), "keys kept")
        check_equal(bus.items(), len(kept), "secrets kept")
        status, reply = add(engine, provider="openai", name="key 0", base_url=stub.url)
        check_equal((status, reply["error"]["code"]), (409, "exists"), "the same name")


@test("a compatible server that lets everybody in does not make a key valid")
def compatible() -> None:
    with SessionBus() as bus, Stub() as stub, engine_on(bus) as engine:
        body = {"provider": "compatible", "base_url": stub.url + "/v1"}
        stub.answers = {"/v1/models": GOOD["/models"]}
        check_equal(add(engine, name="open", **body)[1]["key"]["state"], "unverified", "open to all")
        check_equal(add(engine, name="none", secret="", **body)[1]["key"]["state"], "valid", "without a key")

        def guarded(handler: Any) -> Any:
            is_known = handler.headers.get("Authorization") == f"Bearer {CANARY}"
            return GOOD["/models"] if is_known else (401, {"error": "Unauthorized"}, {})

        stub.answers["/v1/models"] = guarded
        check_equal(add(engine, name="guarded", **body)[1]["key"]["state"], "valid", "guarded")
        check_equal(add(engine, name="other", secret=SECOND, **body)[0], 400, "a wrong key")
        # llama-server: the models are for all, the properties are not.
        stub.answers = {"/v1/models": GOOD["/models"], "/props": (401, {"error": {
            "code": 401, "message": "Invalid API Key", "type": "authentication_error"}}, {})}
        check_equal(add(engine, name="llama", **body)[0], 400, "llama-server")


@test("P14 a redirect is not followed and the key does not go along")
def redirects() -> None:
    with SessionBus() as bus, Stub() as stub, Stub() as other, engine_on(bus) as engine:
        for status in (301, 302, 303, 307, 308):
            stub.answers["/models"] = (status, b"", {"Location": other.url + "/models"})
            code, reply = add(engine, provider="openai", name=str(status), base_url=stub.url)
            check_equal((code, reply["key"]["state"]), (201, "unverified"), str(status))
        check_equal(other.seen, [], "the other server was asked")


@test("P13 endless, dripping and packed answers are cut; the engine answers meanwhile")
def bombs() -> None:
    def endless(handler: Any) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            for _ in range(1000):
                handler.wfile.write(b"x" * 65536)
        except OSError:
            pass

    def drip(handler: Any) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            for _ in range(30):
                handler.wfile.write(b"{")
                time.sleep(0.5)
        except OSError:
            pass

    with SessionBus() as bus, Stub() as stub, engine_on(bus) as engine:
        stub.answers = {"/endless/models": endless, "/drip/models": drip,
                        "/gzip/models": (200, b"\x1f\x8b" + bytes(1000), {"Content-Encoding": "gzip"})}
        found: dict[str, Any] = {}

        def one(name: str) -> None:
            began = time.monotonic()
            answer = add(engine, provider="openai", name=name, base_url=f"{stub.url}/{name}")
            found[name] = (*answer, time.monotonic() - began)

        threads = [threading.Thread(target=one, args=(name,)) for name in ("endless", "drip", "gzip")]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            began = time.monotonic()
            engine.get("/api/engine")
            check(time.monotonic() - began < 15, "the engine was busy")
            time.sleep(0.2)
        for name, state in (("endless", "unreachable"), ("drip", "unreachable"), ("gzip", "unverified")):
            check_equal(found[name][1]["key"]["state"], state, name)
            check(found[name][2] < 15, name, found[name][2])


@test("P15 a certificate that nobody vouches for: the key is not sent")
def bad_tls() -> None:
    if shutil.which("openssl") is None:
        raise Skip("no openssl to make a certificate with")
    with tempfile.TemporaryDirectory() as folder, SessionBus() as bus:
        made = subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                               "-nodes", "-keyout", f"{folder}/key", "-out", f"{folder}/certificate", "-days", "2",
                               "-subj", "/CN=127.0.0.1"], capture_output=True, check=False)
        check_equal(made.returncode, 0, made.stderr)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{folder}/certificate", f"{folder}/key")
        with Stub(context) as stub, engine_on(bus) as engine:
            key = add(engine, provider="openai", base_url=stub.url)[1]["key"]
            check_equal(key["state"], "unreachable", key)
            check("not safe" in key["state_text"], key["state_text"])
            check_equal(stub.seen, [], "requests")


@test("over TCP keys are listed but neither added nor replaced")
def tcp() -> None:
    with SessionBus() as bus, Stub() as stub, engine_on(bus) as engine:
        check_equal(add(engine, base_url=stub.url)[0], 201, "add")
        access = engine.post("/api/server", {"port": 0})

        def ask(method: str, path: str, body: Any = None) -> int:
            request = urllib.request.Request(access["url"] + path, method=method,
                                             data=None if body is None else json.dumps(body).encode(),
                                             headers={"Authorization": f"Bearer {access['token']}",
                                                      "Content-Type": "application/json"})
            try:
                with urllib.request.urlopen(request, timeout=40) as answer:
                    return answer.status
            except urllib.error.HTTPError as error:
                return error.code

        check_equal(ask("GET", "/api/keys/list"), 200, "list")
        check_equal(ask("POST", "/api/keys/add", {"provider": "claude", "name": "b", "secret": SECOND}), 403, "add")
        check_equal(ask("POST", "/api/keys/replace/1", {"secret": SECOND}), 403, "replace")
        check_equal(len(engine.get("/api/keys/list")["keys"]), 1, "keys")


@test("models: the provider's own list is asked for with the key, and the key stays out of the answer")
def models() -> None:
    with SessionBus() as bus, Stub() as stub, engine_on(bus) as engine:
        check_equal(add(engine, base_url=stub.url)[0], 201, "add")
        stub.answers["/v1/models"] = (200, {"data": [{"id": "claude-next", "display_name": "Claude Next",
                                                      "max_input_tokens": 7}]}, {})
        shown = trainctl(engine, "models", "--provider", "claude", "--refresh")
        check_equal(shown.returncode, 0, shown.stderr)
        check(re.search(r"^ *claude +claude-sonnet-5-5 +Quality & Precision +\$\$? +2\.00 / 10\.00 ", shown.stdout, re.M),
              shown.stdout)
        for words in ("claude-next", "Quality & Precision", "$$", "Retired on 2026-08-05", "not offered"):
            check(words in shown.stdout, words, shown.stdout)
        path, headers = stub.seen[-1]
        check_equal((path, headers["x-api-key"]), ("/v1/models?limit=1000", CANARY), "asked")
        check(CANARY not in shown.stdout, "the key is shown")
        stub.answers["/v1/models"] = (401, {"type": "error", "error": {"type": "authentication_error",
                                                                      "message": f"invalid {CANARY}"}}, {})
        answer = engine.get("/api/models?provider=claude&refresh=1")["providers"][0]
        check("does not know this key" in answer["problem"], answer["problem"])
        check(CANARY not in json.dumps(answer), "the key is in the answer")
        check("claude-next" in [model["id"] for model in answer["models"]], "the list of before")
        nobody = engine.get("/api/models?provider=openai&refresh=1")["providers"][0]
        check("There is no key" in nobody["problem"], nobody["problem"])


@test("models: a server of the user's own tells what it has as soon as there is a key to it")
def models_at_once() -> None:
    with SessionBus() as bus, Stub() as stub, engine_on(bus) as engine:
        def listed(handler: Any) -> Any:
            if CANARY not in handler.headers.get("Authorization", ""):
                return (401, {"error": {"message": "who are you?"}}, {})
            return (200, {"object": "list", "data": [{"id": "local-8b", "object": "model"}]}, {})

        def known() -> list[str]:
            answer = engine.get("/api/models?provider=compatible")["providers"][0]
            return [model["id"] for model in answer["models"]]

        stub.answers["/models"] = listed
        check_equal(known(), [], "before")
        status, answer = add(engine, provider="compatible", base_url=stub.url)
        check_equal((status, answer["key"]["state"]), (201, "valid"), answer)
        wait_for(lambda: known() == ["local-8b"], 5, "the list, without being asked for it")


@test("a started engine looks by itself at keys that were not checked for a day, and only at those")
def background() -> None:
    with SessionBus() as bus, Stub() as stub, engine_on(bus) as engine:
        for name in ("old", "new"):
            check_equal(add(engine, name=name, base_url=f"{stub.url}/{name}")[0], 201, name)
        stub.answers = {f"/{name}/v1/models": GOOD["/v1/models"] for name in ("old", "new")}
        for number in ("1", "2"):
            engine.post(f"/api/keys/check/{number}")
        engine.kill()
        with sqlite3.connect(engine.data / "training-center.db") as database:
            database.execute("UPDATE api_keys SET checked_at_us = checked_at_us - 90000000000 WHERE name = 'old'")
        database.close()
        stub.answers["/old/v1/models"] = (401, {"type": "error", "error": {"type": "authentication_error",
                                                                          "message": "invalid x-api-key"}}, {})
        stub.seen.clear()
        engine.start()

        def state() -> bool:
            return engine.get("/api/keys/list")["keys"][0]["state"] == "wrong"

        wait_for(state, 10, "the old key was looked at")
        time.sleep(2.5)
        check_equal([path for path, _ in stub.seen], ["/old/v1/models?limit=1"], "requests")
        check_equal(engine.get("/api/keys/list")["keys"][1]["state"], "valid", "the other")


main()
