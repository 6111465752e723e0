"""Connections are reused: by all calls, by all `QuiltOps` of a process, and after errors."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from quilt_registry.http.transport import send

import quilt_core
from quilt_core import QuiltOps, QuiltOpsError

ME = {"me": {"name": "ada", "email": "a@b.c", "isAdmin": False, "role": None, "roles": []}}


@pytest.mark.parametrize("backend", ["platform", "quilt3"])
def test_one_socket_for_what_comes_one_after_the_other(registry: Any, backend: str) -> None:
    registry.answer("me", ME)
    registry.answer("/config.json", {"registryUrl": registry.url, "region": "us-east-1"})
    for number in range(5):
        with quilt_core.connect(backend, catalog_url=registry.url, token=f"token-{number}") as ops:
            for _ in range(3):
                assert ops.get_auth_status().user_name == "ada"
            ops.get_catalog_config()
    assert len(registry.requests) > 15
    assert len(registry.sockets) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500])
def test_an_error_does_not_close_the_socket(
    connect: Callable[..., QuiltOps], registry: Any, raw: Any, status: int
) -> None:
    registry.answer("me", raw(status=status, body=b"{}" * 5000))
    ops = connect()
    for _ in range(3):
        with pytest.raises(QuiltOpsError):
            ops.get_auth_status()
    registry.answer("me", ME)
    assert ops.get_auth_status().user_name == "ada"
    assert len(registry.sockets) == 1


def test_each_thread_takes_a_socket_and_returns_it(
    connect: Callable[..., QuiltOps], registry: Any
) -> None:
    registry.answer("me", ME)
    ops = connect()
    with ThreadPoolExecutor(6) as pool:
        for _ in range(3):
            list(pool.map(lambda _: ops.get_auth_status(), range(30)))
    assert len(registry.requests) == 90
    assert len(registry.sockets) <= 6


def test_nothing_of_an_identity_stays_on_a_shared_socket(registry: Any, raw: Any) -> None:
    """Neither cookies, nor a login that is bound to a connection, as NTLM and Negotiate are."""
    kept = {"Set-Cookie": "session=of-ada; Path=/", "Persistent-Auth": "true"}
    tokens = ["of-ada", "of-bob", None, "of-ada"]
    body = json.dumps({"query": "{ me { name } }", "operationName": "me"}).encode()
    for status in (200, 401):
        headers = {**kept, "WWW-Authenticate": "Negotiate, NTLM, Basic"}
        registry.answer("me", raw(status=status, body=b"{}", headers=headers))
        for token in tokens:
            url = f"{registry.url}/graphql"
            send("POST", url, repeatable=True, token=token, data=body, timeout=5)
    assert len(registry.sockets) == 1
    sent = [request.headers for request in registry.requests]
    expected = [None if token is None else f"Bearer {token}" for token in tokens]
    assert [headers.get("authorization") for headers in sent] == expected * 2
    assert not any("cookie" in headers for headers in sent)


def test_a_small_request_is_sent_in_one_piece() -> None:
    heard: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        for _ in range(20):
            connection, _address = listener.accept()
            with connection:
                heard.append(connection.recv(65_536))
                connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}")

    thread = threading.Thread(target=serve)
    thread.start()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    for _ in range(20):
        send("POST", url, repeatable=False, data=b"the body", timeout=5)
    thread.join()
    listener.close()
    assert all(piece.endswith(b"\r\n\r\nthe body") for piece in heard)
