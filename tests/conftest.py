"""What all tests share: an environment without the settings of the machine's user."""

from __future__ import annotations

import gc
import os
import re
import sys
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import pytest
from hypothesis import settings
from quilt_registry.graphql.learned import LEARNED
from quilt_registry.http import transport
from quilt_registry.s3.regions import forget_bucket_regions

from quilt_core import clock

# How long an example takes on a busy machine must fail no test.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")

_FOREIGN = re.compile(r"QUILT_(?!TEST_)|MCP_JWT_|AWS_")
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
    "tests/integration/cassettes/test_stored_bytes_and_clock.py",
    "tests/e2e/",
    "tests/soak/",
    "tests/unit/core/test_types.py",
    "tests/unit/testing/test_conformance_runs.py",
)
"""Tests that take several seconds each."""


_CASSETTES = "tests/integration/cassettes/"
_RECORDING = {
    "block_network", "disable_recording", "record_mode", "vcr", "vcr_cassette_dir", "vcr_markers"
}  # fmt: skip
"""Fixtures of pytest-recording, which it runs for every test; they take half as long as a test."""
_HOMES = pytest.StashKey["_Homes"]()


# No test cuts the power: what is written must be readable, but need not wait for the disk. A handle
# that cannot be synced is an error nevertheless.
os.fsync = os.fdatasync = os.fstat  # type: ignore[assignment]


def pytest_configure(config: pytest.Config) -> None:
    homes = config.stash[_HOMES] = _Homes()
    config.add_cleanup(homes.close)


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
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker("hypothesis")
        if not item.nodeid.startswith(_CASSETTES) and isinstance(item, pytest.Function):
            item.fixturenames[:] = [n for n in item.fixturenames if n not in _RECORDING]
        if item.nodeid.startswith(_OLDER) and _is_inherited(item):
            item.add_marker("older")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Look for no garbage while ten thousand tests are made, nor among them later on, when some
    tests ask for a garbage collection.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


def _is_inherited(item: pytest.Item) -> bool:
    """Whether an item comes from the unchanged suite and is not an overridden behaviour."""
    return isinstance(item, pytest.Function) and (item.function.__module__ != item.module.__name__)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before each test, and before the fixtures that it is the first to need.

    A hook, because autouse fixtures would take longer than most tests do.
    """
    # Python's default: with a higher limit, deep nesting kills the process.
    sys.setrecursionlimit(1000)
    # No test knows from an earlier one what a registry supports, what a server at the same port
    # answered, or where a bucket is.
    LEARNED.forget()
    transport._answered_json.clear()
    forget_bucket_regions()
    item.config.stash[_HOMES].clean_environment()


class _Homes:
    """Home directories in which no test has left anything, and the environment to go with them."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="quiltops-homes-", ignore_cleanup_errors=True)
        self._numbers = count()
        self._new_home()

    def close(self) -> None:
        self._folder.cleanup()

    def clean_environment(self) -> None:
        """No settings, logins or AWS identity of the user who runs the tests, nor of a test."""
        for name in [*os.environ]:
            if _FOREIGN.match(name) and name not in self._environment:
                del os.environ[name]
        if not self._home.is_dir() or any(self._home.iterdir()):
            self._new_home()
        for name, value in self._environment.items():
            if os.environ.get(name) != value:
                os.environ[name] = value

    def _new_home(self) -> None:
        self._home = Path(self._folder.name, str(next(self._numbers)))
        self._home.mkdir()
        self._environment = {
            "HOME": str(self._home),
            "XDG_CONFIG_HOME": str(self._home / "config"),
            "XDG_DATA_HOME": str(self._home / "data"),
            "XDG_CACHE_HOME": str(self._home / "cache"),
            "AWS_CONFIG_FILE": str(self._home / "aws-config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(self._home / "aws-credentials"),
            "AWS_EC2_METADATA_DISABLED": "true",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "QUILT_DISABLE_USAGE_METRICS": "true",
            "QUILT_DISABLE_CACHE": "true",
        }


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
