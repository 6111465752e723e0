"""The one exception hierarchy: everything that a QuiltOps operation raises on purpose.

    QuiltOpsError
    ├── ValidationError          the input is malformed; nothing was sent
    ├── AuthenticationError      no identity, or one that is no longer accepted
    ├── PermissionDeniedError    a known identity that may not do this
    ├── NotFoundError            the package, revision, path, bucket, user … is not there
    ├── ConflictError            somebody else's write came in between, or the name is taken
    ├── NotSupportedError        this backend cannot do this operation
    ├── BackendError             the backend tried and could not
    │   ├── TransportError       the network, or a server that is down or overloaded
    │   └── ProtocolError        an answer that makes no sense
    └── PluginError              a backend or an extension cannot be used

Backends raise these and nothing else; a bug in a backend stays what it is (a `TypeError` is not
dressed up as a `BackendError`).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeVar

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
    """The root of all errors of this framework.

    Parameters
    ----------
    message:
        What was tried and what came back, in a sentence. Secrets in it are masked, and of a text
        beyond 20,000 characters the beginning is kept, with a note of how much was left out.
    operation:
        The operation's hook name, such as ``"get_package_info"``. Filled in by the facade when
        the backend leaves it out; so is `backend`.
    backend:
        The name of the backend that answered.
    hint:
        What to do next, in a sentence.
    context:
        Machine-readable details, safe to log: never a token, a signed URL or a secret.
    """

    exit_code = 1

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
        # The default rebuilds from positional arguments only and would lose the rest.
        state = {**self.__dict__, "context": dict(self.context)}
        return _rebuild, (type(self), state)

    def to_dict(self) -> dict[str, Any]:
        """Everything about the error, fit for `json.dumps`."""
        return {
            "error": kind_of(self).__name__,
            "message": self.message,
            "operation": self.operation,
            "backend": self.backend,
            "hint": self.hint,
            "context": dict(self.context),
        }


class ValidationError(QuiltOpsError):
    """The input is malformed: a name, a URI, a list or a combination of parameters."""

    exit_code = 2


class AuthenticationError(QuiltOpsError):
    """No identity is configured, or the registry does not accept the one that is."""

    exit_code = 3


class PermissionDeniedError(QuiltOpsError):
    """The identity is known, and is not allowed to do this."""

    exit_code = 4


class NotFoundError(QuiltOpsError):
    """What the operation names is not there, or cannot be seen by this identity."""

    exit_code = 5


class ConflictError(QuiltOpsError):
    """The write was refused because something changed in between, or a name is taken.

    `expected` and `actual` carry the two top hashes (None: no revision) when a package moved on
    since the operation read it.
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
    """The backend does not offer this operation, or not with these parameters."""

    exit_code = 7

    def __init__(
        self, operation: str, backend: str | None = None, reason: str = "", **fields: Any
    ) -> None:
        who = f"The {backend} backend" if backend else "This backend"
        message = f"{who} does not support {operation}" + (f": {reason}" if reason else ".")
        super().__init__(message, operation=operation, backend=backend, **fields)
        self.reason = reason


class BackendError(QuiltOpsError):
    """The backend tried and could not; the message carries every reason that came back."""

    exit_code = 8


class TransportError(BackendError):
    """The network failed, or the server is down, overloaded or too slow.

    `retry_after` is the number of seconds after which the server asked to be tried again, if it
    did.
    """

    exit_code = 9

    def __init__(self, message: str, *, retry_after: float | None = None, **fields: Any) -> None:
        super().__init__(message, **fields)
        self.retry_after = retry_after


class ProtocolError(BackendError):
    """An answer came that makes no sense: wrong shape, wrong type, cut short, unknown member."""

    exit_code = 10


class PluginError(QuiltOpsError):
    """A backend or an extension is not installed, cannot be loaded or breaks its contract."""

    exit_code = 11


def kind_of(error: QuiltOpsError) -> type[QuiltOpsError]:
    """The class of this module that an error is of: backends may have classes below these."""
    return next(kind for kind in type(error).__mro__ if kind.__module__ == __name__)


def as_kind(error: QuiltOpsError, kind: type[E]) -> E:
    """The same error as one of another class, with all that it carries.

    Parameters
    ----------
    kind:
        A class below the one that the error is of, with no parameters of its own.
    """
    return _rebuild(kind, {**error.__dict__, "context": dict(error.context)})


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


def _rebuild(cls: type[E], state: dict[str, Any]) -> E:
    error = cls.__new__(cls)
    error.__dict__.update(state, context=MappingProxyType(state["context"]))
    Exception.__init__(error, state["message"])
    return error
