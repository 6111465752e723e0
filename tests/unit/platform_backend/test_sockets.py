"""Connections are reused: by all calls, by all `QuiltOps` of a process, and after errors."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

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
