"""Paths of files and folders as arguments and options."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click


class LocalPath(click.Path):
    """The path of a file or folder.

    Empty text is refused: `Path("")` is the current folder, and a variable of the shell that is not
    set would choose it without being seen.
    """

    def __init__(self, path_type: type = Path, **checks: Any) -> None:
        """Make the type of a `path_type`; `checks` are those of `click.Path`."""
        super().__init__(path_type=path_type, **checks)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Check and convert a value; raises `BadParameter` for empty text."""
        if value == "":
            self.fail("The path is empty; the current folder is '.'.", param, ctx)
        return super().convert(value, param, ctx)
