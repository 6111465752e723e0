"""Text that a command reads from a file or from standard input."""

from __future__ import annotations

import io
import sys
from typing import Any

import click

from quilt_core.errors import ValidationError


def decoded(data: bytes, what: str) -> str:
    """The text of UTF-8, without the mark of byte order that programs on Windows begin it with.

    Raises `ValidationError`, which says what it is that is not UTF-8.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValidationError(f"{what} is not UTF-8: {error}.") from error


def standard_input() -> str:
    """The text of standard input; its lines end with a line feed, whatever they ended with."""
    return _with_line_feeds(decoded(sys.stdin.buffer.read(), "Standard input"))


class TextFile(click.File):
    """An argument that names a file, or is `-` for standard input; its value is the text."""

    def __init__(self) -> None:
        super().__init__("rb")

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The text of the file that is named."""
        if ctx is not None and ctx.resilient_parsing:
            return ""  # a completion does not wait for standard input
        try:
            file = click.open_file(value, "rb")
        except OSError as error:
            self.fail(f"{value!r}: {error.strerror or error}", param, ctx)
        with file:  # which does not close standard input
            data = file.read()
        what = "Standard input" if value == "-" else f"The file {value!r}"
        return _with_line_feeds(decoded(data, what))


def _with_line_feeds(text: str) -> str:
    return io.StringIO(text, newline=None).read()
