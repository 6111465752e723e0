"""Errors of GraphQL answers, as opposed to those of HTTP and of union members."""

from __future__ import annotations

from typing import Any

from quilt_core.auth_context import login_hint, not_logged_in
from quilt_core.errors import (
    AuthenticationError,
    BackendError,
    NotSupportedError,
    PermissionDeniedError,
    ProtocolError,
    QuiltOpsError,
)
from quilt_core.urls import origin
from quilt_registry.auth.bearer import Bearer
from quilt_registry.clock import HOW_TO_SET_IT, said_of_clock
from quilt_registry.graphql.documents import Document
from quilt_registry.http.responses import (
    HOW_TO_LOG_IN,
    error_words,
    graphql_message,
    read_json,
    server_words,
)
from quilt_registry.http.transport import HttpAnswer

_CODES: dict[str, type[QuiltOpsError]] = {
    "UNAUTHENTICATED": AuthenticationError,
    "FORBIDDEN": PermissionDeniedError,
    "PERMISSION_DENIED": PermissionDeniedError,
}
"""`extensions.code`, if the registry returns one; messages have no stable wording (K.2)."""


def graphql_error(errors: Any, operation_name: str) -> QuiltOpsError:
    """The error for a non-empty `errors`, with every message and path."""
    listed = errors if isinstance(errors, list) else [errors]
    said = error_words(listed)
    kinds = {_CODES.get(_code(error), BackendError) for error in listed}
    kind = kinds.pop() if len(kinds) == 1 else BackendError
    return kind(
        f"The registry answered {operation_name} with errors: {said}.",
        context={
            "errors": [
                {"message": graphql_message(error), "path": _path(error)} for error in listed
            ]
        },
    )


def login_refused(answer: HttpAnswer, bearer: Bearer | None) -> AuthenticationError:
    """The error for a 401 if no new token could be obtained."""
    where = origin(answer.url)
    words = server_words(read_json(answer))
    said = f" ({words})" if words else ""
    if bearer is None:
        return not_logged_in(f"{where} asks for credentials{said}.")
    clock = said_of_clock(answer.server_time)
    when = bearer.expires_at
    expiry = f"; the token's expiry is {when.isoformat()}" if when else ""
    return AuthenticationError(
        f"{where} does not accept the token{expiry}{said}.{clock and ' ' + clock}",
        hint=HOW_TO_SET_IT if clock else login_hint(HOW_TO_LOG_IN),
        context={"url": where, "status": 401, "expires_at": when.isoformat() if when else None},
    )


def not_an_administrator(me: Any, said: str) -> QuiltOpsError:
    """The error for an administrators' operation that was refused to this identity."""
    if not isinstance(me, dict):
        return not_logged_in(f"{said}.")
    return PermissionDeniedError(
        f"Only administrators may do this, and {me.get('name')!r} is none: {said}.",
        hint="Ask an administrator of the registry.",
    )


def document_rejected(document: Document, body: Any, answer: HttpAnswer) -> QuiltOpsError:
    """The error for a document that the registry's schema does not allow (status 400)."""
    words = server_words(body)
    since = document.variants[-1].since
    if since is not None:
        return NotSupportedError(
            document.name,
            reason=f"this registry does not have it (it came with {since}): {words}",
            context={"url": answer.url, "status": 400},
        )
    return ProtocolError(
        f"The registry does not accept the GraphQL document {document.name!r}: {words}.",
        hint="Its schema differs from all schemas that this backend knows.",
        context={"url": answer.url, "status": 400, "document": document.name},
    )


def _code(error: Any) -> str:
    extensions = error.get("extensions") if isinstance(error, dict) else None
    code = extensions.get("code") if isinstance(extensions, dict) else None
    return code if isinstance(code, str) else ""


def _path(error: Any) -> list[Any] | None:
    path = error.get("path") if isinstance(error, dict) else None
    return path if isinstance(path, list) else None
