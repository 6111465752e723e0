"""A bucket with its own packages and objects, queried over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests
from local_registry.conformance import RegistryEnvironment
from local_registry.server import LocalRegistry
from local_registry.testing import shared_local_registry

from quilt_core.testing.conformance.environment import TestUser

__all__ = ["shared_local_registry"]


@pytest.fixture
def environment(shared_local_registry: LocalRegistry) -> RegistryEnvironment:
    return RegistryEnvironment(shared_local_registry, "platform")


@pytest.fixture
def bucket(environment: RegistryEnvironment) -> str:
    return environment.registry.removeprefix("s3://")


@pytest.fixture
def send(
    shared_local_registry: LocalRegistry, environment: RegistryEnvironment
) -> Callable[..., Any]:
    """Sends a document; returns the whole response."""

    def ask(query: str, user: TestUser = TestUser.WRITER, **variables: Any) -> requests.Response:
        with environment.connect(user) as ops:
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
    """Sends a document; returns its data, which must have come without errors."""

    def ask(query: str, user: TestUser = TestUser.WRITER, **variables: Any) -> Any:
        answer = send(query, user, **variables)
        assert answer.status_code == 200, answer.text
        assert "errors" not in answer.json(), answer.text
        return answer.json()["data"]

    return ask
