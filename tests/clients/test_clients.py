#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""The vendors' own clients drive the gateway: each of them against every provider, passed through and translated.

The gateway and its ledger are the real ones; behind them stands the vendor stub
of the harness, or a mock that others wrote. What the book says is compared with
their own count.
"""

from __future__ import annotations

import atexit
import functools
import os
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "harness"))
sys.path.insert(0, str(HERE.parent / "gateway"))

from faultstub import Act, FaultStub  # noqa: E402
from gatewayrun import GatewayRun, Run  # noqa: E402
from npmpackages import Worker  # noqa: E402
from tap import check, check_equal, main, note, test, wait_for  # noqa: E402
from vendormoney import PRICES, Usage  # noqa: E402

# provider, model, vendor of the stub
PROVIDERS = (("claude", "claude-sonnet-5-5", "anthropic"), ("openai", "gpt-5.1", "openai"),
             ("xai", "grok-4.7", "xai"), ("qwen", "qwen3:8b", "ollama"), ("compatible", "gpt-4o", "compatible"))
CLIENTS = ("anthropic", "openai", "ollama")
OWN = {"claude": "anthropic", "openai": "openai", "xai": "openai", "qwen": "ollama", "compatible": "openai"}
TEXT = "Grüße — “quoted”, \\ back\\slash, \t tab,\nnew line, 🦊 and a long tail " + "tail " * 30
SCHEMA = {"type": "object", "additionalProperties": False, "required": ["answer", "sure"],
          "properties": {"answer": {"type": "integer", "minimum": 40, "maximum": 42}, "sure": {"type": "boolean"}}}
ARGUMENTS = {"city": "Nürnberg", "days": [1, 2, 3], "deep": {"a": None, "b": "\"}{"}}
TOOL = {"name": "weather", "description": "Looks at the sky.", "schema": {
    "type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "array", "items": {"type": "integer"}}}}}


@functools.cache
def shared_worker() -> Worker:
    """One Node for all tests: to load the clients takes longer than to use them. Skips where there is none."""
    worker = Worker(HERE / "worker.mjs", "clients")
    atexit.register(worker.__exit__)
    return worker


class Setting:
    """Stub, gateway, Node and a run for one provider; a context."""

    def __init__(self, provider: str, model: str, vendor: str, **grant: Any) -> None:
        self.provider, self.model, self.vendor, self.grant = provider, model, vendor, grant

    def __enter__(self) -> "Setting":
        # First: it skips where there is no Node.
        self.worker = shared_worker()
        self.stub = FaultStub().__enter__()
        self.gateway = GatewayRun().__enter__()
        self.run: Run = self.gateway.open(self.provider, self.stub.base(self.vendor), [self.model], **self.grant)
        return self

    def __exit__(self, *reason: Any) -> None:
        self.gateway.__exit__(*reason)
        self.stub.__exit__(*reason)

    def base(self, client: str) -> str:
        """Where a client goes."""
        names = {"anthropic": "ANTHROPIC_BASE_URL", "openai": "OPENAI_BASE_URL", "ollama": "OLLAMA_HOST"}
        return self.run.environment[names[client]]

    def chat(self, client: str, stream: bool, given: dict[str, Any] | None = None, **job: Any) -> dict[str, Any]:
        """One call by a client."""
        return self.worker.ask("chat", client=client, base=self.base(client), token=self.run.token, stream=stream,
                               body=body(client, self.model, stream) | (given or {}), **job)

    def good(self, client: str, stream: bool, given: dict[str, Any] | None = None, **job: Any) -> dict[str, Any]:
        """One call that must work; the answer."""
        seen = self.chat(client, stream, given, **job)
        check(seen["ok"], f"{client} at {self.provider}, stream={stream}: {seen.get('error')}")
        return seen["answer"]

    def bad(self, client: str, stream: bool, **job: Any) -> dict[str, Any]:
        """One call that must fail; what the client says."""
        seen = self.chat(client, stream, **job)
        check(not seen["ok"], f"{client} at {self.provider}, stream={stream} took it for good: {seen}")
        return seen["error"]

    def check_money(self) -> None:
        """The book and the stub agree to the micro-dollar."""
        wait_for(lambda: all(call["state"] != "held" for call in self.gateway.calls()), 5, "calls to be settled")
        booked = sum(micro(call["cost_usd"]) for call in self.gateway.calls() if call["state"] == "settled")
        check_equal(booked, self.stub.money(), f"micro-dollars of {self.provider}")


def micro(text: Any) -> int:
    """Micro-dollars of a decimal text."""
    return int(Fraction(str(text)) * 1_000_000)


def body(client: str, model: str, stream: bool) -> dict[str, Any]:
    """The least that a client sends."""
    made: dict[str, Any] = {"model": model, "messages": [{"role": "user", "content": "What is the answer?"}]}
    if client == "anthropic":
        made["max_tokens"] = 500
    if client == "openai":
        made["max_completion_tokens"] = 500
        if stream:
            made["stream_options"] = {"include_usage": True}
    return made


def tool_of(client: str) -> dict[str, Any]:
    """The tool in a client's words."""
    if client == "anthropic":
        return {"tools": [{"name": TOOL["name"], "description": TOOL["description"], "input_schema": TOOL["schema"]}]}
    return {"tools": [{"type": "function", "function": {
        "name": TOOL["name"], "description": TOOL["description"], "parameters": TOOL["schema"]}}]}


