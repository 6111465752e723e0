"""A tiny registry on loopback whose every answer is determined by the test."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import attrs
import pytest

import quilt_core
from quilt_core import QuiltOps

from ...servers import serving

RESET = object()
"""An answer that is none: the connection is cut."""


@attrs.define
class Request:
    """A request that arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def payload(self) -> dict[str, Any]:
        return json.loads(self.body) if self.body else {}

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}

    @property
    def operation(self) -> str:
        return str(self.payload.get("operationName", "")) if self.body[:1] == b"{" else ""

    @property
    def authorization(self) -> str | None:
        return self.headers.get("authorization")


@attrs.frozen
class Raw:
    """An answer in the form in which it is sent."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = attrs.field(factory=dict)
    declared_length: int | None = None


Answer = Any
"""Data (a dict), a `Raw`, `RESET`, or a function of the request that gives one."""


class FakeRegistry:
    """Answers GraphQL by operation name and everything else by path."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.requests: list[Request] = []
        self.sockets: set[int] = set()
        self._lock = threading.Lock()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = 65_536

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                headers = {name.lower(): value for name, value in self.headers.items()}
                owner.serve(self, Request(self.path, headers, self.rfile.read(length)))

            do_GET = do_POST

            def log_message(self, *_: object) -> None:
                return None

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        self._open = ExitStack()
        self.url = self._open.enter_context(serving(server))

    def answer(self, name: str, answer: Answer) -> None:
        """From now on, answer the operation, or the path (if it begins with `/`), with this."""
        self.answers[name] = answer

    def series(self, name: str, *answers: Answer) -> None:
        """Answer with these one after the other, and with the last one from then on."""
        left = list(answers)

        def next_one(request: Request) -> Answer:
            with self._lock:
                chosen = left.pop(0) if len(left) > 1 else left[0]
            return chosen(request) if callable(chosen) else chosen

        self.answers[name] = next_one

    def operations(self) -> list[str]:
        """The GraphQL operations that arrived, in order."""
        return [request.operation for request in self.requests if request.operation]

    def serve(self, handler: BaseHTTPRequestHandler, request: Request) -> None:
        with self._lock:
            self.requests.append(request)
            self.sockets.add(handler.client_address[1])
        answer = self.answers.get(request.path) or self.answers.get(request.operation)
        if callable(answer):
            answer = answer(request)
        if answer is RESET:
            handler.close_connection = True
            handler.connection.shutdown(2)
            return
        if answer is None:
            answer = Raw(status=404, body=b'{"message": "no such thing"}')
        if isinstance(answer, dict):
            body = answer if request.path.endswith(".json") or "errors" in answer else None
            body = body or ({"data": answer} if request.operation else answer)
            answer = Raw(
                body=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
            )
        handler.send_response(answer.status)
        for name, value in answer.headers.items():
            handler.send_header(name, value)
        length = answer.declared_length
        handler.send_header("Content-Length", str(len(answer.body) if length is None else length))
        handler.end_headers()
        handler.wfile.write(answer.body)
        if length is not None:
            handler.close_connection = True

    def close(self) -> None:
        self._open.close()


@pytest.fixture
def registry() -> Iterator[FakeRegistry]:
    fake = FakeRegistry()
    yield fake
    fake.close()


@pytest.fixture
def other_registry() -> Iterator[FakeRegistry]:
    fake = FakeRegistry()
    yield fake
    fake.close()


@pytest.fixture
def connect(registry: FakeRegistry) -> Callable[..., QuiltOps]:
    """Connects to the fake registry as `connect` does, with a token unless told otherwise."""

    def make(**settings: Any) -> QuiltOps:
        places = {"registry_url", "catalog_url", "graphql_endpoint"}
        if not places & settings.keys():
            settings["registry_url"] = registry.url
        settings.setdefault("token", "opaque-token")
        settings.setdefault("registry", "s3://bucket")
        return quilt_core.connect("platform", **settings)

    return make


@pytest.fixture
def ops(connect: Callable[..., QuiltOps]) -> QuiltOps:
    return connect()


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Pauses between attempts are recorded instead of waited for."""
    waited: list[float] = []
    monkeypatch.setattr("quilt_core.deadline.time.sleep", waited.append)
    return waited


@pytest.fixture
def raw() -> type[Raw]:
    return Raw


@pytest.fixture
def reset() -> object:
    return RESET
