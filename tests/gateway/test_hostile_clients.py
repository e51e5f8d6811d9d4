#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""The gateway's door against rude and hostile clients (L01 to L13, S10): nothing of theirs reaches a provider."""

from __future__ import annotations

import json
import os
import resource
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

import rawhttp  # noqa: E402
from faultstub import Act, FaultStub  # noqa: E402
from gatewayrun import GatewayRun, Run  # noqa: E402
from rawhttp import Connection, Reply  # noqa: E402
from tap import Skip, check, check_equal, main, note, test, wait_for  # noqa: E402
from vendormoney import Usage  # noqa: E402

SPEND = "/v1/spend"
GET = f"GET {SPEND} HTTP/1.1\r\n"
CHAT = "/v1/chat/completions"
BODY = json.dumps({"model": "gpt-5.1", "messages": [{"role": "user", "content": "hi"}]})
IS_SANITIZED = bool(os.environ.get("TRAINING_CENTER_SANITIZE"))


class Door:
    """A gateway with one open run, and the provider behind it."""

    def __init__(self, gateway: GatewayRun, stub: FaultStub, run: Run) -> None:
        self.gateway, self.stub, self.run = gateway, stub, run
        self.port, self.token = gateway.port, run.token

    def connect(self) -> Connection:
        """A connection."""
        return Connection(socket.create_connection(("127.0.0.1", self.port), rawhttp.TIMEOUT))

    def head(self, *headers: str, line: str = GET, host: str | None = None, token: str | None = None) -> bytes:
        """A request without a body, right unless told otherwise."""
        host = f"127.0.0.1:{self.port}" if host is None else host
        text = f"{line}Host: {host}\r\nAuthorization: Bearer {self.token if token is None else token}\r\n"
        return (text + "".join(f"{header}\r\n" for header in headers) + "\r\n").encode("latin-1")

    def raw(self, data: bytes) -> Reply:
        """Sends bytes and reads one answer."""
        with self.connect() as connection:
            connection.send(data)
            return connection.reply()

    def closes(self, data: bytes, status: int) -> None:
        """Wants exactly one answer with this status, in a client's words, then the end."""
        with self.connect() as connection:
            connection.send(data)
            reply = connection.reply()
            check_equal(reply.status, status, repr(data[:120]))
            check_equal(reply.headers.get("x-training-center-error"), "1", "the mark of our own refusals")
            check(not any(name.startswith("access-control") for name in reply.headers), reply.headers)
            check(reply.json["error"], reply.body)
            check_equal(connection.rest(), b"", f"what follows the refusal of {data[:120]!r}")

    def works(self, what: str) -> None:
        """The run's own request is answered."""
        check_equal(self.raw(self.head()).status, 200, what)

    def rss_kib(self) -> int:
        """The gateway's resident memory."""
        for line in Path(f"/proc/{self.gateway.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
        raise AssertionError("no VmRSS")


@contextmanager
def door() -> Iterator[Door]:
    """Opens one; at its end nothing but what a test sent on purpose has reached the provider."""
    with FaultStub() as stub, GatewayRun() as gateway:
        run = gateway.open("openai", stub.base("openai"), ["gpt-5.1"])
        made = Door(gateway, stub, run)
        made.works("the run's own request")
        yield made
        made.works("the run's own request, in the end")


@test("L01 only the loopback's own names with our port are a Host")
def hosts() -> None:
    with door() as it:
        for host in rawhttp.good_hosts(it.port):
            check_equal(it.raw(it.head(host=host)).status, 200, host)
        for host in rawhttp.bad_hosts(it.port):
            it.closes(it.head(host=host), 403)
        check_equal(it.stub.journal, [], "what reached the provider")


@test("L02 there is exactly one Host")
def one_host() -> None:
    with door() as it:
        for pair in rawhttp.host_pairs(f"127.0.0.1:{it.port}"):
            head = GET + "".join(f"{line}\r\n" for line in pair) + f"Authorization: Bearer {it.token}\r\n\r\n"
            it.closes(head.encode(), 400)
        it.closes(f"{GET}Authorization: Bearer {it.token}\r\n\r\n".encode(), 400)


@test("L03 whole addresses, HTTP/1.0 without Host, CONNECT, TRACE and OPTIONS are refused")
def request_lines() -> None:
    with door() as it:
        tail = f"Host: 127.0.0.1:{it.port}\r\nAuthorization: Bearer {it.token}\r\n\r\n"
        for line, status in rawhttp.bad_request_lines(SPEND):
            it.closes(f"{line}\r\n{tail}".encode("latin-1"), status)
        it.closes(f"GET {SPEND} HTTP/1.0\r\nAuthorization: Bearer {it.token}\r\n\r\n".encode(), 400)
        for path in ("//v1/spend", "/v1/../v1/spend", "/v1/spend/", "/v1/spend%00", "/V1/SPEND", "/v1//spend",
                     "/run//v1/spend", "/run/", "/run", "/etc/passwd", "/v1/embeddings", "/v1/files", "/api/generate",
                     "/v1/models/../spend", "/v1/chat/completions/../../files"):
            reply = it.raw(it.head(line=f"GET {path} HTTP/1.1\r\n"))
            check(reply.status in (401, 404), path, reply.status)
        check_equal(it.stub.journal, [], "what reached the provider")


@test("L04 one request is one request: nothing is smuggled to the provider behind a doubtful length")
def smuggling() -> None:
    with door() as it:
        head = f"POST {CHAT} HTTP/1.1\r\nHost: 127.0.0.1:{it.port}\r\nAuthorization: Bearer {it.token}\r\n" \
               "Content-Type: application/json\r\n"
        smuggled = f"{head}Content-Length: {len(BODY)}\r\n\r\n{BODY}"
        for framing in rawhttp.bad_framings():
            it.closes((head + framing + smuggled).encode(), 400)
        check_equal(it.stub.journal, [], "what reached the provider")
        # The same request in sound chunks, and one more behind it.
        half = len(BODY) // 2
        chunks = f"{half:x}\r\n{BODY[:half]}\r\n{len(BODY) - half:x}\r\n{BODY[half:]}\r\n0\r\n\r\n"
        with it.connect() as connection:
            connection.send((head + "Transfer-Encoding: chunked\r\n\r\n" + chunks + smuggled).encode())
            check_equal(connection.reply().status, 200, "sound chunks")
            check_equal(connection.reply().status, 200, "the request behind them")
        check_equal(len(it.stub.chats()), 2, "calls")
        check_equal([entry.json["model"] for entry in it.stub.chats()], ["gpt-5.1"] * 2, "bodies")


@test("L04 requests are read the same in whatever pieces they come")
def pieces() -> None:
    with door() as it:
        data = it.head("Content-Type: application/json", "Transfer-Encoding: chunked",
                       line=f"POST {CHAT} HTTP/1.1\r\n") + f"{len(BODY):x}\r\n{BODY}\r\n0\r\n\r\n".encode() + it.head()
        cuts = range(1, len(data), 9)
        with it.connect() as connection:
            for at in cuts:
                connection.send(data[:at])
                connection.send(data[at:])
                statuses = (connection.reply().status, connection.reply().status)
                check_equal(statuses, (200, 200), f"cut at {at}")
            for byte in data:
                connection.send(bytes([byte]))
            check_equal((connection.reply().status, connection.reply().status), (200, 200), "bytes")
        check_equal({entry.body for entry in it.stub.chats()}, {it.stub.chats()[0].body}, "bodies")
        check_equal(len(it.stub.chats()), len(cuts) + 1, "calls")


@test("L05 what a web page can send without asking is refused before its body, and no reply invites it")
def browsers() -> None:
    with door() as it:
        for headers, status in rawhttp.simple_requests():
            it.closes(it.head(*headers, line=f"POST {CHAT} HTTP/1.1\r\n"), status)
        preflight = it.raw(it.head("Origin: https://evil.example", "Access-Control-Request-Method: POST",
                                   line=f"OPTIONS {CHAT} HTTP/1.1\r\n"))
        check_equal(preflight.status, 403, "a preflight")
        check(not any(name.startswith("access-control") for name in preflight.headers), preflight.headers)
        check_equal(it.stub.journal, [], "what reached the provider")


@test("L06 no Origin is a good Origin")
def origins() -> None:
    with door() as it:
        for origin in rawhttp.bad_origins(it.port):
            it.closes(it.head(f"Origin: {origin}"), 403)


@test("L07 only a run's whole token opens the gateway, in its header or its path")
def tokens() -> None:
    with door() as it:
        good = it.token
        check(len(good) >= 40, f"a token of {len(good)} characters")
        for token in ("", good[:-1], good + "A", "A" * len(good), good.swapcase(), good[::-1], f"{good} {good}", good[1:]):
            it.closes(it.head(token=token), 401)
        host = f"Host: 127.0.0.1:{it.port}\r\n"
        for head in (f"GET {SPEND}?token={good} HTTP/1.1\r\n{host}\r\n", f"{GET}{host}Cookie: token={good}\r\n\r\n",
                     f"{GET}{host}Authorization: Basic {good}\r\n\r\n", f"{GET}{host}Authorization: {good}\r\n\r\n",
                     f"{GET}{host}\r\n", f"{GET}{host}x-api-key: {good}x\r\n\r\n",
                     f"{GET}{host}Authorization: Bearer {good}\r\nAuthorization: Bearer {good}\r\n\r\n",
                     f"{GET}{host}x-api-key: {good}\r\nx-api-key: {good}\r\n\r\n",
                     f"GET /run/{good[:-1]}{SPEND} HTTP/1.1\r\n{host}\r\n",
                     f"GET /run/{good}x{SPEND} HTTP/1.1\r\n{host}\r\n",
                     f"GET /run/x{SPEND} HTTP/1.1\r\n{host}Authorization: Bearer {good}\r\n\r\n"):
            it.closes(head.encode(), 401)
        for head in (f"{GET}{host}x-api-key: {good}\r\n\r\n", f"{GET}{host}authorization: bearer {good}\r\n\r\n",
                     f"GET /run/{good}{SPEND} HTTP/1.1\r\n{host}\r\n"):
            check_equal(it.raw(head.encode()).status, 200, head[:60])
        check_equal(it.stub.journal, [], "what reached the provider")


@test("L07 ten thousand guesses are slowed down, cost nothing, and do not lock out who has the token")
def guessing() -> None:
    with door() as it:
        before, statuses = it.rss_kib(), {}
        for number in range(10_000):
            status = it.raw(it.head(token=f"{number:043}")).status
            statuses[status] = statuses.get(status, 0) + 1
            if number % 500 == 499:
                it.works(f"the run after {number + 1} guesses")
        check(set(statuses) <= {401, 429}, statuses)
        check(statuses.get(429, 0) > 9000, "guesses were not slowed down:", statuses)
        note(statuses, f"{it.rss_kib() - before} KiB more")
        check(IS_SANITIZED or it.rss_kib() - before < 8192, f"{it.rss_kib() - before} KiB more memory")


@test("L08 another user is refused, even with a stolen token")
def other_user() -> None:
    curl, setpriv = shutil.which("curl"), shutil.which("setpriv")
    if os.geteuid() != 0 or curl is None or setpriv is None:
        raise Skip("needs root, curl and setpriv to become somebody else")
    with door() as it:
        done = subprocess.run([setpriv, "--reuid=1234", "--clear-groups", "--", curl, "-s", "-m", "5", "-w",
                               "\n%{http_code}", "-H", f"Authorization: Bearer {it.token}",
                               f"http://127.0.0.1:{it.port}{SPEND}"], capture_output=True, text=True, check=False)
        check_equal((done.returncode, done.stdout.rpartition("\n")[2]), (0, "403"), done.stdout)


@test("L09 the gateway listens on the loopback interface only")
def loopback_only() -> None:
    with door() as it:
        bound = set()
        for table in ("/proc/net/tcp", "/proc/net/tcp6"):
            if os.path.exists(table):
                for line in Path(table).read_text().splitlines()[1:]:
                    words = line.split()
                    if words[3] == "0A" and words[1].endswith(f":{it.port:04X}"):
                        bound.add(words[1].rpartition(":")[0])
        check(bound, "no listening socket was found")
        check(bound <= {"0100007F", "00000000000000000000000001000000"}, bound)


@test("L10 bombs are refused early and cost no memory")
def bombs() -> None:
    with door() as it:
        before = it.rss_kib()
        post = f"POST {CHAT} HTTP/1.1\r\n"
        it.closes(it.head("Content-Type: application/json", "Content-Length: 629145600", line=post), 413)
        it.closes(it.head(f"X: {'a' * 102400}"), 431)
        it.closes(it.head(*["A: b"] * 200), 431)
        it.closes(it.head(line=f"GET /{'a' * 20000} HTTP/1.1\r\n"), 431)
        with it.connect() as connection:
            connection.send(it.head()[:-2])
            # What the kernel holds for both sides counts as sent.
            sent = pour(connection, b"A: b\r\n" * 10000, 64 << 20)
            check(sent < 16 << 20, f"{sent} bytes of headers were taken")
        with it.connect() as connection:
            connection.send(it.head("Content-Type: application/json", "Transfer-Encoding: chunked", line=post))
            sent = pour(connection, b"10000\r\n" + b" " * 65536 + b"\r\n", 640 << 20)
            note(f"{sent >> 20} MiB of chunks were taken")
            check(sent < 40 << 20, f"{sent} bytes of a body were taken")
            check_equal(connection.reply().status, 413, "chunks")
        note(f"resident {before} KiB before, {it.rss_kib()} KiB after")
        check(IS_SANITIZED or it.rss_kib() < 32 * 1024, f"{it.rss_kib()} KiB")
        check_equal(it.stub.journal, [], "what reached the provider")


def pour(connection: Connection, block: bytes, limit: int) -> int:
    """Sends blocks until the other side hangs up; how many bytes it took."""
    sent = 0
    try:
        while sent < limit:
            connection.sock.sendall(block)
            sent += len(block)
    except (BrokenPipeError, ConnectionResetError, TimeoutError):
        pass
    return sent


@test("L11 a thousand half requests keep nobody out, with 256 descriptors")
def crowd() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    with door() as it:
        resource.prlimit(it.gateway.process.pid, resource.RLIMIT_NOFILE, (256, 256))
        half = it.head("Content-Type: application/json", "Content-Length: 9", line=f"POST {CHAT} HTTP/1.1\r\n") + b"{"
        held, slowest = [], 0.0
        for number in range(1000):
            connection = it.connect()
            connection.send(it.head()[:-2] + b"X: " if number % 2 else half)
            held.append(connection)
            if number % 100 == 99:
                asked = time.monotonic()
                it.works(f"the run among {number + 1} half requests")
                slowest = max(slowest, time.monotonic() - asked)
        note(f"slowest answer {slowest:.3f} s")
        check(slowest < 1, slowest, "s for an answer")
        for connection in held:
            connection.close()
        check_equal(it.stub.journal, [], "what reached the provider")


@test("L11 who has run out of descriptors does not spin, and comes back")
def descriptors() -> None:
    def cpu(pid: int) -> float:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")

    with door() as it:
        pid = it.gateway.process.pid
        used = len(os.listdir(f"/proc/{pid}/fd"))
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (used + 2, 256))
        held = [it.connect() for _ in range(40)]
        time.sleep(0.2)
        before = cpu(pid)
        time.sleep(1.5)
        spent = cpu(pid) - before
        note(f"{spent:.2f} s of CPU in 1.5 s")
        for connection in held:
            connection.close()
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (256, 256))
        check(spent < 0.3, spent, "s of CPU")
        wait_for(lambda: it.raw(it.head()).status == 200, 5, "an answer afterwards")


