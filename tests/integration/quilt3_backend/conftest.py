"""The quilt3 backend on a local registry, with a bucket and a user for each test."""

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
    endpoints = shared_local_registry.endpoints
    monkeypatch.setenv("QUILT_CATALOG_URL", endpoints.catalog_url)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", endpoints.s3_endpoint)
    yield shared_local_registry
    shared_local_registry.faults.replace(())


@pytest.fixture
def bucket(registry: LocalRegistry) -> str:
    return add_bucket(registry)


@pytest.fixture
def user(registry: LocalRegistry, bucket: str) -> str:
    return add_user(registry, writes=[bucket]).name


@pytest.fixture
def s3(registry: LocalRegistry) -> Any:
    """A client with unrestricted rights."""
    return registry.s3_client()


@pytest.fixture
def connect(registry: LocalRegistry) -> Iterator[Connect]:
    with ExitStack() as stack:

        def make(user: str, backend: str = "quilt3", **settings: Any) -> QuiltOps:
            ops = quilt_core.connect(backend, token=registry.token(user), **settings)
            return stack.enter_context(ops)

        yield make


@pytest.fixture
def ops(connect: Connect, user: str, bucket: str) -> QuiltOps:
    return connect(user, registry=f"s3://{bucket}")


@pytest.fixture
def put(s3: Any, bucket: str) -> Callable[..., str]:
    """Write an object; returns its URI without the version."""
    from quilt_core.domain import S3Uri

    def make(key: str, body: bytes, into: str = bucket, **more: Any) -> str:
        s3.put_object(Bucket=into, Key=key, Body=body, **more)
        return S3Uri(into, key).url

    return make


@pytest.fixture
def counted(registry: LocalRegistry, user: str) -> RequestCount:
    return RequestCount(registry, user)
