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
from quilt_core.testing.conformance.report import Report
from quilt_core.testing.conformance.world import World

Worlds = Callable[[str], AbstractContextManager[Callable[[], World]]]
"""Given a backend's name, a context in which worlds for it can be made."""

KNOWN_WORLDS = {
    "memory": "quilt_core.testing.memory.world:worlds",
    "platform": "local_registry.conformance:worlds",
    "quilt3": "local_registry.conformance:worlds",
}

_MODULE = """\
from quilt_core.testing import conformance

for room in conformance.ROOMS:
    globals()["Test" + room.__name__] = type("Test" + room.__name__, (room,), {})
del room
"""


class _Fixtures:
    """A pytest plugin that supplies the fixture `world`."""

    def __init__(self, make: Callable[[], World]) -> None:
        self._make = make

    @pytest.fixture
    def world(self) -> Iterator[World]:
        """A fresh world."""
        world = self._make()
        yield world
        world.close()


def find_worlds(backend: str, target: str | None) -> Worlds:
    """Load `package.module:function`, by default the one that this project has for a backend.

    Raises `PluginError` when there is none, or it cannot be loaded.
    """
    target = target or KNOWN_WORLDS.get(backend)
    if target is None:
        raise PluginError(
            f"It is not known how to make a world for the backend {backend!r}.",
            hint="Name a function: --world my_backend.conformance:worlds",
        )
    module, _, name = target.partition(":")
    try:
        found: Worlds = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise PluginError(f"The worlds {target} cannot be loaded: {error}.") from error
    return found


def run_suite(
    backend: str, worlds: Worlds, *, junit: str | None = None, arguments: list[str] | None = None
) -> Report:
    """Run the whole suite on a backend and return what it found.

    Parameters
    ----------
    backend:
        The backend's name.
    worlds:
        See `Worlds`.
    junit:
        A file for a JUnit report.
    arguments:
        Further arguments of pytest.
    """
    with worlds(backend) as make, tempfile.TemporaryDirectory() as folder:
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
