"""Paths of this system, and those of `file://` URIs: with a drive on Windows."""

from __future__ import annotations

import os
import re
from pathlib import PurePath
from typing import TypeVar
from urllib.parse import quote, unquote

from quilt_core.errors import ValidationError

P = TypeVar("P", bound=PurePath)

_DRIVE = re.compile(r"/[A-Za-z]:(/|\Z)")


def path_of_url(path: str, kind: type[P]) -> P | None:
    """The path that a URI's percent-encoded path names; None if it is not UTF-8 or contains a NUL.

    `kind` is the path class of the system: for `PureWindowsPath`, `/C:/data` is the folder
    `C:/data`; for `PurePosixPath`, it is in a folder called `C:` in the root.
    """
    try:
        decoded = unquote(path, errors="strict")
    except UnicodeDecodeError:
        return None
    if "\0" in decoded:
        return None  # a file cannot have such a name
    found = kind(decoded[1:]) if _DRIVE.match(decoded) else kind(decoded)
    return found if found.drive else kind(decoded)


def url_of_path(path: PurePath) -> str:
    """The URI of an absolute path, percent-encoded: `file:///data/a%20b`, `file:///C:/data`."""
    if len(path.drive) == 2:
        return f"file:///{path.drive}{quote(path.as_posix()[2:])}"
    return "file://" + quote(path.as_posix())


def check_current_folder(path: PurePath) -> None:
    """Raise `ValidationError` for a relative path if the current folder was removed."""
    if path.is_absolute():
        return
    try:
        os.getcwd()  # noqa: PTH109 - the same call
    except OSError as error:
        raise ValidationError(
            f"{str(path)!r} is relative to the current folder, which cannot be found: "
            f"{error.strerror or error}.",
            context={"path": str(path)},
        ) from error
