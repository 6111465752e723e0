"""The terminal: a console that honours the options about colour, and notes on standard error."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from quilt_core.cli.options import value

if TYPE_CHECKING:
    from rich.console import Console


def console(*, stderr: bool = False) -> Console:
    """A rich console that honours `--no-color` and NO_COLOR."""
    from rich.console import Console

    plain = bool(value("no_color") or os.environ.get("NO_COLOR"))
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else 200
    return Console(stderr=stderr, no_color=plain, highlight=False, width=width, soft_wrap=False)


def note(text: str) -> None:
    """Tell something on standard error, unless `--quiet`."""
    if not value("quiet"):
        click.echo(text, err=True)