@test("L11 silent and slow clients are closed in time, and told why")
def timeouts() -> None:
    with door() as it:
        silent, half, body, slow = (it.connect() for _ in range(4))
        half.send(it.head()[:-2])
        body.send(it.head("Content-Type: application/json", "Content-Length: 9", line=f"POST {CHAT} HTTP/1.1\r\n"))
        began, seconds = time.monotonic(), 0.0
        try:
            while time.monotonic() - began < 16:
                slow.sock.sendall(b"G" if time.monotonic() - began < 0.2 else b"E")
                time.sleep(0.25)
        except (BrokenPipeError, ConnectionResetError):
            pass
        seconds = time.monotonic() - began
        check(8 < seconds < 30, f"one byte at a time was heard for {seconds:.1f} s")
        for connection in (half, body, slow):
            check_equal(connection.reply().status, 408, "status")
            check_equal(connection.rest(), b"", "then")
        check(silent.rest()[:12] in (b"", b"HTTP/1.1 408"), "the silent one")
        check(time.monotonic() - began < 30, "too late")


@test("L11 a client that asks for much and reads nothing costs no memory and holds up nobody")
def deaf() -> None:
    if IS_SANITIZED:
        raise Skip("a sanitized gateway takes minutes over such a flood")
    with door() as it:
        it.stub.push(Act(text="word " * 400_000, usage=Usage(20, 100)), times=4)
        held = []
        request = json.dumps(json.loads(BODY) | {"stream": True})
        for _ in range(4):
            connection = it.connect()
            connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.send(it.head("Content-Type: application/json", f"Content-Length: {len(request)}",
                                    line=f"POST {CHAT} HTTP/1.1\r\n") + request.encode())
            held.append(connection)
        wait_for(lambda: len(it.stub.chats()) == 4, 10, "the calls")
        for _ in range(10):
            time.sleep(0.2)
            asked = time.monotonic()
            it.works("the run meanwhile")
            check(time.monotonic() - asked < 4, time.monotonic() - asked, "s for an answer")
        note(f"{it.rss_kib()} KiB with four such clients")
        check(IS_SANITIZED or it.rss_kib() < 32 * 1024, f"{it.rss_kib()} KiB")
        check({entry.outcome for entry in it.stub.chats()} == {"open"}, "somebody read it all")
        for connection in held:
            connection.close()
        wait_for(lambda: {entry.outcome for entry in it.stub.chats()} == {"gone"}, 5, "the provider to be let go")


