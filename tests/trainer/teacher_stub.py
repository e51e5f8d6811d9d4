# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""A gateway with a teacher behind it that answers as a test wants it to."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from helix import codec, generator

TOKEN = "run-token-of-a-test"


def good(prompt):
    """What an able teacher answers: other words where they are asked for, else new pairs."""
    shown = [line.split("\t") for line in prompt.splitlines() if "\t" in line]
    if prompt.startswith("For each"):
        return [{"english": f"{word} {english[0].lower()}{english[1:]}", "hlxl": hlxl}
                for english, hlxl in shown for word in ("Kindly", "Quickly")]
    fresh = generator.blocks(40, sum(prompt.encode()) + 1000)
    return [{"english": english, "hlxl": codec.show(value, "HLXL")} for english, value in fresh]


class Stub(ThreadingHTTPServer):
    """Listens while it is a context.  `answer` makes the content of an answer, or its whole self."""

    daemon_threads = True

    def __init__(self, answer=good, cost="0.010000"):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer, self.cost = answer, cost
        self.failures = []    # (status, headers) of the answers to come, before any that is good
        self.left = None      # dollars, as /spend says it
        self.delay = 0.0
        self.bodies, self.tokens = [], []

    @property
    def base(self):
        """What OPENAI_BASE_URL is."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def handle_error(self, request, client_address):
        """A client that hung up is part of the play."""

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    """/v1/chat/completions and /v1/spend."""

    def log_message(self, *_):
        """Says nothing."""

    def reply(self, status, document, **headers):
        """One answer."""
        data = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": len(data), **headers}.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        """What was spent."""
        if self.path != "/v1/spend":
            self.reply(404, {"error": {"message": "no such path"}})
            return
        self.reply(200, {"session_id": "7", "spent_usd": "0.5", "held_usd": "0", "left_usd": self.server.left})

    def do_POST(self):
        """One chat completion."""
        server = self.server
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        server.tokens.append(self.headers["Authorization"])
        server.bodies.append(body)
        time.sleep(server.delay)
        if server.failures:
            status, headers = server.failures.pop(0)
            self.reply(status, {"error": {"message": f"trouble {status}"}}, **headers)
            return
        content = server.answer(body["messages"][1]["content"])
        if isinstance(content, bytes):
            self.reply(200, content, x_training_center_cost_usd=server.cost)
            return
        text = content if isinstance(content, str) else json.dumps({"pairs": content}, ensure_ascii=False)
        self.reply(200, {"choices": [{"index": 0, "message": {"role": "assistant", "content": text},
                                      "finish_reason": "stop"}]}, x_training_center_cost_usd=server.cost)
