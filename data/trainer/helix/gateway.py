# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""The way to a teacher: chat completions through the gateway that the run was given, and nothing else.

OPENAI_BASE_URL and OPENAI_API_KEY name the gateway and the run's token; the provider's key stays with
the engine.  Failed calls are tried again as the official clients do it, and never for want of money.
"""

from __future__ import annotations

import http.client
import json
import random
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

TRIES = 3
TIMEOUT = 120.0            # seconds for one answer, from the first byte sent to the last received
SPEND_TIMEOUT = 10.0
ANSWER_MAX = 1 << 20       # bytes
CHUNK = 16 << 10
DELAY, DELAY_MAX, WAIT_MAX = 0.5, 8.0, 60.0
_AGAIN = (408, 409, 429)


class GatewayError(Exception):
    """A call that gave no answer.  `final`: no other call will, either."""

    def __init__(self, text: str, final: bool = False) -> None:
        super().__init__(text)
        self.final = final


@dataclass(frozen=True)
class Answer:
    """What came back: the body, and what it cost in dollars (None: not known)."""

    body: Any
    cost: Decimal | None


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The gateway never sends anybody on; the token must not follow whoever does."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Gateway:
    """One gateway and the run's token."""

    def __init__(self, base: str, token: str, wait: Callable[[float], None] = time.sleep) -> None:
        self.base, self._token, self._wait = base.rstrip("/"), token, wait
        # No proxy: the gateway is on this machine.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)

    def chat(self, body: dict[str, Any]) -> Answer:
        """Ask for a chat completion; raise GatewayError when there is none."""
        data = json.dumps(body, ensure_ascii=False).encode("utf-8")
        for attempt in range(TRIES):
            last = attempt == TRIES - 1
            try:
                headers, text = self._exchange("/chat/completions", data, TIMEOUT)
                return Answer(_object(text), dollars(headers.get("x-training-center-cost-usd")))
            except urllib.error.HTTPError as error:
                problem, retry = _judge(error)
                if last or not retry:
                    raise problem from None
                self._wait(_delay(attempt, error.headers))
            except (OSError, http.client.HTTPException, ValueError) as error:
                if last:
                    raise GatewayError(f"The gateway gave no usable answer ({error}).") from None
                self._wait(_delay(attempt, {}))
        raise AssertionError("not reached")

    def left(self) -> Decimal | None:
        """Return the dollars this run may still spend; None: no limit, or not known."""
        try:
            _, text = self._exchange("/spend", None, SPEND_TIMEOUT)
            found = _object(text).get("left_usd")
        except (OSError, http.client.HTTPException, ValueError):
            return None
        return None if found is None else dollars(str(found))

    def _exchange(self, path: str, data: bytes | None, seconds: float) -> tuple[Mapping[str, str], bytes]:
        """Send one request; bounded in time and in bytes."""
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json",
                   "Accept": "application/json"}
        deadline = time.monotonic() + seconds
        with self._opener.open(urllib.request.Request(self.base + path, data, headers), timeout=seconds) as answer:
            parts, size = [], 0
            while part := answer.read1(CHUNK):
                parts.append(part)
                size += len(part)
                if size > ANSWER_MAX:
                    raise ValueError("it is too long")
                if time.monotonic() > deadline:
                    raise TimeoutError("it took too long")
            return answer.headers, b"".join(parts)


def dollars(text: Any) -> Decimal | None:
    """Read an amount of dollars; None where it is none, "unknown" for instance."""
    try:
        amount = Decimal(text if isinstance(text, str) else "")
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and amount >= 0 else None


def _object(text: bytes) -> dict[str, Any]:
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("it is no JSON object")
    return found


def _judge(error: urllib.error.HTTPError) -> tuple[GatewayError, bool]:
    """Return what an error answer means, and whether to try again."""
    try:
        found = json.loads(error.read(CHUNK)).get("error")
        said = found.get("message") if isinstance(found, dict) else found
    except (OSError, http.client.HTTPException, ValueError, AttributeError):
        said = None
    text = str(said)[:300] if said else f"the gateway answered with status {error.code}"
    if error.code == 402:
        return GatewayError(f"The budget is used up: {text}", final=True), False
    wish = error.headers.get("x-should-retry", "")
    retry = wish == "true" or (wish != "false" and (error.code in _AGAIN or error.code >= 500))
    # Without leave or without such a model the next call fares no better.
    return GatewayError(text, final=error.code in (401, 403, 404)), retry


def _delay(attempt: int, headers: Mapping[str, str]) -> float:
    """Return the seconds to wait before the next try."""
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            wished = float(headers.get(name, "")) / unit
        except ValueError:
            continue
        if 0 <= wished <= WAIT_MAX:
            return wished
    return min(DELAY * 2 ** attempt, DELAY_MAX) * (1 - 0.25 * random.random())
