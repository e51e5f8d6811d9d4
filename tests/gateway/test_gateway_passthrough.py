#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""The gateway between a client and a provider of one format: what passes, what does not, what it costs."""

from __future__ import annotations

import http.client
import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

import tap  # noqa: E402
from faultstub import Act, FaultStub  # noqa: E402
from gatewayrun import GatewayRun, Reply, Run, priced  # noqa: E402
from tap import check, check_equal, test, wait_for  # noqa: E402

# Client format, provider, model, and how the request says what is the same for all.
NATIVE = [("claude", "claude", "claude-haiku-4-5"), ("openai", "openai", "gpt-5.1"),
          ("openai", "xai", "grok-4.3"), ("ollama", "qwen", "qwen3:8b"),
          ("openai", "compatible", "gpt-4o")]
SECRET = "sk-stub-secret-0123456789"

# Under a sanitizer memory is kept and shadowed; its size says nothing then.
IS_SANITIZED = bool(os.environ.get("TRAINING_CENTER_SANITIZE"))


def request_for(form: str, model: str, **members: Any) -> dict[str, Any]:
    """A small request."""
    body: dict[str, Any] = {"model": model, "messages": [{"role": "user", "content": "Say something."}]}
    if form == "claude":
        body["max_tokens"] = 200
    if form == "ollama":
        body["stream"] = False
    return body | members


def dollars(text: str) -> int:
    """Micro-dollars of a decimal text."""
    whole, _, part = text.partition(".")
    return int(whole) * 1_000_000 + int((part + "000000")[:6])


def settled(gateway: GatewayRun, session: int, n: int = 1) -> list[dict[str, Any]]:
    """The calls of a session once n of them are over."""
    def over() -> list[dict[str, Any]]:
        calls = [call for call in gateway.calls(session) if call["state"] != "held"]
        return calls if len(calls) >= n else []
    return wait_for(over, 5, f"{n} calls are over")


def resident_kib(status: Path) -> int:
    """What a process has in memory."""
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmRSS"))


def error_of(reply: Reply) -> str:
    """What an error says, in whatever form."""
    said = reply.json["error"]
    return said if isinstance(said, str) else said["message"]


@test("an answer passes as it is, with the key in place of the token, and is paid for to the micro-dollar")
def plain() -> None:
    with FaultStub() as stub, GatewayRun() as gateway:
        for form, provider, model in NATIVE:
            run = gateway.open(provider, stub.base(provider), [model])
            reply = run.chat(form, request_for(form, model))
            entry = stub.chats()[-1]
            check_equal(reply.status, 200, provider)
            check_equal(entry.key, SECRET, "what the provider was sent")
            check(entry.text in json.dumps(reply.json, ensure_ascii=False), "the text came through")
            check_equal(dollars(reply.headers["x-training-center-cost-usd"]), entry.cost, provider)
            check_equal(dollars(settled(gateway, run.session)[0]["cost_usd"]), entry.cost, "in the book")
            sent = entry.body.decode() + str(entry.headers)
            check(run.token not in sent, "the token stays here")


@test("a stream passes event by event, ends as the provider ended it, and is paid for")
def streams() -> None:
    with FaultStub() as stub, GatewayRun() as gateway:
        for form, provider, model in NATIVE:
            run = gateway.open(provider, stub.base(provider), [model])
            text = b"".join(run.stream(form, request_for(form, model, stream=True)))
            entry = stub.chats()[-1]
            end = {"claude": b"message_stop", "openai": b"data: [DONE]", "ollama": b'"done":true'}[form]
            check(end in text, provider, text[-200:])
            check_equal(b'"choices":[]' in text, False, "usage the client did not ask for")
            check_equal(dollars(settled(gateway, run.session)[0]["cost_usd"]), entry.cost, provider)


