"""Fixtures for the tests of the local registry itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from local_registry.testing import local_registry, shared_local_registry

__all__ = ["local_registry", "shared_local_registry"]

Post = Callable[..., Any]


@pytest.fixture
def http() -> Iterator[requests.Session]:
    """A session that takes no settings from the environment."""
    with requests.Session() as session:
        session.trust_env = False
        yield session
