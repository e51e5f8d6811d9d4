# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""What the vendor stub answers besides chat: lists of models, checks of keys, Ollama's own pages, refusals."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import vendorforms
from vendormoney import Price

if TYPE_CHECKING:
    from faultstub import Entry, FaultStub

Page = tuple[int, Any]

# The first is what every client sent for years, the second what the vendor's newest does.
ANTHROPIC_VERSIONS = ("2023-06-01", "2026-10-21")

FAMILIES = {"anthropic": ("claude-",), "openai": ("gpt-",), "xai": ("grok-",), "ollama": ("qwen", "llama"),
            "compatible": ("gpt-", "claude-", "grok-", "qwen", "local-")}


def models_of(stub: FaultStub, vendor: str) -> list[str]:
    """The models that a vendor has."""
    if vendor == "ollama":
        return sorted(stub.pulled)
    return [name for name in stub.prices if name.startswith(FAMILIES[vendor])]


def refusal(stub: FaultStub, entry: Entry) -> Page | None:
    """What a wrong key, or none, gets."""
    vendor = entry.vendor
    right = stub.keys.get(vendor)
    if vendor == "ollama" and right is None:
        return None
    if not entry.key:
        return None if vendor == "compatible" and right is None else \
            vendorforms.error(vendor, "none" if vendor == "xai" else "auth")
    if right is not None and entry.key not in right:
        return vendorforms.error(vendor, "auth")
    return None


def bad_request(stub: FaultStub, entry: Entry) -> Page | None:
    """What a chat request gets that the vendor does not take."""
    body = entry.json
    vendor = entry.vendor
    if not isinstance(body, dict) or not isinstance(body.get("model"), str):
        return vendorforms.error(vendor, "invalid", "The request has no model.")
    entry.model = body["model"]
    default = vendor == "ollama"
    entry.is_stream = bool(body.get("stream", default))
    if not body.get("messages"):
        return vendorforms.error(vendor, "invalid")
    if vendor == "anthropic" and not isinstance(body.get("max_tokens"), int):
        return vendorforms.error(vendor, "invalid", "max_tokens: Field required")
    if vendor == "anthropic" and entry.header("anthropic-version") not in ANTHROPIC_VERSIONS:
        return vendorforms.error(vendor, "invalid", "anthropic-version: header is required")
    if vendor == "openai" and entry.model.startswith("gpt-5") and "max_tokens" in body:
        return vendorforms.error(vendor, "invalid")
    if vendor == "ollama" and entry.model not in stub.pulled:
        return 404, {"error": f"model '{entry.model}' not found"}
    if vendor != "ollama" and entry.model not in stub.prices and not entry.model.startswith(FAMILIES[vendor]):
        return vendorforms.error(vendor, "not-found", f"There is no model {entry.model} here.")
    return None


def cap_of(body: dict[str, Any]) -> int:
    """The cap on the answer's tokens; 0: none."""
    options = body.get("options") or {}
    for value in (body.get("max_completion_tokens"), body.get("max_tokens"), options.get("num_predict")):
        if isinstance(value, int) and value > 0:
            return value
    return 0


def schema_of(vendor: str, body: dict[str, Any]) -> Any:
    """The schema the answer shall fit; {} for any JSON, None when it is plain text."""
    if vendor == "anthropic":
        chosen = (body.get("output_config") or {}).get("format") or {}
        return chosen.get("schema", {}) if chosen else None
    if vendor == "ollama":
        chosen = body.get("format")
        return chosen if isinstance(chosen, dict) else {} if chosen == "json" else None
    chosen = body.get("response_format") or {}
    if chosen.get("type") == "json_schema":
        return chosen.get("json_schema", {}).get("schema", {})
    return {} if chosen.get("type") == "json_object" else None


def fault_error(entry: Entry, arguments: dict[str, Any]) -> tuple[int, Any, dict[str, str]]:
    """The fault "error" as its arguments want it."""
    say = arguments.get("say", "")
    if arguments.get("echo"):
        say = f"The key {entry.key} may not do this."
    status, body = vendorforms.error(entry.vendor, arguments.get("kind", "server"), say)
    headers = {name: str(value) for name, value in arguments.get("headers", {}).items()}
    if arguments.get("html"):
        body = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
        headers.setdefault("Content-Type", "text/html")
    return arguments.get("status", status), body, headers


def _cents(price: str) -> int:
    """xAI's unit: US cents for 100 million tokens."""
    return round(float(price or 0) * 10_000)


def _anthropic_models(stub: FaultStub, entry: Entry) -> Page:
    query = dict(part.partition("=")[::2] for part in entry.path.partition("?")[2].split("&") if part)
    names = models_of(stub, "anthropic")
    if "after_id" in query and query["after_id"] in names:
        names = names[names.index(query["after_id"]) + 1:]
    shown = names[:int(query.get("limit", 20))]
    data = [{"id": name, "type": "model", "display_name": name.title().replace("-", " "),
             "created_at": "2026-09-28T00:00:00Z", "max_input_tokens": 1_000_000, "max_tokens": 128_000,
             "lifecycle": "active", "deprecated_at": None, "retires_at": None} for name in shown]
    return 200, {"data": data, "has_more": len(shown) < len(names), "first_id": shown[0] if shown else None,
                 "last_id": shown[-1] if shown else None}


