"""The platform backend on a local registry, with a bucket and a user for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from local_registry.server import LocalRegistry
from local_registry.testing import RequestCount, add_bucket, add_user, shared_local_registry

import quilt_core
from quilt_core import QuiltOps

__all__ = ["shared_local_registry"]

Connect = Callable[..., QuiltOps]


@pytest.fixture
def registry(
    shared_local_registry: LocalRegistry, monkeypatch: pytest.MonkeyPatch
) -> Iterator[LocalRegistry]:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", shared_local_registry.endpoints.s3_endpoint)
    yield shared_local_registry
    shared_local_registry.faults.replace(())


@pytest.fixture
def bucket(registry: LocalRegistry) -> str:
    return add_bucket(registry)


@pytest.fixture
def user(registry: LocalRegistry, bucket: str) -> str:
    return add_user(registry, writes=[bucket]).name


@pytest.fixture
def connect(registry: LocalRegistry) -> Iterator[Connect]:
    """Connects as a user; the registry's address is set, so that no request is made for it."""
    with ExitStack() as stack:

        def make(user: str, **settings: Any) -> QuiltOps:
            settings.setdefault("token", registry.token(user))
            settings.setdefault("registry_url", registry.endpoints.registry_url)
            settings.setdefault("region", "us-east-1")
            return stack.enter_context(quilt_core.connect("platform", **settings))

        yield make


@pytest.fixture
def ops(connect: Connect, user: str, bucket: str) -> QuiltOps:
    return connect(user, registry=f"s3://{bucket}")


@pytest.fixture
def put(registry: LocalRegistry, bucket: str) -> Callable[..., str]:
    """Puts an object with an unrestricted client; returns its URI without a version."""

    def make(key: str, body: bytes = b"content", *, into: str | None = None) -> str:
        where = into or bucket
        registry.s3_client().put_object(Bucket=where, Key=key, Body=body)
        return f"s3://{where}/{key}"

    return make


@pytest.fixture
def counted(registry: LocalRegistry, user: str) -> RequestCount:
    return RequestCount(registry, user)
