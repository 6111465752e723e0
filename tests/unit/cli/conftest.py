"""`quiltops` in this process, against a catalog in memory."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest

from quilt_core.cli.main import run
from quilt_core.testing import memory

_TRACE = re.compile(r"^quilt_core: (\w+)\(", re.MULTILINE)


@attrs.frozen
class Ended:
    """A command that ended."""

    code: int
    out: str
    err: str

    @property
    def operations(self) -> list[str]:
        """The operations that it called, in order."""
        return _TRACE.findall(self.err)

    @property
    def rows(self) -> list[Any]:
        """What it printed with --json, a line each."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def row(self) -> Any:
        """The one object that it printed with --json."""
        [row] = self.rows
        return row


class Typed(io.TextIOWrapper):
    """Standard input that is a terminal."""

    def isatty(self) -> bool:
        return True


class Screen(io.StringIO):
    """Standard error that is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def catalog(monkeypatch: pytest.MonkeyPatch) -> memory.MemoryCatalog:
    """The one catalog that each connection of the backend `memory` finds."""
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
    """Runs a command; `stdin` is what it reads, from a pipe or as typed at a `terminal`.

    `screen` takes the place of standard error.
    """
    monkeypatch.setenv("QUILT_BACKEND", "memory")
    monkeypatch.setenv("QUILT_DEFAULT_REGISTRY", "s3://bucket")
    monkeypatch.setenv("QUILT_CORE_TRACE", "1")
    monkeypatch.setenv("QUILT_CORE_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "200")

    def call(
        *arguments: str, stdin: str = "", terminal: bool = False, screen: io.StringIO | None = None
    ) -> Ended:
        typed = Typed if terminal else io.TextIOWrapper
        with monkeypatch.context() as patch:
            patch.setattr("sys.stdin", typed(io.BytesIO(stdin.encode())))
            if screen is not None:
                patch.setattr("sys.stderr", screen)
            capsys.readouterr()
            code = run(list(arguments))
        printed = capsys.readouterr()
        return Ended(code, printed.out, printed.err)

    return call


@pytest.fixture
def screen() -> Screen:
    return Screen()


@pytest.fixture
def good(cli: Callable[..., Ended]) -> Callable[..., Ended]:
    """Runs a command that must succeed."""

    def call(*arguments: str, **streams: Any) -> Ended:
        ended = cli(*arguments, **streams)
        assert ended.code == 0, ended
        return ended

    return call


@pytest.fixture
def package(good: Callable[..., Ended], catalog: memory.MemoryCatalog) -> str:
    """A package of two files."""
    uris = [catalog.put_object("bucket", f"in/{name}", b"1") for name in ("a.csv", "d/b.csv")]
    good("packages", "create", "t/p", *uris, "--whole-path", "--metadata", '{"n": 1}')
    return "t/p"
