"""`/preview`, `/tabular-preview` and `/thumbnail`: what a catalog shows of an object.

They need no token: the signature of the given URL identifies the user and the object.
"""

from __future__ import annotations

import json
from typing import Any, cast
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local_registry.app.requests import context_of
from local_registry.http.messages import Handler
from local_registry.previews import images, tables, text
from local_registry.previews.source import PreviewError, Source

_INFO = "X-Quilt-Info"


async def preview(request: Request) -> Response:
    """`GET /preview`: the head of a text or of a table."""
    query = request.query_params
    lines = _number(query.get("line_count"), "line_count", text.MAX_LINES)
    size = _number(query.get("max_bytes"), "max_bytes", text.MAX_BYTES)
    separator = query.get("sep", ",")
    if len(separator) != 1 or (not separator.isprintable() and separator != "\t"):
        raise PreviewError.bad("Unexpected sep= value", "One character is expected")
    body = await _read(request, size)
    return JSONResponse(
        await run_in_threadpool(text.preview, body, query.get("input", ""), lines, separator)
    )


async def tabular_preview(request: Request) -> Response:
    """`GET /tabular-preview`: the head of a table for the catalog's grid."""
    query = request.query_params
    limit = tables.SIZES.get(query.get("size", "small"))
    if limit is None:
        raise PreviewError.bad("Unexpected size= value", f"One of {', '.join(tables.SIZES)}")
    kind = query.get("input", "")
    # one more byte shows whether there is more; a Parquet file is read from its end
    wanted = tables.SIZES["large"] if kind == "parquet" else limit + 1
    body = await _read(request, wanted)
    table = await run_in_threadpool(tables.preview, body, kind, limit)
    headers = {"content-type": table.media_type, _INFO: json.dumps(table.info)}
    return Response(table.body, headers=headers)


async def thumbnail(request: Request) -> Response:
    """`GET /thumbnail`: an image as a small PNG."""
    query = request.query_params
    size = images.SIZES.get(query.get("size", ""))
    if size is None:
        raise PreviewError.bad("Unexpected size= value", f"One of {', '.join(images.SIZES)}")
    if "input" in query:
        raise PreviewError.bad("Not previewed", "The local registry makes thumbnails of images")
    body = await _read(request, None)
    picture, info = await run_in_threadpool(images.thumbnail, body, size)
    return Response(picture, media_type="image/png", headers={_INFO: json.dumps(info)})


async def on_preview_error(_: Request, error: Exception) -> Response:
    """The answer to a preview that could not be made."""
    failed = cast(PreviewError, error)
    return JSONResponse(failed.document, status_code=failed.status)


async def _read(request: Request, limit: int | None) -> bytes:
    query: Any = request.query_params
    url = query.get("url")
    if not url:
        raise PreviewError.bad("url= is missing")
    source = Source(
        s3=cast(Handler, request.app.state.s3),
        s3_host=urlsplit(context_of(request).endpoints.s3_endpoint).netloc,
    )
    compression = query.get("compression") or None
    return await source.read(url, compression, *(() if limit is None else (limit,)))


def _number(given: str | None, name: str, most: int) -> int:
    if given is None:
        return most
    try:
        number = int(given)
    except ValueError as error:
        raise PreviewError.bad(f"Unexpected {name}= value", str(error)) from None
    if not 1 <= number <= most:
        detail = f"{number} out of range: [1, {most}]"
        raise PreviewError.bad(f"Unexpected {name}= value", detail)
    return number