@test("L12 HTTP/2, TLS and upgrades are refused or not taken up")
def other_protocols() -> None:
    with door() as it:
        it.closes(rawhttp.HTTP2_PREFACE, 505)
        it.closes(rawhttp.TLS_HELLO, 400)
        for upgrade in (("Upgrade: h2c", "Connection: Upgrade, HTTP2-Settings", "HTTP2-Settings: AAMAAABkAAQAAP__"),
                        ("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
                         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")):
            with it.connect() as connection:
                connection.send(it.head(*upgrade))
                check(connection.reply().status in (200, 400, 404, 426), upgrade)
                connection.send(rawhttp.HTTP2_PREFACE)
                check(not connection.rest().startswith(b"HTTP/1.1 101"), "switched")


@test("L13 a taken port: the gateway says so or takes another, and the squatter learns no token")
def port_squat() -> None:
    with socket.create_server(("127.0.0.1", 0)) as squatter:
        taken = squatter.getsockname()[1]
        try:
            with GatewayRun(port=taken) as gateway:
                check(gateway.port != taken, "it says that it has a port that somebody else has")
        except AssertionError as error:
            # It may also refuse to start: then its own word says why.
            check("the server has ended" in str(error), error)
        squatter.settimeout(0.2)
        try:
            squatter.accept()
        except TimeoutError:
            return
        raise AssertionError("somebody called at the taken port")


@test("S10 a token is worth nothing for another model, after the run, or beyond its cap; the book has it all")
def tokens_of_others() -> None:
    with FaultStub() as stub, GatewayRun() as gateway:
        one = gateway.open("openai", stub.base("openai"), ["gpt-5.1"])
        two = gateway.open("openai", stub.base("openai"), ["gpt-4o"], limit_usd="0.000050")
        body = {"messages": [{"role": "user", "content": "hi"}]}
        check_equal(one.chat("openai", body | {"model": "gpt-4o"}).status, 403, "the other run's model")
        check_equal(two.chat("openai", body | {"model": "gpt-5.1"}).status, 403, "the other run's model")
        check_equal(stub.chats(), [], "what reached the provider")
        check_equal(one.chat("openai", body | {"model": "gpt-5.1"}).status, 200, "its own model")
        over = two.chat("openai", body | {"model": "gpt-4o"})
        check_equal(over.status, 402, "over the cap")
        check("budget" in over.json["error"]["message"].lower(), over.body)
        check_equal((over.headers.get("x-should-retry"), over.json["error"]["code"]), ("false", "budget_exceeded"), "402")
        gateway.tell("close", session=one.session)
        check_equal(one.chat("openai", body | {"model": "gpt-5.1"}).status, 401, "after the run")
        check_equal(len(stub.chats()), 1, "what reached the provider")
        refused = [call for call in gateway.calls() if call.get("state") == "refused"]
        statuses = sorted(str(call.get("status") or call.get("http_status")) for call in refused)
        check_equal(statuses, ["401", "402", "403", "403"], gateway.calls())


@test("S10 a run that ends in mid-stream takes its stream along")
def closed_in_mid_stream() -> None:
    with FaultStub() as stub, GatewayRun() as gateway:
        run = gateway.open("openai", stub.base("openai"), ["gpt-5.1"])
        stub.push(Act(text="word " * 200, gap=0.05))
        stream = run.stream("openai", {"model": "gpt-5.1", "stream": True,
                                       "messages": [{"role": "user", "content": "hi"}]})
        next(stream)
        gateway.tell("close", session=run.session)
        began = time.monotonic()
        try:
            for _ in stream:
                pass
        except Exception as error:  # whatever http.client makes of an early end
            note(type(error).__name__)
        check(time.monotonic() - began < 8, "the stream went on")
        wait_for(lambda: stub.chats()[0].outcome == "gone", 5, "the provider's side to be let go")
        wait_for(lambda: all(call["state"] != "held" for call in gateway.calls()), 5, "the call to be settled")


main()
