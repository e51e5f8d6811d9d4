#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""The gateway against broken and hostile providers (P13 to P15, L15, L16, S08): memory, keys and money hold."""

from __future__ import annotations

import json
import math
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

import gatewayrun  # noqa: E402
import vendorforms  # noqa: E402
from faultstub import Act, FaultStub  # noqa: E402
from gatewayrun import GatewayRun, Reply, Run  # noqa: E402
from tap import Skip, check, check_equal, main, note, test, wait_for  # noqa: E402
from vendormoney import PRICES, Usage  # noqa: E402

SECRET = "sk-proj-CaNaRyOfTheGatewayTests0123456789-Zq7x"
IS_SANITIZED = bool(os.environ.get("TRAINING_CENTER_SANITIZE"))
MESSAGES = [{"role": "user", "content": "What is the answer?"}]

# provider, its own client's form, a model, the vendor of the stub
PROVIDERS = (("claude", "claude", "claude-sonnet-5-5", "anthropic"), ("openai", "openai", "gpt-5.1", "openai"),
             ("xai", "openai", "grok-4.7", "xai"), ("qwen", "ollama", "qwen3:8b", "ollama"),
             ("compatible", "openai", "gpt-4o", "compatible"))
FORMS = ("claude", "openai", "ollama")


def body(form: str, model: str, stream: bool = False, **more: Any) -> dict[str, Any]:
    """A request in a form."""
    made = {"model": model, "messages": MESSAGES, "stream": stream}
    if form == "claude":
        made["max_tokens"] = 400
    elif form == "openai":
        made["max_completion_tokens"] = 400
        if stream:
            made["stream_options"] = {"include_usage": True}
    else:
        made["options"] = {"num_predict": 400}
    return made | more


def micro(text: Any) -> int:
    """Micro-dollars of the book's text."""
    return int(Fraction(str(text).lstrip("$")) * 1_000_000)


def spent(gateway: GatewayRun, session: int = 0) -> int:
    """What the book says was spent."""
    return sum(micro(call["cost_usd"]) for call in gateway.calls(session) if call.get("cost_usd") is not None)


def settled(gateway: GatewayRun) -> list[dict[str, Any]]:
    """The calls, once none is in flight."""
    wait_for(lambda: all(call["state"] != "held" for call in gateway.calls()), 10, "calls to be settled")
    return gateway.calls()


