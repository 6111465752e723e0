"""What the tests of administration share."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from quilt_core import QuiltOps
from quilt_core.testing.conformance.behaviour import BehaviourTests
from quilt_core.testing.conformance.environment import Environment, TestUser

ADMIN = (TestUser.ADMIN,)


def unique(prefix: str) -> str:
    """A name that nothing else has."""
    return f"{prefix}{uuid.uuid4().hex[:8]}"


class AdminBehaviours(BehaviourTests):
    """Base of the administration's tests: a connection as administrator."""

    @pytest.fixture
    def root(self, environment: Environment) -> Iterator[QuiltOps]:
        """A connection as ADMIN."""
        with environment.connect(TestUser.ADMIN) as ops:
            yield ops