def schema_of(client: str) -> dict[str, Any]:
    """The wish for JSON in a client's words."""
    if client == "anthropic":
        return {"output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}}
    if client == "ollama":
        return {"format": SCHEMA}
    return {"response_format": {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA}}}


FINISHES = {"anthropic": {"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use"},
            "openai": {"stop": "stop", "length": "length", "tool_calls": "tool_calls"},
            "ollama": {"stop": "stop", "length": "length", "tool_calls": "stop"}}


def tokens(client: str, usage: dict[str, Any]) -> tuple[int, int]:
    """Prompt and output as a client sees them; for OpenAI's reasoning apart or not, the sum counts."""
    if client == "anthropic":
        return (usage["input_tokens"] + (usage.get("cache_read_input_tokens") or 0) +
                (usage.get("cache_creation_input_tokens") or 0), usage["output_tokens"])
    if client == "ollama":
        return usage["prompt_eval_count"], usage["eval_count"]
    return usage["prompt_tokens"], usage["total_tokens"] - usage["prompt_tokens"]


def plain_and_streamed(it: Setting, client: str) -> None:
    """Text, thinking, finish and counts arrive as the provider gave them; pieces arrive as they are sent."""
    for stream in (False, True):
        for finish in ("stop", "length"):
            it.stub.push(Act(text=TEXT, thinking="first, then", finish=finish, usage=Usage(120, 90, 20)))
            answer = it.good(client, stream)
            what = f"{client} at {it.provider} stream={stream}"
            check_equal(answer["text"], TEXT, what)
            check_equal(answer["finish"], FINISHES[client][finish], what)
            check_equal(tokens(client, answer["usage"]), (120, 90), f"{what} {answer['usage']}")
            check(answer["thinking"] in ("first, then", ""), what, answer["thinking"])
    it.stub.push(Act(text=TEXT, gap=0.03))
    seen = it.chat(client, True)
    check(seen["ok"] and len(seen["texts"]) > 5, f"{client}: {seen}")
    spread = seen["texts"][-1] - seen["texts"][0]
    check(spread > 200, f"{client} at {it.provider}: all came at once, within {spread} ms")
    it.check_money()


