"""The suite's pytest plugin: it runs in pytest's own process and in xdist's workers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from importlib import import_module

import pytest

from quilt_core.errors import PluginError
from quilt_core.testing.conformance.behaviour import behaviour_of
from quilt_core.testing.conformance.environment import Environment

Environments = Callable[[str], AbstractContextManager[Callable[[], Environment]]]
"""Given a backend's name, a context in which environments for it can be made."""

BEHAVIOUR, OPERATIONS, REFUSES = "quilt_behaviour", "quilt_operations", "quilt_refuses"
"""A test's properties: the behaviour that it proves, the operations that it calls, and the
operation that it wants refused. pytest carries them from a worker to the report, and to JUnit's."""
DESELECTED = "quilt_deselected"
WORKER = "quilt_environments"
"""What a worker is told: the backend, and what makes its environments."""


class Fixtures:
    """A pytest plugin that supplies the fixture `environment`."""

    def __init__(self, make: Callable[[], Environment]) -> None:
        self._make = make

    @pytest.fixture
    def environment(self) -> Iterator[Environment]:
        """A fresh environment."""
        environment = self._make()
        yield environment
        environment.close()


def load_environments(target: str) -> Environments:
    """Load `package.module:function`; `PluginError` when it cannot be loaded."""
    module, _, name = target.partition(":")
    try:
        found: Environments = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise PluginError(f"The environments {target} cannot be loaded: {error}.") from error
    return found


def pytest_configure(config: pytest.Config) -> None:
    """In a worker of xdist, make what is needed for environments there."""
    told = getattr(config, "workerinput", {}).get(WORKER)
    if told is None:
        return
    backend, target = told
    stack = ExitStack()
    config.add_cleanup(stack.close)
    make = stack.enter_context(load_environments(target)(backend))
    config.pluginmanager.register(Fixtures(make))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Write down beside each test what it proves."""
    for item in items:
        found = behaviour_of(getattr(item, "function", None))
        if found is None:
            continue
        item.user_properties.append((BEHAVIOUR, found.number))
        item.user_properties.append((OPERATIONS, " ".join(found.operations)))
        case = getattr(item, "callspec", None)
        if found.refuses and case is not None:
            item.user_properties.append((REFUSES, case.params["operation"]))


def pytest_deselected(items: list[pytest.Item]) -> None:
    """Count in a worker what -k and -m leave out, for the report elsewhere."""
    output = getattr(items[0].config, "workeroutput", None) if items else None
    if output is not None:
        output[DESELECTED] = output.get(DESELECTED, 0) + len(items)