@test("who asks for the usage in OpenAI's stream gets it")
def usage_chunk() -> None:
    with FaultStub() as stub, GatewayRun() as gateway:
        run = gateway.open("openai", stub.base("openai"), ["gpt-5.1"])
        body = request_for("openai", "gpt-5.1", stream=True, stream_options={"include_usage": True})
        check(b'"choices":[]' in b"".join(run.stream("openai", body)), "the chunk is there")


@test("pieces come as they are sent, not at the end")
def unbuffered() -> None:
    with FaultStub() as stub, GatewayRun() as gateway:
        for form, provider, model in NATIVE[:4]:
            stub.push(Act(text="one two three four five six seven eight nine ten " * 2, gap=0.05))
            run = gateway.open(provider, stub.base(provider), [model])
            times = [time.monotonic() for _ in run.stream(form, request_for(form, model, stream=True))]
            check(len(times) > 4, provider, len(times))
            check(times[-1] - times[0] > 0.1, "spread over", times[-1] - times[0])


@test("a client that does not keep up slows the provider down, and gets all of it in the end")
def back_pressure() -> None:
    with FaultStub() as stub, GatewayRun() as gateway:
        run = gateway.open("claude", stub.base("claude"), [priced("claude-haiku-4-5", 10_000_000)])
        stub.push(Act(text="word " * 2_000_000))
        connection = http.client.HTTPConnection("127.0.0.1", run.port, timeout=60)
        status = Path(f"/proc/{gateway.process.pid}/status")
        before = resident_kib(status)
        response = run.begin(connection, "POST", "/v1/messages", request_for(
            "claude", "claude-haiku-4-5", stream=True, max_tokens=10_000_000), None, "claude")
        time.sleep(1)
        check_equal(stub.chats()[-1].outcome, "open", "the provider waits")
        grown = resident_kib(status) - before
        check(grown < 4096 or IS_SANITIZED, f"{grown} KiB more")
        text = response.read()
        connection.close()
        entry = wait_for(lambda: stub.chats()[-1] if stub.chats()[-1].outcome == "done" else None, 5, "it is sent")
        said = "".join(json.loads(line[6:])["delta"]["text"] for line in text.decode().split("\n")
                       if line.startswith("data: ") and '"text_delta"' in line)
        check_equal(len(said), len(entry.text), "every word")
        check(b"message_stop" in text[-200:], text[-200:])
        check_equal(dollars(settled(gateway, run.session)[0]["cost_usd"]), entry.cost)


@test("a client that goes away stops the provider, and what came is paid for by a guess")
def disconnect() -> None:
    with FaultStub() as stub, GatewayRun() as gateway:
        run = gateway.open("claude", stub.base("claude"), ["claude-haiku-4-5"])
        stub.push(Act(text="word " * 2000, gap=0.02))
        stream = run.stream("claude", request_for("claude", "claude-haiku-4-5", stream=True))
        next(stream)
        next(stream)
        stream.close()
        call = settled(gateway, run.session)[0]
        check_equal((call["state"], call["source"]), ("settled", "estimated"))
        check(0 < dollars(call["cost_usd"]) < 10_000, call)
        wait_for(lambda: stub.chats()[-1].outcome == "gone", 5, "the provider noticed")


@test("a client that waits in vain and goes away is charged for what it sent")
def disconnect_early() -> None:
    with FaultStub() as stub, GatewayRun() as gateway:
        run = gateway.open("openai", stub.base("openai"), ["gpt-5.1"])
        stub.push(Act("hang"))
        connection = http.client.HTTPConnection("127.0.0.1", run.port, timeout=5)
        connection.request("POST", "/v1/chat/completions", json.dumps(request_for("openai", "gpt-5.1")),
                           run.headers("openai") | {"Content-Type": "application/json"})
        wait_for(lambda: len(stub.chats()) == 1, 5, "the provider has it")
        connection.close()
        check_equal(settled(gateway, run.session)[0]["source"], "estimated")


