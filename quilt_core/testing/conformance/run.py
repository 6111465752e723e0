"""Run the suite on a backend, without a test module of one's own."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from quilt_core.errors import PluginError
from quilt_core.testing.conformance.environment import Environment
from quilt_core.testing.conformance.report import Report

Environments = Callable[[str], AbstractContextManager[Callable[[], Environment]]]
"""Given a backend's name, a context in which environments for it can be made."""

KNOWN_ENVIRONMENTS = {
    "memory": "quilt_core.testing.memory.environment:environments",
    "platform": "local_registry.conformance:environments",
    "quilt3": "local_registry.conformance:environments",
}

_MODULE = """\
from quilt_core.testing import conformance

for test_class in conformance.TEST_CLASSES:
    globals()["Test" + test_class.__name__] = type("Test" + test_class.__name__, (test_class,), {})
del test_class
"""


class _Fixtures:
    """A pytest plugin that supplies the fixture `environment`."""

    def __init__(self, make: Callable[[], Environment]) -> None:
        self._make = make

    @pytest.fixture
    def environment(self) -> Iterator[Environment]:
        """A fresh environment."""
        environment = self._make()
        yield environment
        environment.close()


def find_environments(backend: str, target: str | None) -> Environments:
    """Load `package.module:function`, by default the one that this project has for a backend.

    Raises `PluginError` when there is none, or it cannot be loaded.
    """
    target = target or KNOWN_ENVIRONMENTS.get(backend)
    if target is None:
        raise PluginError(
            f"It is not known how to make an environment for the backend {backend!r}.",
            hint="Name a function: --environment my_backend.conformance:environments",
        )
    module, _, name = target.partition(":")
    try:
        found: Environments = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise PluginError(f"The environments {target} cannot be loaded: {error}.") from error
    return found


def run_suite(
    backend: str,
    environments: Environments,
    *,
    junit: str | None = None,
    arguments: list[str] | None = None,
) -> Report:
    """Run the whole suite on a backend and return what it found.

    Parameters
    ----------
    backend:
        The backend's name.
    environments:
        See `Environments`.
    junit:
        A file for a JUnit report.
    arguments:
        Further arguments of pytest.
    """
    with environments(backend) as make, tempfile.TemporaryDirectory() as folder:
        sample = make()
        with sample.connect() as ops:
            unsupported = {
                one.operation: one.reason or "" for one in ops.capabilities() if not one.supported
            }
        sample.close()
        report = Report(unsupported)
        module = Path(folder) / "test_conformance.py"
        module.write_text(_MODULE, encoding="utf-8")
        options = ["-q", "-p", "no:cacheprovider", "--rootdir", folder, "-c", os.devnull]
        options += ["--import-mode=importlib", str(module)]
        if junit:
            options += [f"--junitxml={Path(junit).absolute()}"]
        with _output_to_stderr():
            pytest.main([*options, *(arguments or [])], plugins=[report, _Fixtures(make)])
    return report


@contextmanager
def _output_to_stderr() -> Iterator[None]:
    """Let pytest's own output go to standard error; standard output is for the report."""
    before: Any = sys.stdout
    sys.stdout = sys.stderr
    try:
        yield
    finally:
        sys.stdout = before
