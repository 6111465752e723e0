"""`POST /graphql`: passes documents to the executor."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from local_registry.app.replies import Json
from local_registry.app.requests import context_of, identify, record_of
from local_registry.graphql.execute import execute


async def graphql(request: Request) -> Response:
    """Answer one document; 200 when it was executed, 400 when it is not valid, 401 for a bad
    token (docs/protocol.md, C.1)."""
    identity = identify(request)
    status, body = await run_in_threadpool(
        execute, context_of(request), identity, record_of(request).payload
    )
    return Json(body, status_code=status)
