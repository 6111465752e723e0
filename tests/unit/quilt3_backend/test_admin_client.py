"""quilt3's client over our session: answers that do not fit are told apart, none is half used."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

import quilt_core
from quilt_core import QuiltOps
from quilt_core.errors import (
    AuthenticationError,
    BackendError,
    NotSupportedError,
    ProtocolError,
    QuiltOpsError,
)


class _Registry(BaseHTTPRequestHandler):
    """Gives the answer that the test has laid out, and keeps what it was asked."""

    answer: tuple[int, Any] = (200, {})
    asked: list[dict[str, Any]] = []  # noqa: RUF012 - replaced by each test

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).asked.append({**json.loads(body), "auth": self.headers["Authorization"]})
        status, answer = type(self).answer
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        return None


@pytest.fixture
def registry() -> Iterator[type[_Registry]]:
    handler = type("Handler", (_Registry,), {"asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    handler.url = f"http://127.0.0.1:{server.server_port}"  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield handler
    server.shutdown()
    server.server_close()
    thread.join(timeout=10)


@pytest.fixture
def ops(registry: Any) -> Iterator[QuiltOps]:
    with quilt_core.connect("quilt3", registry_url=registry.url, api_key="qk_secret") as connection:
        yield connection


def test_quilt3s_own_document_goes_out_with_our_token(ops: QuiltOps, registry: Any) -> None:
    registry.answer = (200, {"data": {"admin": {"user": {"list": []}}}})

    assert ops.admin.list_users() == []

    (asked,) = registry.asked
    assert asked["operationName"] == "usersList"
    assert asked["auth"] == "Bearer qk_secret"


def test_what_is_not_given_is_not_sent(ops: QuiltOps, registry: Any) -> None:
    registry.answer = (200, {"data": {"me": {"apiKeys": []}}})

    ops.list_api_keys(name="ci")

    assert registry.asked[0]["variables"] == {"name": "ci"}


def test_a_document_that_the_schema_refuses_is_not_supported(ops: QuiltOps, registry: Any) -> None:
    registry.answer = (400, {"errors": [{"message": "Cannot query field 'apiKeys' on 'Me'."}]})

    with pytest.raises(NotSupportedError, match="Cannot query field") as caught:
        ops.list_api_keys()
    assert caught.value.operation == "list_api_keys"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"me": {"apiKeys": [{"id": "1"}]}}, ProtocolError),
        ({"me": {"apiKeys": None}}, ProtocolError),
        ({}, ProtocolError),
        ({"me": None}, AuthenticationError),
    ],
)
def test_answers_of_a_wrong_shape(
    ops: QuiltOps, registry: Any, data: Any, expected: type[QuiltOpsError]
) -> None:
    registry.answer = (200, {"data": data})

    with pytest.raises(expected):
        ops.list_api_keys()


def test_a_member_that_quilt3_does_not_know(ops: QuiltOps, registry: Any) -> None:
    registry.answer = (200, {"data": {"apiKeyCreate": {"__typename": "SomethingNew"}}})

    with pytest.raises(ProtocolError, match="apiKeyCreate"):
        ops.create_api_key("ci")


def test_errors_beside_data_are_errors(ops: QuiltOps, registry: Any) -> None:
    registry.answer = (
        200,
        {"data": {"me": {"apiKeys": []}}, "errors": [{"message": "boom", "path": ["me"]}]},
    )

    with pytest.raises(BackendError, match="boom"):
        ops.list_api_keys()
