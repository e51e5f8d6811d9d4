# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""What vendors' answers look like on the wire: whole, streamed, and as errors.

Pure functions. A stream is a list of pieces, each with a mark ("start", "text",
"thinking", "tool", "finish", "usage", "end") so that a fault can say where.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from vendormoney import Usage

VENDORS = ("anthropic", "openai", "xai", "ollama", "compatible")
Piece = tuple[str, bytes]
PIECE_CHARS = 11


@dataclass
class Said:
    """What the model answers, in no vendor's words."""

    model: str
    text: str
    thinking: str = ""
    tools: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    finish: str = "stop"
    usage: Usage = field(default_factory=Usage)
    ticks: int = 0
    wants_usage: bool = True
    number: int = 1


def compact(value: Any) -> str:
    """JSON without blanks, as servers send it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _split(text: str) -> Iterator[str]:
    for begin in range(0, len(text), PIECE_CHARS):
        yield text[begin:begin + PIECE_CHARS]


# Anthropic

_STOPS = {"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use", "refusal": "refusal"}


def _anthropic_usage(said: Said) -> dict[str, Any]:
    return {
        "input_tokens": said.usage.input, "cache_creation_input_tokens": said.usage.cache_write,
        "cache_read_input_tokens": said.usage.cache_read,
        "cache_creation": {"ephemeral_5m_input_tokens": said.usage.cache_write, "ephemeral_1h_input_tokens": 0},
        "output_tokens": said.usage.output,
        "output_tokens_details": {"thinking_tokens": said.usage.reasoning}, "server_tool_use": None,
        "service_tier": "standard", "inference_geo": None, "speed": "standard",
    }


def _anthropic_message(said: Said, content: list[Any], finish: str | None, usage: dict[str, Any]) -> dict[str, Any]:
    return {"id": f"msg_01Stub{said.number:06}", "type": "message", "role": "assistant", "model": said.model,
            "content": content, "stop_reason": finish, "stop_sequence": None, "stop_details": None, "usage": usage}


def anthropic_whole(said: Said) -> dict[str, Any]:
    """The body of POST /v1/messages."""
    content: list[Any] = []
    if said.thinking:
        content.append({"type": "thinking", "thinking": said.thinking, "signature": "c3R1Yg=="})
    if said.text:
        content.append({"type": "text", "text": said.text})
    for index, (name, arguments) in enumerate(said.tools):
        content.append({"type": "tool_use", "id": f"toolu_{said.number}_{index}", "name": name, "input": arguments})
    return _anthropic_message(said, content, _STOPS[said.finish], _anthropic_usage(said))


def _event(mark: str, data: dict[str, Any]) -> Piece:
    return mark, f"event: {data['type']}\ndata: {compact(data)}\n\n".encode()


def _block(index: int, block: dict[str, Any], deltas: list[dict[str, Any]], mark: str) -> Iterator[Piece]:
    yield _event("start", {"type": "content_block_start", "index": index, "content_block": block})
    for delta in deltas:
        yield _event(mark, {"type": "content_block_delta", "index": index, "delta": delta})
    yield _event("stop", {"type": "content_block_stop", "index": index})


def anthropic_stream(said: Said) -> list[Piece]:
    """Server-sent events of a streamed message."""
    began = _anthropic_usage(said) | {"output_tokens": 1}
    pieces = [_event("start", {"type": "message_start", "message": _anthropic_message(said, [], None, began)})]
    index = 0
    if said.thinking:
        deltas = [{"type": "thinking_delta", "thinking": part} for part in _split(said.thinking)]
        deltas.append({"type": "signature_delta", "signature": "c3R1Yg=="})
        pieces += _block(index, {"type": "thinking", "thinking": "", "signature": ""}, deltas, "thinking")
        index += 1
    if said.text:
        pieces += _block(index, {"type": "text", "text": ""},
                         [{"type": "text_delta", "text": part} for part in _split(said.text)], "text")
        index += 1
        pieces.insert(2, ("ping", b'event: ping\ndata: {"type": "ping"}\n\n'))
    for number, (name, arguments) in enumerate(said.tools):
        block = {"type": "tool_use", "id": f"toolu_{said.number}_{number}", "name": name, "input": {}}
        deltas = [{"type": "input_json_delta", "partial_json": part} for part in ["", *_split(compact(arguments))]]
        pieces += _block(index, block, deltas, "tool")
        index += 1
    pieces.append(_event("usage", {"type": "message_delta", "delta": {
        "stop_reason": _STOPS[said.finish], "stop_sequence": None}, "usage": _anthropic_usage(said)}))
    pieces.append(_event("end", {"type": "message_stop"}))
    return pieces


# OpenAI, xAI and servers that are like OpenAI's

def _openai_usage(vendor: str, said: Said) -> dict[str, Any]:
    usage = said.usage
    if vendor == "compatible":
        return {"prompt_tokens": usage.prompt, "completion_tokens": usage.output,
                "total_tokens": usage.prompt + usage.output}
    details = {"reasoning_tokens": usage.reasoning, "audio_tokens": 0,
               "accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0}
    if vendor == "xai":
        # Here the reasoning is not in the completion's count.
        return {"prompt_tokens": usage.prompt, "completion_tokens": usage.output - usage.reasoning,
                "total_tokens": usage.prompt + usage.output,
                "prompt_tokens_details": {"text_tokens": usage.prompt, "audio_tokens": 0, "image_tokens": 0,
                                          "cached_tokens": usage.cache_read},
                "completion_tokens_details": details, "num_sources_used": 0,
                "cost_in_usd_ticks": said.ticks}
    return {"prompt_tokens": usage.prompt, "completion_tokens": usage.output,
            "total_tokens": usage.prompt + usage.output,
            "prompt_tokens_details": {"cached_tokens": usage.cache_read, "cache_write_tokens": usage.cache_write,
                                      "audio_tokens": 0},
            "completion_tokens_details": details}


def _snapshot(vendor: str, model: str) -> str:
    """OpenAI answers with the dated name of the model that was asked."""
    return f"{model}-2025-11-13" if vendor == "openai" and model == "gpt-5.1" else model


_FINISHES = {"stop": "stop", "length": "length", "tool_calls": "tool_calls", "refusal": "content_filter"}


def _call(said: Said, index: int) -> dict[str, Any]:
    name, arguments = said.tools[index]
    return {"id": f"call_{said.number}_{index}", "type": "function",
            "function": {"name": name, "arguments": compact(arguments)}}


def openai_whole(vendor: str, said: Said) -> dict[str, Any]:
    """The body of POST /chat/completions."""
    message: dict[str, Any] = {"role": "assistant", "content": said.text or None, "refusal": None}
    if said.thinking:
        message["reasoning_content"] = said.thinking
    if said.tools:
        message["tool_calls"] = [_call(said, index) for index in range(len(said.tools))]
    if vendor == "openai":
        message["annotations"] = []
    return {"id": f"chatcmpl-stub{said.number}", "object": "chat.completion", "created": 1_795_000_000,
            "model": _snapshot(vendor, said.model), "choices": [{
                "index": 0, "message": message, "logprobs": None, "finish_reason": _FINISHES[said.finish]}],
            "usage": _openai_usage(vendor, said), "service_tier": "default", "system_fingerprint": None}


def _openai_deltas(said: Said) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "start", {"role": "assistant", "content": ""}
    for part in _split(said.thinking):
        yield "thinking", {"reasoning_content": part}
    for part in _split(said.text):
        yield "text", {"content": part}
    for index in range(len(said.tools)):
        call = _call(said, index)
        arguments = call["function"]["arguments"]
        call["function"]["arguments"] = ""
        yield "tool", {"tool_calls": [{"index": index} | call]}
        for part in _split(arguments):
            yield "tool", {"tool_calls": [{"index": index, "function": {"arguments": part}}]}


def openai_stream(vendor: str, said: Said) -> list[Piece]:
    """Server-sent events of a streamed completion."""
    head = {"id": f"chatcmpl-stub{said.number}", "object": "chat.completion.chunk", "created": 1_795_000_000,
            "model": _snapshot(vendor, said.model), "service_tier": "default", "system_fingerprint": None}

    def chunk(mark: str, choices: list[Any], usage: Any = None) -> Piece:
        data = head | {"choices": choices}
        if said.wants_usage:
            data["usage"] = usage
        if vendor == "openai":
            data["obfuscation"] = "x" * (7 + len(choices))
        return mark, f"data: {compact(data)}\n\n".encode()

    pieces = [chunk(mark, [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": None}])
              for mark, delta in _openai_deltas(said)]
    pieces.append(chunk("finish", [{"index": 0, "delta": {}, "logprobs": None,
                                    "finish_reason": _FINISHES[said.finish]}]))
    if said.wants_usage:
        pieces.append(chunk("usage", [], _openai_usage(vendor, said)))
    pieces.append(("end", b"data: [DONE]\n\n"))
    return pieces


# Ollama

def _ollama_line(said: Said, message: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"model": said.model, "created_at": "2026-11-22T10:00:00.123456Z",
            "message": {"role": "assistant", "content": ""} | message, "done": False} | more


def _ollama_end(said: Said) -> dict[str, Any]:
    end: dict[str, Any] = {"done": True, "done_reason": "length" if said.finish == "length" else "stop",
                           "total_duration": 174560334, "load_duration": 101397084,
                           "prompt_eval_duration": 13074791, "eval_duration": 52479709}
    # A count of zero is left out.
    for name, count in (("prompt_eval_count", said.usage.prompt), ("eval_count", said.usage.output)):
        if count:
            end[name] = count
    return end


def _ollama_calls(said: Said) -> list[Any]:
    return [{"function": {"index": index, "name": name, "arguments": arguments}}
            for index, (name, arguments) in enumerate(said.tools)]


def ollama_whole(said: Said) -> dict[str, Any]:
    """The body of POST /api/chat with stream false."""
    message: dict[str, Any] = {"content": said.text}
    if said.thinking:
        message["thinking"] = said.thinking
    if said.tools:
        message["tool_calls"] = _ollama_calls(said)
    return _ollama_line(said, message, **_ollama_end(said))


def ollama_stream(said: Said) -> list[Piece]:
    """Lines of JSON."""
    lines = [("thinking", _ollama_line(said, {"thinking": part})) for part in _split(said.thinking)]
    lines += [("text", _ollama_line(said, {"content": part})) for part in _split(said.text)]
    if said.tools:
        lines.append(("tool", _ollama_line(said, {"tool_calls": _ollama_calls(said)})))
    lines.append(("end", _ollama_line(said, {}, **_ollama_end(said))))
    return [(mark, compact(line).encode() + b"\n") for mark, line in lines]


def whole(vendor: str, said: Said) -> dict[str, Any]:
    """The body of an answer in a vendor's form."""
    if vendor == "anthropic":
        return anthropic_whole(said)
    return ollama_whole(said) if vendor == "ollama" else openai_whole(vendor, said)


