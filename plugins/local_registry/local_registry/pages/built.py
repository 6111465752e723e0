"""Quilt's own web catalog, as `npm run build` in quiltdata/quilt's folder `catalog/` writes it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from local_registry.config import Endpoints
from local_registry.pages import fonts

# The catalog's AWS client takes the address of S3 from one place, which contains this text.
_MARK = b's3UsEast1RegionalEndpoint:"regional"'
_LINK = re.compile(r"<link[^<>]*>")
_FOREIGN = 'href="https://fonts.googleapis.com/'


def _own_link(link: re.Match[str]) -> str:
    """A link of the page; nothing for one to fonts that stand elsewhere."""
    return "" if _FOREIGN in link[0] else link[0]


class CatalogError(ValueError):
    """The folder has no catalog that can be served; the message says why."""


class BuiltCatalog:
    """A built catalog whose requests for S3 come here.

    The folder is not changed: one file is served with the address of our S3 inserted, and
    `index.html` without its links to external fonts.
    """

    def __init__(self, folder: Path, endpoints: Endpoints, document: Mapping[str, object]) -> None:
        """Read what is needed of `folder`; `document` is the catalog's configuration.

        Raises `CatalogError`: no `index.html`, or not exactly one place for the address.
        """
        self._folder = folder
        self._endpoints = endpoints
        self._document = document
        self._fonts = fonts.beside(folder)
        try:
            page = (folder / "index.html").read_text(encoding="utf-8")
            self._patched_name, self._patched = self._patch()
        except FileNotFoundError:
            raise CatalogError(
                f"{folder} has no index.html: give the folder `build` that `npm run build` in "
                "the folder catalog/ of quiltdata/quilt writes"
            ) from None
        link = f'<link rel="stylesheet" href="{fonts.SHEET}">' if self._fonts else ""
        self._page = _LINK.sub(_own_link, page).replace("</head>", f"{link}</head>", 1)

    def routes(self) -> list[BaseRoute]:
        """The routes to serve it, the last of which takes every path."""
        return [
            Route("/config.js", self._config_js, methods=["GET"]),
            Route(f"/{self._patched_name}", self._script, methods=["GET"]),
            *self._fonts_routes(),
            Mount("/", app=_WithFallback(self._folder, self._index)),
        ]

    @property
    def policy(self) -> str:
        """The content security policy: nothing external except our registry and our S3."""
        ours = f"{self._endpoints.registry_url} {self._endpoints.s3_endpoint}"
        return "; ".join(
            (
                "default-src 'self'",
                # the catalog compiles schemas (ajv), charts (Vega) and WebAssembly
                "script-src 'self' 'unsafe-eval' 'wasm-unsafe-eval'",
                "style-src 'self' 'unsafe-inline'",
                "font-src 'self' data:",
                f"img-src 'self' data: blob: {ours}",
                f"media-src 'self' blob: {ours}",
                f"connect-src 'self' data: blob: {ours}",
                f"frame-src 'self' blob: {ours}",
                f"form-action 'self' {ours}",
                "worker-src 'self' blob:",
                "object-src 'none'",
                "base-uri 'self'",
                "frame-ancestors 'self'",
            )
        )

    def _patch(self) -> tuple[str, bytes]:
        found = [
            (path, text)
            for path in sorted(self._folder.glob("*.js"))
            if _MARK in (text := path.read_bytes())
        ]
        count = sum(text.count(_MARK) for _, text in found)
        if count != 1:
            raise CatalogError(
                f"the scripts in {self._folder} have {_MARK.decode()} {count} times, not once: "
                "where this catalog takes its address of S3 from is not known, and it would ask "
                "the real S3"
            )
        address = json.dumps(self._endpoints.s3_endpoint).encode()
        path, text = found[0]
        mended = _MARK + b",endpoint:" + address + b",s3ForcePathStyle:!0"
        return path.name, text.replace(_MARK, mended)

    def _fonts_routes(self) -> list[BaseRoute]:
        return self._fonts.routes() if self._fonts else []

    async def _config_js(self, _: Any) -> Response:
        # its text cannot end the script element, because it is served as a separate file
        text = f"window.QUILT_CATALOG_CONFIG = {json.dumps(self._document)};\n"
        headers = {"cache-control": "no-cache"}
        return Response(text, media_type="text/javascript", headers=headers)

    async def _script(self, _: Any) -> Response:
        headers = {"cache-control": "no-cache"}
        return Response(self._patched, media_type="text/javascript", headers=headers)

    def _index(self) -> Response:
        return HTMLResponse(self._page, headers={"cache-control": "no-cache"})


class _WithFallback(StaticFiles):
    """The files of the folder, and the catalog's one page for every other path."""

    def __init__(self, folder: Path, index: Any) -> None:
        super().__init__(directory=folder)
        self._index = index

    async def get_response(self, path: str, scope: Any) -> Response:
        if path in (".", "index.html"):
            return self._page(scope)
        try:
            return await super().get_response(path, scope)
        except HTTPException as error:
            # for a missing script, the page must not be returned
            if error.status_code != 404 or path.endswith((".js", ".map", ".css")):
                raise
            return self._page(scope)

    def _page(self, scope: Any) -> Response:
        if scope["method"] not in ("GET", "HEAD"):
            raise HTTPException(status_code=405)
        response: Response = self._index()
        return response
