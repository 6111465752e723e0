"""The in-memory backend passes the conformance suite."""

from __future__ import annotations

import pytest

from quilt_core.testing.memory.environment import MemoryEnvironment

from .suite import *  # noqa: F403 - the whole suite


@pytest.fixture
def environment() -> MemoryEnvironment:
    return MemoryEnvironment()
