"""Many files, some of which fail: all are told together, and what fails them all stops the work."""

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
"""Errors that the next file would meet as well."""


def meets_every_file(error: QuiltOpsError) -> bool:
    """Whether an error is one that the next file would meet as well."""
    return isinstance(error, _FATAL)


def problems_shown(problems: Mapping[str, str]) -> str:
    """The first problems by logical key, and how many more there are, for a message."""
    listed = list(problems.items())[:_SHOWN]
    shown = "; ".join(f"{key_shown(key)}: {reason}" for key, reason in listed)
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
        What could not be done with a file, for the message: `uploaded`, `downloaded`.
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
        """Whether nothing new shall be begun."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """Let nothing new begin, as when an error goes up that is none of a single file."""
        self._stopped.set()

    def add(self, key: str, error: QuiltOpsError) -> None:
        """Note that a file failed."""
        if meets_every_file(error):
            self.stop()
        with self._lock:
            self._errors[key] = error

    def raise_any(self, what_now: str, context: Mapping[str, object] | None = None) -> None:
        """Raise one error for all that failed; nothing when none did.

        Parameters
        ----------
        what_now:
            What became of the whole, a sentence.
        context:
            More for the error's context, beside `failures`: the reasons by logical key.

        Raises
        ------
        QuiltOpsError
            Of the kind that all of them are, else a `BackendError`; what the backend does not
            support, as it is.
        """
        if not self._errors:
            return
        errors = dict(sorted(self._errors.items()))
        first = next(iter(errors.values()))
        for error in errors.values():
            if isinstance(error, NotSupportedError):
                raise error  # it says of the backend what is true of every file
        first_ones = list(errors.items())[:_SHOWN]
        listed = [f"{key_shown(key)}: {error.message}" for key, error in first_ones]
        more = f" … and {len(errors) - _SHOWN} more." if len(errors) > _SHOWN else ""
        message = (
            f"{len(errors)} of {files(self._total)} could not be {self._doing}. "
            f"{' '.join(listed)}{more} {what_now}"
        )
        failures = {key: error.message for key, error in errors.items()}
        hints = {error.hint for error in errors.values()}
        raise _common_kind(list(errors.values()))(
            message,
            hint=hints.pop() if len(hints) == 1 else None,
            context={**(first.context if len(errors) == 1 else {}), **(context or {}),
                     "failures": failures},
        ) from first  # fmt: skip


def _common_kind(errors: list[QuiltOpsError]) -> type[QuiltOpsError]:
    kinds = {type(error) for error in errors}
    # Of the kinds that stop the work, what comes beside them is of the same cause most of the time.
    kinds = {kind for kind in kinds if issubclass(kind, _FATAL)} or kinds
    return kinds.pop() if len(kinds) == 1 else BackendError
