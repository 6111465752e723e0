"""The registry's application: all endpoints, and the names of operations for faults and log."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local_registry.app import accounts, auth, aws, browse, login, previews, zips
from local_registry.app.graphql import graphql
from local_registry.app.replies import refusal, status_of
from local_registry.app.requests import RECORD_KEY
from local_registry.app.search import search
from local_registry.athena.service import describe as describe_athena
from local_registry.context import RegistryContext
from local_registry.http.messages import Handler, Record, Reply, Request
from local_registry.identity.errors import RegistryError, TooManyAttemptsError
from local_registry.previews.source import PreviewError
from local_registry.s3.addressing import proxied
from local_registry.s3.gateway import describe as describe_s3

_ZIP_PACKAGE = "package/{bucket}/{namespace}/{name}/{revision}"
_SELECTION = re.compile(r"\{\s*(?:\w+\s*:\s*)?(\w+)")


async def health(_: HttpRequest) -> Response:
    """`GET /health`: the registry is up."""
    return JSONResponse({"status": "ok"})


def registry_app(context: RegistryContext, s3: Handler, control: Sequence[Route] = ()) -> Starlette:
    """The application behind the registry's URL; `s3` answers as the S3 port does, `control` are
    further routes."""
    app = Starlette(
        routes=[
            Route(context.config.graphql_path, graphql, methods=["POST"]),
            Route("/api/token", auth.token, methods=["POST"]),
            Route("/api/auth/get_credentials", auth.get_credentials, methods=["GET"]),
            Route("/api/code", auth.code, methods=["GET"]),
            Route("/api/me", auth.me, methods=["GET"]),
            Route("/api/logout", auth.logout, methods=["POST"]),
            Route("/api/login", accounts.login, methods=["POST"]),
            Route("/api/refresh", accounts.refresh, methods=["POST"]),
            Route("/api/register", accounts.register, methods=["POST"]),
            Route("/api/reset_password", accounts.reset_password, methods=["POST"]),
            Route("/api/package_name_valid", accounts.package_name_valid, methods=["POST"]),
            Route("/api/admin/reindex/{bucket}", accounts.reindex, methods=["POST"]),
            Route("/api/search", search, methods=["GET"]),
            Route("/browse/set_browse_cookie", browse.set_browse_cookie, methods=["POST"]),
            Route("/browse/{path:path}", browse.browse, methods=["GET", "HEAD"]),
            Route("/preview", previews.preview, methods=["GET"]),
            Route("/tabular-preview", previews.tabular_preview, methods=["GET"]),
            Route("/thumbnail", previews.thumbnail, methods=["GET"]),
            *(
                Route(f"/zip/{path}", endpoint, methods=["POST"])
                for path, endpoint in (
                    (_ZIP_PACKAGE, zips.zip_package),
                    (f"{_ZIP_PACKAGE}/{{folder:path}}", zips.zip_package),
                    ("dir/{bucket}", zips.zip_dir),
                    ("dir/{bucket}/{folder:path}", zips.zip_dir),
                )
            ),
            Route("/aws/{service}", aws.refuse, methods=["GET", "POST"]),
            Route("/aws/{service}/", aws.refuse, methods=["GET", "POST"]),
            Route("/login", login.login, methods=["GET", "POST"]),
            Route("/health", health, methods=["GET"]),
            *control,
        ],
        exception_handlers={
            HTTPException: _on_http_error,
            RegistryError: _on_registry_error,
            PreviewError: previews.on_preview_error,
        },
    )
    app.state.context = context
    app.state.s3 = s3
    return app


async def _on_http_error(_: HttpRequest, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return refusal(status, HTTPStatus(status).phrase)


async def _on_registry_error(_: HttpRequest, error: Exception) -> Response:
    status = status_of(error) if isinstance(error, RegistryError) else 500
    headers = {"www-authenticate": "Bearer"} if status == 401 else {}
    if isinstance(error, TooManyAttemptsError):
        headers["retry-after"] = str(error.seconds)
    return refusal(status, str(error), headers=headers)


class RegistryHandler:
    """Runs the application on whole requests and names their operations.

    A path that begins with the host of S3 is for S3: the registry is the catalog's proxy to it.
    Below `/aws/athena` is Athena.
    """

    def __init__(
        self, app: Starlette, graphql_path: str, s3: Handler, s3_host: str, athena: Handler
    ) -> None:
        self._app = app
        self._athena = athena
        self._s3 = s3
        self._s3_host = s3_host
        self._graphql_path = graphql_path

    def describe(self, request: Request) -> Record:
        """A GraphQL request is named after its operation or first field, one to S3 after S3's
        operation, others by path."""
        to_s3 = proxied(request, self._s3_host)
        if to_s3 is not None:
            return describe_s3(to_s3)
        if _is_for_athena(request):
            return describe_athena(request)
        if request.method != "POST" or request.raw_path != self._graphql_path:
            return Record(operation=_endpoint(request.path), target=request.path)
        payload = _parse(request.body)
        return Record(operation=_operation(payload), target=request.path, payload=payload)

    async def handle(self, request: Request, record: Record) -> Reply:
        """Answer one request."""
        to_s3 = proxied(request, self._s3_host)
        if to_s3 is not None:
            return await self._s3(to_s3, record)
        if _is_for_athena(request):
            return await self._athena(request, record)
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": "http",
            "path": request.path,
            "raw_path": request.raw_path.encode("latin-1"),
            "query_string": request.query.encode("latin-1"),
            "root_path": "",
            "headers": request.headers,
            RECORD_KEY: record,
        }
        answer = _Collected()
        body = {"type": "http.request", "body": request.body, "more_body": False}

        async def receive() -> dict[str, Any]:
            return body

        await self._app(scope, receive, answer.send)
        return answer.reply()


def _is_for_athena(request: Request) -> bool:
    return request.method == "POST" and request.raw_path.rstrip("/") == aws.ATHENA_PATH


class _Collected:
    """Collects what an ASGI application sends."""

    def __init__(self) -> None:
        self._start: dict[str, Any] = {}
        self._body: list[bytes] = []

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self._start = message
        elif message["type"] == "http.response.body":
            self._body.append(message.get("body", b""))

    def reply(self) -> Reply:
        return Reply(
            status=self._start["status"],
            headers=list(self._start["headers"]),
            body=b"".join(self._body),
        )


def _parse(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _operation(payload: object) -> str:
    if not isinstance(payload, dict):
        return "invalid"
    name = payload.get("operationName")
    if isinstance(name, str) and name:
        return name
    query = payload.get("query")
    found = _SELECTION.search(query[:4096]) if isinstance(query, str) else None
    return found[1] if found else "invalid"


def _endpoint(path: str) -> str:
    """The path without the parts that differ between requests."""
    if path.startswith("/browse/") and path != "/browse/set_browse_cookie":
        return "/browse"
    for kind in ("/zip/package", "/zip/dir", "/api/admin/reindex"):
        if path.startswith(f"{kind}/"):
            return kind
    return path
