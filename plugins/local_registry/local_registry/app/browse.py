"""`/browse/…`: files of browsing sessions, by redirects to presigned URLs (docs/protocol.md, G)."""

from __future__ import annotations

from urllib.parse import unquote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from local_registry.app.replies import refusal
from local_registry.app.requests import context_of, identify, record_of, require_identity
from local_registry.context import RegistryContext
from local_registry.identity.errors import ForbiddenError, MissingError, UnauthorizedError
from local_registry.identity.model import Identity
from local_registry.state.browsing import BrowsingSession
from quilt_core.domain.stored_keys import stored_object

_COOKIE = "quilt_browse"
_PREFIX = "/browse/"


async def set_browse_cookie(request: Request) -> Response:
    """`POST /browse/set_browse_cookie`: the bearer token becomes a cookie for `/browse/`."""
    identity = require_identity(request)
    token = context_of(request).identities.issue_token(identity.user_name, seconds=24 * 3600)
    response = Response(status_code=204)
    response.set_cookie(_COOKIE, token, path=_PREFIX, httponly=True, samesite="lax")
    return response


async def browse(request: Request) -> Response:
    """`GET /browse/<session>/<logical key>`: 302 to the location of the file.

    400 for a path that tries to leave the package, 401 and 403 for anyone who may not read it, 404
    for an unknown session or file.
    """
    raw = request.scope["raw_path"].decode("latin-1").removeprefix(_PREFIX)
    session_id, _, raw_key = raw.partition("/")
    key = unquote(raw_key)
    if not _is_safe(key):
        return refusal(400, "Invalid path")
    identity = identify(request) or _from_cookie(request)
    context = context_of(request)
    session = context.state.browsing.get_owned(identity, session_id)
    if not identity.can_read(session.bucket):
        raise ForbiddenError("The bucket cannot be read")
    url = await run_in_threadpool(_locate, context, identity, session, key)
    return RedirectResponse(url, status_code=302, headers={"cache-control": "no-store"})


def _from_cookie(request: Request) -> Identity:
    identity = context_of(request).identities.authenticate(request.cookies.get(_COOKIE))
    if identity is None:
        raise UnauthorizedError("Not logged in")
    record_of(request).identity = identity.user_name
    return identity


def _is_safe(key: str) -> bool:
    return bool(key) and all(part not in ("", ".", "..") for part in key.split("/"))


def _locate(
    context: RegistryContext, identity: Identity, session: BrowsingSession, key: str
) -> str:
    physical_key = context.packages.physical_key(
        session.bucket, session.package, session.revision, key
    )
    if physical_key is None:
        raise MissingError(f"There is no file {key!r}")
    where = stored_object(physical_key)
    if where is None:
        raise MissingError(f"{key!r} is not kept in S3")
    return context.url_of(identity, where)
