"""Errors that are both this framework's and the operating system's.

Code that works with files expects `FileNotFoundError` and `PermissionError`; code that works with
quiltops expects `NotFoundError` and `PermissionDeniedError`. These are both. Errors without a
counterpart among file errors (the network, an answer that cannot be interpreted) are not converted
to an `OSError`: fsspec skips directories that raise `OSError`, so that an incomplete listing would
look complete.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from quilt_core.errors import (
    AuthenticationError,
    NotFoundError,
    NotSupportedError,
    PermissionDeniedError,
    QuiltOpsError,
    ValidationError,
    as_kind,
)


class _AboutPath:
    """The attributes that `OSError` keeps outside the instance dictionary, where our pickling does
    not find them.
    """

    filename: str | None = None


class PathNotFoundError(_AboutPath, NotFoundError, FileNotFoundError):
    """The bucket, package, revision or path does not exist, or this identity cannot see it."""

    errno = errno.ENOENT


class PathDeniedError(_AboutPath, PermissionDeniedError, PermissionError):
    """This identity may not read it."""

    errno = errno.EACCES


class NotLoggedInError(_AboutPath, AuthenticationError, PermissionError):
    """There is no identity, or one that is no longer accepted."""

    errno = errno.EACCES


class PathIsDirectoryError(_AboutPath, ValidationError, IsADirectoryError):
    """A directory was opened as a file."""

    errno = errno.EISDIR


class MalformedUriError(ValidationError, ValueError):
    """The given text is not the URI of a package."""


class ReadOnlyError(_AboutPath, NotSupportedError, OSError):
    """A write was attempted."""

    errno = errno.EROFS

    def __init__(self, path: str) -> None:
        QuiltOpsError.__init__(
            self,
            "The file system of packages is read-only: a revision never changes.",
            hint="Publish a new revision: push_package() or create_package_revision().",
            context={"path": path},
        )
        self.reason = "a revision never changes"
        self.filename = path


_Both = PathNotFoundError | PathDeniedError | NotLoggedInError
_KINDS: tuple[tuple[type[QuiltOpsError], type[_Both]], ...] = (
    (NotFoundError, PathNotFoundError),
    (PermissionDeniedError, PathDeniedError),
    (AuthenticationError, NotLoggedInError),
)


@contextmanager
def file_errors(path: str) -> Iterator[None]:
    """In this block, raise the errors of this framework as file errors, if there is a counterpart.

    Parameters
    ----------
    path:
        The path that the block uses, for the errors' `filename`.
    """
    try:
        yield
    except QuiltOpsError as error:
        if isinstance(error, OSError):
            raise
        for ours, both in _KINDS:
            if isinstance(error, ours):
                made = as_kind(error, both)
                made.filename = path
                raise made from error.__cause__
        raise


def path_not_there(path: str) -> PathNotFoundError:
    """The error for a path that does not exist."""
    error = PathNotFoundError(f"There is no {path!r}.", context={"path": path})
    error.filename = path
    return error


def path_is_directory(path: str) -> PathIsDirectoryError:
    """The error for reading a directory as a file."""
    error = PathIsDirectoryError(
        f"{path!r} is a directory, and only files can be read.",
        hint="ls() and find() show the files below it.",
        context={"path": path},
    )
    error.filename = path
    return error
