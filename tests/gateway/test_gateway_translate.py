#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""The gateway between a client of one format and a provider of another: every pair of the three."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

import tap  # noqa: E402
import vendorforms  # noqa: E402
from faultstub import Act, FaultStub  # noqa: E402
from gatewayrun import GatewayRun  # noqa: E402
from tap import check, check_equal, test, wait_for  # noqa: E402

PROVIDERS = [("claude", "claude", "claude-haiku-4-5"), ("openai", "openai", "gpt-5.1"),
             ("openai", "xai", "grok-4.3"), ("ollama", "qwen", "qwen3:8b")]
PAIRS = [(form, provider, model) for form in ("claude", "openai", "ollama")
         for native, provider, model in PROVIDERS if form != native]

SECRET = "sk-stub-secret-0123456789"

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"],
          "additionalProperties": False}


def request_for(form: str, model: str, **members: Any) -> dict[str, Any]:
    """A small request."""
    body: dict[str, Any] = {"model": model, "messages": [{"role": "user", "content": "Say something."}]}
    if form == "claude":
        body["max_tokens"] = 200
    if form == "ollama":
        body["stream"] = False
    return body | members


def with_tool(form: str) -> dict[str, Any]:
    """The members that offer a tool."""
    if form == "claude":
        return {"tools": [{"name": "weather", "description": "The weather", "input_schema": SCHEMA}]}
    return {"tools": [{"type": "function", "function": {"name": "weather", "description": "The weather",
                                                        "parameters": SCHEMA}}]}


def said(form: str, answer: Any) -> tuple[str, list[tuple[str, Any]]]:
    """The text and the tool calls of a whole answer."""
    if form == "claude":
        text = "".join(part["text"] for part in answer["content"] if part["type"] == "text")
        return text, [(part["name"], part["input"]) for part in answer["content"] if part["type"] == "tool_use"]
    message = answer["choices"][0]["message"] if form == "openai" else answer["message"]
    calls = [call["function"] for call in message.get("tool_calls") or []]
    return message["content"] or "", [
        (call["name"], json.loads(call["arguments"]) if form == "openai" else call["arguments"]) for call in calls]


def events(form: str, text: bytes) -> list[Any]:
    """The objects of a stream."""
    if form == "ollama":
        return [json.loads(line) for line in text.splitlines() if line]
    return [json.loads(line[6:]) for line in text.decode().split("\n")
            if line.startswith("data: ") and line != "data: [DONE]"]


def streamed(form: str, text: bytes) -> tuple[str, list[tuple[str, Any]]]:
    """The text and the tool calls of a stream."""
    words, calls, arguments = "", [], {}
    for event in events(form, text):
        if form == "claude":
            block, delta = event.get("content_block", {}), event.get("delta", {})
            if block.get("type") == "tool_use":
                arguments[event["index"]] = [block["name"], ""]
            if delta.get("type") == "input_json_delta":
                arguments[event["index"]][1] += delta["partial_json"]
            words += delta.get("text", "") if delta.get("type") == "text_delta" else ""
        elif form == "openai":
            for choice in event["choices"]:
                words += choice["delta"].get("content") or ""
                for call in choice["delta"].get("tool_calls") or []:
                    entry = arguments.setdefault(call["index"], ["", ""])
                    entry[0] += call["function"].get("name") or ""
                    entry[1] += call["function"].get("arguments") or ""
        else:
            words += event["message"]["content"]
            calls += [(call["function"]["name"], call["function"]["arguments"])
                      for call in event["message"].get("tool_calls") or []]
    return words, calls + [(name, json.loads(given or "{}")) for name, given in arguments.values()]


def dollars(text: str) -> int:
    """Micro-dollars of a decimal text."""
    whole, _, part = text.partition(".")
    return int(whole) * 1_000_000 + int((part + "000000")[:6])


@test("answers come in the client's format, and cost what the provider counts")
def plain() -> None:
    with FaultStub() as stub, GatewayRun() as gateway:
        for form, provider, model in PAIRS:
            run = gateway.open(provider, stub.base(provider), [model])
            reply = run.chat(form, request_for(form, model))
            entry = stub.chats()[-1]
            check_equal(reply.status, 200, f"{form} to {provider}: {reply.body!r}")
            check_equal(said(form, reply.json), (entry.text, []), f"{form} to {provider}")
            check_equal(dollars(reply.headers["x-training-center-cost-usd"]), entry.cost, provider)
            check_equal(reply.headers["content-type"], "application/json")


