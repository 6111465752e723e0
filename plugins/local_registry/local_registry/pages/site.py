"""Our own small catalog: sign-in, buckets, packages, their files, and how to connect."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from local_registry.app.guards import is_from, is_local
from local_registry.context import RegistryContext
from local_registry.identity.errors import MissingError, RegistryError
from local_registry.identity.model import Identity
from local_registry.pages import content

_HERE = Path(__file__).parent
_ASSETS = {"page.css": "text/css", "page.js": "text/javascript"}
_SECONDS = 12 * 3600
Render = Callable[[Request, Identity | None], Response]


def policy(s3_endpoint: str) -> str:
    """The content security policy: only our own scripts and styles, and images from our S3."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; "
        f"img-src 'self' {s3_endpoint}; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )


class Site:
    """The pages. Users see what their active role may read."""

    def __init__(self, context: RegistryContext) -> None:
        self._context = context
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
        )
        self._templates.filters["path"] = partial(quote, safe="/~")
        self._templates.filters["bytes"] = content.in_words
        # browsers send a cookie to every port of a host
        self._cookie = f"quiltops_{context.endpoints.catalog_url.rpartition(':')[2]}"

    def routes(self) -> list[BaseRoute]:
        """The routes, the last of which takes every path."""
        package = "/b/{bucket}/packages/{namespace}/{name}"
        pages = {
            "/b/{bucket}": self._bucket,
            "/b/{bucket}/packages": self._bucket,
            package: self._package,
            f"{package}/revisions": self._package,
            f"{package}/tree/{{revision}}": self._package,
            f"{package}/tree/{{revision}}/{{path:path}}": self._package,
        }
        return [
            Route("/static/{file}", self._asset, methods=["GET"]),
            Route("/sign-in", self._sign_in, methods=["POST"]),
            Route("/sign-out", self._sign_out, methods=["POST"]),
            *(Route(path, self._page(render), methods=["GET"]) for path, render in pages.items()),
            Route("/{path:path}", self._page(self._home), methods=["GET"]),
        ]

    def _page(self, render: Render) -> Callable[[Request], Awaitable[Response]]:
        async def page(request: Request) -> Response:
            return await run_in_threadpool(self._answer, render, request)

        return page

    def _answer(self, render: Render, request: Request) -> Response:
        identity = self._identity(request)
        if identity is None and render != self._home:
            render = self._home
        try:
            return render(request, identity)
        except MissingError as error:
            return self._render("missing.html", identity, status=404, message=str(error))

    def _identity(self, request: Request) -> Identity | None:
        try:
            return self._context.identities.authenticate(request.cookies.get(self._cookie))
        except RegistryError:
            return None  # the session has expired, and the page offers to sign in again

    def _home(self, request: Request, identity: Identity | None) -> Response:
        state = self._context.state
        users = [user for user in state.users.list() if user.is_active]
        buckets = [
            each for each in state.buckets.list() if identity and identity.can_read(each.name)
        ]
        return self._render(
            "home.html",
            identity,
            users=users if is_local(request, self._context.config) else [],
            buckets=buckets,
            endpoints=self._context.endpoints,
            back=request.url.path,
        )

    def _bucket(self, request: Request, identity: Identity | None) -> Response:
        bucket = self._readable(request, identity)
        names = self._context.packages.names(bucket)
        return self._render("bucket.html", identity, bucket=bucket, packages=names)

    def _package(self, request: Request, identity: Identity | None) -> Response:
        bucket = self._readable(request, identity)
        parts = request.path_params
        name = f"{parts['namespace']}/{parts['name']}"
        tag, path = parts.get("revision", "latest"), parts.get("path", "").strip("/")
        packages = self._context.packages
        found = packages.find(bucket, name, tag)
        if found is None:
            raise MissingError(f"There is no package {name!r} in {bucket} at {tag!r}")
        revision = packages.revision(bucket, found.top_hash)
        shared = {"bucket": bucket, "name": name, "found": found, "path": path}
        if path in revision.entries:
            entry = revision.entries[path]
            file = content.show(self._context, identity, entry.physical_key, entry.size)
            return self._render("file.html", identity, entry=entry, file=file, **shared)
        if path not in revision.tree:
            raise MissingError(f"There is no file {path!r} in {name}")
        directories, files = revision.tree[path]
        return self._render(
            "package.html",
            identity,
            header=revision.header,
            total_bytes=revision.sizes[path],
            directories=[(each, revision.sizes[each]) for each in directories],
            files=[(each, revision.entries[each].size) for each in files],
            revisions=packages.revisions(bucket, name),
            user_meta=content.as_json(revision.header.to_dict().get("user_meta")),
            **shared,
        )

    def _readable(self, request: Request, identity: Identity | None) -> str:
        bucket: str = request.path_params["bucket"]
        known = self._context.state.buckets.get(bucket) is not None
        if identity is None or not known or not identity.can_read(bucket):
            raise MissingError(f"There is no bucket {bucket!r} that you may read")
        return bucket

    def _render(
        self, template: str, identity: Identity | None, *, status: int = 200, **values: Any
    ) -> Response:
        text = self._templates.get_template(template).render(identity=identity, **values)
        return HTMLResponse(text, status_code=status, headers={"cache-control": "no-store"})

    async def _sign_in(self, request: Request) -> Response:
        if not is_local(request, self._context.config) or not is_from(request):
            return HTMLResponse("Signing in here is for loopback only", status_code=403)
        async with request.form(max_files=0, max_fields=10) as form:
            name, back = str(form.get("user", "")), str(form.get("back", "/"))
        user = self._context.state.users.get(name)
        if user is None or not user.is_active:
            return HTMLResponse("There is no such user", status_code=403)
        token = self._context.identities.issue_token(user.name, seconds=_SECONDS)
        response = RedirectResponse(_inside(back), status_code=303)
        response.set_cookie(self._cookie, token, max_age=_SECONDS, httponly=True, samesite="strict")
        return response

    async def _sign_out(self, request: Request) -> Response:
        if not is_from(request):
            return HTMLResponse("The form was sent from elsewhere", status_code=403)
        token = request.cookies.get(self._cookie)
        if token and self._identity(request) is not None:
            self._context.identities.revoke(token)
        response = RedirectResponse("/", status_code=303)
        response.delete_cookie(self._cookie)
        return response

    async def _asset(self, request: Request) -> Response:
        name = request.path_params["file"]
        if name not in _ASSETS:
            return HTMLResponse("Not found", status_code=404)
        return FileResponse(_HERE / "static" / name, media_type=_ASSETS[name])


def _inside(path: str) -> str:
    """The path, if it does not lead to another host."""
    is_path = path.startswith("/") and not path.startswith(("//", "/\\"))
    return quote(path, safe="/~%") if is_path else "/"
