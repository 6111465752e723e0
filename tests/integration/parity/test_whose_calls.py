"""Every operation with every kind of identity: the registry's log names no other identity."""

from __future__ import annotations

import asyncio
import contextvars
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import pytest
from local_registry.app.aws import athena_endpoint
from local_registry.server import LocalRegistry
from local_registry.testing import add_bucket, add_user

import quilt_core
from quilt_core import AuthenticationError, NotFoundError, QuiltOps, QuiltOpsError, auth_context
from quilt_core.hookspecs import operations
from quilt_core.testing.conformance.calls import example_call

BACKENDS = ("platform", "quilt3")
caller: contextvars.ContextVar[str] = contextvars.ContextVar("caller", default="")


@pytest.fixture
def registry(
    shared_local_registry: LocalRegistry, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> LocalRegistry:
    endpoints = shared_local_registry.endpoints
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", endpoints.s3_endpoint)
    monkeypatch.setenv("AWS_ENDPOINT_URL_ATHENA", athena_endpoint(endpoints.registry_url))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return shared_local_registry


@pytest.fixture
def users(registry: LocalRegistry) -> list[str]:
    bucket = add_bucket(registry)
    return [add_user(registry, reads=[bucket]).name for _ in range(2)]


def opened(registry: LocalRegistry, backend: str, **settings: Any) -> QuiltOps:
    bucket = add_bucket(registry)
    return quilt_core.connect(
        backend,
        registry_url=registry.endpoints.registry_url,
        region="us-east-1",
        registry=f"s3://{bucket}",
        **settings,
    )


def call_all(ops: QuiltOps) -> int:
    """Call every operation; returns how many were refused because there was no identity."""
    refused = 0
    for operation in operations():
        if operation == "configure_catalog":
            continue  # one user would move the others along
        method, arguments = example_call(ops, operation, str(ops.settings.registry))
        try:
            answer = method(**arguments)
            if isinstance(answer, Iterator):
                list(answer)
        except AuthenticationError:
            refused += 1
        except QuiltOpsError:
            pass  # most of the things that they name do not exist
    return refused


def seen(registry: LocalRegistry, start: int) -> dict[str | None, int]:
    """The identities in the log since then, with the number of requests of each.

    `root` is this test's own identity; the request of `health` needs none.
    """
    counted: dict[str | None, int] = {}
    for one in list(registry.log.requests())[start:]:
        if one.identity == "root" or one.operation == "__typename":
            continue
        counted[one.identity] = counted.get(one.identity, 0) + 1
    return counted


def stored_login(registry: LocalRegistry, user: str, folder: Path) -> None:
    """The files that `quilt3 login` leaves on a machine."""
    file = folder / "data" / "Quilt" / "auth.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    entry = {
        "access_token": registry.token(user),
        "refresh_token": registry.token(user, kind="refresh"),
        "expires_at": time.time() + 3600,
    }
    file.write_text(json.dumps({registry.endpoints.registry_url: entry}))