@test("streams come in the client's format with its own end, and cost what the provider counts")
def streams() -> None:
    with FaultStub() as stub, GatewayRun() as gateway:
        for form, provider, model in PAIRS:
            run = gateway.open(provider, stub.base(provider), [model])
            text = b"".join(run.stream(form, request_for(form, model, stream=True)))
            entry = stub.chats()[-1]
            check_equal(streamed(form, text), (entry.text, []), f"{form} to {provider}")
            end = {"claude": b"message_stop", "openai": b"data: [DONE]", "ollama": b'"done":true'}[form]
            check(end in text[-400:], form, provider, text[-400:])
            call = wait_for(lambda: [call for call in gateway.calls(run.session) if call["state"] == "settled"],
                            5, "it is settled")[0]
            check_equal(dollars(call["cost_usd"]), entry.cost, f"{form} to {provider}")


@test("a key that a provider says in pieces of a stream is masked, and its beginnings are not")
def split_echo() -> None:
    with FaultStub() as stub, GatewayRun() as gateway:
        for form, provider, model in PAIRS + [(native, provider, model) for native, provider, model in PROVIDERS]:
            run = gateway.open(provider, stub.base(provider), [model])
            for before in range(vendorforms.PIECE_CHARS):
                words = "s" * before + f" {SECRET[:9]} {SECRET}, {SECRET[:-1]}"
                stub.push(Act(text=words))
                text = b"".join(run.stream(form, request_for(form, model, stream=True)))
                wanted = words.replace(SECRET, "[redacted]")
                check_equal(streamed(form, text)[0], wanted, f"{form} to {provider}")
                entry = stub.chats()[-1]
                call = gateway.calls(run.session)[0]
                check_equal((call["state"], dollars(call["cost_usd"])), ("settled", entry.cost), f"{form} to {provider}")


@test("tools are offered, called and come back, plain and streamed")
def tools() -> None:
    with FaultStub() as stub, GatewayRun() as gateway:
        for form, provider, model in PAIRS:
            run = gateway.open(provider, stub.base(provider), [model])
            body = request_for(form, model) | with_tool(form)
            stub.push(Act(text="", tools=[("weather", {"city": "Köln"})]), times=2)
            wanted = [("weather", {"city": "Köln"})]
            reply = run.chat(form, body)
            check_equal(said(form, reply.json)[1], wanted, f"{form} to {provider}")
            check("weather" in stub.chats()[-1].body.decode(), "it was offered")
            text = b"".join(run.stream(form, body | {"stream": True}))
            check_equal(streamed(form, text)[1], wanted, f"{form} to {provider}, streamed")


@test("errors come in the client's format with the provider's status, and cost nothing")
def errors() -> None:
    with FaultStub() as stub, GatewayRun() as gateway:
        for form, provider, model in PAIRS:
            run = gateway.open(provider, stub.base(provider), [model])
            stub.push(Act("error", kind="overloaded"))
            reply = run.chat(form, request_for(form, model, stream=True))
            check_equal(reply.status, stub.chats()[-1].status, provider)
            error = reply.json["error"]
            check(isinstance(error, str) if form == "ollama" else error["message"], form, provider, reply.json)
            check_equal(gateway.calls(run.session)[0]["state"], "released", provider)


@test("an error in mid-stream comes as one in the client's format")
def broken_streams() -> None:
    with FaultStub() as stub, GatewayRun() as gateway:
        for form, provider, model in PAIRS:
            for act in (Act("stream-error", after=1, kind="overloaded"), Act("cut", after="half")):
                run = gateway.open(provider, stub.base(provider), [model])
                stub.push(act)
                text = b"".join(run.stream(form, request_for(form, model, stream=True)))
                check("error" in str(events(form, text)[-1]), f"{form} to {provider}, {act.fault}", text[-300:])


@test("what cannot be said in the other format is refused, not dropped")
def untranslatable() -> None:
    with FaultStub() as stub, GatewayRun() as gateway:
        run = gateway.open("claude", stub.base("claude"), ["claude-haiku-4-5"])
        body = request_for("openai", "claude-haiku-4-5", n=3)
        check_equal(run.chat("openai", body).status, 400)
        check_equal(len(stub.chats()), 0)


@test("a cap is lowered to what the budget affords, also across formats")
def lowered() -> None:
    with FaultStub() as stub, GatewayRun() as gateway:
        run = gateway.open("claude", stub.base("claude"), [
            {"id": "claude-haiku-4-5", "max_output": 100_000, "input_usd": "1", "output_usd": "5"}],
            limit_usd="0.02")
        check_equal(run.chat("openai", request_for("openai", "claude-haiku-4-5", max_tokens=90_000)).status, 200)
        cap = stub.chats()[-1].json["max_tokens"]
        check(256 <= cap < 5000, cap)


if __name__ == "__main__":
    tap.main()
