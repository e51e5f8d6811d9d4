# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""How the vendor stub goes wrong: broken bodies, bombs, certificates, bytes that drip.

FAULTS names every fault with its arguments; faultstub.py does what they say.
"""

from __future__ import annotations

import base64
import gzip
import json
import socket
import ssl
import struct
import subprocess
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FAULTS = {
    "cut": "after=none|head|first|half|usage or a number of body bytes; how=rst|fin",
    "truncate": "after=first|usage|finish: the stream ends there, cleanly, without its end",
    "usage": "mode=none|missing|null|negative|huge|float|string|bool|list|zero|twice|each",
    "stream-error": "after=text pieces, kind=overloaded|server|rate|money …: an error inside a 200",
    "error": "kind, status, say, headers, echo=true (the key is said back), html=true",
    "redirect": "status=301|302|303|307|308, to=URL",
    "bomb": "encoding=gzip|deflate|br, size=bytes when unpacked",
    "endless-line": "one line of an answer that never ends; limit=bytes",
    "headers": "size=bytes of headers, in lines of 1 KiB; or line=true for one line",
    "type": "value=content type of an answer that is right otherwise",
    "body": "data=text sent instead, status=200, type=application/json",
    "length": "by=how many bytes more the Content-Length claims",
    "hang": "nothing is answered, ever",
    "framing": "mode=crlf|comments|split|no-blank|bom|multiline: odd but allowed framings of a stream",
    "status-line": "data=what comes instead of HTTP/1.1 200 OK",
    "chunks": "mode=bad-size|huge|no-end: a chunked body that is wrong",
}

# 512 MiB of zeros, as brotli has them.
_BROTLI_HEAD = "z///f/gnAOKxQCD3/p/////wTwDEYQGA7v0/////4Z8AiMMiAN37f/7//8M/ARCHBQC69//8//+HfwIgDgsAdO//+f//D/8EQBwWAOje//P" \
               "//x/+CYA4LADQvf/n//8//BMAcVgAoHv/z///f/gnAOKwAED3/p/////wTwDEYQGA7v0/////4Z8AiMMCAN37f/7//8M/ARCHBQC69//8//+H" \
               "fwIgDgsAdO//+f//D/8EQBwWAOje//P//x/+CYA4LADQvf/n//8//BMAcVgAoHv/z///f/gnAOKwAED3/p/////wTwDEYQGA7v0/////4Z8Ai" \
               "MMCAN37f/7//8M/ARCHBQC69//8//+HfwIgDgsAdO//+f//D/8EQBwWAOje//P//x/+CYA4LADQvf/n//8//BMAcVgAoHv/z///f/gnAOKwAE" \
               "D3/p/////wTwDEYQGA7v0/////4Z8AiMMCAN37f/7//8M/ARCHBQC69//8//+HfwIgDgsAdO//+f//D/8EQBwWAOje//P//x/+CYA4LADQvf/" \
               "n//8//BMAcVgAoHv/Pw=="


def brotli_bomb() -> bytes:
    """421 bytes that become 512 MiB."""
    return base64.b64decode(_BROTLI_HEAD)


def bomb(encoding: str, size: int) -> bytes:
    """A small body that unpacks to a JSON string of size bytes (brotli: 512 MiB of zeros)."""
    if encoding == "br":
        return brotli_bomb()
    maker = zlib.compressobj(9, zlib.DEFLATED, 31 if encoding == "gzip" else 15)
    parts = [maker.compress(b'{"id":"')]
    block = b"a" * (1 << 20)
    for _ in range(size >> 20):
        parts.append(maker.compress(block))
    parts.append(maker.compress(b'"}') + maker.flush())
    return b"".join(parts)


def squeeze(encoding: str, data: bytes) -> bytes:
    """An ordinary compressed body."""
    return gzip.compress(data) if encoding == "gzip" else zlib.compress(data)


def spoil_usage(body: Any, mode: str) -> Any:
    """Wrong usage in an answer or a piece of one; any vendor's form."""
    counts = {"input_tokens", "output_tokens", "prompt_tokens", "completion_tokens", "total_tokens",
              "prompt_eval_count", "eval_count", "cost_in_usd_ticks"}
    wrong = {"null": None, "negative": -1000, "huge": 10 ** 40, "float": 12.75, "string": "12", "bool": True,
             "list": [1], "zero": 0, "big": 2 ** 63}
    if isinstance(body, list):
        return [spoil_usage(part, mode) for part in body]
    if not isinstance(body, dict):
        return body
    done = {}
    for key, value in body.items():
        if key == "usage" and mode == "none":
            continue
        if key in counts and mode in ("none", "missing"):
            continue
        if key == "usage" and mode == "object":
            value = "none"
        done[key] = wrong[mode] if key in counts and mode in wrong else spoil_usage(value, mode)
    return done


