#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""The early gate against what rude and hostile clients send (L01 to L13)."""

import os
import resource
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

from apiserver import Connection, Server, WebSocket  # noqa: E402
from rawhttp import HTTP2_PREFACE, TLS_HELLO, bad_framings, bad_hosts, bad_request_lines, good_hosts  # noqa: E402
from rawhttp import bad_origins, host_pairs, simple_requests  # noqa: E402
from tap import Skip, check, check_equal, main, note, test  # noqa: E402

GET = "GET /api/engine HTTP/1.1\r\n"
UNIX = "Host: localhost\r\n"


def assert_closes(server: Server, data: bytes, status: int, tcp: bool = False) -> None:
    """Sends bytes; wants exactly one answer with this status, then the end."""
    with (server.connect_tcp() if tcp else server.connect()) as connection:
        connection.send(data)
        reply = connection.reply()
        check_equal(reply.status, status, repr(data[:120]))
        check(reply.json["error"]["message"].endswith("."), reply.body)
        check_equal(connection.rest(), b"", f"what follows the refusal of {data[:120]!r}")


def tcp_head(server: Server, *headers: str, host: str | None = None, token: str | None = None,
             line: str = GET) -> bytes:
    """A request for the port, with the right Host and token unless told."""
    host = f"127.0.0.1:{server.port}" if host is None else host
    token = server.token if token is None else token
    text = f"{line}Host: {host}\r\nAuthorization: Bearer {token}\r\n"
    return (text + "".join(f"{header}\r\n" for header in headers) + "\r\n").encode()


@test("L01 only the loopback's own names with our port are a Host")
def hosts() -> None:
    with Server() as server:
        server.serve()
        port = server.port
        for host in good_hosts(port):
            check_equal(server.raw(tcp_head(server, host=host), tcp=True).status, 200, host)
        for host in bad_hosts(port):
            assert_closes(server, tcp_head(server, host=host), 403, tcp=True)
        for host in ("evil.example", "localhost:80", "127.0.0.1", "localhost."):
            assert_closes(server, f"{GET}Host: {host}\r\n\r\n".encode(), 403)
        check_equal(server.raw(f"{GET}Host: \r\n\r\n".encode()).status, 200, "an empty Host")


@test("L01 the port is served on ::1 too, where there is IPv6, and for our own user")
def ipv6() -> None:
    with Server() as server:
        server.serve()
        try:
            sock = socket.create_connection(("::1", server.port), 5)
        except OSError as error:
            raise Skip(f"no IPv6 here: {error}") from error
        with Connection(sock) as connection:
            connection.send(tcp_head(server, host=f"[::1]:{server.port}"))
            check_equal(connection.reply().status, 200, "status")


@test("L02 there is exactly one Host")
def one_host() -> None:
    with Server() as server:
        server.serve()
        for pair in host_pairs(f"127.0.0.1:{server.port}"):
            head = GET + "".join(f"{line}\r\n" for line in pair)
            head += f"Authorization: Bearer {server.token}\r\n\r\n"
            assert_closes(server, head.encode(), 400, tcp=True)
        assert_closes(server, (GET + UNIX + UNIX + "\r\n").encode(), 400)
        assert_closes(server, (GET + "\r\n").encode(), 400)


@test("L03 whole addresses, HTTP/1.0 without Host, CONNECT, TRACE and OPTIONS are refused")
def request_lines() -> None:
    with Server() as server:
        for line, status in bad_request_lines("/api/engine"):
            assert_closes(server, f"{line}\r\n{UNIX}\r\n".encode("latin-1"), status)
        assert_closes(server, b"GET /api/engine HTTP/1.0\r\n\r\n", 400)
        with server.connect() as connection:
            connection.send(f"GET /api/engine HTTP/1.0\r\n{UNIX}\r\n".encode())
            check_equal(connection.reply().status, 200, "HTTP/1.0 with a Host")
            check_equal(connection.rest(), b"", "kept open")


