"""Paths on the command line that cannot be looked up or written: an error, and no bug."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from quilt_core.cli.main import BUG_EXIT_CODE

from ...privileges import obeying_modes  # type: ignore[import-not-found]

COMMANDS: dict[str, list[str]] = {
    "push": ["push", "{}", "a/b"],
    "install": ["install", "t/p", "-o", "{}"],
    "verify": ["verify", "t/p", "{}"],
    "objects get": ["objects", "get", "s3://bucket/in/a.csv", "{}"],
    "objects put": ["objects", "put", "{}", "s3://bucket/x"],
    "packages create": ["packages", "create", "a/b", "{}"],
    "packages create with a pattern": ["packages", "create", "a/b", "{}/*"],
    "admin export": ["admin", "export", "{}"],
    "admin export --force": ["admin", "export", "{}", "--force"],
    "admin apply": ["admin", "apply", "{}"],
    "query -o": ["query", "select 1 as x", "-o", "{}"],
    "new-backend": ["new-backend", "my-store", "--directory", "{}"],
}


@pytest.fixture
def places(tmp_path: Path) -> Iterator[dict[str, Path]]:
    """Places that cannot be used."""
    closed = tmp_path / "closed"
    closed.mkdir()
    (closed / "in").mkdir()
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    file = tmp_path / "file"
    file.write_text("x", encoding="utf-8")
    fixed = tmp_path / "fixed"
    fixed.mkdir()
    fixed.chmod(0o500)
    closed.chmod(0)
    with obeying_modes():
        yield {
            "in a closed folder": closed / "in",
            "a link to itself": loop,
            "below a link to itself": loop / "in",
            "too long": tmp_path / ("x" * 300),
            "below a file": file / "in",
            "in a folder that cannot be written": fixed / "in",
        }
    closed.chmod(0o700)


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_path_that_cannot_be_used(
    cli: Callable[..., Any], package: str, places: dict[str, Path], command: list[str]
) -> None:
    for name, path in places.items():
        ended = cli(*[one.format(path) for one in command])
        assert ended.code != BUG_EXIT_CODE, (name, ended)
        assert ended.code != 0 or os.path.isfile(path), (name, ended)  # noqa: PTH113 - it replaces


def test_a_configuration_that_cannot_be_read_or_written(
    cli: Callable[..., Any], places: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, path in places.items():
        monkeypatch.setenv("QUILT_CORE_CONFIG", str(path / "config.toml"))
        for command in (["config", "set", "p", "registry", "s3://bucket"], ["config", "profiles"]):
            ended = cli(*command)
            assert ended.code != BUG_EXIT_CODE, (name, ended)


@pytest.mark.skipif(os.name == "nt", reason="the current folder cannot be removed")
@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_current_folder_that_was_removed(
    cli: Callable[..., Any],
    package: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: list[str],
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    ended = cli(*[one.format("x") for one in command])
    assert ended.code not in (0, BUG_EXIT_CODE), ended