def rss_kib(gateway: GatewayRun, name: str = "VmHWM") -> int:
    """The most memory the gateway had."""
    for line in Path(f"/proc/{gateway.process.pid}/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1])
    raise AssertionError(f"no {name}")


def ask(run: Run, form: str, given: dict[str, Any]) -> tuple[int, bytes]:
    """Status and body, also of an answer that breaks off (status then 0 if nothing came)."""
    import http.client
    try:
        reply: Reply = run.chat(form, given)
        return reply.status, reply.body
    except http.client.IncompleteRead as error:
        return 200, error.partial
    except (OSError, http.client.HTTPException) as error:
        return 0, type(error).__name__.encode()


def each(do: Callable[[FaultStub, GatewayRun, Run, str, str], None], *, only: str = "") -> None:
    """Calls do with a run for each provider, in its own client's form."""
    with FaultStub() as stub, GatewayRun() as gateway:
        for provider, form, model, vendor in PROVIDERS:
            if only in ("", provider):
                run = gateway.open(provider, stub.base(vendor), [model], secret=SECRET)
                do(stub, gateway, run, form, model)
        check(IS_SANITIZED or rss_kib(gateway) < 64 * 1024, f"{rss_kib(gateway)} KiB at most")
        note(f"{rss_kib(gateway)} KiB at most")
        for data in (entry.path.encode() for entry in stub.journal):
            check(SECRET.encode() not in data, "the key is in an address")


def good(stub: FaultStub, run: Run, form: str, model: str) -> None:
    """The gateway still works."""
    check_equal(run.chat(form, body(form, model)).status, 200, f"an ordinary call afterwards, {model}")


@test("P13 packed bombs are not unpacked: the client gets 502, memory stays")
def packed() -> None:
    def one(stub: FaultStub, gateway: GatewayRun, run: Run, form: str, model: str) -> None:
        for encoding in ("gzip", "br", "deflate"):
            for stream in (False, True):
                stub.push(Act("bomb", encoding=encoding, size=256 << 20))
                status, data = ask(run, form, body(form, model, stream))
                check_equal(status, 502, f"{model} {encoding} stream={stream} {data[:200]!r}")
        good(stub, run, form, model)
    each(one)


@test("P13 a line without an end, of answer and stream, is cut off")
def endless() -> None:
    def one(stub: FaultStub, gateway: GatewayRun, run: Run, form: str, model: str) -> None:
        for stream in (False, True):
            stub.push(Act("endless-line", limit=400 << 20))
            began = time.monotonic()
            status, data = ask(run, form, body(form, model, stream))
            check(status in (502, 200, 0) and len(data) < 300 << 20, model, stream, status, len(data))
            check(status != 200 or stream, "half an answer passed for a whole one", model, data[:100])
            wait_for(lambda: stub.chats()[-1].outcome in ("gone", "cut"), 5, "the provider to be let go")
            note(f"{model} stream={stream}: {status}, {stub.chats()[-1].sent >> 20} MiB in {time.monotonic() - began:.2f} s")
        good(stub, run, form, model)
    each(one)


@test("P13 a gigabyte of headers, in lines and in one")
def headers() -> None:
    def one(stub: FaultStub, gateway: GatewayRun, run: Run, form: str, model: str) -> None:
        for line in (False, True):
            stub.push(Act("headers", size=1 << 30, line=line))
            status, data = ask(run, form, body(form, model))
            check_equal(status, 502, data[:200])
            wait_for(lambda: stub.chats()[-1].outcome == "gone", 5, "the provider to be let go")
            check(stub.chats()[-1].sent < 16 << 20, stub.chats()[-1].sent, "bytes of headers were taken")
        good(stub, run, form, model)
    each(one)


@test("P13 a drip of a byte a second goes through as it comes, and holds up nobody else")
def drip() -> None:
    def one(stub: FaultStub, gateway: GatewayRun, run: Run, form: str, model: str) -> None:
        stub.push(Act(rate=40))
        connection_ended: list[Any] = []
        slow = threading.Thread(target=lambda: connection_ended.append(ask(run, form, body(form, model, True))), daemon=True)
        slow.start()
        wait_for(lambda: stub.chats() and stub.chats()[-1].is_stream, 5, "the slow call")
        for _ in range(20):
            began = time.monotonic()
            good(stub, run, form, model)
            check(time.monotonic() - began < 4, "an ordinary call waited", time.monotonic() - began)
    each(one, only="openai")


@test("P13 answers that are none: HTML, garbage, empty, wrong types, wrong lengths, wrong chunks")
def garbage() -> None:
    def one(stub: FaultStub, gateway: GatewayRun, run: Run, form: str, model: str) -> None:
        acts = [Act("body", data="", status=200), Act("body", data="nothing", status=200),
                Act("body", data="[]"), Act("body", data="null"), Act("body", data='"text"'),
                Act("body", data="[" * 100_000), Act("body", data='{"usage":' * 2000),
                Act("body", data="<html>ok</html>", type="text/html"), Act("body", data="\udcff\udcfe\udc00"),
                Act("length", by=10), Act("chunks", mode="bad-size"), Act("chunks", mode="huge"),
                Act("chunks", mode="no-end"), Act("status-line", data="HTTP/1.1"), Act("status-line", data="nonsense"),
                Act("status-line", data="HTTP/1.1 99 Low"), Act("status-line", data="HTTP/1.1 1000 High"),
                Act("body", data="{}", status=204), Act("body", data="{}", status=206)]
        for act in acts:
            stub.always(act)   # a connection that was used before may be hung up on once
            status, data = ask(run, form, body(form, model))
            said = act.arguments.get("data", act.arguments.get("mode", ""))[:20]
            check(status == 502, f"{model} {act.fault} {said!r} {act.get('status', '')}: {status} {data[:120]!r}")
            check_equal(shape_of(json.loads(data)), form, data)
        stub.always(None)
        good(stub, run, form, model)
    each(one)


@test("P14 a redirect is not followed, and the key goes nowhere else")
def redirects() -> None:
    with FaultStub() as other:
        def one(stub: FaultStub, gateway: GatewayRun, run: Run, form: str, model: str) -> None:
            for status in (301, 302, 303, 307, 308):
                for target in (other.url + "/", f"http://127.0.0.1:{stub.port}/elsewhere", "//" + other.url[7:],
                               other.url.replace("127.0.0.1", "localhost") + "/v1/messages", "/other"):
                    seen = len(stub.journal)
                    stub.push(Act("redirect", status=status, to=target))
                    code, data = ask(run, form, body(form, model, status == 302))
                    check_equal(code, 502, data[:200])
                    check_equal(len(stub.journal), seen + 1, f"requests after {status} to {target}")
                    check(SECRET.encode() not in data, "the key")
        each(one)
        check_equal((other.connections, other.journal), (0, []), "what the other server saw")


@contextmanager
def trusting(stub: FaultStub) -> Iterator[None]:
    """Gateways trust the stub's certificate: then only its other flaws can be why it is refused."""
    bundle = "/etc/ssl/certs/ca-certificates.crt"
    with tempfile.TemporaryDirectory(prefix="tc-trust-") as folder:
        script = Path(folder, "gateway-server")
        script.write_text(f'#!/bin/sh\nmount --bind {stub.certificate} {bundle} || exit 77\nexec "$TC_GATEWAY_SERVER" "$@"\n')
        script.chmod(0o755)
        shell = ["unshare", "--mount", "--propagation", "private", "--"]
        done = subprocess.run([*shell, "sh", "-c", f"mount --bind {stub.certificate} {bundle}"], capture_output=True,
                              text=True, check=False)
        if done.returncode != 0:
            raise Skip(f"nobody can be made to be trusted here: {done.stderr.strip()}")
        wrapper = Path(folder, "wrapper")
        wrapper.write_text(f'#!/bin/sh\nexec {" ".join(shell)} {script} "$@"\n')
        wrapper.chmod(0o755)
        usual, gatewayrun.PROGRAM = gatewayrun.PROGRAM, str(wrapper)
        try:
            yield
        finally:
            gatewayrun.PROGRAM = usual


def refused_by_tls(stub: FaultStub, kind: str, words: str) -> None:
    """Neither a script's call nor the engine's own is sent, and neither is tried again."""
    with GatewayRun() as gateway:
        run = gateway.open("openai", stub.base("openai"), ["gpt-5.1"], secret=SECRET)
        reply = run.chat("openai", body("openai", "gpt-5.1"))
        check_equal(reply.status, 502, f"{kind} {reply.body!r}")
        message = reply.json["error"]["message"]
        check("not safe" in message and words in message, f"{kind}: {message}")
        check_equal((stub.connections, stub.journal), (1, []), f"{kind}: connections, requests")
        said = gateway.tell("chat", **gateway.grant("openai", stub.base("openai"), ["gpt-5.1"], session=9),
                            prompt="Hello", max_tokens=10, timeout_ms=5000)
        check("error" in said and words in said["error"], f"{kind}: {said}")
        check_equal((stub.connections, stub.journal), (2, []), f"{kind}: connections, requests")
        check_equal(spent(gateway), 0, "money")


@test("P15 a server that nobody vouches for is refused, in clear words, without another try")
def untrusted() -> None:
    with FaultStub(tls="self-signed") as stub:
        refused_by_tls(stub, "self-signed", "not signed by anybody")


@test("P15 an expired, an early, a foreign certificate and old TLS are refused even when who signed is trusted")
def tls() -> None:
    with FaultStub(tls="good") as stub, trusting(stub), GatewayRun() as gateway:
        run = gateway.open("openai", stub.base("openai"), ["gpt-5.1"], secret=SECRET)
        good(stub, run, "openai", "gpt-5.1")
        check_equal(stub.journal[-1].key, SECRET, "a good certificate: the key")
    for kind, words in (("expired", "expired"), ("not-yet", "not valid yet"), ("wrong-host", "another server"),
                        ("tls1.0", "no TLS newer"), ("tls1.1", "no TLS newer")):
        with FaultStub(tls=kind) as stub, trusting(stub):
            refused_by_tls(stub, kind, words)


# What each kind of error costs, and that the client gets it in its own words.
ERRORS = ("invalid", "auth", "permission", "money", "billing", "not-found", "too-large", "rate", "overloaded",
          "timeout", "server")


@test("L15 an error of the provider costs nothing, frees what was held, and reaches every client in its own words")
def errors() -> None:
    with FaultStub() as stub, GatewayRun() as gateway:
        for provider, own, model, vendor in PROVIDERS:
            run = gateway.open(provider, stub.base(vendor), [model], secret=SECRET, limit_usd="0.05")
            for form in FORMS:
                for kind in ERRORS:
                    stub.push(Act("error", kind=kind, headers={"retry-after": 7, "retry-after-ms": 7000}))
                    reply = run.chat(form, body(form, model, kind in ("rate", "server")))
                    what = f"{provider} {form} {kind}: {reply.status} {reply.body[:200]!r}"
                    check(400 <= reply.status < 600, what)
                    if own == form:
                        # As if the client had asked the provider itself.
                        check_equal((reply.status, reply.json), vendorforms.error(vendor, kind), what)
                    check(shape_of(reply.json) == form or (own == form and vendor == "xai"), what)
                    check("x-training-center-error" not in reply.headers, "taken for our own:", what)
                    check_equal((reply.headers.get("retry-after"), reply.headers.get("retry-after-ms")), ("7", "7000"), what)
            room = run.request("GET", "/v1/spend").json
            check_equal((micro(room["spent_usd"]), micro(room["held_usd"])), (0, 0), f"{provider} {room}")
        check({call["state"] for call in settled(gateway)} == {"released"}, {call["state"] for call in gateway.calls()})
        check_equal(spent(gateway), stub.money(), "money")


def shape_of(error: Any) -> str:
    """Whose words an error is in."""
    if error.get("type") == "error" and isinstance(error["error"].get("type"), str):
        return "claude"
    if isinstance(error.get("error"), dict) and "message" in error["error"]:
        return "openai"
    return "ollama" if isinstance(error.get("error"), str) else f"nobody's: {error}"


@test("L15 whole and streamed answers cost to the micro-dollar what the provider counted, in every form")
def exact() -> None:
    with FaultStub() as stub, GatewayRun() as gateway:
        for provider, _, model, vendor in PROVIDERS:
            run = gateway.open(provider, stub.base(vendor), [model], secret=SECRET)
            price = PRICES[model]
            for form in FORMS:
                for stream in (False, True):
                    for usage in (None, Usage(1, 1), Usage(7, 3, 1), Usage(123_457, 311, 100, 0 if vendor == "ollama" else 77_777),
                                  Usage(11, 333, 0, 5, 9) if vendor in ("anthropic", "openai") else Usage(11, 333)):
                        if vendor == "compatible" and usage is not None:
                            usage.cache_read = usage.cache_write = 0
                        stub.push(Act(thinking="hm", usage=usage))
                        sent = body(form, model, stream)
                        if form == "openai" and stream and usage is None:
                            del sent["stream_options"]   # the client does not care, the book does
                        reply = run.chat(form, sent)
                        what = f"{provider} {form} stream={stream} {usage}: {reply.body[:300]!r}"
                        check_equal(reply.status, 200, what)
                        call = wait_settled(gateway, run)
                        entry = stub.chats()[-1]
                        check_equal(micro(call["cost_usd"]), entry.cost, f"{what} {call}")
                        wanted = "exact" if vendor == "xai" else "computed"
                        check_equal(call["source"], wanted, what)
                        check_equal(entry.key, "" if provider == "none" else SECRET, "the key at the provider")
                        if not stream:
                            header = reply.headers.get("x-training-center-cost-usd", "")
                            check_equal(micro(header), math.ceil(price.microdollars(entry.usage)), f"{what} {header}")
        check_equal(spent(gateway), stub.money(), "money of all")
        note(f"{len(stub.chats())} calls, {stub.money()} micro-dollars")


def wait_settled(gateway: GatewayRun, run: Run) -> dict[str, Any]:
    """The newest call of a run, settled."""
    return wait_for(lambda: next((call for call in gateway.calls(run.session)[:1] if call["state"] == "settled"), None),
                    5, "the call to be settled")


@test("L15 a stream that breaks off is billed once, as a careful estimate, and never as nothing or negative")
def cut() -> None:
    with FaultStub() as stub, GatewayRun() as gateway:
        for provider, _, model, vendor in PROVIDERS:
            run = gateway.open(provider, stub.base(vendor), [model], secret=SECRET)
            for form in FORMS:
                for act in (Act("cut", after="first"), Act("cut", after="half", how="fin"), Act("truncate", after="first"),
                            Act("stream-error", kind="overloaded", after=2), Act("stream-error", kind="server")):
                    act.text = "word " * 40
                    stub.push(act)
                    before = len(gateway.calls(run.session))
                    status, data = ask(run, form, body(form, model, True))
                    what = f"{provider} {form} {act.fault}: {status} {data[-200:]!r}"
                    check_equal(status, 200, what)
                    check(has_no_end(form, data), "a broken stream looks whole:", what)
                    call = wait_settled(gateway, run)
                    check_equal(len(gateway.calls(run.session)), before + 1, f"{what} billed how often")
                    check_equal(call["source"], "unknown" if vendor == "none" else call["source"], what)
                    check(micro(call["cost_usd"]) > 0 or vendor == "ollama", f"{what} {call}")
                    check(call["source"] in ("estimated", "computed"), f"{what} {call}")
                    most = PRICES[model].cost(Usage(len(stub.chats()[-1].body), 400))
                    check(micro(call["cost_usd"]) <= most, f"{what} {call} more than it can have cost, {most}")


def has_no_end(form: str, data: bytes) -> bool:
    """Whether a stream lacks its good end."""
    if form == "claude":
        return b"message_stop" not in data or b"event: error" in data
    if form == "openai":
        return b"[DONE]" not in data or b'"error"' in data
    return b'"done":true' not in data.replace(b" ", b"")


@test("L15 nothing came: the hold is freed; usage came and then the cut: the usage is billed")
def edges() -> None:
    with FaultStub() as stub, GatewayRun() as gateway:
        for provider, own, model, vendor in PROVIDERS:
            run = gateway.open(provider, stub.base(vendor), [model], secret=SECRET)
            for act in (Act("cut", after="none"), Act("cut", after="none", how="fin")):
                stub.always(act)   # a connection that was used before may be hung up on once
                status, data = ask(run, own, body(own, model))
                check_equal(status, 502, f"{provider} {act.arguments} {data[:200]!r}")
                check_equal(shape_of(json.loads(data)), own, data)
            stub.always(None)
            wait_for(lambda: all(call["state"] != "held" for call in gateway.calls(run.session)), 5, "holds to be freed")
            if vendor in ("anthropic", "openai", "xai", "compatible"):
                stub.push(Act("truncate", after="usage"))
                ask(run, own, body(own, model, True))
                call = wait_settled(gateway, run)
                check_equal(micro(call["cost_usd"]), stub.chats()[-1].cost, f"{provider} usage, then the end {call}")


@test("L15 wrong usage is not believed: never negative, never beyond reason, never unpaid")
def wrong_usage() -> None:
    with FaultStub() as stub, GatewayRun() as gateway:
        for provider, own, model, vendor in PROVIDERS:
            if vendor == "ollama":
                continue
            run = gateway.open(provider, stub.base(vendor), [model], secret=SECRET)
            for mode in ("none", "missing", "null", "negative", "huge", "big", "float", "string", "bool", "list", "object"):
                for stream in (False, True):
                    stub.push(Act("usage", mode=mode))
                    status, data = ask(run, own, body(own, model, stream))
                    call = wait_for(lambda: next((one for one in gateway.calls(run.session)[:1]
                                                  if one["state"] != "held"), None), 5, "the call to be settled")
                    what = f"{provider} {mode} stream={stream}: {status} {call}"
                    check(status in (200, 502), what)
                    most = PRICES[model].cost(Usage(len(stub.chats()[-1].body), 400))
                    check(0 < micro(call["cost_usd"]) <= most, what, "at most", most)
                    check(mode in ("float",) or call["source"] == "estimated", what)
            good(stub, run, own, model)


@test("L15 connections that die unannounced between calls: no call fails, and each is billed once")
def unannounced() -> None:
    with FaultStub() as stub, GatewayRun() as gateway:
        for idle in ("close", "unheard"):
            stub.idle = idle
            for provider, form, model, vendor in PROVIDERS[:2]:
                run = gateway.open(provider, stub.base(vendor), [model], secret=SECRET)
                before = len(stub.chats())
                for number in range(100):
                    status, data = ask(run, form, body(form, model, number % 2 == 1))
                    check(status == 200, f"{idle} {provider} call {number}: {status} {data[:200]!r}")
                check_equal(len(stub.chats()) - before, 100, f"{idle} {provider}: calls the vendor saw")
        calls = settled(gateway)
        check_equal(len(calls), 400, "calls in the book")
        check_equal({call["source"] for call in calls} & {"estimated"}, set(), "guessed")
        check_equal(spent(gateway), stub.money(), "money")


@test("L15 a vendor that hangs up on a new connection is not asked twice")
def not_twice() -> None:
    with FaultStub() as stub, GatewayRun() as gateway:
        run = gateway.open("openai", stub.base("openai"), ["gpt-5.1"], secret=SECRET)
        stub.push(Act("cut", after="none"))
        status, data = ask(run, "openai", body("openai", "gpt-5.1"))
        check_equal((status, len(stub.chats())), (502, 1), data[:200])


@test("L15 a client that goes away in mid-stream: the provider is let go, the call is billed once")
def client_gone() -> None:
    with FaultStub() as stub, GatewayRun() as gateway:
        for provider, _, model, vendor in PROVIDERS:
            for form in FORMS:
                run = gateway.open(provider, stub.base(vendor), [model], secret=SECRET)
                stub.push(Act(text="word " * 400, gap=0.02))
                stream = run.stream(form, body(form, model, True))
                next(stream)
                next(stream)
                stream.close()
                what = f"{provider} {form}"
                wait_for(lambda: stub.chats()[-1].outcome == "gone", 5, f"the provider to be let go ({what})")
                call = wait_settled(gateway, run)
                check_equal((call["source"], len(gateway.calls(run.session))), ("estimated", 1), f"{what} {call}")
                check(micro(call["cost_usd"]) > 0 or vendor == "ollama", f"{what} {call}")


@test("L15 a client that never reads its answer: it is given up, the provider let go, the call billed once")
def deaf() -> None:
    with FaultStub() as stub, GatewayRun(stall_ms=300) as gateway:
        for provider, form, model, vendor in PROVIDERS[:2]:
            run = gateway.open(provider, stub.base(vendor), [gatewayrun.priced(model, 2_000_000)], secret=SECRET)
            stub.push(Act(text="word " * 600_000))
            with socket.create_connection(("127.0.0.1", gateway.port)) as client:
                most = {"claude": "max_tokens", "openai": "max_completion_tokens"}[form]
                data = json.dumps(body(form, model, True, **{most: 2_000_000})).encode()
                head = "".join(f"{name}: {value}\r\n" for name, value in run.headers(form).items())
                client.sendall(f"POST {gatewayrun.PATHS[form]} HTTP/1.1\r\nHost: 127.0.0.1:{gateway.port}\r\n{head}"
                               f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data)
                wait_for(lambda: stub.chats() and stub.chats()[-1].outcome == "gone", 20, f"{provider} to be let go")
                call = wait_settled(gateway, run)
            check_equal((call["source"], len(gateway.calls(run.session))), ("estimated", 1), f"{provider} {call}")
            check_equal(micro(run.request("GET", "/v1/spend").json["held_usd"]), 0, "still held")


@test("L16 sixty-four calls at once at the cap: never a micro-dollar beyond it")
def race() -> None:
    for stream in (False, True):
        with FaultStub() as stub, GatewayRun() as gateway:
            limit = 20_000
            stub.always(Act(latency=0.1, usage=Usage(20, 100)))
            run = gateway.open("openai", stub.base("openai"), ["gpt-5.1"], secret=SECRET, limit_usd=f"{limit / 1e6:.6f}")
            with ThreadPoolExecutor(64) as pool:
                done = list(pool.map(lambda _: ask(run, "openai", body("openai", "gpt-5.1", stream)), range(64)))
            settled(gateway)
            counts = {status: sum(1 for code, _ in done if code == status) for status, _ in done}
            note(f"stream={stream}: {counts}, spent {stub.money()} of {limit} micro-dollars")
            check(set(counts) == {200, 402}, counts)
            check_equal(spent(gateway), stub.money(), "money")
            check(stub.money() <= limit, f"{stub.money()} spent, {limit} allowed")
            room = run.request("GET", "/v1/spend").json
            check_equal(micro(room["held_usd"]), 0, "still held")
            # What was held too much is there again.
            while ask(run, "openai", body("openai", "gpt-5.1", stream))[0] == 200:
                check(stub.money() <= limit, f"{stub.money()} spent, {limit} allowed")
            check(stub.money() > limit * 6 // 10, "the cap could not be used up:", stub.money())


@test("S08 a provider that says the key back: it is masked for the client, and in no log and no book")
def echo() -> None:
    with FaultStub() as stub, GatewayRun() as gateway:
        for provider, own, model, vendor in PROVIDERS:
            run = gateway.open(provider, stub.base(vendor), [model], secret=SECRET)
            for form in FORMS:
                for stream in (False, True):
                    stub.push(Act("error", kind="permission", echo=True))
                    status, data = ask(run, form, body(form, model, stream))
                    check(status >= 400 and SECRET.encode() not in data, f"{provider} {form}: {status} {data!r}")
                    stub.push(Act("error", kind="server", html=True, say=SECRET))
                    check(SECRET.encode() not in ask(run, form, body(form, model, stream))[1], "in a page")
        for path in gateway.folder.rglob("*"):
            check(not path.is_file() or SECRET.encode() not in path.read_bytes(), f"the key is in {path}")
        check(SECRET not in json.dumps(gateway.events), gateway.events)


@test("S08 with all debugging on, neither the key nor a token is printed")
def debugging() -> None:
    with FaultStub() as stub:
        environment = os.environ | {"G_MESSAGES_DEBUG": "all", "SOUP_LOGGER": "1"}
        with tempfile.TemporaryDirectory(prefix="tc-debug-") as folder:
            grant = {"do": "chat", "session": 1, "provider": "openai", "base_url": stub.base("openai"), "secret": SECRET,
                     "models": [{"id": "gpt-5.1", "max_output": 100, "input_usd": "1", "output_usd": "2"}], "prompt": "Hello"}
            lines = [json.dumps(grant | {"do": "open"}), json.dumps(grant)]
            with subprocess.Popen([os.environ["TC_GATEWAY_SERVER"], f"{folder}/ledger.db"], env=environment,
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
                process.stdin.write("\n".join(lines) + "\n")
                process.stdin.flush()
                wait_for(lambda: stub.chats(), 5, "the call")
                wait_for(lambda: stub.chats()[0].outcome == "done", 5, "its end")
                time.sleep(0.2)
                out, err = process.communicate(timeout=60)
            token = json.loads(next(line for line in out.splitlines() if '"token"' in line))["token"]
            others = "\n".join(line for line in out.splitlines() if '"token"' not in line) + err
            check(SECRET not in others and token not in others, others)


main()
