"""Both backends, connected as one user to one bucket of one local registry."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from typing import Any

import attrs
import pytest
from local_registry.conformance import RegistryEnvironment
from local_registry.server import LocalRegistry
from local_registry.testing import shared_local_registry

from quilt_core import QuiltOps, QuiltOpsError
from quilt_core.testing.conformance.environment import TestUser

__all__ = ["shared_local_registry"]

_VERSION = re.compile(r"versionId=[\w.-]+")
BACKENDS = ("platform", "quilt3")


@attrs.frozen(kw_only=True)
class Refusal:
    """An error as an application sees it."""

    error: type[QuiltOpsError]
    message: str
    hint: str | None
    context: Mapping[str, Any]


class Both:
    """Two connections, whose answers must always be equal."""

    def __init__(self, connections: dict[str, QuiltOps]) -> None:
        self.platform = connections["platform"]
        self.quilt3 = connections["quilt3"]

    def ask(self, call: Callable[[QuiltOps], Any]) -> Any:
        """The answer of both: one object, or a list of objects; an error of either is raised."""
        first, second = call(self.platform), call(self.quilt3)
        assert type(first) is type(second)
        assert first == second
        return first

    def refuse(self, call: Callable[[QuiltOps], Any]) -> Refusal:
        """The error of both: class, message, hint and context."""
        first, second = self._error(call, self.platform), self._error(call, self.quilt3)
        assert first == second
        return first

    def refuse_alike(self, call: Callable[[QuiltOps], Any]) -> Refusal:
        """The error of both, of one class; the wording is that of the service that refused."""
        first, second = self._error(call, self.platform), self._error(call, self.quilt3)
        assert first.error is second.error, (first, second)
        return first

    def refuse_in_words(self, call: Callable[[QuiltOps], Any]) -> Refusal:
        """The error of both: class, message and hint; a registry's context has more."""
        first, second = self._error(call, self.platform), self._error(call, self.quilt3)
        assert attrs.evolve(first, context={}) == attrs.evolve(second, context={})
        return first

    @staticmethod
    def _error(call: Callable[[QuiltOps], Any], ops: QuiltOps) -> Refusal:
        with pytest.raises(QuiltOpsError) as raised:
            answer = call(ops)
            if isinstance(answer, Iterator):
                list(answer)
        error = raised.value
        return Refusal(
            error=type(error),
            message=_VERSION.sub(
                "versionId=", str(error)
            ),  # each call created an object of its own
            hint=error.hint,
            context=dict(error.context),
        )


@pytest.fixture
def environment(shared_local_registry: LocalRegistry) -> RegistryEnvironment:
    """A bucket and users; what it publishes is written without either backend."""
    return RegistryEnvironment(shared_local_registry, "platform")


def _connect(environment: RegistryEnvironment, user: TestUser) -> Iterator[Both]:
    with ExitStack() as stack:
        connections = {
            name: stack.enter_context(environment.connect(user, backend=name)) for name in BACKENDS
        }
        yield Both(connections)


@pytest.fixture
def both(environment: RegistryEnvironment) -> Iterator[Both]:
    yield from _connect(environment, TestUser.WRITER)


@pytest.fixture
def as_administrator(environment: RegistryEnvironment) -> Iterator[Both]:
    yield from _connect(environment, TestUser.ADMIN)