WAYS: dict[str, Callable[[LocalRegistry, str], dict[str, Any]]] = {
    "token": lambda registry, user: {"token": registry.token(user)},
    "API key": lambda registry, user: {"api_key": registry.api_key(user)},
    "refresh token": lambda registry, user: {"refresh_token": registry.token(user, kind="refresh")},
    "login": lambda registry, user: {},
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_process_acts_as_itself_and_never_for_others(
    registry: LocalRegistry, users: list[str], backend: str, way: str, tmp_path: Path
) -> None:
    process = users[0]
    if way == "login":
        stored_login(registry, process, tmp_path)
    settings = WAYS[way](registry, process)
    start = len(list(registry.log.requests()))
    with opened(registry, backend, **settings) as ops:
        call_all(ops)
    counted = seen(registry, start)
    anonymous = counted.pop(None, 0)
    assert set(counted) == {process}
    # The exchange of a refresh token carries the token in its body.
    assert anonymous <= (1 if way == "refresh token" else 0)

    start = len(list(registry.log.requests()))
    with opened(registry, backend, multitenant=True, **settings) as ops:
        assert (
            call_all(ops) == len(operations()) - 2
        )  # health, and the operations that were not called
        assert seen(registry, start) == {}
        with auth_context.request_identity(registry.token(users[1])):
            call_all(ops)
        assert set(seen(registry, start)) == {users[1]}


@pytest.mark.parametrize("multitenant", [True, False])
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_provider_is_asked_for_each_call(
    registry: LocalRegistry, users: list[str], backend: str, multitenant: bool
) -> None:
    tokens = {user: registry.token(user) for user in users}

    def provider() -> str:
        return tokens.get(caller.get(), "")

    with opened(registry, backend, multitenant=multitenant, token_provider=provider) as ops:
        for user in (*users, users[0]):  # back again, too
            start = len(list(registry.log.requests()))
            caller.set(user)
            call_all(ops)
            assert set(seen(registry, start)) == {user}
        start = len(list(registry.log.requests()))
        caller.set("")
        assert call_all(ops) == len(operations()) - 2
        assert seen(registry, start) == {}


def _seen_by_the_registry(ops: QuiltOps) -> tuple[str | None, list[str]]:
    """Who the registry says the call is from, and which buckets the AWS credentials can list."""
    status = ops.get_auth_status().user_name
    listed = ops.get_boto3_client("s3").list_buckets()["Buckets"]
    return status, [bucket["Name"] for bucket in listed]


@pytest.mark.parametrize("by", ["request", "provider"])
@pytest.mark.parametrize("backend", BACKENDS)
def test_threads_executors_and_tasks(registry: LocalRegistry, backend: str, by: str) -> None:
    buckets = [add_bucket(registry) for _ in range(6)]
    owned = {add_user(registry, reads=[bucket]).name: bucket for bucket in buckets}
    tokens = {user: registry.token(user) for user in owned}

    def provider() -> str:
        return tokens.get(caller.get(), "")

    settings = {"token_provider": provider} if by == "provider" else {}
    with opened(registry, backend, multitenant=True, **settings) as ops:

        def serve(user: str) -> tuple[str, object]:
            if by == "provider":
                caller.set(user)
                return user, _seen_by_the_registry(ops)
            with auth_context.request_identity(tokens[user]):
                return user, _seen_by_the_registry(ops)

        async def task(user: str) -> tuple[str, object]:
            if by == "provider":
                caller.set(user)
                return user, await asyncio.to_thread(_seen_by_the_registry, ops)
            with auth_context.request_identity(tokens[user]):
                await asyncio.sleep(0)
                return user, await asyncio.to_thread(_seen_by_the_registry, ops)

        async def everybody() -> list[tuple[str, object]]:
            return await asyncio.gather(*(task(user) for user in [*owned, *owned]))

        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(serve, [*owned, *owned, *reversed(owned)]))
        answers += asyncio.run(everybody())
        for user, told in answers:
            assert told == (user, [owned[user]])
        with ThreadPoolExecutor(1) as pool, pytest.raises(AuthenticationError):
            pool.submit(ops.list_buckets).result()  # a context that was not passed on


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_started_query_is_found_with_a_renewed_token(
    registry: LocalRegistry, users: list[str], backend: str
) -> None:
    current: list[str] = []
    ops = opened(registry, backend, token_provider=lambda: current[-1], multitenant=True)
    with ops:
        current.append(registry.token(users[0], seconds=100))
        started = ops.start_query("SELECT 1", engine="local").query_id
        ops.get_query(started)
        current.append(registry.token(users[0], seconds=200))
        assert ops.get_query(started).query_id == started
        with pytest.raises(NotFoundError, match="registry that start_query had"):
            ops.get_query(started, f"s3://{add_bucket(registry)}")
        current.append(registry.token(users[1], seconds=200))
        for call in (ops.get_query, ops.cancel_query):
            with pytest.raises(NotFoundError, match="for the user"):
                call(started)
        current.append(registry.token(users[0], seconds=300))
        assert ops.cancel_query(started).is_final


@pytest.mark.parametrize("token", ["qk_no-key-of-anyone", "no-token-of-anyone"])
@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("mode", ["multitenant", "request", "token_provider"])
def test_hints_about_the_token_of_a_request_name_no_login_of_the_process(
    registry: LocalRegistry, backend: str, mode: str, token: str
) -> None:
    settings: dict[str, Any] = {"multitenant": True} if mode == "multitenant" else {}
    identity: AbstractContextManager[object] = auth_context.request_identity(token)
    if mode == "token_provider":
        settings, identity = {"token_provider": lambda: token}, nullcontext()
    with opened(registry, backend, **settings) as ops, identity:
        for call in (
            ops.get_auth_status,
            ops.list_buckets,
            ops.admin.list_users,
            lambda: ops.get_package_info("a/b"),
            lambda: ops.delete_package("a/b"),
        ):
            with pytest.raises(AuthenticationError) as caught:
                call()
            hint = str(caught.value.hint)
            assert "token" in hint
            for misleading in ("quiltops login", "MCP_JWT_TOKEN", "QUILT_API_KEY"):
                assert misleading not in hint
