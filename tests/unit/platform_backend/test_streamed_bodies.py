"""Requests whose bodies are too large to hold in memory."""

from __future__ import annotations

import errno
import io
import json
import socket
import struct
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from quilt_registry.graphql import payload
from quilt_registry.graphql.payload import encode_payload, json_file
from quilt_registry.http import retry
from quilt_registry.http.body import StreamedBody
from quilt_registry.http.transport import DeliveryError, send

from quilt_core import BackendError
from quilt_core.outcome import Outcome, outcome_of

from ...servers import serving

ENTRIES = [{"logicalKey": f"{number:06}", "size": number, "hash": None} for number in range(40_000)]


def pieces() -> Iterator[bytes]:
    yield b"["
    yield ",".join(map(json.dumps, ENTRIES)).encode()
    yield b"]"


@contextmanager
def answering(*statuses: int) -> Iterator[tuple[str, list[tuple[Any, bytes]]]]:
    """A server that answers with these statuses in turn; what it received: headers and bodies."""
    got: list[tuple[Any, bytes]] = []
    waiting = list(statuses)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append((self.headers, self.rfile.read(int(self.headers["Content-Length"]))))
            with suppress(OSError):  # a client that disconnected
                self.send_response(waiting.pop(0))
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            """Logs nothing."""

    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as url:
        yield f"{url}/graphql", got


def test_a_payload_is_the_same_whether_streamed_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    with json_file(pieces()) as entries:
        wanted = {"query": "q", "variables": {"a": '"', "src": {"entries": entries}, "b": [1]}}
        streamed = encode_payload(wanted)
        assert isinstance(streamed, StreamedBody)
        text = streamed.read()
        assert len(streamed) == len(text)
        assert streamed.is_sent
        monkeypatch.setattr(payload, "_IN_MEMORY", 1 << 30)
        assert encode_payload(wanted) == text
    expected = {"query": "q", "variables": {"a": '"', "src": {"entries": ENTRIES}, "b": [1]}}
    assert json.loads(text) == expected
    assert json.loads(encode_payload(expected)) == expected  # type: ignore[arg-type]


def test_the_file_is_removed_in_every_case() -> None:
    with pytest.raises(ZeroDivisionError), json_file(pieces()) as entries:
        raise ZeroDivisionError
    assert entries.file.closed
    files: list[Any] = []
    with pytest.raises(ZeroDivisionError), json_file(1 // 0 for _ in range(1)) as entries:  # type: ignore[misc]
        files.append(entries)
    assert files == []


def test_each_attempt_sends_the_whole_body(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "_FIRST_PAUSE", 0.001)
    with json_file(pieces()) as entries, answering(503, 503, 200) as (url, got):
        body = encode_payload({"query": "q", "variables": entries})
        answer = send("POST", url, repeatable=True, data=body, timeout=60)
    assert answer.status == 200
    assert len(got) == 3
    for headers, text in got:
        assert "Transfer-Encoding" not in headers
        assert json.loads(text) == {"query": "q", "variables": ENTRIES}


def test_a_body_that_was_not_read_to_its_end_has_not_arrived(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A request whose connection drops in the middle of its body cannot have been carried out."""
    monkeypatch.setattr(retry, "_FIRST_PAUSE", 0.001)
    listener = socket.create_server(("127.0.0.1", 0))
    attempts = []

    def cut() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            attempts.append(connection.recv(4096))
            linger = struct.pack("ii", 1, 0)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            connection.close()

    threading.Thread(target=cut, daemon=True).start()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/graphql"
    body = StreamedBody([b"{", io.BytesIO(b"x" * 32_000_000), b"}"])
    with pytest.raises(DeliveryError, match="32,000,002 bytes") as raised:
        send("POST", url, repeatable=False, data=body, timeout=60)
    listener.close()
    assert not raised.value.may_have_arrived
    assert len(attempts) == 4


def test_disk_errors_become_our_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError(errno.EIO, "Input/output error")

    with answering(200) as (url, _):
        body = StreamedBody([b"{", Broken(b"x" * 2_000_000)])
        with pytest.raises(BackendError, match="Input/output error") as raised:
            send("POST", url, repeatable=False, data=body, timeout=60)
    assert outcome_of(raised.value) is Outcome.NOT_WRITTEN

    class Full(tempfile.SpooledTemporaryFile):  # type: ignore[type-arg]
        def write(self, text: Any) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", Full)
    with pytest.raises(BackendError, match="No space left on device"), json_file(pieces()):
        pass
