"""The in-memory backend passes the conformance suite."""

from __future__ import annotations

import pytest

from quilt_core.testing import conformance
from quilt_core.testing.memory.world import MemoryWorld


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld()


for _room in conformance.ROOMS:
    globals()[f"Test{_room.__name__}"] = type(f"Test{_room.__name__}", (_room,), {})
