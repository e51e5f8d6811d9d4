# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""A training that asks its model through the gateway, with nothing but what its environment says.

    calling_training.py CALLS [--stream]

It tries each call again until it has a whole answer, and writes a line of JSON
for each try into calls.jsonl in its run folder.
"""

from __future__ import annotations

import http.client
import json
import os
import sys
import time
import urllib.parse


def ask(stream: bool) -> dict[str, object]:
    """One try."""
    base = urllib.parse.urlsplit(os.environ["OPENAI_BASE_URL"])
    body = {"model": sys.argv[3], "stream": stream, "max_completion_tokens": 300,
            "messages": [{"role": "user", "content": "What is the answer?"}]}
    connection = http.client.HTTPConnection(base.hostname, base.port, timeout=30)
    seen: dict[str, object] = {"at": time.time(), "whole": False}
    data = b""
    try:
        connection.request("POST", base.path + "/chat/completions", json.dumps(body),
                           {"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}", "Content-Type": "application/json"})
        answer = connection.getresponse()
        seen["status"] = answer.status
        while piece := answer.read1(65536):
            data += piece
        seen["whole"] = answer.status == 200 and (not stream or b"[DONE]" in data)
    except (OSError, http.client.HTTPException) as error:
        seen["error"] = type(error).__name__
    finally:
        connection.close()
    return seen | {"bytes": len(data), "end": data[-300:].decode("utf-8", "replace"), "took": time.time() - float(str(seen["at"]))}


def main() -> None:
    """Calls until so many answers are whole."""
    whole = 0
    with open(os.path.join(os.environ["TRAINING_CENTER_RUN_DIR"], "calls.jsonl"), "a", encoding="utf-8") as file:
        while whole < int(sys.argv[1]):
            seen = ask(sys.argv[2] == "stream")
            print(json.dumps(seen), file=file, flush=True)
            whole += bool(seen["whole"])
            if not seen["whole"]:
                time.sleep(0.05)
    print("all answers are there", flush=True)


main()
