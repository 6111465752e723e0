"""`GET /api/search`: the endpoint that `quilt3.search` calls (docs/protocol.md, I)."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from local_registry.app.replies import Json
from local_registry.app.requests import context_of, require_identity
from local_registry.search.rest import search as answer


async def search(request: Request) -> Response:
    """Answer a search of the user's readable buckets."""
    identity = require_identity(request)
    status, body = await run_in_threadpool(
        answer, context_of(request), identity, dict(request.query_params)
    )
    return Json(body, status_code=status)
