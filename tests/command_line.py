"""`quiltops` run in this process, for the `cli` fixtures of several folders."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from quilt_core.cli.main import run

from .schemas import check_rows, command_of  # type: ignore[import-not-found]

_TRACE = re.compile(r"^quilt_core: (\w+)\(", re.MULTILINE)


@attrs.frozen
class Ended:
    """The result of a command."""

    code: int
    out: str
    err: str

    @property
    def operations(self) -> list[str]:
        """The operations that it called, in order, if QUILT_CORE_TRACE is set."""
        return _TRACE.findall(self.err)

    @property
    def rows(self) -> list[Any]:
        """The lines that it printed with --json, parsed."""
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


def run_command(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    *arguments: str,
    stdin: str = "",
    terminal: bool = False,
    screen: io.StringIO | None = None,
) -> Ended:
    """Run a command, whose JSON must match its schema.

    `stdin` is what it reads, from a pipe or as typed at a `terminal`.

    `screen` replaces standard error.
    """
    typed = Typed if terminal else io.TextIOWrapper
    with monkeypatch.context() as patch:
        patch.setattr("sys.stdin", typed(io.BytesIO(stdin.encode())))
        if screen is not None:
            patch.setattr("sys.stderr", screen)
        capsys.readouterr()
        code = run(list(arguments))
    printed = capsys.readouterr()
    ended = Ended(code, printed.out, printed.err)
    if "--json" in arguments and code in (0, 1):
        check_rows(command_of(arguments), ended.rows)
    return ended


@pytest.fixture
def good(cli: Callable[..., Ended]) -> Callable[..., Ended]:
    """Runs a command that must succeed, with the folder's own `cli`."""

    def call(*arguments: str, **streams: Any) -> Ended:
        ended = cli(*arguments, **streams)
        assert ended.code == 0, ended
        return ended

    return call
