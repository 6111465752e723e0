"""Runs `quiltops` in this process, against a catalog in memory."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from quilt_core.testing import memory

from ...command_line import Ended, good, run_command  # type: ignore[import-not-found]

__all__ = ["good"]


class Screen(io.StringIO):
    """A standard error that claims to be a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def catalog(monkeypatch: pytest.MonkeyPatch) -> memory.MemoryCatalog:
    """The one catalog that every connection of the backend `memory` sees."""
    found = memory.MemoryCatalog()
    found.add_bucket("bucket")
    found.add_role("Readers", reads=("bucket",))
    found.add_user("reader", role="Readers")
    monkeypatch.setattr(memory, "MemoryCatalog", lambda: found)
    return found


@pytest.fixture
def cli(
    catalog: memory.MemoryCatalog,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Callable[..., Ended]:
    """Runs a command on the catalog, as `run_command` does."""
    monkeypatch.setenv("QUILT_BACKEND", "memory")
    monkeypatch.setenv("QUILT_DEFAULT_REGISTRY", "s3://bucket")
    monkeypatch.setenv("QUILT_CORE_TRACE", "1")
    monkeypatch.setenv("QUILT_CORE_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "200")
    return partial(run_command, capsys, monkeypatch)


@pytest.fixture
def screen() -> Screen:
    return Screen()


@pytest.fixture
def package(good: Callable[..., Ended], catalog: memory.MemoryCatalog) -> str:
    """A package with two files."""
    uris = [catalog.put_object("bucket", f"in/{name}", b"1") for name in ("a.csv", "d/b.csv")]
    good("packages", "create", "t/p", *uris, "--whole-path", "--metadata", '{"n": 1}')
    return "t/p"
