"""The quilt3 backend passes the conformance suite, against the local registry."""

from __future__ import annotations

import pytest
from local_registry.conformance import RegistryEnvironment
from local_registry.server import LocalRegistry
from local_registry.testing import shared_local_registry  # noqa: F401 - a fixture

from .suite import *  # noqa: F403 - the whole suite


@pytest.fixture
def environment(shared_local_registry: LocalRegistry) -> RegistryEnvironment:  # noqa: F811
    return RegistryEnvironment(shared_local_registry, "quilt3")
