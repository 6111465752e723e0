"""Converting the file system's errors into this framework's: the only table for that."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from quilt_core.domain.uris import FileUri
from quilt_core.errors import (
    BackendError,
    NotFoundError,
    PermissionDeniedError,
    QuiltOpsError,
    ValidationError,
)
from quilt_core.regular_files import NotARegularFileError

_NOT_THERE = (errno.ENOENT, errno.ENOTDIR, errno.EISDIR)
_DENIED = (errno.EACCES, errno.EPERM, errno.EROFS)
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def local_errors(what: str, path: Path) -> Iterator[None]:
    """Turn the file system's exceptions while reading into this framework's.

    Parameters
    ----------
    what:
        What is being tried, for the message: ``"read the pointer"``.
    path:
        The file or folder of the action.

    Raises
    ------
    NotFoundError
        When it is not there.
    PermissionDeniedError
        When it may not be read.
    ValidationError
        For a device, a pipe or a socket, which cannot be read to an end, and for a name that is too
        long for the file system.
    BackendError
        For everything else, such as a failing disk.
    """
    try:
        yield
    except OSError as error:
        raise _translate(error, what, path) from error


@contextmanager
def local_write_errors(what: str, path: Path) -> Iterator[None]:
    """Like `local_errors`, for writing.

    Raises
    ------
    PermissionDeniedError
        When it may not be written, or the disk is read-only.
    BackendError
        When the disk is full, or a file is where a folder should be, and for everything else.
    """
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOTDIR, errno.EEXIST, errno.EISDIR):
            reason = "a file is where a folder should be, or a folder where a file should be"
            raise _error(BackendError, what, path, reason) from error
        if error.errno == errno.ENOENT:
            raise _error(BackendError, what, path, "its folder was removed") from error
        raise _translate(error, what, path) from error


def _translate(error: OSError, what: str, path: Path) -> QuiltOpsError:
    if error.errno == errno.ENAMETOOLONG:
        return _error(ValidationError, what, path, "the name is too long for the file system")
    if isinstance(error, NotARegularFileError):
        return _error(
            ValidationError, what, path, "it is a device, a pipe or a socket, not a regular file"
        )
    if isinstance(error, (FileNotFoundError, NotADirectoryError, IsADirectoryError)) or (
        error.errno in _NOT_THERE
    ):
        return _error(NotFoundError, what, path, "it is not there")
    if isinstance(error, PermissionError) or error.errno in _DENIED:
        return _error(PermissionDeniedError, what, path, "permission denied")
    if error.errno in _FULL:
        return _error(
            BackendError, what, path, "the disk is full", "Free some space and try again."
        )
    return _error(BackendError, what, path, error.strerror or str(error))


def _error(
    kind: type[QuiltOpsError], what: str, path: Path, reason: str, hint: str | None = None
) -> QuiltOpsError:
    uri = FileUri(path).url
    return kind(f"Could not {what} {uri}: {reason}.", hint=hint, context={"uri": uri})
