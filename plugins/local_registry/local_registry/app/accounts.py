"""The endpoints that a catalog's sign-in page calls (docs/protocol.md, B.6)."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local_registry.app.guards import is_from, is_local
from local_registry.app.replies import refusal
from local_registry.app.requests import context_of, record_of, require_identity
from local_registry.clock import to_iso
from local_registry.identity.errors import (
    ForbiddenError,
    InputProblem,
    InvalidInputError,
    MemberError,
    MissingError,
)
from local_registry.identity.tokens import TokenPair
from quilt_core.domain.names import PackageName
from quilt_core.errors import ValidationError

_NO_MAIL = "This registry sends no mail: an administrator makes users"


async def login(request: Request) -> Response:
    """`POST /api/login`: tokens for a name and a password, on loopback only.

    401 for a wrong password, 403 for requests from elsewhere and for an inactive user, 429 after
    too many attempts.
    """
    _check_place(request)
    fields = await _fields(request, "username", "password")
    pair = context_of(request).identities.log_in(fields["username"], fields["password"])
    record_of(request).identity = fields["username"]
    return _tokens(pair)


async def refresh(request: Request) -> Response:
    """`POST /api/refresh`: new tokens in exchange for a valid one."""
    return _tokens(context_of(request).identities.renew(require_identity(request)))


async def register(request: Request) -> Response:
    """`POST /api/register`: refused, because no address could be confirmed."""
    _check_place(request)
    return refusal(403, _NO_MAIL)


async def reset_password(request: Request) -> Response:
    """`POST /api/reset_password`: refused, because no link could be sent."""
    _check_place(request)
    return refusal(403, "User not allowed to reset password")


async def package_name_valid(request: Request) -> Response:
    """`POST /api/package_name_valid`: whether a package may be called `name`."""
    require_identity(request)
    fields = await _fields(request, "name")
    try:
        PackageName.parse(fields["name"])
    except ValidationError:
        return JSONResponse({"valid": False})
    return JSONResponse({"valid": True})


async def reindex(request: Request) -> Response:
    """`POST /api/admin/reindex/<bucket>`: done at once, because there is no index that could be out
    of date.

    403 for all but administrators, 404 for a bucket that is not registered.
    """
    if not require_identity(request).is_admin:
        raise ForbiddenError("Only an administrator may reindex a bucket")
    fields = await _document(request)
    if not isinstance(fields.get("prefix", ""), str):
        raise _invalid("prefix is not text")
    context, bucket = context_of(request), request.path_params["bucket"]
    try:
        now = to_iso(context.state.clock())
        context.state.buckets.update(bucket, {"last_indexed": now})
    except MemberError:
        raise MissingError(f"There is no bucket {bucket!r}") from None
    return JSONResponse({})


def _check_place(request: Request) -> None:
    context = context_of(request)
    trusted = (context.endpoints.catalog_url, context.endpoints.registry_url)
    if not is_local(request, context.config) or not is_from(request, *trusted):
        raise ForbiddenError("Signing in by a password is for loopback only")


def _tokens(pair: TokenPair) -> JSONResponse:
    return JSONResponse(
        {
            "token": pair.access_token,
            "exp": int(pair.expires_at),
            "refresh_token": pair.refresh_token,
        },
        headers={"cache-control": "no-store"},
    )


async def _fields(request: Request, *names: str) -> dict[str, str]:
    """The named texts of a JSON document; raises `InvalidInputError`."""
    document = await _document(request)
    for name in names:
        if not isinstance(document.get(name), str):
            raise _invalid(f"{name} is missing")
    return {name: document[name] for name in names}


async def _document(request: Request) -> dict[str, Any]:
    """A JSON object, empty for no body; raises `InvalidInputError`."""
    body = await request.body()
    try:
        document: Any = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise _invalid("A JSON document is expected") from None
    if not isinstance(document, dict):
        raise _invalid("A JSON object is expected")
    return document


def _invalid(message: str) -> InvalidInputError:
    return InvalidInputError(InputProblem(path=None, name="Invalid", message=message))
