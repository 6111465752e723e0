"""Who a request is from, in servers that act for many users.

    with auth_context.request_identity(token=jwt_of_this_request):
        ops.list_buckets()            # as the user whose JWT that is

The identity is held in a context variable: each thread and each asyncio task has its own, and
leaving the block restores the one before. Work that is handed to a pool must take the context
along, as `contextvars.copy_context().run` and `asyncio.to_thread` do; backends do so themselves
for the threads that they start.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import attrs

from quilt_core.errors import AuthenticationError
from quilt_core.secret import Secret


@attrs.frozen(kw_only=True)
class RequestIdentity:
    """The credentials that came with a request.

    `token` is the request's JWT or API key. `catalog_url` and `registry_url` come from the
    application itself, never from the request; None leaves them to the settings. `provided` is
    True for a token that the settings' `token_provider` gave for this one call.
    """

    token: Secret
    catalog_url: str | None = None
    registry_url: str | None = None
    provided: bool = False


_current: ContextVar[RequestIdentity | None] = ContextVar(
    "quilt_core_request_identity", default=None
)


def current() -> RequestIdentity | None:
    """The identity of the request that is being served here; None outside of one."""
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
        Where this tenant's catalog and registry are, when the application knows.
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
        "No identity came with this request, and in multitenant mode nobody else's is used.",
        hint="Wrap the call in `with quilt_core.auth_context.request_identity(token=…):`, or "
        "connect with a token_provider that knows the request.",
    )
