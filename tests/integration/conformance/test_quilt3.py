"""The quilt3 backend passes the conformance suite, against the local registry."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from local_registry.conformance import RegistryEnvironment
from local_registry.server import LocalRegistry
from local_registry.testing import shared_local_registry  # noqa: F401 - a fixture

from .suite import *  # noqa: F403 - the whole suite


@pytest.fixture
def environment(
    shared_local_registry: LocalRegistry,  # noqa: F811
) -> Iterator[RegistryEnvironment]:
    environment = RegistryEnvironment(shared_local_registry, "quilt3")
    yield environment
    environment.close()
