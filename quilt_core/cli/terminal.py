"""Printing on the terminal, safely for any text and any encoding, and with colours as the options
say.
"""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TextIO

import click

from quilt_core.cli.options import value
from quilt_core.printable import json_text, printable

if TYPE_CHECKING:
    from rich.console import Console


PIPED = 10_000
"""The number of columns if standard output is not a terminal, so that a branch of a tree stays on
one line.
"""


def line(text: str, *, err: bool = False, lines: bool = False, colour: str | None = None) -> None:
    """Print a text from any source, made printable; `lines` keeps its line breaks.

    On standard error, nothing is printed if that is not possible.
    """
    text = printable(text, lines=lines)
    _echo(click.style(text, fg=colour) if colour else text, err=err)


def _echo(text: str, *, err: bool) -> None:
    # The stream is named, because click would write UTF-8 to an ASCII stream.
    if not err:
        click.echo(text, file=sys.stdout)
        return
    with suppress(OSError):  # there is no other place to say so
        click.echo(text, file=sys.stderr)


def json_line(data: Any, *, err: bool = False, indent: int | None = None) -> None:
    """Print JSON in the encoding of the stream; characters that are unsafe on a terminal are
    written as JSON escapes.
    """
    stream = sys.stderr if err else sys.stdout
    _echo(json_text(data, encoding=stream.encoding, indent=indent), err=err)


def is_terminal() -> bool:
    """Whether standard output is a terminal."""
    return sys.stdout.isatty()


def terminal_size() -> os.terminal_size | None:
    """Columns and lines of the terminal; None if standard output is not a terminal and therefore
    has no limits.
    """
    return shutil.get_terminal_size() if is_terminal() else None


def width() -> int | None:
    """The columns of the terminal; None if standard output is not a terminal."""
    size = terminal_size()
    return None if size is None else size.columns


def ellipsis() -> str:
    """The ellipsis that replaces omitted text, in the encoding of standard output."""
    return "…" if can_write("…", sys.stdout) else "..."


def can_write(text: str, stream: TextIO) -> bool:
    """Whether the encoding of a stream has these characters."""
    try:
        text.encode(stream.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def use_colour() -> bool:
    """Whether colours are wanted; click omits them if the stream is not a terminal."""
    return not (value("no_color") or os.environ.get("NO_COLOR"))


def cell(text: str) -> str:
    """A text from any source for rich: printable and without markup."""
    from rich.markup import escape

    return escape(printable(text))


def console(*, stderr: bool = False) -> Console:
    """A rich console that honours `--no-color` and NO_COLOR."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    columns = width() if not stderr else None
    if columns is None and not stream.isatty():
        columns = PIPED
    return Console(
        stderr=stderr, no_color=not use_colour(), highlight=False, width=columns, soft_wrap=False
    )


def note(text: str, *, lines: bool = False) -> None:
    """Print a message on standard error, unless `--quiet` is given; `lines` keeps its
    line breaks.
    """
    if not value("quiet"):
        line(text, err=True, lines=lines)
