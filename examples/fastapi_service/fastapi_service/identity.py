"""Each request acts with its own token."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from quilt_core import auth_context


class BearerIdentity:
    """Sets the identity of a request to the bearer token that it brought.

    A request without one has no identity: quiltops refuses what needs one, and the answer is 401.
    Middleware of this kind, unlike dependencies, surrounds all that the request does, in one task.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        token = _token(scope) if scope["type"] == "http" else None
        if token is None:
            await self._app(scope, receive, send)
            return
        with auth_context.request_identity(token=token):
            await self._app(scope, receive, send)


def _token(scope: Scope) -> str | None:
    kind, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
    token = token.strip()
    return token if kind.lower() == "bearer" and token else None
