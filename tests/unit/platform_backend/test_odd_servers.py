"""Servers that never finish, or send what no server should: over real sockets, byte by byte."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from quilt_registry.http import limits, transport
from quilt_registry.http.responses import require_object
from quilt_registry.http.transport import DeliveryError, HttpAnswer, send

import quilt_core
from quilt_core import ProtocolError, QuiltOpsError, TransportError, deadline
from quilt_core.nesting import DEEPEST_DOCUMENT

pytestmark = pytest.mark.slow

Script = Callable[[socket.socket, threading.Event], None]
SHORT = 0.25
"""Seconds that a request may take here."""
PATIENCE = 20.0
"""Seconds after which a test that should have ended long ago fails."""
JSON = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\n"
PAGE = (
    b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/html\r\n"
    b"Content-Length: 6\r\n\r\n<html>"
)


@contextmanager
def serving(script: Script) -> Iterator[str]:
    """A server that runs `script` for every connection, after reading the request's header."""
    done = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=converse, args=(connection,), daemon=True).start()

    def converse(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.recv(65_536)
            script(connection, done)

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        done.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def saying(data: bytes) -> Script:
    """Sends these bytes and closes the connection."""

    def script(connection: socket.socket, _: threading.Event) -> None:
        connection.sendall(data)

    return script


def dripping(start: bytes, piece: bytes, pause: float) -> Script:
    """Sends some bytes, and then one more piece after each pause, for ever."""

    def script(connection: socket.socket, done: threading.Event) -> None:
        connection.sendall(start)
        while not done.wait(pause):
            connection.sendall(piece)

    return script


ENDLESS = {
    "a header, byte by byte": dripping(b"HTTP/1.1 200 OK\r\nX: ", b"x", 0.05),
    "a status line, byte by byte": dripping(b"", b"H", 0.05),
    "a body, byte by byte": dripping(JSON + b"Content-Length: 9999\r\n\r\n", b" ", 0.05),
    "a chunk's size, byte by byte": dripping(
        JSON + b"Transfer-Encoding: chunked\r\n\r\n", b"0", 0.05
    ),
    "chunks": dripping(JSON + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n", 0.05),
    "a body without a length": dripping(JSON + b"\r\n", b" ", 0.05),
    "100 Continue": dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.0),
    "nothing": dripping(b"", b"", 0.05),
}


@pytest.mark.parametrize("kind", ENDLESS)
@pytest.mark.parametrize("repeatable", [True, False])
def test_what_never_ends_is_left_when_the_time_is_over(kind: str, repeatable: bool) -> None:
    start = time.monotonic()
    with serving(ENDLESS[kind]) as url, pytest.raises(DeliveryError, match=r"0\.25 sec") as caught:
        send("POST", url, repeatable=repeatable, data=b"{}", timeout=SHORT)
    assert caught.value.may_have_arrived
    assert caught.value.context["timeout"] == SHORT
    assert time.monotonic() - start < PATIENCE


@pytest.mark.parametrize("kind", ENDLESS)
def test_an_endless_refresh_ends_with_the_request_that_needs_it(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        serving(ENDLESS[kind]) as url,
        quilt_core.connect(
            "platform", registry_url=url, refresh_token="refresh", timeout=SHORT
        ) as ops,
        pytest.raises(TransportError, match=r"0\.25 sec"),
    ):
        ops.list_buckets()


@pytest.fixture
def hanging_resolver(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """No name resolves until the event is set or the test is over; after that, all do as usual."""
    over, real = threading.Event(), socket.getaddrinfo

    def hang(host: object, *args: object, **more: object) -> object:
        over.wait(PATIENCE)
        return real("127.0.0.1", *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    yield over
    over.set()


@pytest.mark.parametrize("scheme", ["https://registry.example.com", "http://localhost:9"])
@pytest.mark.parametrize("repeatable", [True, False])
def test_a_name_that_never_resolves_is_abandoned_when_the_time_is_up(
    hanging_resolver: threading.Event, scheme: str, repeatable: bool
) -> None:
    start = time.monotonic()
    with pytest.raises(DeliveryError, match=r"0\.25 sec.* was not sent") as caught:
        send("POST", scheme, repeatable=repeatable, data=b"{}", timeout=SHORT)
    assert not caught.value.may_have_arrived
    assert time.monotonic() - start < PATIENCE / 2


def test_a_proxy_name_that_never_resolves_is_abandoned_when_the_time_is_up(
    hanging_resolver: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.com:3128")
    with pytest.raises(DeliveryError, match="was not sent"):
        send("POST", "https://registry.example.com", repeatable=True, data=b"", timeout=SHORT)


@pytest.mark.parametrize("proxy", ["nonsense://x", "http://", "http://:0"])
def test_an_invalid_proxy_is_named(
    proxy: str, no_pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(DeliveryError, match="the proxy in HTTPS_PROXY") as caught:
        send("POST", "https://registry.example.com", repeatable=False, data=b"", timeout=5)
    assert not caught.value.may_have_arrived


def test_an_operation_abandons_a_name_that_never_resolves(
    hanging_resolver: threading.Event,
) -> None:
    start = time.monotonic()
    with (
        quilt_core.connect("platform", registry_url="https://r.example.com", token="t") as ops,
        pytest.raises(TransportError) as caught,
    ):
        ops.with_options(deadline=SHORT).list_buckets()
    assert caught.value.context["deadline"] == SHORT
    assert time.monotonic() - start < PATIENCE / 2


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_s3_abandons_a_name_that_never_resolves(
    scheme: str, hanging_resolver: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"{scheme}://s3.example.com")
    start = time.monotonic()
    with (
        quilt_core.connect("platform", registry_url="https://r.example.com") as ops,
        pytest.raises(TransportError) as caught,
    ):
        ops.with_options(deadline=SHORT).get_object_info("s3://bucket/key")
    assert caught.value.context["deadline"] == SHORT
    assert time.monotonic() - start < PATIENCE / 2


@pytest.mark.parametrize("kind", ENDLESS)
def test_an_endless_answer_of_s3_ends_with_the_operation(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        serving(ENDLESS[kind]) as url,
        quilt_core.connect("platform", registry_url="https://r.example.com") as ops,
        pytest.raises(TransportError) as caught,
    ):
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", url)
        ops.with_options(deadline=SHORT).list_objects("s3://bucket/")
    assert caught.value.context["deadline"] == SHORT


def test_a_connection_that_is_established_too_late_is_closed(
    hanging_resolver: threading.Event,
) -> None:
    ends: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://localhost:{listener.getsockname()[1]}"
        with pytest.raises(DeliveryError):
            send("POST", url, repeatable=False, data=b"{}", timeout=SHORT)
        hanging_resolver.set()
        listener.settimeout(PATIENCE)
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(PATIENCE)
            ends.append(connection.recv(1))
    assert ends == [b""]


def test_an_endless_tls_handshake_is_abandoned_when_the_time_is_up() -> None:
    """Sent byte by byte, so that the socket never waits long for the next piece."""
    start = time.monotonic()
    hello = b"\x16\x03\x03\x40\x00"  # the header of a record of 16 KiB
    with serving(dripping(hello, b"x", 0.05)) as url, pytest.raises(DeliveryError) as caught:
        send("POST", url.replace("http", "https"), repeatable=True, data=b"{}", timeout=SHORT)
    assert not caught.value.may_have_arrived
    assert time.monotonic() - start < PATIENCE / 2


def test_attempts_and_pauses_count_towards_the_limit() -> None:
    busy = saying(b"HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n")
    with serving(busy) as url:
        answer = send("POST", url, repeatable=True, timeout=SHORT)
    assert (answer.status, answer.retry_after) == (503, 1.0)


def test_nothing_is_sent_when_the_time_is_up() -> None:
    asked: list[int] = []
    with (
        serving(lambda *_: asked.append(1)) as url,
        deadline.within(0.0, "deadline"),
        pytest.raises(DeliveryError, match="not sent") as caught,
    ):
        send("POST", url, repeatable=False, timeout=5)
    assert not caught.value.may_have_arrived
    assert not asked


def test_other_threads_are_not_blocked() -> None:
    good = saying(JSON + b"Content-Length: 2\r\n\r\n{}")
    with serving(ENDLESS["nothing"]) as slow, serving(good) as quick:

        def wait() -> None:
            with pytest.raises(DeliveryError):
                send("GET", slow, repeatable=False, timeout=1)

        waiting = threading.Thread(target=wait)
        waiting.start()
        assert send("GET", quick, repeatable=False, timeout=PATIENCE).status == 200
        assert waiting.is_alive()
        waiting.join()


def bomb(levels: int) -> bytes:
    """More JSON than the limit, compressed several times over."""
    packer = zlib.compressobj(9, wbits=31)
    space = b" " * 1024 * 1024
    pieces = [packer.compress(b"{}")]
    pieces += [packer.compress(space) for _ in range(limits.MOST_BYTES // len(space) + 1)]
    data = b"".join([*pieces, packer.flush()])
    for _ in range(levels - 1):
        data = gzip.compress(data)
    return data


@pytest.mark.parametrize("levels", [1, 2])
def test_decompression_stops_at_the_limit(levels: int) -> None:
    body = bomb(levels)
    head = b"Content-Encoding: %s\r\nContent-Length: %d\r\n\r\n" % (
        b", ".join([b"gzip"] * levels),
        len(body),
    )
    with serving(saying(JSON + head + body)) as url, pytest.raises(ProtocolError, match="64 MiB"):
        send("GET", url, repeatable=True, timeout=PATIENCE)


def test_reading_stops_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_BYTES", 1024 * 1024)
    flood = dripping(JSON + b"\r\n", b" " * 65_536, 0.0)
    with serving(flood) as url, pytest.raises(ProtocolError, match="1 MiB"):
        send("GET", url, repeatable=True, timeout=PATIENCE)


CHUNKED = JSON + b"Transfer-Encoding: chunked\r\n\r\n"
ODD = {
    "no status": b"\r\n\r\n",
    "a status that is not a number": b"HTTP/1.1 abc OK\r\n\r\n",
    "a status of many digits": b"HTTP/1.1 " + b"9" * 5000 + b" OK\r\n\r\n",
    "a negative status": b"HTTP/1.1 -200 OK\r\n\r\n",
    "another protocol": b"SSH-2.0-OpenSSH_9.6\r\n",
    "bytes": bytes(range(256)) * 4,
    "many headers": JSON + b"".join(b"X-%d: x\r\n" % n for n in range(5000)) + b"\r\n",
    "a long header": JSON + b"X: " + b"x" * 100_000 + b"\r\n\r\n",
    "a header without a colon": JSON + b"nonsense\r\nContent-Length: 2\r\n\r\n{}",
    "headers that are not ASCII": JSON + b"X-\xff: \xfe\r\nContent-Length: 2\r\n\r\n{}",
    "a negative length": JSON + b"Content-Length: -5\r\n\r\n{}",
    "two lengths": JSON + b"Content-Length: 2, 5\r\n\r\n{}",
    "a length that is not a number": JSON + "Content-Length: ²\r\n\r\n{}".encode(),
    "a length of many digits": JSON + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n{}",
    "a chunk's size that is none": CHUNKED + b"xyz\r\n{}\r\n0\r\n\r\n",
    "a negative chunk's size": CHUNKED + b"-5\r\n{}\r\n0\r\n\r\n",
    "a chunk's size with an underscore": CHUNKED + b"1_0\r\n{}\r\n0\r\n\r\n",
    "a chunk of all there is": CHUNKED + b"-1\r\n{}\r\n0\r\n\r\n",
    "a huge chunk": CHUNKED + b"f" * 40 + b"\r\n{}",
    "a chunk's size without an end": CHUNKED + b"1" * 100_000,
    "not gzip": JSON + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
    "ten encodings": JSON
    + b"Content-Encoding: "
    + b", ".join([b"gzip"] * 10)
    + b"\r\nContent-Length: 2\r\n\r\n{}",
    "an odd date": JSON
    + b"Date: Mon, 1 Jan 2024 00:00:00 +%s\r\nContent-Length: 2\r\n\r\n{}" % (b"9" * 20),
    "an odd pause": "HTTP/1.1 503 x\r\nRetry-After: ²\r\nContent-Length: 0\r\n\r\n".encode(),
    "a pause of many digits": b"HTTP/1.1 503 x\r\nRetry-After: %s\r\nContent-Length: 0\r\n\r\n"
    % (b"9" * 500),
    "a pause until an odd date": b"HTTP/1.1 503 x\r\n"
    b"Retry-After: Mon, 1 Jan 2024 00:00:00 +99999999999999999999\r\nContent-Length: 0\r\n\r\n",
    "a redirect to no host": b"HTTP/1.1 302 x\r\nLocation: https://a..b/\r\n"
    b"Content-Length: 0\r\n\r\n",
    "a number of many digits": JSON + b"\r\n" + b"[" + b"9" * 10_000 + b"]",
    "nesting": JSON + b"\r\n" + b'{"errors": [{"path": ' + b"[" * 500 + b"]" * 500 + b"}]}",
    "nesting without an end": JSON + b"\r\n" + b'{"a":' * 100_000,
}


@pytest.mark.parametrize("kind", ODD)
def test_odd_answers_are_documented_errors(kind: str, no_pauses: list[float]) -> None:
    with (
        serving(saying(ODD[kind])) as url,
        quilt_core.connect("platform", registry_url=url, token="t") as ops,
        pytest.raises(QuiltOpsError) as caught,
    ):
        ops.list_buckets()
    assert isinstance(caught.value, (TransportError, ProtocolError))
    json.dumps(caught.value.to_dict())


@pytest.mark.parametrize("host", ["a..b", "a" * 70, "." * 3, "a." * 200, "xn--\u00e9", "*.a"])
def test_invalid_hosts(host: str, no_pauses: list[float]) -> None:
    with pytest.raises(QuiltOpsError):
        send("GET", f"https://{host}/x", repeatable=False, timeout=5)


def test_a_web_page_from_a_server_that_never_answered_json_is_final(no_pauses: list[float]) -> None:
    page = saying(PAGE)
    with serving(page) as url:
        answer = send("GET", url, repeatable=True, timeout=5)
    assert not no_pauses
    with pytest.raises(ProtocolError, match="not JSON"):
        require_object(answer)


def test_a_web_page_from_a_server_that_has_answered_json_is_transient(
    no_pauses: list[float],
) -> None:
    good = JSON + b"Content-Length: 2\r\n\r\n{}"
    answers = iter([good, PAGE, PAGE, good, PAGE])

    with serving(lambda connection, _: connection.sendall(next(answers))) as url:
        send("GET", url, repeatable=True, timeout=5)
        assert send("GET", url, repeatable=True, timeout=5).body == b"{}"
        assert len(no_pauses) == 2
        # If a page answers a mutation, it is unknown whether the registry received it.
        assert send("POST", url, repeatable=False, timeout=5).body == b"<html>"
    assert len(no_pauses) == 2


def test_the_number_of_remembered_servers_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_ORIGINS", 2)
    monkeypatch.setattr(transport, "_answered_json", {"https://a", "https://b"})
    with serving(saying(JSON + b"Content-Length: 2\r\n\r\n{}")) as url:
        send("GET", url, repeatable=True, timeout=5)
    assert transport._answered_json == {url}


def answer(body: object, status: int = 200) -> HttpAnswer:
    return HttpAnswer(
        url="https://r.example/graphql", status=status, body=json.dumps(body).encode()
    )


def nested(levels: int) -> object:
    value: object = 1
    for number in range(levels):
        value = [value] if number % 2 else {"a": value}
    return value


def test_nesting_up_to_the_limit() -> None:
    assert require_object(answer({"a": nested(DEEPEST_DOCUMENT - 1)}))
    with pytest.raises(ProtocolError, match="320 levels") as caught:
        require_object(answer({"a": nested(DEEPEST_DOCUMENT)}))
    assert caught.value.context["status"] == 200


def test_an_error_status_takes_precedence_over_nesting() -> None:
    with pytest.raises(quilt_core.PermissionDeniedError):
        require_object(answer({"a": nested(500)}, status=403))


@pytest.mark.parametrize("body", [{"message": "x" * 10**6}, {"errors": [{"message": "x" * 10**6}]}])
def test_the_text_of_a_server_is_shortened(body: object) -> None:
    with pytest.raises(quilt_core.BackendError) as caught:
        require_object(answer(body, status=500))
    assert len(str(caught.value)) < limits.LONGEST_ERROR_TEXT + 200
    assert "characters" in str(caught.value)


def test_no_netrc_file_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login a password b\n", "utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    heads: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        for _ in range(2):
            connection, _address = listener.accept()
            with connection:
                heads.append(connection.recv(65_536))
                connection.sendall(JSON + b"Content-Length: 2\r\n\r\n{}")

    thread = threading.Thread(target=serve)
    thread.start()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    for token in (None, "t"):
        send("GET", url, repeatable=False, token=token, timeout=5)
    thread.join()
    listener.close()
    assert b"authorization" not in heads[0].lower()
    assert b"Authorization: Bearer t\r\n" in heads[1]
