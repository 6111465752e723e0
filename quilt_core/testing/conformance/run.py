"""Run the suite on a backend, without a test module of one's own."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from quilt_core.errors import PluginError
from quilt_core.testing import conformance
from quilt_core.testing.conformance import pytest_plugin
from quilt_core.testing.conformance.pytest_plugin import Environments, Fixtures, load_environments
from quilt_core.testing.conformance.report import Report

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


class _Workers:
    """A pytest plugin that tells xdist's workers what makes environments."""

    def __init__(self, backend: str, environments: Environments) -> None:
        self._backend = backend
        self._environments = environments

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Before a worker starts."""
        target = f"{self._environments.__module__}:{self._environments.__qualname__}"
        try:
            is_found = load_environments(target) is self._environments
        except PluginError:
            is_found = False
        if not is_found:
            raise pytest.UsageError(
                f"The workers of xdist cannot import {target}: environments for them are made by "
                "a function of a module. Leave -n out, or move it there."
            )
        node.workerinput[pytest_plugin.WORKER] = (self._backend, target)


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
    return load_environments(target)


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
        See `Environments`. For `-n` of pytest-xdist it is a function of a module, which each
        worker calls anew.
    junit:
        A file for a JUnit report.
    arguments:
        Further arguments of pytest. Those that leave tests out make the outcome incomplete.
    """
    with environments(backend) as make, tempfile.TemporaryDirectory() as folder:
        sample = make()
        with sample.connect() as ops:
            unsupported = {
                one.operation: one.reason or "" for one in ops.capabilities() if not one.supported
            }
        report = Report(conformance.behaviours(), unsupported, sample.lacks())
        sample.close()
        module = Path(folder) / "test_conformance.py"
        module.write_text(_MODULE, encoding="utf-8")
        options = ["-q", "-p", "no:cacheprovider", "-p", pytest_plugin.__name__]
        options += ["--rootdir", folder, "-c", os.devnull, "--import-mode=importlib", str(module)]
        # It is imported here already, and has no assertions.
        said = f"Module already imported so cannot be rewritten; {pytest_plugin.__name__}"
        options += ["-W", f"ignore:{said}:pytest.PytestAssertRewriteWarning"]
        if junit:
            options += [f"--junitxml={Path(junit).absolute()}"]
        plugins = [report, Fixtures(make), _Workers(backend, environments)]
        with _output_to_stderr():
            report.finish(pytest.main([*options, *(arguments or [])], plugins=plugins))
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
