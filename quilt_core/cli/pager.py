"""Long output on a terminal goes through a pager, as in git."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Iterable
from contextlib import suppress
from itertools import chain, islice
from typing import TYPE_CHECKING

import click

from quilt_core.cli.options import value
from quilt_core.cli.terminal import terminal_size

if TYPE_CHECKING:
    import subprocess  # nosec B404 # a type


def print_lines(lines: Iterable[str]) -> None:
    """Print lines that are printable; through a pager if they do not fit on the screen.

    `PAGER` names the pager; without it `less` is used, if it is installed. No pager is used with
    `--no-pager`, if `PAGER` is empty or `cat`, on a terminal that cannot move its cursor, and if
    standard output is not a terminal.
    """
    coming = iter(lines)
    size = terminal_size()
    command = _pager() if size is not None else None
    if size is None or command is None:
        _print(coming)
        return
    first = list(islice(coming, max(size.lines - 1, 1)))
    if len(first) < size.lines - 1 or (following := next(coming, None)) is None:
        _print(first)
        return
    _page(command, chain(first, [following], coming))


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line, file=sys.stdout)


def _pager() -> list[str] | None:
    """The pager's command; None for no pager."""
    if value("no_pager") or os.environ.get("TERM", "dumb") == "dumb":
        return None
    named = os.environ.get("PAGER")
    try:
        command = shlex.split("less" if named is None else named)
    except ValueError:  # unclosed quotation marks
        return None
    if not command or command[0] == "cat" or shutil.which(command[0]) is None:
        return None
    return command


def _page(command: list[str], lines: Iterable[str]) -> None:
    import subprocess  # nosec B404 # runs the pager that the user names

    # As in git: exit if everything fits, show colours, leave the text on the screen.
    environment = {"LESS": "FRX", "LV": "-c", **os.environ}
    with subprocess.Popen(  # noqa: S603 # nosec B603 # the pager that the user names
        command,
        stdin=subprocess.PIPE,
        env=environment,
        text=True,
        encoding=sys.stdout.encoding,
        errors="backslashreplace",
    ) as pager:
        assert pager.stdin is not None  # noqa: S101 - a pipe was asked for
        try:
            for line in lines:
                pager.stdin.write(f"{line}\n")
            pager.stdin.close()
        except (BrokenPipeError, KeyboardInterrupt):
            _close(pager)  # the user has left the pager
        while pager.returncode is None:
            # An interrupt is for the pager, which continues until the user leaves it.
            with suppress(KeyboardInterrupt):
                pager.wait()


def _close(pager: subprocess.Popen[str]) -> None:
    """Close the pipe, even if there is still text in the buffer."""
    assert pager.stdin is not None  # noqa: S101 - a pipe was asked for
    with suppress(BrokenPipeError):
        pager.stdin.close()
