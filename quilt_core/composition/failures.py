"""Errors of many files: they are reported together, and an error that affects all files stops the
work.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping

from quilt_core.errors import (
    AuthenticationError,
    BackendError,
    ConflictError,
    NotSupportedError,
    PermissionDeniedError,
    PluginError,
    QuiltOpsError,
    TransportError,
    kind_of,
)

_SHOWN = 10
_LONG = 200
_FATAL = (
    AuthenticationError,
    ConflictError,
    NotSupportedError,
    PermissionDeniedError,
    PluginError,
    TransportError,
)
"""Errors that would also occur for the next file."""


def meets_every_file(error: QuiltOpsError) -> bool:
    """Whether an error would also occur for the next file."""
    return isinstance(error, _FATAL)


def problems_shown(problems: Mapping[str, str]) -> str:
    """The first problems by logical key, and how many more there are, for a message."""
    listed = list(problems.items())[:_SHOWN]
    shown = "; ".join(f"{key_shown(key)}: {reason.removesuffix('.')}" for key, reason in listed)
    return shown + (f"; and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else "")


def key_shown(key: str) -> str:
    """A logical key for a message: quoted, and only both ends of a very long one."""
    return repr(key if len(key) <= _LONG else f"{key[:60]}…{key[-60:]}")


def files(count: int) -> str:
    """How many files, for a message."""
    return "1 file" if count == 1 else f"{count} files"


class Failures:
    """Collects the errors of single files; thread-safe.

    Parameters
    ----------
    doing:
        The action that failed, for the message: `uploaded`, `downloaded`.
    total:
        The number of files.
    """

    def __init__(self, doing: str, total: int) -> None:
        self._doing = doing
        self._total = total
        self._lock = threading.Lock()
        self._errors: dict[str, QuiltOpsError] = {}
        self._stopped = threading.Event()

    @property
    def stopped(self) -> bool:
        """Whether no further file should be started."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """Start no further files, for example because an error that does not concern a single file
        is raised.
        """
        self._stopped.set()

    def add(self, key: str, error: QuiltOpsError) -> None:
        """Record that a file failed."""
        if meets_every_file(error):
            self.stop()
        with self._lock:
            self._errors[key] = error

    def raise_any(self, what_now: str, context: Mapping[str, object] | None = None) -> None:
        """Raise one error for all failures; do nothing if there were none.

        Parameters
        ----------
        what_now:
            A sentence about the outcome of the whole operation.
        context:
            Further values for the error's context, besides `failures`, which has the reasons by
            logical key.

        Raises
        ------
        QuiltOpsError
            An error of the documented class that all of them have, otherwise a `BackendError`; a
            `NotSupportedError` is raised unchanged.
        """
        if not self._errors:
            return
        errors = dict(sorted(self._errors.items()))
        first = next(iter(errors.values()))
        for error in errors.values():
            if isinstance(error, NotSupportedError):
                raise error  # it concerns the backend and therefore every file
        failures = {key: error.message for key, error in errors.items()}
        message = (
            f"{len(errors)} of {files(self._total)} could not be {self._doing}: "
            f"{problems_shown(failures)}. {what_now}"
        )
        hints = {error.hint for error in errors.values()}
        raise _common_kind(list(errors.values()))(
            message,
            hint=hints.pop() if len(hints) == 1 else None,
            context={**(first.context if len(errors) == 1 else {}), **(context or {}),
                     "failures": failures},
        ) from first  # fmt: skip


def _common_kind(errors: list[QuiltOpsError]) -> type[QuiltOpsError]:
    # Not the class itself: one that a backend defines may need more than a message.
    kinds = {kind_of(error) for error in errors}
    # Other errors that occur beside one that stops the work usually have the same cause.
    kinds = {kind for kind in kinds if issubclass(kind, _FATAL)} or kinds
    return kinds.pop() if len(kinds) == 1 else BackendError
