"""Errors of quiltops as quilt-mcp's tools expect them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from quilt_mcp.ops import exceptions as theirs

from quilt_core import errors as ours

COUNTERPARTS: dict[type[ours.QuiltOpsError], type[Exception]] = {
    ours.ValidationError: theirs.ValidationError,
    ours.AuthenticationError: theirs.AuthenticationError,
    ours.PermissionDeniedError: theirs.PermissionError,
    ours.NotFoundError: theirs.NotFoundError,
}
"""The errors for which quilt-mcp has a class; all others become its `BackendError`."""


def translated(error: ours.QuiltOpsError) -> Exception:
    """quilt-mcp's error for one of ours.

    Its text is the message and the hint. Its context is ours with the keys `error` (the name of
    our class, which tells a conflict from an operation that the backend lacks), `operation` and
    `backend`. Neither holds a secret.
    """
    kind = ours.kind_of(error)
    context = {
        **error.context,
        "error": kind.__name__,
        "operation": error.operation,
        "backend": error.backend,
    }
    counterpart: type[Exception] = COUNTERPARTS.get(kind, theirs.BackendError)
    return counterpart(str(error), context)


@contextmanager
def translating() -> Iterator[None]:
    """A block whose errors become quilt-mcp's; bugs pass unchanged."""
    try:
        yield
    except ours.QuiltOpsError as error:
        raise translated(error) from error