def tools(it: Setting, client: str) -> None:
    """Calls of tools, also streamed, also two at once; the result goes back."""
    for stream in (False, True):
        for calls in ([("weather", ARGUMENTS)], [("weather", ARGUMENTS), ("weather", {})]):
            for text in ("", "I look."):
                it.stub.push(Act(text=text, tools=calls))
                answer = it.good(client, stream, tool_of(client))
                what = f"{client} at {it.provider} stream={stream} {len(calls)} calls"
                check_equal([(call["name"], call["arguments"]) for call in answer["tools"]], calls, what)
                check_equal((answer["text"], answer["finish"]), (text, FINISHES[client]["tool_calls"]), what)
                if client != "ollama":
                    ids = [call["id"] for call in answer["tools"]]
                    check(all(ids) and len(set(ids)) == len(ids), what, ids)
        sent = it.stub.chats()[-1].body.decode()
        check("weather" in sent and "Looks at the sky." in sent, f"the tool at the provider: {sent}")
        it.good(client, stream, tool_of(client) | {"messages": after_tool(client, answer["tools"])})
        sent = it.stub.chats()[-1].body.decode()
        check("Snow, of course." in sent and "weather" in sent, f"the tool's result at the provider: {sent}")
    it.check_money()


def after_tool(client: str, calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The conversation after a tool's result."""
    asked = {"role": "user", "content": "How is the weather?"}
    if client == "anthropic":
        return [asked, {"role": "assistant", "content": [
            {"type": "tool_use", "id": call["id"], "name": call["name"], "input": call["arguments"]} for call in calls]},
                {"role": "user", "content": [{"type": "tool_result", "tool_use_id": call["id"],
                                              "content": "Snow, of course."} for call in calls]}]
    import json
    if client == "ollama":
        return [asked, {"role": "assistant", "content": "", "tool_calls": [
            {"function": {"name": call["name"], "arguments": call["arguments"]}} for call in calls]},
                *({"role": "tool", "tool_name": call["name"], "content": "Snow, of course."} for call in calls)]
    return [asked, {"role": "assistant", "content": None, "tool_calls": [
        {"id": call["id"], "type": "function", "function": {
            "name": call["name"], "arguments": json.dumps(call["arguments"])}} for call in calls]},
            *({"role": "tool", "tool_call_id": call["id"], "content": "Snow, of course."} for call in calls)]


def json_schema(it: Setting, client: str) -> None:
    """A schema reaches the provider in its own words, the JSON comes back."""
    import json
    for stream in (False, True):
        answer = it.good(client, stream, schema_of(client))
        check_equal(set(json.loads(answer["text"])), {"answer", "sure"}, f"{client} at {it.provider}: {answer['text']}")
    it.check_money()


# What a client must make of an error at the provider: statuses the vendors may use for it.
KINDS = {"auth": {400, 401, 403}, "permission": {403}, "rate": {429}, "overloaded": {503, 529}, "server": {500},
         "not-found": {404}}


def errors(it: Setting, client: str) -> None:
    """The client's own error classes, before the first byte and in mid-stream."""
    for stream in (False, True):
        for kind, statuses in KINDS.items():
            it.stub.push(Act("error", kind=kind))
            error = it.bad(client, stream)
            what = f"{client} at {it.provider} stream={stream} {kind}: {error}"
            check(error["status"] in statuses, what)
            check(len(error["message"]) > 8 and "[object" not in error["message"], what)
    for act in (Act("stream-error", kind="overloaded", after=3), Act("stream-error", kind="server"), Act("cut", after="half"),
                Act("truncate", after="first")):
        act.text = TEXT
        it.stub.push(act)
        seen = it.chat(client, True)
        what = f"{client} at {it.provider} {act.fault}: {seen}"
        check(not seen["ok"], "a broken stream passed for a whole answer:", what)
        check(TEXT.startswith(seen["partial"]), what)
    it.good(client, True)


def cancelled(it: Setting, client: str) -> None:
    """A client that stops reading: the provider is let go, and the call is in the book once."""
    it.stub.push(Act(text=TEXT * 5, gap=0.03))
    before = len(it.gateway.calls())
    seen = it.chat(client, True, abortAfter=6)
    check(not seen["ok"] or seen["chunks"] < 20, f"{client} at {it.provider} was not cancelled: {seen}")
    wait_for(lambda: it.stub.chats()[-1].outcome == "gone", 5, f"the provider to be let go ({client} at {it.provider})")
    wait_for(lambda: all(call["state"] != "held" for call in it.gateway.calls()), 5, "the call to be settled")
    calls = it.gateway.calls()
    check_equal((len(calls), calls[0]["source"]), (before + 1, "estimated"), calls[0])
    it.good(client, False)


def retries(it: Setting, client: str) -> None:
    """The clients' own habit to try again works through the gateway; the book has one bill."""
    if client == "ollama":   # it never does
        return
    it.good(client, False)   # the first call loads the client, which takes its time
    for kind in ("rate", "overloaded", "server"):
        it.stub.push(Act("error", kind=kind, headers={"retry-after-ms": "20"}))
        before = len(it.stub.chats())
        began = time.monotonic()
        it.good(client, False, retries=2)
        check_equal(len(it.stub.chats()) - before, 2, f"{client} at {it.provider}: calls after {kind}")
        took = time.monotonic() - began
        check(took < 3, f"{client} at {it.provider} waited {took:.1f} s after {kind}: retry-after-ms was lost")
    it.check_money()
    # Nobody knows what a call costs that was sent and never answered: the book guesses, once. The gateway itself
    # sends again what a connection swallowed that was in use before; what a fresh one swallows, the client does.
    it.stub.push(Act("cut", after="none"))
    it.stub.push(Act("cut", after="none"))
    before = len(it.stub.chats())
    it.good(client, False, retries=1)
    check_equal(len(it.stub.chats()) - before, 3, f"{client} at {it.provider}: calls after two hang-ups")
    wait_for(lambda: all(call["state"] != "held" for call in it.gateway.calls()), 5, "calls to be settled")
    guessed = [call for call in it.gateway.calls() if call["source"] == "estimated"]
    check_equal(len(guessed), 1, f"{client} at {it.provider}: {guessed}")


def from_environment(it: Setting, client: str) -> None:
    """A script that says nothing: the variables of the run lead its client here, with the run's token."""
    it.worker.ask("env", set=it.run.environment)
    it.stub.push(Act(text="from the environment"))
    check_equal(it.good(client, False, env=True)["text"], "from the environment", f"{client} at {it.provider}")
    found = it.worker.ask("models", client=client, base=it.base(client), token=it.run.token)
    check_equal(found, [it.model], f"{client} at {it.provider}: models")


CASES: tuple[tuple[str, Callable[[Setting, str], None]], ...] = (
    ("plain and streamed, piece by piece", plain_and_streamed), ("tools, streamed too", tools), ("a JSON schema", json_schema),
    ("errors, in mid-stream too", errors), ("cancelled", cancelled), ("its own retries", retries),
    ("set up by the environment", from_environment))


def register(provider: str, model: str, vendor: str, client: str, title: str, case: Callable[[Setting, str], None]) -> None:
    """One test."""
    way = "passed through" if OWN[provider] == client else "translated"

    @test(f"{client} at {provider} ({way}): {title}")
    def run() -> None:
        with Setting(provider, model, vendor) as it:
            case(it, client)


for one in PROVIDERS:
    for name in CLIENTS:
        for words, function in CASES:
            register(*one, name, words, function)


@test("a used-up budget: every client gets its own kind of error, and none tries again")
def budget() -> None:
    for provider, model, vendor in PROVIDERS[:3]:
        with Setting(provider, model, vendor, limit_usd="0.000300") as it:
            for client in CLIENTS:
                it.chat(client, False)   # the first call loads the client, which takes its time
                for stream in (False, True):
                    seen = it.chat(client, stream, retries=2)
                    check(not seen["ok"], f"{client} at {provider}: {seen}")
                    error = seen["error"]
                    check_equal(error["status"], 402, f"{client} at {provider}: {error}")
                    check("budget" in error["message"].lower(), error["message"])
                    # Their shortest wait before another try is 375 ms.
                    check(seen["took"] < 350, f"{client} at {provider} took {seen['took']} ms: it tried again")
            check_equal(it.stub.chats(), [], "what reached the provider")
            refused = [call for call in it.gateway.calls() if call["state"] == "refused"]
            check(len(refused) >= 1, f"no refusal of {provider} is in the book")


@test("a token that ended, and a model of somebody else, are errors of the client's own kind")
def strangers() -> None:
    with Setting("openai", "gpt-5.1", "openai") as it:
        for client in CLIENTS:
            error = it.worker.ask("chat", client=client, base=it.base(client), token=it.run.token, stream=False,
                                  body=body(client, "gpt-4o", False))["error"]
            check_equal(error["status"], 403, f"{client}: {error}")
        it.gateway.tell("close", session=it.run.session)
        for client in CLIENTS:
            check_equal(it.bad(client, False)["status"], 401, client)
        check_equal(it.stub.chats(), [], "what reached the provider")


USAGE = {"prompt_tokens": 1234, "completion_tokens": 567, "input_tokens": 1234, "output_tokens": 567}


@test("a mock that others wrote: all three clients, text, tools and JSON, and its journal's money")
def aimock() -> None:
    tool = {"content": "", "toolCalls": [{"name": "weather", "arguments": {"city": "Bonn"}, "id": "call_1"}], "usage": USAGE}
    fixtures = [{"match": {"userMessage": "weather"}, "response": tool},
                {"match": {"userMessage": "answer"}, "response": {"content": "It is forty-two, surely.", "usage": USAGE}}]
    with Worker(HERE / "worker.mjs", "clients") as worker, GatewayRun() as gateway:
        url = worker.ask("aimock", does="start", fixtures=fixtures)["url"]
        wanted = 0
        for provider, model, base in (("claude", "claude-sonnet-5-5", url), ("openai", "gpt-5.1", f"{url}/v1"),
                                      ("compatible", "gpt-4o", f"{url}/v1"), ("qwen", "qwen3:8b", url)):
            run = gateway.open(provider, base, [model])
            names = {"anthropic": "ANTHROPIC_BASE_URL", "openai": "OPENAI_BASE_URL", "ollama": "OLLAMA_HOST"}
            for client in CLIENTS:
                for stream in (False, True):
                    for asked in ("What is the answer?", "How is the weather?"):
                        given = body(client, model, stream) | {"messages": [{"role": "user", "content": asked}]}
                        given |= tool_of(client) if "weather" in asked else {}
                        seen = worker.ask("chat", client=client, base=run.environment[names[client]], token=run.token,
                                          stream=stream, body=given)
                        what = f"{client} at {provider} stream={stream} {asked}: {seen}"
                        check(seen["ok"], what)
                        if "weather" in asked:
                            check_equal([(call["name"], call["arguments"]) for call in seen["answer"]["tools"]],
                                        [("weather", {"city": "Bonn"})], what)
                        else:
                            check_equal(seen["answer"]["text"], "It is forty-two, surely.", what)
                        wanted += PRICES[model].cost(Usage(1234, 567))
        wait_for(lambda: all(call["state"] != "held" for call in gateway.calls()), 5, "calls to be settled")
        journal = [entry for entry in worker.ask("aimock", does="journal") if entry["status"] == 200]
        counted = sum(PRICES[entry["model"]].cost(Usage(entry["usage"]["input_tokens"], entry["usage"]["output_tokens"]))
                      for entry in journal)
        booked = sum(micro(call["cost_usd"]) for call in gateway.calls())
        note(f"{len(journal)} calls, {counted} micro-dollars in the mock's journal, {booked} in the book")
        check_equal((len(journal), counted), (48, wanted), "the mock's journal")
        check_equal(booked, counted, "micro-dollars")
        check(all(run.token not in str(entry["headers"]) for entry in journal), "the token at the provider")


if os.environ.get("TC_GATEWAY_SERVER", "") == "":
    sys.exit("TC_GATEWAY_SERVER names the program under test")
main()
