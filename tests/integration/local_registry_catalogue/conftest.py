"""A bucket with packages and objects of its own, asked over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests
from local_registry.conformance import RegistryWorld
from local_registry.server import LocalRegistry
from local_registry.testing import shared_local_registry

from quilt_core.testing.conformance.world import Who

__all__ = ["shared_local_registry"]


@pytest.fixture
def world(shared_local_registry: LocalRegistry) -> RegistryWorld:
    return RegistryWorld(shared_local_registry, "platform")


@pytest.fixture
def bucket(world: RegistryWorld) -> str:
    return world.registry.removeprefix("s3://")


@pytest.fixture
def send(shared_local_registry: LocalRegistry, world: RegistryWorld) -> Callable[..., Any]:
    """Sends a document; the whole response."""

    def ask(query: str, who: Who = Who.WRITER, **variables: Any) -> requests.Response:
        with world.connect(who) as ops:
            headers = ops.get_graphql_auth_headers()
        return requests.post(
            shared_local_registry.endpoints.graphql_endpoint,
            json={"query": query, "variables": variables},
            headers=headers,
            timeout=30,
        )

    return ask


@pytest.fixture
def ask(send: Callable[..., requests.Response]) -> Callable[..., Any]:
    """Sends a document; its data, which must have come without errors."""

    def ask(query: str, who: Who = Who.WRITER, **variables: Any) -> Any:
        answer = send(query, who, **variables)
        assert answer.status_code == 200, answer.text
        assert "errors" not in answer.json(), answer.text
        return answer.json()["data"]

    return ask
