"""Tokens, codes, credentials and the identity of a request (docs/protocol.md, B.1, B.5)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local_registry.app.replies import refusal
from local_registry.app.requests import context_of, identify, record_of, require_identity
from local_registry.identity.errors import UnauthorizedError


async def token(request: Request) -> Response:
    """`POST /api/token`: a code or a refresh token in the form field `refresh_token`."""
    async with request.form(max_files=0, max_fields=10) as form:
        given = form.get("refresh_token")
    if not isinstance(given, str) or not given:
        return refusal(400, "refresh_token is missing")
    identities = context_of(request).identities
    pair = identities.exchange(given)
    identity = identities.authenticate(pair.access_token)
    record_of(request).identity = identity.user_name if identity else None
    return JSONResponse(
        {
            "refresh_token": pair.refresh_token,
            "access_token": pair.access_token,
            "expires_at": pair.expires_at,
        }
    )


async def get_credentials(request: Request) -> Response:
    """`GET /api/auth/get_credentials`: temporary AWS credentials for the active role."""
    identity = require_identity(request)
    credentials = context_of(request).identities.aws_credentials(identity)
    return JSONResponse(
        {
            "AccessKeyId": credentials.access_key,
            "SecretAccessKey": credentials.secret_key,
            "SessionToken": credentials.session_token,
            "Expiration": credentials.expiration.isoformat(),
        }
    )


async def code(request: Request) -> Response:
    """`GET /api/code`: a code that can be exchanged once at `/api/token`."""
    identity = require_identity(request)
    return JSONResponse({"code": context_of(request).identities.issue_code(identity)})


async def me(request: Request) -> Response:
    """`GET /api/me`: the user to whom the token belongs."""
    identity = require_identity(request)
    return JSONResponse(
        {
            "current_user": identity.user_name,
            "email": identity.email,
            "is_staff": identity.is_admin,
            "is_active": True,
        }
    )


async def logout(request: Request) -> Response:
    """`POST /api/logout`: revokes the token that is sent."""
    if identify(request) is None:
        raise UnauthorizedError("Not logged in")
    context_of(request).identities.revoke(request.headers.get("authorization", ""))
    return JSONResponse({})