@test("errors of the provider pass with their status, shape and headers, cost nothing and are not tried again")
def errors() -> None:
    with FaultStub() as stub, GatewayRun() as gateway:
        for form, provider, model in NATIVE:
            run = gateway.open(provider, stub.base(provider), [model])
            before = len(stub.chats())
            stub.push(Act("error", kind="rate", headers={"retry-after": "7"}))
            reply = run.chat(form, request_for(form, model))
            check_equal(reply.status, stub.chats()[-1].status, provider)
            check("x-training-center-error" not in reply.headers, "it is the provider's own")
            check(error_of(reply) if "error" in reply.json else reply.json, provider)
            check_equal(len(stub.chats()), before + 1, "asked once")
            call = settled(gateway, run.session)[0]
            check_equal((call["state"], call.get("cost_usd")), ("released", None), provider)


@test("a key that a provider says back is masked")
def echo() -> None:
    with FaultStub() as stub, GatewayRun() as gateway:
        for form, provider, model in NATIVE:
            run = gateway.open(provider, stub.base(provider), [model])
            stub.push(Act("error", kind="auth", echo=True))
            reply = run.chat(form, request_for(form, model))
            check(reply.status >= 400, provider, reply.status)
            check(SECRET.encode() not in reply.body, reply.body)
            stub.push(Act(text=f"Your key is {SECRET}."))
            reply = run.chat(form, request_for(form, model))
            check(SECRET.encode() not in reply.body, reply.body)
        check(SECRET not in str(gateway.events), gateway.events)
        check(any(event["kind"] == "key" for event in gateway.events), gateway.events)


@test("401, 403, 404, 400 and 415 in the client's own words, and nothing reaches the provider")
def refusals() -> None:
    with FaultStub() as stub, GatewayRun() as gateway:
        run = gateway.open("claude", stub.base("claude"), ["claude-haiku-4-5"])
        body = request_for("claude", "claude-haiku-4-5")
        wrong = Run(run.port, 0, "x" * 43, [])
        for reply, status, kind in (
                (wrong.chat("claude", body), 401, "authentication_error"),
                (run.chat("claude", body | {"model": "claude-opus-5-5"}), 403, "permission_error"),
                (run.chat("claude", b"{"), 400, "invalid_request_error"),
                (run.chat("claude", body, run.headers("claude") | {"Origin": "https://evil.example"}), 403,
                 "permission_error")):
            check_equal((reply.status, reply.json["type"], reply.json["error"]["type"]), (status, "error", kind))
            check_equal(reply.headers["x-training-center-error"], "1")
        check_equal(run.chat("openai", body | {"model": "no"}).json["error"]["code"], "model_not_allowed")
        check("may not ask" in run.chat("ollama", body | {"model": "no"}).json["error"], "Ollama's shape")
        for path in ("/api/generate", "/v1/embeddings", "/v1/messages/batches", "/elsewhere", "/v1"):
            reply = run.request("POST", path, body)
            check_equal((reply.status, "passes on" in error_of(reply)), (404, True), path)
        text = run.chat("claude", json.dumps(body).encode(), run.headers("claude") | {"Content-Type": "text/plain"})
        check_equal(text.status, 415)
        check_equal(len(stub.chats()), 0)
        states = [(call["state"], call["status"]) for call in gateway.calls()]
        check(("refused", 403) in states and ("refused", 401) in states, states)


@test("a token is worth nothing after its run")
def closed() -> None:
    with FaultStub() as stub, GatewayRun() as gateway:
        run = gateway.open("claude", stub.base("claude"), ["claude-haiku-4-5"], session=5)
        again = gateway.open("claude", stub.base("claude"), ["claude-haiku-4-5"], session=5, attempt=2)
        body = request_for("claude", "claude-haiku-4-5")
        check_equal(run.chat("claude", body).status, 401, "an earlier attempt's")
        check_equal(again.chat("claude", body).status, 200)
        stub.push(Act(text="word " * 500, gap=0.02))
        stream = again.stream("claude", body | {"stream": True})
        next(stream)
        gateway.tell("close", session=5)
        try:
            pieces = list(stream)
            check(b"message_stop" not in b"".join(pieces), "the stream is cut off")
        except (http.client.HTTPException, ConnectionError):
            pass
        check_equal(again.chat("claude", body).status, 401, "after the end")