def stream(vendor: str, said: Said) -> list[Piece]:
    """The pieces of a streamed answer in a vendor's form."""
    if vendor == "anthropic":
        return anthropic_stream(said)
    return ollama_stream(said) if vendor == "ollama" else openai_stream(vendor, said)


STREAM_TYPES = {"anthropic": "text/event-stream; charset=utf-8", "openai": "text/event-stream; charset=utf-8",
                "xai": "text/event-stream", "ollama": "application/x-ndjson", "compatible": "text/event-stream"}

# Errors: (status, type, code or None, message). Kinds are the same for all vendors.

_ANTHROPIC = {
    "invalid": (400, "invalid_request_error", "messages: at least one message is required"),
    "auth": (401, "authentication_error", "invalid x-api-key"),
    "permission": (403, "permission_error", "Your API key does not have permission to use the specified resource."),
    "money": (400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API. "
              "Please go to Plans & Billing to upgrade or purchase credits."),
    "billing": (402, "billing_error", "There is a problem with your payment details."),
    "not-found": (404, "not_found_error", "model: claude-nothing"),
    "too-large": (413, "request_too_large", "Request exceeds the maximum size"),
    "rate": (429, "rate_limit_error", "This request would exceed your organization's rate limit."),
    "overloaded": (529, "overloaded_error", "Overloaded"),
    "timeout": (504, "timeout_error", "Request timed out"),
    "server": (500, "api_error", "Internal server error"),
}
_OPENAI = {
    "invalid": (400, "invalid_request_error", "unsupported_parameter", "Unsupported parameter: 'max_tokens'."),
    "auth": (401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided: sk-abc***xyz. You can "
             "find your API key at https://platform.openai.com/account/api-keys."),
    "permission": (403, "invalid_request_error", "insufficient_permissions", "You have insufficient permissions for "
                   "this operation. Missing scopes: model.request."),
    "money": (429, "insufficient_quota", "credit_balance_exhausted", "You have no credits remaining. Add credits…"),
    "billing": (429, "insufficient_quota", "billing_hard_limit_reached", "Billing hard limit has been reached."),
    "not-found": (404, "invalid_request_error", "model_not_found", "The model `gpt-nothing` does not exist."),
    "too-large": (400, "invalid_request_error", "context_length_exceeded", "This model's maximum context length is "
                  "400000 tokens."),
    "rate": (429, "requests", "rate_limit_exceeded", "Rate limit reached for gpt-5.1."),
    "overloaded": (503, "service_unavailable_error", "server_is_overloaded", "The server is overloaded."),
    "timeout": (408, "invalid_request_error", None, "Request timed out."),
    "server": (500, "server_error", None, "The server had an error while processing your request."),
}
_XAI = {
    "invalid": (400, "invalid-argument", "Invalid request content."),
    "auth": (400, "invalid-argument", "Incorrect API key provided. You can obtain an API key from "
             "https://console.x.ai."),
    "none": (401, "unauthenticated:no-credentials", "No credentials presented."),
    "permission": (403, "The caller does not have permission to execute the specified operation",
                   "The API key has no access to the model."),
    "money": (403, "The caller does not have permission to execute the specified operation",
              "Your newly created teams doesn't have any credits yet."),
    "billing": (403, "The caller does not have permission to execute the specified operation",
                "Your team has used all available credits."),
    "not-found": (404, "Some requested entity was not found", "The model grok-nothing does not exist."),
    "too-large": (413, "invalid-argument", "Request too large."),
    "rate": (429, "Some resource has been exhausted", "Too many tokens for team 0 and model grok-4.7."),
    "overloaded": (503, "The service is currently unavailable", "Service temporarily unavailable."),
    "timeout": (504, "Deadline expired before operation could complete", "Timeout."),
    "server": (500, "Internal error", "An internal error occurred."),
}
_OLLAMA = {
    "invalid": (400, "invalid format"), "auth": (401, "unauthorized"), "permission": (403, "forbidden"),
    "money": (402, "payment required"), "billing": (402, "payment required"),
    "not-found": (404, "model 'qwen-nothing' not found"), "too-large": (413, "request too large"),
    "rate": (429, "too many requests"),
    "overloaded": (503, "server busy, please try again.  maximum pending requests exceeded"),
    "timeout": (504, "timeout"), "server": (500, "llama runner process has terminated"),
}


