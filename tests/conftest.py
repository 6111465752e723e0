"""What all tests share: an environment without the settings of the machine's user."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import settings
from quilt_registry.graphql.learned import LEARNED
from quilt_registry.s3.regions import forget_bucket_regions

from quilt_core import clock

# How long an example takes on a busy machine must fail no test.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")

_FOREIGN = ("QUILT_", "MCP_JWT_", "AWS_")
_MARKERS = {
    "tests/mutants/": "mutant",
    "tests/unit/fuzzing/": "fuzz",
    "tests/integration/conformance/test_stateful.py": "fuzz",
}
"""The marker of every test in a folder or file; CONTRIBUTING.md says which target runs it."""


_OLDER = "tests/integration/conformance/test_older_registries.py"
_LONG = (
    "tests/integration/security/test_canaries.py",
    "tests/integration/local_registry/test_quilt3.py",
    "tests/integration/docs/",
    "tests/e2e/",
    "tests/unit/testing/test_conformance_runs.py",
)
"""Tests that take several seconds each."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what `make unit` or `make test` leaves to a separate target; start with long tests.

    An idle process takes over tests that another one has not begun: a long one at the end would
    leave the others without work.
    """
    items.sort(key=lambda item: not item.nodeid.startswith(_LONG))
    for item in items:
        for place, marker in _MARKERS.items():
            if item.nodeid.startswith(place):
                item.add_marker(marker)
        if item.nodeid.startswith(_OLDER) and _is_inherited(item):
            item.add_marker("older")


def pytest_collection_finish() -> None:
    """Leave ten thousand tests out of every garbage collection, which some of them ask for."""
    gc.collect()
    gc.freeze()


def _is_inherited(item: pytest.Item) -> bool:
    """Whether an item comes from the unchanged suite and is not an overridden behaviour."""
    return isinstance(item, pytest.Function) and (item.function.__module__ != item.module.__name__)


@pytest.fixture(autouse=True)
def _nothing_learnt() -> None:
    """No test knows from an earlier one what a registry supports, or where a bucket is."""
    LEARNED.forget()
    forget_bucket_regions()


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home directory for each test. `mktemp` would search all existing ones for a free name."""
    folder = tmp_path_factory.mktemp("homes")
    return (folder / str(number) for number in count())


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, _homes: Iterator[Path]) -> None:
    """No settings, logins or AWS identity of the user who runs the tests."""
    for name in list(os.environ):
        if name.startswith(_FOREIGN) and not name.startswith("QUILT_TEST_"):
            monkeypatch.delenv(name)
    home = next(_homes)
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(home / "aws-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(home / "aws-credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.setenv("QUILT_DISABLE_USAGE_METRICS", "true")
    monkeypatch.setenv("QUILT_DISABLE_CACHE", "true")


@pytest.fixture
def ahead(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How many seconds the clocks are ahead, the local registry's included; a list of one.

    A clock that skips waiting times also reads `time.time`, and stays in place.
    """
    seconds, real = [0.0], time.time
    if clock.now is real:
        monkeypatch.setattr(clock, "now", lambda: real() + seconds[0])
    monkeypatch.setattr(time, "time", lambda: real() + seconds[0])
    return seconds


@pytest.fixture
def long_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the registry name pointers after past seconds, each after a different one."""
    seconds = count(1_700_000_000)
    times = SimpleNamespace(time=lambda: next(seconds), sleep=lambda _: None)
    monkeypatch.setattr("local_registry.storage.construct.time", times)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Start with Python's default recursion limit: with a higher one, deep nesting kills the
    process."""
    sys.setrecursionlimit(1000)
