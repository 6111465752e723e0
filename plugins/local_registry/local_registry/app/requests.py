"""The data that endpoints read from a request: the context, the identity, the log's record."""

from __future__ import annotations

from typing import cast

from starlette.requests import Request

from local_registry.context import RegistryContext
from local_registry.http.messages import Record
from local_registry.identity.errors import UnauthorizedError
from local_registry.identity.model import Identity

RECORD_KEY = "local_registry.record"


def context_of(request: Request) -> RegistryContext:
    """The registry of the request."""
    return cast(RegistryContext, request.app.state.context)


def record_of(request: Request) -> Record:
    """The record that the log will keep of the request."""
    return cast(Record, request.scope[RECORD_KEY])


def identify(request: Request) -> Identity | None:
    """The identity in the `Authorization` header, or `None` without one; it is added to the log.

    Raises `UnauthorizedError`, `ForbiddenError`.
    """
    identity = context_of(request).identities.authenticate(request.headers.get("authorization"))
    if identity is not None:
        record_of(request).identity = identity.user_name
    return identity


def require_identity(request: Request) -> Identity:
    """Like `identify`; a request without an identity raises `UnauthorizedError`."""
    identity = identify(request)
    if identity is None:
        raise UnauthorizedError("Not logged in")
    return identity
