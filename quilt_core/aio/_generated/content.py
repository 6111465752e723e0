# Generated from the synchronous facade: `make docs-reference` writes this module.
"""Asynchronous form of `ContentOps`, a part of the facade."""

from __future__ import annotations

from collections.abc import AsyncIterator, Coroutine
from typing import Any, Literal, overload

from quilt_core.aio.calls import AsyncGroup
from quilt_core.domain.content import ContentInfo
from quilt_core.domain.listing import Listing
from quilt_core.domain.names import Registry
from quilt_core.domain.preview import ContentPreview
from quilt_core.ops.addressing import PackageGiven
from quilt_core.ops.content import PREVIEW_LIMIT, ContentOps


class AsyncContentOps(AsyncGroup):
    """What is inside a package."""

    _ops: ContentOps

    @overload
    def browse_content(
        self,
        package_name: PackageGiven,
        registry: str | Registry | None = None,
        path: str = "",
        top_hash: str | None = None,
        recursive: Literal[False] = False,
    ) -> Coroutine[Any, Any, Listing[ContentInfo]]: ...

    @overload
    def browse_content(
        self,
        package_name: PackageGiven,
        registry: str | Registry | None = None,
        path: str = "",
        top_hash: str | None = None,
        *,
        recursive: Literal[True],
    ) -> AsyncIterator[ContentInfo]: ...

    def browse_content(
        self,
        package_name: PackageGiven,
        registry: str | Registry | None = None,
        path: str = "",
        top_hash: str | None = None,
        recursive: bool = False,
    ) -> Coroutine[Any, Any, Listing[ContentInfo]] | AsyncIterator[ContentInfo]:
        """List one level of a package, or stream all files below a path.

        Directories come first, then files, each in path-component order; a file's path gives
        that file. With `recursive=True` an iterator over all files at and below `path`.
        `NotFoundError` when the path is not there.
        """
        answer: Coroutine[Any, Any, Listing[ContentInfo]] | AsyncIterator[ContentInfo] = (
            self._calls.overloaded(
                recursive,
                self._ops.browse_content,
                package_name,
                registry,
                path,
                top_hash,
                recursive,
            )
        )
        return answer

    async def get_content_url(
        self,
        package_name: PackageGiven,
        registry: str | Registry | None = None,
        path: str = "",
        top_hash: str | None = None,
    ) -> str:
        """A URL that downloads one file, for a limited time; a secret while it lasts."""
        return await self._calls.run(
            self._ops.get_content_url, package_name, registry, path, top_hash
        )

    async def preview_content(
        self,
        package_name: PackageGiven,
        path: str = "",
        registry: str | Registry | None = None,
        *,
        top_hash: str | None = None,
        rows: int = 10,
        limit: int = PREVIEW_LIMIT,
    ) -> ContentPreview:
        """The first rows of a table, or lines of a text; a notebook shows them as such.

        CSV, TSV, JSON Lines (each also with `.gz`) and Parquet are tables, by the file's name; all
        else that is UTF-8 is text, Markdown included. It reads the beginning of the file, by the
        operation `open_content`: `limit` bytes, rounded up to the blocks that the backend reads.

        Parameters
        ----------
        package_name:
            `namespace/name`, or a `quilt+s3://` URI, which names registry, revision and path, too.
        path:
            The file's logical key; left out where a URI names it.
        registry:
            Where the package lives; the configured one by default.
        top_hash:
            A revision; the latest by default.
        rows:
            How many rows or lines to show.
        limit:
            How many bytes to read, and to take out of what is compressed; 1 MiB by default.

        Raises
        ------
        ValidationError
            When `path` is a directory, or the file is not the table that its name promises.
        NotFoundError
            When there is no such file, revision or package.
        NotSupportedError
            For Parquet when pyarrow is not installed.
        """
        return await self._calls.run(
            self._ops.preview_content,
            package_name,
            path,
            registry,
            top_hash=top_hash,
            rows=rows,
            limit=limit,
        )