def error(vendor: str, kind: str, say: str = "") -> tuple[int, dict[str, Any]]:
    """Status and body of an error in a vendor's true shape; say replaces its message."""
    if vendor == "anthropic":
        status, name, message = _ANTHROPIC[kind]
        return status, {"type": "error", "error": {"type": name, "message": say or message},
                        "request_id": "req_011Stub"}
    if vendor == "xai":
        status, code, message = _XAI[kind]
        return status, {"code": code, "error": say or message}
    if vendor == "ollama":
        status, message = _OLLAMA[kind]
        return status, {"error": say or message}
    status, name, word, message = _OPENAI[kind]
    if vendor == "compatible":
        return status, {"error": {"message": say or message, "type": "BadRequestError", "param": None,
                                  "code": status}}
    return status, {"error": {"message": say or message, "type": name, "param": None, "code": word}}


def stream_error(vendor: str, kind: str) -> list[Piece]:
    """What a vendor sends in the middle of a stream that began with 200."""
    body = error(vendor, kind)[1]
    if vendor == "anthropic":
        body.pop("request_id")
        return [("error", f"event: error\ndata: {compact(body)}\n\n".encode())]
    if vendor == "ollama":
        return [("error", compact(body).encode() + b"\n")]
    pieces = [("error", f"data: {compact(body)}\n\n".encode())]
    # vLLM's kind of server says [DONE] after it; the others just end.
    return pieces + ([("end", b"data: [DONE]\n\n")] if vendor == "compatible" else [])


def rate_headers(vendor: str) -> dict[str, str]:
    """The headers on limits that go with every answer."""
    if vendor == "anthropic":
        return {"request-id": "req_011Stub", "anthropic-organization-id": "00000000-0000-0000-0000-000000000000",
                "anthropic-ratelimit-requests-limit": "50", "anthropic-ratelimit-requests-remaining": "49",
                "anthropic-ratelimit-requests-reset": "2026-11-22T12:00:00Z",
                "anthropic-ratelimit-tokens-remaining": "40000"}
    if vendor == "openai":
        return {"x-request-id": "req_stub", "openai-processing-ms": "12", "openai-version": "2020-10-01",
                "x-ratelimit-limit-requests": "500", "x-ratelimit-remaining-requests": "499",
                "x-ratelimit-reset-requests": "120ms", "x-ratelimit-reset-tokens": "6m0s"}
    return {}