@test("L04 one request is one request: nothing is smuggled behind a doubtful length")
def smuggling() -> None:
    with Server() as server:
        smuggled = f"POST /api/training/queue HTTP/1.1\r\n{UNIX}Content-Type: application/json\r\n" \
                   "Content-Length: 2\r\n\r\n{}"
        post = f"POST /api/training/pause HTTP/1.1\r\n{UNIX}Content-Type: application/json\r\n"
        chunked = "Transfer-Encoding: chunked\r\n"
        for framing in bad_framings():
            assert_closes(server, (post + framing + smuggled).encode(), 400)
        check_equal(server.ask("GET", "/api/training/queue").json["sessions"], [], "smuggled")

        with server.connect() as connection:
            connection.send((post + chunked + "\r\n1\r\n{\r\n01\r\n}\r\n0\r\n\r\n" + smuggled).encode())
            check_equal(connection.reply().status, 200, "sound chunks")
            check_equal(connection.reply().status, 201, "the request behind them")


@test("L04 requests are read the same in whatever pieces they come")
def pieces() -> None:
    with Server() as server:
        data = (f"POST /api/training/queue HTTP/1.1\r\n{UNIX}Content-Type: application/json\r\n"
                "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
                f"GET /api/server HTTP/1.1\r\n{UNIX}\r\n").encode()
        with server.connect() as connection:
            for cut in range(1, len(data)):
                connection.send(data[:cut])
                connection.send(data[cut:])
                statuses = (connection.reply().status, connection.reply().status)
                check_equal(statuses, (201, 200), f"cut at {cut}")
            for byte in data:
                connection.send(bytes([byte]))
            check_equal((connection.reply().status, connection.reply().status), (201, 200), "bytes")
            check_equal(server.do("busy"), "busy no 1", "it is still the one connection")


@test("L05 what a web page can send without asking is refused, and no reply invites it")
def browsers() -> None:
    with Server() as server:
        server.serve()
        line = "POST /api/training/queue HTTP/1.1\r\n"
        for headers, status in simple_requests():
            # No body is sent: the refusal must not wait for it.
            assert_closes(server, tcp_head(server, *headers, line=line), status, tcp=True)
        reply = server.raw(tcp_head(server, "Sec-Fetch-Site: none"), tcp=True)
        check_equal(reply.status, 200, "typed into the address bar, with a token")
        preflight = server.raw(tcp_head(server, "Origin: https://evil.example",
                                        "Access-Control-Request-Method: POST",
                                        line="OPTIONS /api/engine HTTP/1.1\r\n"), tcp=True)
        for answer in (reply, preflight):
            check(not any(name.startswith("access-control") for name in answer.headers),
                  answer.headers)


@test("L06 no Origin is a good Origin")
def origins() -> None:
    with Server() as server:
        server.serve()
        for origin in bad_origins(server.port):
            assert_closes(server, tcp_head(server, f"Origin: {origin}"), 403, tcp=True)
            assert_closes(server, f"{GET}{UNIX}Origin: {origin}\r\n\r\n".encode(), 403)


@test("L07 only the whole token in its header opens the port")
def tokens() -> None:
    with Server() as server:
        server.serve()
        good = server.token
        bad = ["", good[:-1], good + "A", "A" * 43, good.swapcase(), good[::-1], f"{good} {good}"]
        for token in bad:
            assert_closes(server, tcp_head(server, token=token), 401, tcp=True)
        host = f"Host: 127.0.0.1:{server.port}\r\n"
        for head in (f"GET /api/engine?token={good} HTTP/1.1\r\n{host}\r\n",
                     f"{GET}{host}Cookie: token={good}\r\n\r\n",
                     f"{GET}{host}Authorization: Basic {good}\r\n\r\n",
                     f"{GET}{host}Authorization: {good}\r\n\r\n",
                     f"{GET}{host}Authorization: Bearer {good}\r\nAuthorization: Bearer {good}\r\n\r\n"):
            assert_closes(server, head.encode(), 401, tcp=True)
        check_equal(server.raw(tcp_head(server), tcp=True).status, 200, "the right one")
        check_equal(server.raw(tcp_head(server, line="GET /api/server HTTP/1.1\r\n"), tcp=True).status,
                    403, "the way in is not managed over the port")


@test("L07 guessing is slowed down, and does not lock out who has the token")
def guessing() -> None:
    with Server() as server:
        server.serve()
        statuses = [server.raw(tcp_head(server, token="x" * 43), tcp=True).status
                    for _ in range(200)]
        check_equal(statuses[:20], [401] * 20, "first guesses")
        check_equal(set(statuses[20:]), {429}, "later guesses")
        check_equal(server.raw(tcp_head(server), tcp=True).status, 200, "the right one")


