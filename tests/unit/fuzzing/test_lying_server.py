"""A server that lies about HTTP itself: headers and bodies damaged by a seed, over real sockets.

`QUILT_FUZZ_EXAMPLES` sets the number of answers to try (a tenth of it is used here).
"""

from __future__ import annotations

import json
import os
import random
import socket
import threading
import time
import zlib
from collections.abc import Iterator

import attrs
import pytest

import quilt_core
from quilt_core import QuiltOps, QuiltOpsError

EXAMPLES = int(os.environ.get("QUILT_FUZZ_EXAMPLES", "2000")) // 10
GOOD = json.dumps({"data": {"buckets": []}}).encode()
STATUS_LINES = (
    b"HTTP/1.1 200 OK", b"HTTP/1.0 200", b"HTTP/1.1  200  OK", b"HTTP/9.9 200 OK",
    b"HTTP/1.1 099 x",
    b"HTTP/1.1 1000 x", b"HTTP/1.1 2e2 OK", b"ICY 200 OK", b"", b"\xff\xfe", b"HTTP/1.1 204 x",
    b"HTTP/1.1 101 Upgrade", b"HTTP/1.1 304 x", b"HTTP/1.1 503 x", b"HTTP/1.1 400 x",
)  # fmt: skip
NAMES = (b"Retry-After", b"Date", b"Content-Length", b"Content-Encoding", b"Transfer-Encoding",
         b"Content-Type", b"Set-Cookie", b"Location", b"Connection", b"X-Request-Id", b"X\xff",
         b" folded", b"")  # fmt: skip
VALUES = (
    b"", b"0", b"-1", b"1", b"2", b"9" * 30, "²".encode(), b"\xff\xfe", b"1e3", b"0x10", b"chunked",
    b"gzip", b"deflate", b"gzip, gzip", b"br, zstd", b"identity", b"text/html", b"close",
    b"keep-alive", b"https://a..b/", b"//", b"a=b; Path=/", b"=", b"\x00", b"Mon, 99 Foo 9999",
    b"Thu, 01 Jan 1970 00:00:00 +99999999999", b"Fri, 31 Dec 9999 23:59:59 -2359",
    b"application/json",
)  # fmt: skip
SIZES = (b"0", b"5", b"-1", b"-5", b"0x5", b"1_0", b"ffffffffffffffffff", b"", b"zz", b"5;a=b",
         b" 5 ", "５".encode(), b"\xff")  # fmt: skip


@attrs.frozen
class Liar:
    """Generates answers; each part of an answer is damaged with the same probability."""

    rng: random.Random
    damage: float

    def answer(self) -> bytes:
        """The bytes of one answer."""
        body = self._body()
        chunked = self.rng.random() < 0.4
        lines = [self.rng.choice(STATUS_LINES) if self._wrong() else STATUS_LINES[0]]
        lines.append(b"Content-Type: application/json")
        if self._wrong():
            body = zlib.compress(body, wbits=self.rng.choice([31, 15, -15]))
            lines.append(
                b"Content-Encoding: " + self.rng.choice([b"gzip", b"deflate", b"gzip, gzip"])
            )
        lines.append(
            b"Transfer-Encoding: chunked" if chunked else b"Content-Length: %d" % len(body)
        )
        while self._wrong():
            lines.append(self.rng.choice(NAMES) + b": " + self.rng.choice(VALUES))
        end = self.rng.choice([b"\n", b"\r", b"\r\n"]) if self._wrong() else b"\r\n"
        data = end.join([*lines, b"", b""]) + (self._chunks(body) if chunked else body)
        return data[: self.rng.randrange(len(data))] if self._wrong() else data

    def _wrong(self) -> bool:
        return self.rng.random() < self.damage

    def _body(self) -> bytes:
        if not self._wrong():
            return GOOD
        levels = self.rng.choice([50, 150, 990, 50_000])
        opening, closing = self.rng.choice([(b'{"a":', b"}"), (b"[", b"]")])
        return b'{"errors": [{"message": ' + opening * levels + b"1" + closing * levels + b"}]}"

    def _chunks(self, body: bytes) -> bytes:
        pieces = []
        while body:
            length = self.rng.randrange(1, len(body) + 1)
            size = self.rng.choice(SIZES) if self._wrong() else b"%x" % length
            pieces.append(size + b"\r\n" + body[:length] + b"\r\n")
            body = body[length:]
        return b"".join([*pieces, b"0\r\n\r\n"])


@attrs.define
class LyingServer:
    """Gives every connection the next answer, and closes it."""

    liar: Liar | None = None
    listener: socket.socket = attrs.field(factory=lambda: socket.create_server(("127.0.0.1", 0)))

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                assert self.liar is not None
                try:
                    connection.recv(65_536)
                    connection.sendall(self.liar.answer())
                except OSError:
                    continue

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"


@pytest.fixture
def server() -> Iterator[LyingServer]:
    made = LyingServer()
    thread = threading.Thread(target=made.serve)
    thread.start()
    yield made
    made.listener.shutdown(socket.SHUT_RDWR)
    made.listener.close()
    thread.join()


@pytest.fixture
def ops(server: LyingServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[QuiltOps]:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    with quilt_core.connect(
        "platform", registry_url=server.url, token="token", timeout=10, use_quilt3_login=False
    ) as connected:
        yield connected


def test_an_answer_or_a_documented_error(server: LyingServer, ops: QuiltOps) -> None:
    good = bad = 0
    for seed in range(EXAMPLES):
        rng = random.Random(seed)
        server.liar = Liar(rng, rng.choice([0.0, 0.05, 0.2, 0.5]))
        try:
            assert ops.list_buckets() == []
        except QuiltOpsError as error:
            json.dumps(error.to_dict())
            assert isinstance(error, quilt_core.BackendError)
            bad += 1
        except Exception as error:
            error.add_note(f"seed {seed}")
            raise
        else:
            good += 1
    assert good > EXAMPLES // 10
    assert bad > EXAMPLES // 10
