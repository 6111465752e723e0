"""Open local files whose names come from others: only regular files, and without ever blocking.

A device, a pipe or a socket may return bytes without end, or block until somebody writes.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO


class NotARegularFileError(OSError):
    """The path is a device, a pipe or a socket."""


def open_regular(path: Path) -> BinaryIO:
    """Open a regular file for reading, without blocking.

    Raises
    ------
    NotARegularFileError
        For a device, a pipe or a socket; nothing was read from it.
    OSError
        As `open`: `IsADirectoryError` for a directory.
    """
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        if error.errno == errno.ENXIO:  # a socket
            raise NotARegularFileError(f"{path} is not a regular file") from error
        raise
    try:
        check_regular(os.fstat(handle).st_mode, path)
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def check_regular(mode: int, path: Path) -> None:
    """Raise the errors of `open_regular` unless a file's mode is that of a regular file."""
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(f"{path} is a directory")
    if not stat.S_ISREG(mode):
        raise NotARegularFileError(f"{path} is not a regular file")
