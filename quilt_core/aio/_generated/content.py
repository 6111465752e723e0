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
    """The contents of packages."""

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
        """List one level of a package, or with `recursive` all files below a path.

        Parameters
        ----------
        package_name:
            `namespace/name`, or a `quilt+s3://` URI, which may name registry, revision and path
            as well.
        registry:
            The registry of the package: `s3://bucket`, `file:///folder`, or a `Registry`; the
            configured one by default.
        path:
            A directory or file of the package; "" for its root.
        top_hash:
            The revision: None or "latest" for the latest, a whole top hash, at least six of its
            first digits, or the Unix seconds of its pointer.
        recursive:
            False for one level; True for all files at and below `path`.

        Returns
        -------
        Listing[ContentInfo] or Iterator[ContentInfo]
            For one level, a list of directories followed by files. With `recursive=True`, an
            iterator over files only, which fetches pages while it is read. Both are in
            path-component order (`a/b` before `a.txt`), whatever the size of the package. The path
            of a file returns that file.

        Raises
        ------
        NotFoundError
            When the path, the package, the revision or the registry does not exist, or this
            identity cannot see it.
        ValidationError
            When a name or `top_hash` is malformed, or its first digits fit several revisions.
        AuthenticationError, PermissionDeniedError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
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
        """Return a URL that downloads one file for a limited time, without further credentials.

        Parameters
        ----------
        package_name:
            `namespace/name`, or a `quilt+s3://` URI, which may name registry, revision and path
            as well.
        registry:
            The registry of the package: `s3://bucket`, `file:///folder`, or a `Registry`; the
            configured one by default.
        path:
            The file's logical key; it may be left out if the URI names it.
        top_hash:
            The revision: None or "latest" for the latest, a whole top hash, at least six of its
            first digits, or the Unix seconds of its pointer.

        Returns
        -------
        str
            A URL of exactly the version that the revision names; `file://…` for a local object. It
            is a secret while it is valid.

        Raises
        ------
        ValidationError
            When `path` is a directory or missing, or a name is malformed.
        NotFoundError
            When the file, revision, package or registry does not exist.
        NotSupportedError
            When this backend can make no URL for the file's location; `context` has its
            `physical_key`.
        AuthenticationError, PermissionDeniedError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
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
        """Show the first rows of a table, or the first lines of a text.

        CSV, TSV, JSON Lines (each also with `.gz`) and Parquet are tables, by the file's name;
        anything else that is UTF-8 is text, Markdown included. Only the beginning of the file is
        read: `limit` bytes, rounded up to the blocks that the backend reads. It calls the
        operation `open_content`.

        Parameters
        ----------
        package_name:
            `namespace/name`, or a `quilt+s3://` URI, which may name registry, revision and path
            as well.
        path:
            The file's logical key; it may be left out if the URI names it.
        registry:
            The registry of the package: `s3://bucket`, `file:///folder`, or a `Registry`; the
            configured one by default.
        top_hash:
            The revision: None or "latest" for the latest, a whole top hash, at least six of its
            first digits, or the Unix seconds of its pointer.
        rows:
            The number of rows or lines to show.
        limit:
            The maximum number of bytes to read, and the maximum to decompress; 1 MiB by default.

        Returns
        -------
        ContentPreview
            Columns and rows, or text; a notebook shows it as such.

        Raises
        ------
        ValidationError
            When `path` is a directory, the file's content does not have the format that its name
            indicates, or `rows` or `limit` is below 1.
        ProtocolError
            When the object has another size than the entry of the package.
        NotFoundError
            When the file, revision, package or registry does not exist.
        NotSupportedError
            When the file is Parquet and pyarrow is not installed.
        AuthenticationError, PermissionDeniedError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
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
