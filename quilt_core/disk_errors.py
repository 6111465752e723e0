"""Errors of the disk that takes what is too large for the memory."""

from __future__ import annotations

from types import TracebackType

from quilt_core.errors import BackendError


class disk_errors:  # noqa: N801 - used like a function
    """Raise disk errors as `BackendError`; `what` describes the data on the disk.

    A context manager; a class, because it is entered for every record: a generator costs four times
    as much.
    """

    __slots__ = ("_what",)

    def __init__(self, what: str = "A manifest") -> None:
        self._what = what

    def __enter__(self) -> None:
        return

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, OSError):
            raise BackendError(
                f"{self._what} could not be kept on disk: {error.strerror or error}.",
                hint="It takes as much space in the folder for temporary files as the manifest has "
                "bytes; TMPDIR names that folder.",
                context={"reason": error.strerror or str(error)},
            ) from error
