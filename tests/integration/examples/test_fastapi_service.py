"""The example service over real HTTP: which identity a request has, and how errors are answered."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from local_registry.server import LocalRegistry
from local_registry.testing import add_bucket, add_user

import quilt_core.aio
from quilt_core import PackageInfo, PackageRevisionResult, SearchFilter, errors

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "fastapi_service"


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The example's package, imported."""
    monkeypatch.syspath_prepend(str(EXAMPLE))
    import fastapi_service

    yield fastapi_service
    for name in [one for one in sys.modules if one.partition(".")[0] == "fastapi_service"]:
        del sys.modules[name]


@pytest.fixture
def registry(
    shared_local_registry: LocalRegistry, monkeypatch: pytest.MonkeyPatch
) -> LocalRegistry:
    endpoints = shared_local_registry.endpoints
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", endpoints.s3_endpoint)
    monkeypatch.setenv("AWS_DEFAULT_REGION", shared_local_registry.context.config.region)
    monkeypatch.setenv("QUILT_REGISTRY_URL", endpoints.registry_url)
    return shared_local_registry


@contextmanager
def served(app: Any) -> Iterator[str]:
    """The application, served in a thread; gives its address."""
    config = uvicorn.Config(app, port=0, log_level="warning", lifespan="on")
    server = uvicorn.Server(config)
    started = threading.Event()
    startup = server.startup

    async def tell(*args: Any, **kwargs: Any) -> None:
        await startup(*args, **kwargs)
        started.set()

    server.startup = tell  # type: ignore[method-assign]
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        assert started.wait(30)
        [port] = [one.getsockname()[1] for s in server.servers for one in s.sockets]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(30)


@pytest.fixture
def address(service: Any, registry: LocalRegistry) -> Iterator[str]:
    with served(service.create_app()) as found:
        yield found


def bearer(registry: LocalRegistry, user: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {registry.token(user)}"}


def test_fifty_requests_at_once_of_three_identities(address: str, registry: LocalRegistry) -> None:
    bucket = add_bucket(registry)
    users = [add_user(registry, reads=[bucket]).name for _ in range(3)]
    headers = {user: bearer(registry, user) for user in users}

    async def main() -> list[tuple[str, str]]:
        limits = httpx.Limits(max_connections=50)
        async with httpx.AsyncClient(base_url=address, limits=limits, timeout=60) as client:

            async def one(user: str) -> tuple[str, str]:
                answer = await client.get("/me", headers=headers[user])
                return user, answer.json()["user_name"]

            return await asyncio.gather(*(one(users[number % 3]) for number in range(50)))

    answers = asyncio.run(main())
    assert len(answers) == 50
    assert all(asked == answered for asked, answered in answers)


def test_each_user_may_do_only_what_their_role_allows(
    address: str, registry: LocalRegistry
) -> None:
    bucket = add_bucket(registry)
    writer, reader, stranger = (
        add_user(registry, **rights).name
        for rights in ({"writes": [bucket]}, {"reads": [bucket]}, {})
    )
    registry.context.s3.put_object(Bucket=bucket, Key="a.csv", Body=b"x,y")
    place = {"registry": f"s3://{bucket}"}
    body = {"sources": [{"uri": f"s3://{bucket}/a.csv", "logical_key": "data/a.csv"}]}
    with httpx.Client(base_url=address, params=place, timeout=60) as client:
        refused = client.post("/packages/team/data", json=body, headers=bearer(registry, reader))
        assert refused.status_code == 403
        assert refused.json()["context"]["outcome"] == "not_written"

        created = client.post("/packages/team/data", json=body, headers=bearer(registry, writer))
        assert created.status_code == 201
        result = PackageRevisionResult.from_dict(created.json())
        assert result.added == ("data/a.csv",)

        found = client.get("/packages/team/data", headers=bearer(registry, reader))
        assert PackageInfo.from_dict(found.json()).top_hash == result.top_hash
        filters = SearchFilter(name="team/*").to_dict()
        hits = client.post("/packages/search", json=filters, headers=bearer(registry, reader))
        assert [one["name"] for one in hits.json()] == ["team/data"]
        assert client.get("/packages", headers=bearer(registry, reader)).json() == ["team/data"]

        hidden = client.get("/packages/team/data", headers=bearer(registry, stranger))
        assert hidden.status_code in {403, 404}
        missing = client.get("/packages/no/such", headers=bearer(registry, reader))
        assert missing.status_code == 404
        assert missing.json()["error"] == "NotFoundError"


def test_a_request_without_an_identity_is_refused(address: str) -> None:
    for headers in ({}, {"Authorization": "Basic YTpi"}, {"Authorization": "Bearer"}):
        answer = httpx.get(f"{address}/me", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_invalid_input(address: str, registry: LocalRegistry) -> None:
    headers = bearer(registry, add_user(registry).name)
    answer = httpx.get(f"{address}/packages", params={"registry": "ftp:"}, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["error"] == "ValidationError"


def test_health(address: str) -> None:
    assert httpx.get(f"{address}/live").json() == {"live": True}
    ready = httpx.get(f"{address}/ready")
    assert (ready.status_code, ready.json()["reachable"]) == (200, True)
    schema = httpx.get(f"{address}/openapi.json").json()["components"]["schemas"]
    assert set(schema["PackageInfo"]["properties"]) == set(PackageInfo.told_fields())


def test_a_registry_that_cannot_be_reached(service: Any) -> None:
    def connect() -> quilt_core.aio.AsyncQuiltOps:
        return quilt_core.aio.connect(
            "platform", multitenant=True, registry_url="http://127.0.0.1:9", deadline=0.1
        )

    with served(service.create_app(connect)) as address:
        assert httpx.get(f"{address}/ready").status_code == 503
        answer = httpx.get(f"{address}/me", headers={"Authorization": "Bearer opaque-token"})
        assert answer.status_code == 503
        assert "opaque-token" not in answer.text


def test_every_kind_of_error_has_a_status(service: Any) -> None:
    from fastapi_service.errors import STATUSES

    assert {kind.__name__ for kind in STATUSES} == set(errors.__all__)


def test_a_server_that_asks_clients_to_wait(service: Any) -> None:
    from fastapi_service.errors import answer_error

    error = errors.TransportError("Too many requests.", retry_after=6.2)
    answer = asyncio.run(answer_error(None, error))  # type: ignore[arg-type]
    assert answer.headers["Retry-After"] == "7"
