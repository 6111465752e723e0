"""The exception hierarchy: all errors that QuiltOps operations raise.

    QuiltOpsError
    ├── ValidationError          the input is malformed; nothing was sent
    ├── AuthenticationError      no identity, or one that is no longer accepted
    ├── PermissionDeniedError    the identity is known, but may not do this
    ├── NotFoundError            the package, revision, path, bucket, user … does not exist
    ├── ConflictError            another write happened in the meantime, or the name is taken
    ├── NotSupportedError        this backend cannot do this operation
    ├── BackendError             the backend tried and failed
    │   ├── TransportError       the network, or a server that is down or overloaded
    │   └── ProtocolError        an answer that cannot be interpreted
    └── PluginError              a backend or an extension cannot be used

Backends raise only these errors. An exception caused by a bug in a backend is not converted (a
`TypeError` does not become a `BackendError`).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, TypeVar

from quilt_core.redaction import redact, shortened

__all__ = [
    "AuthenticationError",
    "BackendError",
    "ConflictError",
    "NotFoundError",
    "NotSupportedError",
    "PermissionDeniedError",
    "PluginError",
    "ProtocolError",
    "QuiltOpsError",
    "TransportError",
    "ValidationError",
]


E = TypeVar("E", bound="QuiltOpsError")


class QuiltOpsError(Exception):
    """The base class of all errors of this framework.

    Parameters
    ----------
    message:
        What was tried and what the answer was, in one sentence. Secrets are masked. A text of more
        than 20,000 characters is cut, with a note of how much was left out.
    operation:
        The operation's hook name, such as ``"get_package_info"``. The facade sets `operation` and
        `backend` if the backend does not.
    backend:
        The name of the backend that answered.
    hint:
        What to do next, in one sentence.
    context:
        Machine-readable details, safe to log: never a token, a signed URL or a secret.
    """

    exit_code = 1
    is_internal: ClassVar[bool] = False
    """True in a class that a backend defines for its own use: the facade raises its errors as the
    nearest class above it that is not internal.
    """

    def __init__(
        self,
        message: str,
        *,
        operation: str | None = None,
        backend: str | None = None,
        hint: str | None = None,
        context: Mapping[str, Any] | None = None,
    ) -> None:
        self.message = shortened(redact(message))
        self.operation = operation
        self.backend = backend
        self.hint = shortened(redact(hint)) if hint else None
        self.context: Mapping[str, Any] = MappingProxyType(_redacted(context or {}))
        super().__init__(self.message)

    def __str__(self) -> str:
        return f"{self.message} {self.hint}" if self.hint else self.message

    def __reduce__(self) -> tuple[Any, ...]:
        # The default uses only positional arguments and would lose the rest.
        state = {**self.__dict__, "context": dict(self.context)}
        return _rebuild, (type(self), state)

    def to_dict(self) -> dict[str, Any]:
        """All fields of the error as a dictionary that `json.dumps` accepts; what JSON has no form
        for is text.
        """
        return {
            "error": kind_of(self).__name__,
            "message": self.message,
            "operation": self.operation,
            "backend": self.backend,
            "hint": self.hint,
            "context": _plain(self.context),
        }


class ValidationError(QuiltOpsError):
    """The input is malformed: a name, a URI, a list or a combination of parameters."""

    exit_code = 2


class AuthenticationError(QuiltOpsError):
    """No identity is configured, or the registry does not accept it."""

    exit_code = 3


class PermissionDeniedError(QuiltOpsError):
    """The identity is known, but is not allowed to do this."""

    exit_code = 4


class NotFoundError(QuiltOpsError):
    """Something that the operation needs does not exist, or this identity cannot see it."""

    exit_code = 5


class ConflictError(QuiltOpsError):
    """The write was refused because something changed in between, or a name is taken.

    If a package has changed since the operation read it, `expected` and `actual` are the two top
    hashes (None for no revision).
    """

    exit_code = 6

    def __init__(
        self,
        message: str,
        *,
        expected: str | None = None,
        actual: str | None = None,
        **fields: Any,
    ) -> None:
        if expected is not None or actual is not None:
            context = {
                "expected": expected,
                "actual": actual,
                **(fields.pop("context", None) or {}),
            }
            fields["context"] = context
        super().__init__(message, **fields)
        self.expected = expected
        self.actual = actual


class NotSupportedError(QuiltOpsError):
    """The backend does not support this operation, or not with these parameters."""

    exit_code = 7

    def __init__(
        self, operation: str, backend: str | None = None, reason: str = "", **fields: Any
    ) -> None:
        who = f"The {backend} backend" if backend else "This backend"
        message = f"{who} does not support {operation}" + (f": {reason}" if reason else ".")
        super().__init__(message, operation=operation, backend=backend, **fields)
        self.reason = reason


class BackendError(QuiltOpsError):
    """The backend tried and failed; the message contains all reasons that were returned."""

    exit_code = 8


class TransportError(BackendError):
    """The network failed, or the server is down, overloaded or too slow.

    `retry_after` is the number of seconds after which the server asked to try again, or None.
    """

    exit_code = 9

    def __init__(self, message: str, *, retry_after: float | None = None, **fields: Any) -> None:
        super().__init__(message, **fields)
        self.retry_after = retry_after


class ProtocolError(BackendError):
    """An answer cannot be interpreted: wrong shape, wrong type, cut short, unknown member."""

    exit_code = 10


class PluginError(QuiltOpsError):
    """A backend or an extension is not installed, cannot be loaded or breaks its contract."""

    exit_code = 11


def kind_of(error: QuiltOpsError) -> type[QuiltOpsError]:
    """The class in this module that an error belongs to; backends may define subclasses."""
    return next(kind for kind in type(error).__mro__ if kind.__module__ == __name__)


def kind_name(error: BaseException) -> str:
    """The name of an exception's class for logs: that of the documented class, if it has one."""
    return (kind_of(error) if isinstance(error, QuiltOpsError) else type(error)).__name__


def as_kind(error: QuiltOpsError, kind: type[E]) -> E:
    """The same error with another class and all of its fields.

    Parameters
    ----------
    kind:
        A class whose objects have no attributes that the error lacks: one above the error's class,
        or one below it without additional parameters.
    """
    return _rebuild(kind, {**error.__dict__, "context": dict(error.context)})


def as_seen(error: QuiltOpsError) -> QuiltOpsError:
    """The error as a caller of the facade sees it, with its fields, notes and traceback: not of a
    class that is internal to a backend.
    """
    kind = next(kind for kind in type(error).__mro__ if not kind.__dict__.get("is_internal"))
    if kind is type(error):
        return error
    return as_kind(error, kind).with_traceback(error.__traceback__)


def _redacted(context: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _redacted_value(value) for key, value in context.items()}


def _redacted_value(value: Any) -> Any:
    if isinstance(value, str):
        return shortened(redact(value))
    if isinstance(value, Mapping):
        return _redacted(value)
    if isinstance(value, (list, tuple)):
        return [_redacted_value(item) for item in value]
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, (str, int, float)):
        return value
    return shortened(redact(str(value)))


def _rebuild(cls: type[E], state: dict[str, Any]) -> E:
    error = cls.__new__(cls)
    error.__dict__.update(state, context=MappingProxyType(state["context"]))
    Exception.__init__(error, state["message"])
    return error