@test("L08 another user is refused on the socket and on the port, whatever they know")
def other_user() -> None:
    if os.geteuid() != 0:
        raise Skip("needs root to become somebody else")
    curl = shutil.which("curl")
    setpriv = shutil.which("setpriv")
    if curl is None or setpriv is None:
        raise Skip("needs curl and setpriv")

    def as_other(*args: str) -> tuple[int, str]:
        done = subprocess.run([setpriv, "--reuid=1234", "--clear-groups", "--", curl, "-s", "-m", "5",
                               "-w", "\n%{http_code}", *args], capture_output=True, text=True)
        return done.returncode, done.stdout.rpartition("\n")[2]

    with Server() as server:
        server.serve()
        port = ("-H", f"Authorization: Bearer {server.token}",
                f"http://127.0.0.1:{server.port}/api/engine")
        check_equal(as_other(*port), (0, "403"), "the port with a stolen token")
        unix = ("--unix-socket", str(server.socket_path), "http://localhost/api/engine")
        check_equal(as_other(*unix), (7, "000"), "the socket, by its mode")
        # Even with the folders open and the socket's mode lost.
        for folder in (server.root, server.root / "run", server.socket_path.parent):
            folder.chmod(0o755)
        server.socket_path.chmod(0o777)
        check_equal(as_other(*unix), (0, "403"), "the socket, by the kernel's word")
        check_equal(server.ask("GET", "/api/engine").status, 200, "its owner")


@test("L09 the port is bound to the loopback interface only")
def loopback_only() -> None:
    with Server() as server:
        server.serve()
        wanted = f":{server.port:04X}"
        bound = set()
        for table in ("/proc/net/tcp", "/proc/net/tcp6"):
            if os.path.exists(table):
                for line in Path(table).read_text().splitlines()[1:]:
                    words = line.split()
                    if words[3] == "0A" and words[1].endswith(wanted):
                        bound.add(words[1].rpartition(":")[0])
        check(bound, "no listening socket was found")
        check(bound <= {"0100007F", "00000000000000000000000001000000"}, bound)


