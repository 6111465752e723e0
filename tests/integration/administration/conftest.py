"""A registry per test, administered with a file, through both backends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from local_registry.server import LocalRegistry
from local_registry.testing import local_registry

import quilt_core
from quilt_core import QuiltOps

__all__ = ["local_registry"]

Connect = Callable[..., QuiltOps]


@pytest.fixture(params=["platform", "quilt3"])
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def connect(backend: str) -> Iterator[Connect]:
    """Connects to a registry as one of its users."""
    with ExitStack() as stack:

        def make(registry: LocalRegistry, user: str = "admin") -> QuiltOps:
            endpoints = registry.endpoints
            ops = quilt_core.connect(
                backend,
                catalog_url=endpoints.catalog_url,
                registry_url=endpoints.registry_url,
                token=registry.token(user),
                use_quilt3_login=False,
                use_stored_login=False,
            )
            return stack.enter_context(ops)

        yield make


@pytest.fixture
def ops(connect: Connect, local_registry: LocalRegistry) -> QuiltOps:
    return connect(local_registry)
