"""Random sequences of calls give the same results on every backend as in memory.

`QUILT_STATEFUL_EXAMPLES` says how many sequences; `make stateful` runs many.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from local_registry.conformance import RegistryEnvironment
from local_registry.server import LocalRegistry
from local_registry.testing import shared_local_registry  # noqa: F401 - a fixture

import quilt_core
from quilt_core.testing.conformance.environment import Environment, TestUser
from quilt_core.testing.conformance.stateful import compare_with_memory
from quilt_core.testing.memory.environment import MemoryEnvironment

from .test_quilt3_folder import FolderEnvironment

EXAMPLE = Path(__file__).parents[3] / "examples" / "directory_backend"


@pytest.fixture
def folder(tmp_path: Path) -> Callable[[], Environment]:
    numbers = itertools.count()

    def make() -> Environment:
        path = tmp_path / str(next(numbers))
        path.mkdir()
        return FolderEnvironment(path)

    return make


def test_memory() -> None:
    compare_with_memory(MemoryEnvironment, words=True, examples=30)


def test_the_third_party_example(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(EXAMPLE))  # it is not installed here
    from directory_backend import create_backend
    from directory_backend.conformance import DirectoryEnvironment

    class Uninstalled(DirectoryEnvironment):  # type: ignore[misc]
        def connect(self, user: TestUser = TestUser.WRITER) -> quilt_core.QuiltOps:
            settings = quilt_core.Settings(registry=quilt_core.Registry.parse(self.registry))
            return quilt_core.connect(create_backend(settings), registry=self.registry)

    compare_with_memory(Uninstalled, examples=10)


def test_quilt3_on_a_folder(folder: Callable[[], Environment]) -> None:
    compare_with_memory(folder, words=True, examples=10)


@pytest.mark.parametrize("backend", ["platform", "quilt3"])
def test_with_a_registry(shared_local_registry: LocalRegistry, backend: str) -> None:  # noqa: F811
    compare_with_memory(
        lambda: RegistryEnvironment(shared_local_registry, backend), words=True, examples=3
    )