@test("a new gateway finds the run of the one before by its token, at the same port")
def resumed() -> None:
    with FaultStub() as stub, GatewayRun() as outer:
        body = request_for("claude", "claude-haiku-4-5")
        folder = outer.folder / "second"
        folder.mkdir()
        with GatewayRun(str(folder)) as first:
            run = first.open("claude", stub.base("claude"), ["claude-haiku-4-5"], session=9, attempt=1)
            check_equal(run.chat("claude", body).status, 200)
            port = first.port
            first.process.kill()
            first.process.wait()
        with GatewayRun(str(folder), port) as second:
            check_equal(second.port, port, "the port is the same")
            check_equal(run.chat("claude", body).status, 401, "before it is resumed")
            grant = second.grant("claude", stub.base("claude"), ["claude-haiku-4-5"], session=9, attempt=1)
            check_equal(second.tell("resume", **grant), {"resumed": True})
            check_equal(run.chat("claude", body).status, 200)
            other = second.grant("claude", stub.base("claude"), ["claude-haiku-4-5"], session=10, attempt=1)
            check_equal(second.tell("resume", **other), {"resumed": False})
            with GatewayRun(str(outer.folder), port) as third:
                check(third.port != port, "a taken port is let be")


@test("a budget refuses with 402 that clients do not repeat, is raised without a restart, and never blocks what is free")
def budgets() -> None:
    with FaultStub() as stub, GatewayRun() as gateway:
        run = gateway.open("claude", stub.base("claude"), ["claude-haiku-4-5"], limit_usd="0.000300")
        free = gateway.open("qwen", stub.base("qwen"), ["qwen3:8b"], limit_usd="0")
        body = request_for("claude", "claude-haiku-4-5", max_tokens=100)
        reply = run.chat("claude", body)
        check_equal(reply.status, 402)
        check_equal(reply.headers["x-should-retry"], "false")
        check("budget" in error_of(reply), reply.body)
        check_equal(run.chat("openai", body).json["error"]["code"], "budget_exceeded")
        check_equal(len(stub.chats()), 0)
        check_equal(free.chat("ollama", request_for("ollama", "qwen3:8b")).status, 200, "free")
        gateway.tell("budget", scope="month", limit_usd="0.000001")
        check_equal(free.chat("ollama", request_for("ollama", "qwen3:8b")).status, 200, "free")
        rich = gateway.open("claude", stub.base("claude"), ["claude-haiku-4-5"])
        check_equal(rich.chat("claude", body).status, 402, "the month's")
        gateway.tell("budget", scope="month", limit_usd="5")
        check_equal(rich.chat("claude", body).status, 200, "raised")
        check([event for event in gateway.events if event.get("kind") == "budget"], gateway.events)


@test("a cap is lowered to what the budget affords, and not below 256")
def lowered() -> None:
    with FaultStub() as stub, GatewayRun() as gateway:
        for form, provider, model, where in (("claude", "claude", "claude-haiku-4-5", "max_tokens"),
                                             ("openai", "openai", "gpt-5.1", "max_completion_tokens"),
                                             ("openai", "compatible", "gpt-4o", "max_tokens")):
            run = gateway.open(provider, stub.base(provider), [priced(model, 100_000)], limit_usd="0.02")
            body = request_for(form, model)
            body.pop("max_tokens", None)
            if form == "claude":
                body["max_tokens"] = 50_000
            check_equal(run.chat(form, body).status, 200, provider)
            cap = stub.chats()[-1].json[where]
            check(256 <= cap < 5000, provider, cap)
            poor = gateway.open(provider, stub.base(provider), [priced(model, 100_000)], limit_usd="0.0012")
            check_equal(poor.chat(form, body).status, 402, provider)