@test("L10 bombs are refused early and cost no memory")
def bombs() -> None:
    with Server() as server:
        before = server.rss_kib()
        head = f"POST /api/training/queue HTTP/1.1\r\n{UNIX}Content-Type: application/json\r\n"
        assert_closes(server, f"{head}Content-Length: 629145600\r\n\r\n".encode(), 413)
        assert_closes(server, f"{head}Content-Length: 1048577\r\n\r\n".encode(), 413)
        assert_closes(server, (GET + UNIX + f"X: {'a' * 102400}\r\n\r\n").encode(), 431)
        assert_closes(server, (GET + UNIX + f"X: {'a' * 8200}\r\n\r\n").encode(), 431)
        assert_closes(server, (GET + UNIX + "A: b\r\n" * 70 + "\r\n").encode(), 431)
        assert_closes(server, f"GET /{'a' * 20000} HTTP/1.1\r\n{UNIX}\r\n".encode(), 431)
        with server.connect() as connection:
            block = f"{GET}{UNIX}".encode() + b"A: b\r\n" * 10000
            sent = 0
            try:
                connection.sock.sendall(block)
                for _ in range(100):
                    connection.sock.sendall(b"A: b\r\n" * 10000)
                    sent += 60000
            except (BrokenPipeError, ConnectionResetError):
                pass
            check(sent < 3_000_000, f"{sent} bytes of headers were taken")
        with server.connect() as connection:
            connection.send(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
            chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
            sent = 0
            try:
                for _ in range(9600):
                    connection.sock.sendall(chunk)
                    sent += len(chunk)
            except (BrokenPipeError, ConnectionResetError, TimeoutError):
                pass
            check(sent < 4 << 20, f"{sent} bytes of a body were taken")
            check_equal(connection.reply().status, 413, "chunks")
        big = b" " * (1 << 20)
        check_equal(server.raw(f"{head}Content-Length: {len(big)}\r\n\r\n".encode() + big).status, 400,
                    "a body of exactly 1 MiB is read, and found empty")
        note(f"resident {before} KiB before, {server.rss_kib()} KiB after")
        server.check_memory(20 * 1024)


def limit_files() -> None:
    """Runs in the server before it starts."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))


HALF_BODY = (f"POST /api/training/queue HTTP/1.1\r\n{UNIX}Content-Type: application/json\r\n"
             "Content-Length: 9\r\n\r\n{").encode()


@test("L11 a thousand half requests keep nobody out")
def crowd() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    with Server(preexec_fn=limit_files) as server:
        held = []
        for number in range(1000):
            connection = server.connect()
            connection.send(b"GET /api/engine HTTP/1.1\r\nX: " if number % 2 else HALF_BODY)
            held.append(connection)
            if number % 100 == 99:
                asked = time.monotonic()
                check_equal(server.ask("GET", "/api/engine").status, 200, "among the slow")
                check(time.monotonic() - asked < 4, time.monotonic() - asked, "s for an answer")
        count = int(server.do("busy").split()[2])
        check(count <= 128, count, "connections at once")
        for connection in held:
            connection.close()
        check_equal(server.ask("GET", "/api/engine").status, 200, "afterwards")


@test("L11 who has run out of descriptors does not spin, and comes back")
def descriptors() -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (24, 24))

    def cpu(server: Server) -> float:
        words = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")

    with Server(preexec_fn=limit) as server:
        held = [server.watch() for _ in range(4)]
        while len(held) < 40:
            held.append(server.connect())
        time.sleep(0.2)
        before = cpu(server)
        time.sleep(1.5)
        used = cpu(server) - before
        note(f"{used:.2f} s of CPU in 1.5 s")
        check(used < 0.3, used, "s of CPU")
        for connection in held:
            connection.close()
        check_equal(server.ask("GET", "/api/engine").status, 200, "afterwards")


@test("L11 silent and slow clients are closed in time, and told why")
def timeouts() -> None:
    with Server() as server:
        silent, half, body, slow = (server.connect() for _ in range(4))
        half.send(GET.encode())
        body.send(HALF_BODY)
        began = time.monotonic()
        try:
            while time.monotonic() - began < 14:
                slow.sock.sendall(b"G" if time.monotonic() - began < 0.2 else b"E")
                time.sleep(0.25)
        except (BrokenPipeError, ConnectionResetError):
            pass
        seconds = time.monotonic() - began
        check(8 < seconds < 30, f"one byte at a time was heard for {seconds:.1f} s")
        for connection in (half, body, slow):
            check_equal(connection.reply().status, 408, "status")
            check_equal(connection.rest(), b"", "then")
        check_equal(silent.rest(), b"", "the silent one")
        check(time.monotonic() - began < 30, "too late")


@test("L12 HTTP/2, TLS and doubtful upgrades are refused")
def other_protocols() -> None:
    with Server() as server:
        assert_closes(server, HTTP2_PREFACE, 505)
        assert_closes(server, TLS_HELLO, 400)
        assert_closes(server, b"\n\n\n\n", 400)
        with server.connect() as connection:
            connection.send((GET + UNIX + "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n"
                             "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n"
                             f"POST /api/training/queue HTTP/1.1\r\n{UNIX}\r\n").encode())
            check_equal(connection.reply().status, 400, "a request behind an upgrade")
            check_equal(connection.rest(), b"", "what followed it")
        with server.connect() as connection:
            connection.send((GET + UNIX + "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n"
                             "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n").encode())
            check_equal(connection.reply().status, 200, "h2c is not taken up")
            connection.send(HTTP2_PREFACE)
            check_equal(connection.rest(), b"", "what followed it")
        with server.connect() as connection:
            connection.send((f"GET /training/events HTTP/1.1\r\n{UNIX}Upgrade: websocket\r\n"
                             "Connection: Upgrade\r\n\r\n").encode())
            check_equal(connection.reply().status, 400, "a handshake without its key")
            check_equal(connection.rest(), b"", "what followed it")
        check_equal(server.ask("GET", "/training/events").status, 400, "a plain GET")
        server.serve()
        for headers, status in (("", 401), (f"Authorization: Bearer {server.token}\r\n"
                                            "Origin: http://evil.example\r\n", 403),
                                (f"Authorization: Bearer {server.token}\r\n", 101)):
            with server.connect_tcp(WebSocket) as client:
                reply = client.handshake("/training/events", f"127.0.0.1:{server.port}", headers)
                check_equal(reply.status, status, headers)


@test("L13 a taken port is a conflict, and what was served before goes on")
def port_squat() -> None:
    with Server() as server, socket.create_server(("127.0.0.1", 0)) as squatter:
        taken = squatter.getsockname()[1]
        reply = server.ask("POST", "/api/server", {"port": taken})
        check_equal((reply.status, reply.code), (409, "conflict"), "taken")
        server.serve()
        reply = server.ask("POST", "/api/server", {"port": taken})
        check_equal(reply.status, 409, "taken, while another is served")
        check_equal(server.raw(tcp_head(server), tcp=True).status, 200, "the one before")
        check_equal((server.socket_path.parent / "api-token").read_text(), server.token, "its token")


@test("L13 a name of localhost that somebody else answers is a conflict too")
def half_squat() -> None:
    try:
        squatter = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError as error:
        raise Skip(f"no IPv6 here: {error}") from error
    with Server() as server, squatter:
        reply = server.ask("POST", "/api/server", {"port": squatter.getsockname()[1]})
        check_equal((reply.status, reply.code), (409, "conflict"), "taken on ::1")


@test("L13 the socket replaces only our own dead one")
def path_squat() -> None:
    def place(make: Callable[[Path], object]) -> tuple[bool, int]:
        def prepare(root: Path) -> None:
            folder = root / "run" / "training-center"
            folder.mkdir(parents=True, mode=0o700)
            (root / "run").chmod(0o700)
            make(folder / "engine.sock")

        with_root = tempfile.mkdtemp(prefix="tc-api-")
        try:
            server = Server(root=with_root, prepare=prepare)
            path = server.socket_path
            kind = stat.S_IFMT(os.lstat(path).st_mode)
            check_equal(server.stop(), 0 if server.is_ready else 3, "exit status")
            return server.is_ready, kind
        finally:
            shutil.rmtree(with_root, ignore_errors=True)

    def listening(path: Path) -> None:
        sock = socket.socket(socket.AF_UNIX)
        sock.bind(str(path))
        sock.listen()
        place.kept = sock

    def dead(path: Path) -> None:
        sock = socket.socket(socket.AF_UNIX)
        sock.bind(str(path))
        sock.close()

    def foreign(path: Path) -> None:
        dead(path)
        os.chown(path, 1234, 1234)

    check_equal(place(lambda path: path.write_text("x")), (False, stat.S_IFREG), "a file")
    check_equal(place(lambda path: path.mkdir()), (False, stat.S_IFDIR), "a folder")
    check_equal(place(lambda path: os.mkfifo(path)), (False, stat.S_IFIFO), "a FIFO")
    check_equal(place(lambda path: os.symlink("/dev/null", path)), (False, stat.S_IFLNK), "a link")
    check_equal(place(listening), (False, stat.S_IFSOCK), "a live one")
    check_equal(place(dead), (True, stat.S_IFSOCK), "a dead one")
    if os.geteuid() == 0:
        check_equal(place(foreign), (False, stat.S_IFSOCK), "somebody else's")


@test("L13 a second engine is turned away, the first is not disturbed")
def second_engine() -> None:
    with Server() as server:
        mode = os.lstat(server.socket_path)
        check_equal(stat.S_IMODE(mode.st_mode), 0o600, "the socket's mode")
        check_equal(stat.S_IMODE(server.socket_path.parent.stat().st_mode), 0o700, "its folder's")
        second = Server(root=str(server.root))
        check_equal((second.is_ready, second.stop()), (False, 3), "the second")
        check_equal(server.ask("GET", "/api/engine").status, 200, "the first")
        server.process.kill()
        server.process.wait()
        check(server.socket_path.exists(), "a killed engine leaves its socket")
        third = Server(root=str(server.root))
        check(third.is_ready, "the third did not start")
        check_equal(third.ask("GET", "/api/engine").status, 200, "the third")
        check_equal(third.stop(), 0, "its end")
        check(not third.socket_path.exists(), "the socket stayed behind")
        # So that leaving the block has an engine to stop.
        server.process = Server(root=str(server.root)).process


main()
