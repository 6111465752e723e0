"""Long-lived connections, and several side by side, through both backends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from local_registry.config import RegistryConfig
from local_registry.server import LocalRegistry

import quilt_core
from quilt_core import AuthenticationError, QuiltOps, auth_context

BACKENDS = ("platform", "quilt3")
Connect = Callable[..., QuiltOps]


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Iterator[Connect]:
    """Connects to a registry as a user; only with the settings of the call."""
    with ExitStack() as stack:

        def make(registry: LocalRegistry, user: str, backend: str, **settings: Any) -> QuiltOps:
            monkeypatch.setenv("AWS_ENDPOINT_URL_S3", registry.endpoints.s3_endpoint)
            settings.setdefault("token", registry.token(user))
            url = registry.endpoints.catalog_url
            return stack.enter_context(
                quilt_core.connect(backend, catalog_url=url, use_quilt3_login=False, **settings)
            )

        yield make


@pytest.fixture
def short_lived() -> Iterator[LocalRegistry]:
    """AWS credentials with less time left than botocore wants."""
    with LocalRegistry(RegistryConfig(seed="demo", credential_seconds=300)) as registry:
        yield registry


@pytest.mark.parametrize("backend", BACKENDS)
def test_aws_credentials_renew_themselves(
    short_lived: LocalRegistry, connect: Connect, backend: str
) -> None:
    s3 = connect(short_lived, "writer", backend).get_boto3_client("s3")
    keys: list[bytes] = []
    s3.meta.events.register(
        "before-send.s3", lambda request, **_: keys.append(request.headers["Authorization"])
    )
    for _ in range(3):
        assert s3.list_buckets()["Buckets"]
    used = {key.decode().partition("Credential=")[2].partition("/")[0] for key in keys}
    assert len(used) == 3


@pytest.mark.parametrize("backend", BACKENDS)
def test_credentials_are_not_renewed_without_the_login(
    short_lived: LocalRegistry, connect: Connect, backend: str
) -> None:
    s3 = connect(short_lived, "writer", backend).get_boto3_client("s3")
    assert s3.list_buckets()["Buckets"]
    short_lived.context.identities.expire_access_tokens()
    with pytest.raises(AuthenticationError):
        s3.list_buckets()


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_token_that_has_ended_reaches_no_bucket(
    shared_local_registry: LocalRegistry,
    connect: Connect,
    monkeypatch: pytest.MonkeyPatch,
    backend: str,
) -> None:
    """Although AWS credentials were issued for it, which are still valid."""
    ops = connect(shared_local_registry, "writer", backend, token=None, multitenant=True)
    token = shared_local_registry.token("writer", seconds=3600)
    calls: tuple[Callable[[], object], ...] = (
        lambda: ops.get_boto3_client("s3"),
        lambda: ops.list_all_packages("s3://demo-data"),
    )
    with auth_context.request_identity(token):
        for call in calls:
            call()
        # As if the clock were put forward by two hours.
        monkeypatch.setattr("quilt_registry.auth.bearer._SKEW", timedelta(hours=-2))
        for call in calls:
            with pytest.raises(AuthenticationError, match="expired at"):
                call()


@pytest.mark.parametrize("backend", BACKENDS)
def test_regions(
    shared_local_registry: LocalRegistry,
    connect: Connect,
    monkeypatch: pytest.MonkeyPatch,
    backend: str,
) -> None:
    """The call's region, then the connection's, then `AWS_DEFAULT_REGION`, then the catalog's."""
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    monkeypatch.delenv("AWS_REGION", raising=False)

    def region(settings: dict[str, str], asked: str | None = None) -> str:
        ops = connect(shared_local_registry, "writer", backend, **settings)
        found: str = ops.get_boto3_client("athena", asked).meta.region_name
        return found

    assert region({}) == shared_local_registry.context.config.region
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    assert region({}) == "eu-central-1"
    assert region({"region": "eu-west-1"}) == "eu-west-1"
    assert region({"region": "eu-west-1"}, "ap-south-1") == "ap-south-1"


def _owner(registry: LocalRegistry, token: str) -> str | None:
    identity = registry.context.identities.authenticate(token)
    return None if identity is None else identity.user_name


@pytest.mark.parametrize("backend", BACKENDS)
def test_two_registries_at_once(
    shared_local_registry: LocalRegistry, connect: Connect, backend: str
) -> None:
    """The same names in different registries with different users; threads ask both in turns."""
    with LocalRegistry(RegistryConfig(seed="demo")) as second:
        pairs = [
            (registry, user, connect(registry, user, backend))
            for registry in (shared_local_registry, second)
            for user in ("writer", "reader")
        ]
        meet = threading.Barrier(8)

        def work(number: int) -> list[tuple[object, ...]]:
            meet.wait(timeout=30)
            wrong: list[tuple[object, ...]] = []
            for turn in range(8):
                registry, user, ops = pairs[(number + turn) % len(pairs)]
                token = ops.get_graphql_auth_headers()["Authorization"].removeprefix("Bearer ")
                seen = (
                    ops.get_auth_status().user_name,
                    ops.get_registry_url(),
                    ops.execute_graphql_query("{ me { name } }")["data"]["me"]["name"],
                    _owner(registry, token),
                )
                if seen != (user, registry.endpoints.registry_url, user, user):
                    wrong.append((number, turn, seen))
            return wrong

        with ThreadPoolExecutor(8) as pool:
            assert [one for many in pool.map(work, range(8)) for one in many] == []