@test("an image that the provider fetches itself is held for as much as it can read")
def outside_images() -> None:
    with FaultStub() as stub, GatewayRun() as gateway:
        for form, provider, model, part in (
                ("claude", "claude", "claude-haiku-4-5", {"type": "image", "source": {"type": "url", "url": "https://x.example/a.png"}}),
                ("openai", "openai", "gpt-5.1", {"type": "image_url", "image_url": {"url": "https://x.example/a.png"}})):
            run = gateway.open(provider, stub.base(provider), [priced(model) | {"context": 200_000}], limit_usd="0.15")
            text = {"type": "text", "text": json.dumps(part)}
            cap = {"max_tokens": 100} if form == "claude" else {"max_completion_tokens": 100}
            for parts, status in (([text], 200), ([text, part], 402)):
                body = request_for(form, model) | cap | {"messages": [{"role": "user", "content": parts}]}
                check_equal(run.chat(form, body).status, status, f"{provider}, {len(parts)} parts")


@test("64 calls at once never cost more than the budget")
def race() -> None:
    with FaultStub() as stub, GatewayRun() as gateway:
        run = gateway.open("claude", stub.base("claude"), ["claude-haiku-4-5"], limit_usd="0.01")
        stub.always(Act(latency=0.2))
        body = request_for("claude", "claude-haiku-4-5", max_tokens=255)
        statuses: list[int] = []
        threads = [threading.Thread(target=lambda: statuses.append(run.chat("claude", body).status))
                   for _ in range(64)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        check_equal(sorted(set(statuses)), [200, 402])
        spent = sum(dollars(call["cost_usd"]) for call in gateway.calls(run.session) if call["state"] == "settled")
        check(0 < spent <= 10_000, spent)
        check_equal(spent, stub.money())


@test("what has no price is let through, and said to be unknown")
def unknown_price() -> None:
    with FaultStub() as stub, GatewayRun() as gateway:
        run = gateway.open("compatible", stub.base("compatible"), [{"id": "local-model"}])
        reply = run.chat("openai", request_for("openai", "local-model"))
        check_equal((reply.status, reply.headers["x-training-center-cost-usd"]), (200, "unknown"))
        check_equal(settled(gateway, run.session)[0]["source"], "unknown")
        run.chat("openai", request_for("openai", "local-model"))
        check_equal([event["kind"] for event in gateway.events if event["event"] == "problem"], ["price"])


@test("models, tags, show, version, spend and token counts")
def small_answers() -> None:
    with FaultStub() as stub, GatewayRun() as gateway:
        run = gateway.open("claude", stub.base("claude"), ["claude-haiku-4-5"], limit_usd="2.50")
        body = request_for("claude", "claude-haiku-4-5")
        check_equal([model["id"] for model in run.request("GET", "/v1/models").json["data"]], ["claude-haiku-4-5"])
        shown = run.request("GET", "/v1/models?limit=5", form="claude").json
        check_equal((shown["has_more"], shown["data"][0]["type"]), (False, "model"))
        check_equal(run.request("GET", "/v1/models/claude-haiku-4-5").json["object"], "model")
        check_equal(run.request("GET", "/v1/models/none").status, 404)
        check_equal(run.request("GET", "/api/tags").json["models"][0]["name"], "claude-haiku-4-5")
        check_equal(run.request("POST", "/api/show", {"model": "claude-haiku-4-5"}).json["capabilities"],
                    ["completion"])
        check("version" in run.request("GET", "/api/version").json, "a version")
        check_equal(run.request("GET", f"/run/{run.token}/api/version", headers={}).status, 200)
        run.chat("claude", body)
        spend = run.request("GET", "/v1/spend").json
        check_equal((spend["session_id"], dollars(spend["spent_usd"]) + dollars(spend["left_usd"])),
                    (str(run.session), 2_500_000))
        body.pop("max_tokens")
        stub.answers["/v1/messages/count_tokens"] = (200, {"input_tokens": 9})
        counted = run.request("POST", "/v1/messages/count_tokens", body, form="claude")
        check_equal(counted.status, 200, counted.body)
        check_equal(counted.json, {"input_tokens": 9})
        check_equal(len(gateway.calls(run.session)), 1, "counting is no call")


@test("providers that cannot be reached, break off, send on or talk nonsense are a 502 in the client's words")
def broken_providers() -> None:
    with FaultStub() as stub, GatewayRun() as gateway:
        run = gateway.open("claude", stub.base("claude"), ["claude-haiku-4-5"])
        gone = gateway.open("claude", "http://127.0.0.1:9", ["claude-haiku-4-5"])
        body = request_for("claude", "claude-haiku-4-5")
        reply = gone.chat("claude", body)
        check_equal((reply.status, settled(gateway, gone.session)[0]["state"]), (502, "released"))
        check("Nobody listens" in error_of(reply), reply.body)
        for act in (Act("cut", after="none"), Act("redirect", status=307, to=stub.url + "/x"),
                    Act("body", data="<html>", type="text/html"), Act("bomb", encoding="gzip", size=10_000_000),
                    Act("status-line", data="HTTP/9.9 200 OK"), Act("chunks", mode="bad-size")):
            stub.push(act)
            reply = run.chat("claude", body)
            check_equal((act.fault, reply.status, reply.headers.get("x-training-center-error")),
                        (act.fault, 502, "1"), str(reply.body))
        check(not any("x" == entry.path[-1:] for entry in stub.journal), "no redirect was followed")
        stub.push(Act("body", data="x" * 20_000_000))
        check_equal(run.chat("claude", body).status, 502, "an endless answer")
        costs = [dollars(call["cost_usd"]) for call in settled(gateway, run.session, 7) if call["state"] == "settled"]
        check(max(costs) < 2000, "a guess is never more than was held", costs)


@test("a stream that breaks off breaks off for the client as well, and costs a guess")
def cut_stream() -> None:
    with FaultStub() as stub, GatewayRun() as gateway:
        run = gateway.open("openai", stub.base("openai"), ["gpt-5.1"])
        stub.push(Act("cut", after="half"))
        try:
            text = b"".join(run.stream("openai", request_for("openai", "gpt-5.1", stream=True)))
            check(False, "the cut was hidden", text)
        except (http.client.IncompleteRead, ConnectionError):
            pass
        call = settled(gateway, run.session)[0]
        check_equal((call["state"], call["source"]), ("settled", "estimated"))


@test("the engine's own calls are metered, and tried again as the vendors' clients do, but not for money")
def own_calls() -> None:
    with FaultStub() as stub, GatewayRun() as gateway:
        for form, provider, model in NATIVE:
            grant = gateway.grant(provider, stub.base(provider), [model], session=77)
            stub.push(Act("error", kind="overloaded"), Act(text="A verdict."))
            before = len(stub.chats())
            said = gateway.tell("chat", prompt="How is it going?", max_tokens=300, **grant)
            check_equal(said.get("text"), "A verdict.", str(said))
            check_equal(dollars(said["cost_usd"]), stub.chats()[-1].cost, provider)
            check_equal(len(stub.chats()) - before, 2, provider)
        grant = gateway.grant("openai", stub.base("openai"), ["gpt-5.1"], session=78)
        before = len(stub.chats())
        stub.push(Act("error", kind="money"))
        check_equal(gateway.tell("chat", **grant)["code"], "unavailable")
        check_equal(len(stub.chats()) - before, 1, "not again")
        poor = gateway.grant("openai", stub.base("openai"), ["gpt-5.1"], session=79, limit_usd="0.000001")
        check_equal(gateway.tell("chat", **poor)["code"], "permission")
        stub.push(Act("hang"))
        began = time.monotonic()
        check_equal(gateway.tell("chat", timeout_ms=500, **grant)["code"], "unavailable")
        check(time.monotonic() - began < 12, "in time")


if __name__ == "__main__":
    tap.main()