def spoil_piece(data: bytes, mode: str) -> bytes:
    """The same for a piece of a stream."""
    lines = []
    for line in data.split(b"\n"):
        head = b"data: " if line.startswith(b"data: ") else b""
        text = line[len(head):]
        if text.startswith(b"{"):
            text = json.dumps(spoil_usage(json.loads(text), mode)).encode()
        lines.append(head + text)
    return b"\n".join(lines)


def reframe(data: bytes, mode: str) -> bytes:
    """Another framing of server-sent events that means the same."""
    if mode == "crlf":
        return data.replace(b"\n", b"\r\n")
    if mode == "comments":
        return b": OPENROUTER PROCESSING\n\n" + data
    if mode == "multiline" and b"data: {" in data:
        # Several data lines of one event are joined by a line feed.
        return data.replace(b',"', b',\ndata: "', 1)
    return data


def endless(limit: int) -> Iterator[bytes]:
    """Blocks of a line that does not end."""
    block = b"a" * 65536
    for _ in range(limit // len(block)):
        yield block


class Pace:
    """Sends bytes as slowly as told."""

    def __init__(self, sock: socket.socket, bytes_per_second: float) -> None:
        self.sock = sock
        self.rate = bytes_per_second
        self.sent = 0

    def send(self, data: bytes) -> None:
        """All of it, or OSError when the other side has gone."""
        if self.rate <= 0:
            self.sock.sendall(data)
            self.sent += len(data)
            return
        for byte in data:
            self.sock.sendall(bytes([byte]))
            self.sent += 1
            time.sleep(1 / self.rate)


def cut(sock: socket.socket, how: str) -> None:
    """Ends a connection: "rst" drops what the other side has not read."""
    if how == "rst":
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    else:
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
    sock.close()


CA_CONFIG = """[ca]
default_ca = own
[own]
database = {folder}/index
new_certs_dir = {folder}
serial = {folder}/serial
default_md = sha256
policy = any
copy_extensions = copy
[any]
commonName = supplied
"""


def _openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True, stdin=subprocess.DEVNULL)


def certificate(folder: Path, kind: str) -> tuple[Path, Path]:
    """A certificate, signed by itself, and its key: "good", "wrong-host", "expired", "not-yet"."""
    folder.mkdir(parents=True, exist_ok=True)
    key, request, made = (folder / f"{kind}.{ending}" for ending in ("key", "csr", "pem"))
    host = "wrong.example" if kind == "wrong-host" else "127.0.0.1"
    name = f"subjectAltName={'DNS' if kind == 'wrong-host' else 'IP'}:{host}"
    _openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-out", str(request),
             "-subj", f"/CN={host}", "-addext", name)
    (folder / "ca.conf").write_text(CA_CONFIG.format(folder=folder))
    (folder / "index").write_text("")
    (folder / "serial").write_text("01\n")
    dates = {"expired": ("20200101000000Z", "20210101000000Z"),
             "not-yet": ("20900101000000Z", "20910101000000Z")}.get(kind, ("20260101000000Z", "20460101000000Z"))
    _openssl("ca", "-batch", "-selfsign", "-config", str(folder / "ca.conf"), "-keyfile", str(key),
             "-in", str(request), "-out", str(made), "-startdate", dates[0], "-enddate", dates[1], "-notext")
    return made, key


def tls_context(folder: Path, kind: str) -> ssl.SSLContext:
    """A server's side of TLS; no careful client accepts any but "good" where that is trusted. "tls1.0" and "tls1.1" speak nothing newer."""
    made, key = certificate(folder, kind)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    if kind.startswith("tls"):
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = {"tls1.0": ssl.TLSVersion.TLSv1,
                                                             "tls1.1": ssl.TLSVersion.TLSv1_1}[kind]
    return context
