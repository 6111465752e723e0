"""The quilt3 backend passes the conformance suite, against the local registry."""

from __future__ import annotations

import pytest
from local_registry.conformance import RegistryWorld
from local_registry.server import LocalRegistry
from local_registry.testing import shared_local_registry  # noqa: F401 - a fixture

from quilt_core.testing import conformance


@pytest.fixture
def world(shared_local_registry: LocalRegistry) -> RegistryWorld:  # noqa: F811
    return RegistryWorld(shared_local_registry, "quilt3")


for _room in conformance.ROOMS:
    globals()[f"Test{_room.__name__}"] = type(f"Test{_room.__name__}", (_room,), {})
