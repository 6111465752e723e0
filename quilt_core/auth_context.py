"""Who a request is from, in servers that act for many users.

    with auth_context.request_identity(token=jwt_of_this_request):
        ops.list_buckets()            # as the user whose JWT that is

The identity is held in a context variable: each thread and each asyncio task has its own, and
leaving the block restores the previous one. Work that is handed to a pool must be given the
context, as `contextvars.copy_context().run` and `asyncio.to_thread` do; backends do so themselves
for the threads that they start.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType
from typing import TypeVar

import attrs

from quilt_core.errors import (
    AuthenticationError,
    BackendError,
    NotFoundError,
    PermissionDeniedError,
    QuiltOpsError,
)
from quilt_core.secret import Secret

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class RequestIdentity:
    """The credentials that came with a request.

    `token` is the request's JWT or API key. `catalog_url` and `registry_url` come from the
    application itself, never from the request; None leaves them to the settings. `provided` is True
    for a token that the settings' `token_provider` returned for this call.
    """

    token: Secret
    catalog_url: str | None = None
    registry_url: str | None = None
    provided: bool = False


_current: ContextVar[RequestIdentity | None] = ContextVar(
    "quilt_core_request_identity", default=None
)

# A list, so that the threads of a call, whose contexts are copies, write into the same one.
_anonymous: ContextVar[list[bool] | None] = ContextVar("quilt_core_anonymous", default=None)


def current() -> RequestIdentity | None:
    """The identity of the request that is being served; None outside of a request."""
    return _current.get()


@contextmanager
def request_identity(
    token: str | Secret, *, catalog_url: str | None = None, registry_url: str | None = None
) -> Iterator[RequestIdentity]:
    """Act with the identity of a request until the block ends.

    Parameters
    ----------
    token:
        The JWT or API key that came with the request.
    catalog_url, registry_url:
        The addresses of this tenant's catalog and registry, if the application knows them; None
        leaves them to the settings.

    Yields
    ------
    RequestIdentity
        The identity that `current` returns inside the block.

    Examples
    --------
    >>> import os
    >>> import quilt_core
    >>> from quilt_core import auth_context
    >>> token = os.environ["QUILT_API_KEY"]  # of a server's request, from its headers
    >>> with quilt_core.connect() as ops, auth_context.request_identity(token):
    ...     print(ops.get_auth_status().user_name)
    writer
    """
    secret = token if isinstance(token, Secret) else Secret(token)
    identity = RequestIdentity(token=secret, catalog_url=catalog_url, registry_url=registry_url)
    with _acting_as(identity):
        yield identity


@contextmanager
def provided_identity(token: Secret) -> Iterator[RequestIdentity]:
    """Act with a token of the settings' `token_provider`; the facade does this for each call."""
    identity = RequestIdentity(token=token, provided=True)
    with _acting_as(identity):
        yield identity


@contextmanager
def _acting_as(identity: RequestIdentity) -> Iterator[None]:
    reset = _current.set(identity)
    try:
        yield
    finally:
        _current.reset(reset)


def no_identity() -> AuthenticationError:
    """The error for a call that comes without an identity and needs one."""
    return AuthenticationError(
        "This request has no identity, and in multitenant mode no other identity is used.",
        hint="Wrap the call in `with quilt_core.auth_context.request_identity(token=…):`, or "
        "connect with a token_provider that knows the request.",
    )


HOW_TO_LOG_IN = "Run `quiltops login`, or set QUILT_API_KEY or MCP_JWT_TOKEN, or connect(token=…)."


def not_logged_in(said: str = "") -> AuthenticationError:
    """The error if an anonymous call may not do something or cannot see it; `said` is the
    registry's answer.
    """
    what = f": {said}" if said else "."
    return AuthenticationError(f"You are not logged in{what}", hint=login_hint(HOW_TO_LOG_IN))


def login_hint(of_process: str) -> str:
    """What to do about credentials that are missing, invalid or expired.

    For a request or a `token_provider`, logins and configured credentials are not used, so that the
    hint for those of the process, `of_process`, would mislead.
    """
    identity = current()
    if identity is None:
        return of_process
    if identity.provided:
        return "The token that the token_provider returned is not valid here or has expired."
    return (
        "The token of this request is not valid here or has expired: the user who sent the "
        "request needs a new one. Logins and credentials of this process are not used instead."
    )


def note_anonymous() -> None:
    """Called by backends that act without an identity: something that is missing or denied may only
    be hidden from anonymous users.
    """
    noted = _anonymous.get()
    if noted is not None:
        noted.append(True)


class anonymous_errors:  # noqa: N801 - used like a function
    """A block in which refusals and missing results of anonymous calls are reported as a missing
    login. It can be entered once.

    Raises
    ------
    AuthenticationError
        Instead of `NotFoundError`, `PermissionDeniedError` and the errors of a GraphQL answer,
        when `note_anonymous` was called.
    """

    # A class, because every call of an operation enters one: a generator costs four times as much.
    __slots__ = ("_noted", "_reset")

    def __enter__(self) -> None:
        self._noted: list[bool] = []
        self._reset = _anonymous.set(self._noted)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _anonymous.reset(self._reset)
        if isinstance(error, (NotFoundError, PermissionDeniedError, BackendError)):
            _tell(error, self._noted)


def anonymous_steps(items: Iterable[T]) -> Iterable[T]:
    """The items of a lazy answer, read inside the same `anonymous_errors` block in which this is
    called.
    """
    noted = _anonymous.get()
    return items if noted is None else _steps(iter(items), noted)


def _steps(items: Iterator[T], noted: list[bool]) -> Iterator[T]:
    while True:
        reset = _anonymous.set(noted)
        try:
            item = next(items)
        except StopIteration:
            return
        except (NotFoundError, PermissionDeniedError, BackendError) as error:
            _tell(error, noted)
            raise
        finally:
            _anonymous.reset(reset)
        yield item


def _tell(error: QuiltOpsError, noted: list[bool]) -> None:
    """Raise the error for a missing login if that may be the cause of the given error."""
    # Resolvers refuse anonymous calls with their own messages and without a code (docs/protocol.md,
    # K.2).
    resolved = not isinstance(error, BackendError) or "errors" in error.context
    if noted and resolved:
        told = not_logged_in(error.message)
        told.operation, told.backend = error.operation, error.backend
        told.context = error.context  # what was asked for, and the outcome of a write
        raise told from error
