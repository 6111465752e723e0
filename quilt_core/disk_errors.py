"""Errors of the disk that takes what is too large for the memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from quilt_core.errors import BackendError


@contextmanager
def disk_errors(what: str = "A manifest") -> Iterator[None]:
    """Raise disk errors as `BackendError`; `what` describes the data on the disk."""
    try:
        yield
    except OSError as error:
        raise BackendError(
            f"{what} could not be kept on disk: {error.strerror or error}.",
            hint="It takes as much space in the folder for temporary files as the manifest has "
            "bytes; TMPDIR names that folder.",
            context={"reason": error.strerror or str(error)},
        ) from error