def _xai_models(stub: FaultStub) -> list[dict[str, Any]]:
    def one(name: str, price: Price) -> dict[str, Any]:
        item = {"id": name, "fingerprint": "fp_stub", "created": 1_795_000_000, "object": "model", "owned_by": "xai",
                "version": "1", "input_modalities": ["text"], "output_modalities": ["text"], "aliases": [],
                "prompt_text_token_price": _cents(price.input), "completion_text_token_price": _cents(price.output),
                "cached_prompt_text_token_price": _cents(price.cache_read), "prompt_image_token_price": 0,
                "search_price": 0}
        if price.long_from:
            item |= {"long_context_threshold": price.long_from,
                     "prompt_text_token_price_long_context": _cents(price.long[0]),
                     "completion_text_token_price_long_context": _cents(price.long[1]),
                     "cached_prompt_text_token_price_long_context": _cents(price.long[2])}
        return item
    return [one(name, stub.prices[name]) for name in models_of(stub, "xai")]


def _openai_models(stub: FaultStub, vendor: str) -> Page:
    return 200, {"object": "list", "data": [
        {"id": name, "object": "model", "created": 1_762_800_673, "owned_by": "system", "shutdown_date": None}
        for name in models_of(stub, vendor)]}


API_KEY = {"redacted_api_key": "xai-...b14o", "user_id": "0", "name": "stub", "create_time": "2025-01-01T00:00:00Z",
           "modify_time": "2025-01-01T00:00:00Z", "modified_by": "0", "team_id": "0", "api_key_id": "0",
           "acls": ["api-key:model:*", "api-key:endpoint:*"],
           "team_blocked": False, "api_key_blocked": False, "api_key_disabled": False}


def _tag(name: str) -> dict[str, Any]:
    digest = hashlib.sha256(name.encode()).hexdigest()
    return {"name": name, "model": name, "modified_at": "2026-08-01T10:00:00Z", "size": 5_225_388_164,
            "digest": digest, "details": {"parent_model": "", "format": "gguf", "family": "qwen3",
                                          "families": ["qwen3"], "parameter_size": "8.2B",
                                          "quantization_level": "Q4_K_M", "context_length": 40_960},
            "capabilities": ["completion", "tools", "thinking"]}


def _ollama_page(stub: FaultStub, entry: Entry, path: str) -> Page | None:
    if path == "/":
        return 200, b"Ollama is running"
    if path == "/api/version":
        return 200, {"version": "0.33.0"}
    if path == "/api/tags":
        return 200, {"models": [_tag(name) for name in models_of(stub, "ollama")]}
    if path == "/api/ps":
        return 200, {"models": []}
    if path == "/api/show":
        name = (entry.json or {}).get("model", "")
        if name not in stub.pulled:
            return 404, {"error": f"model '{name}' not found"}
        return 200, {"details": _tag(name)["details"], "capabilities": ["completion", "tools", "thinking"],
                     "model_info": {"general.architecture": "qwen3", "qwen3.context_length": 40_960}}
    return None


def pull(stub: FaultStub, body: Any) -> list[vendorforms.Piece]:
    """The lines of POST /api/pull; afterwards the model is there."""
    name = (body or {}).get("model") or (body or {}).get("name", "")
    digest = "sha256:" + hashlib.sha256(name.encode()).hexdigest()
    lines: list[dict[str, Any]] = [{"status": "pulling manifest"}]
    if name.startswith("no-such"):
        lines.append({"error": "pull model manifest: file does not exist"})
    else:
        lines += [{"status": f"pulling {digest[7:19]}", "digest": digest, "total": 1000, "completed": done}
                  for done in range(0, 1001, 250)]
        lines += [{"status": "verifying sha256 digest"}, {"status": "writing manifest"}, {"status": "success"}]
        stub.pulled.add(name)
    return [("line", vendorforms.compact(line).encode() + b"\n") for line in lines]


def page(stub: FaultStub, entry: Entry, path: str) -> Page:
    """Any other page."""
    vendor = entry.vendor
    short = path.removeprefix("/v1")
    if vendor == "ollama":
        found = _ollama_page(stub, entry, path)
        if found is not None:
            return found
    if short == "/models":
        return _anthropic_models(stub, entry) if vendor == "anthropic" else _openai_models(stub, vendor)
    if vendor == "xai" and short == "/api-key":
        return 200, API_KEY
    if vendor == "xai" and short == "/language-models":
        return 200, {"models": _xai_models(stub)}
    if vendor == "ollama":
        return 404, b"404 page not found"
    return vendorforms.error(vendor, "not-found", f"Unknown request URL: {entry.method} {path}.")
