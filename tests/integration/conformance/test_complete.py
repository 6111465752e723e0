"""Each module that runs the whole suite names every class of it."""

from __future__ import annotations

from types import ModuleType

import pytest

from quilt_core.testing import conformance

from . import test_memory, test_older_registries, test_platform, test_quilt3


@pytest.mark.parametrize(
    "module",
    [test_memory, test_older_registries, test_platform, test_quilt3],
    ids=lambda module: module.__name__.rpartition(".")[2],
)
def test_no_class_of_the_suite_is_forgotten(module: ModuleType) -> None:
    for tests in conformance.TEST_CLASSES:
        assert issubclass(vars(module)[f"Test{tests.__name__}"], tests)
