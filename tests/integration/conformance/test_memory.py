"""The in-memory backend passes the conformance suite."""

from __future__ import annotations

import pytest

from quilt_core.testing import conformance
from quilt_core.testing.memory.environment import MemoryEnvironment


@pytest.fixture
def environment() -> MemoryEnvironment:
    return MemoryEnvironment()


for _tests in conformance.TEST_CLASSES:
    globals()[f"Test{_tests.__name__}"] = type(f"Test{_tests.__name__}", (_tests,), {})
