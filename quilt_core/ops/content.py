"""Content operations of the facade."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO, Literal, cast, overload

from quilt_core.domain.content import ContentInfo
from quilt_core.domain.listing import Listing
from quilt_core.domain.names import Registry
from quilt_core.domain.preview import ContentPreview
from quilt_core.ops.addressing import PackageGiven, content_of, file_of
from quilt_core.ops.group import OperationGroup
from quilt_core.ops.parsing import parse_count

PREVIEW_LIMIT = 2**20
"""Bytes that `preview_content` reads unless it is told another limit."""


class ContentOps(OperationGroup):
    """What is inside a package."""

    @overload
    def browse_content(
        self,
        package_name: PackageGiven,
        registry: str | Registry | None = None,
        path: str = "",
        top_hash: str | None = None,
        recursive: Literal[False] = False,
    ) -> Listing[ContentInfo]: ...

    @overload
    def browse_content(
        self,
        package_name: PackageGiven,
        registry: str | Registry | None = None,
        path: str = "",
        top_hash: str | None = None,
        *,
        recursive: Literal[True],
    ) -> Iterator[ContentInfo]: ...

    def browse_content(
        self,
        package_name: PackageGiven,
        registry: str | Registry | None = None,
        path: str = "",
        top_hash: str | None = None,
        recursive: bool = False,
    ) -> Listing[ContentInfo] | Iterator[ContentInfo]:
        """List one level of a package, or stream all files below a path.

        Directories come first, then files, each in path-component order; a file's path gives
        that file. With `recursive=True` an iterator over all files at and below `path`.
        `NotFoundError` when the path is not there.
        """
        items = self._dispatch.stream(
            "browse_content",
            ContentInfo,
            **content_of(package_name, registry, path, top_hash, self._settings.registry),
            recursive=recursive,
        )
        return items if recursive else Listing(items)

    def get_content_url(
        self,
        package_name: PackageGiven,
        registry: str | Registry | None = None,
        path: str = "",
        top_hash: str | None = None,
    ) -> str:
        """A URL that downloads one file, for a limited time; a secret while it lasts."""
        return self._dispatch.call(
            "get_content_url",
            str,
            **file_of(package_name, registry, path, top_hash, self._settings.registry),
        )

    def preview_content(
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
        # pyarrow and others are imported where a file needs them.
        from quilt_core.previews import preview

        place = file_of(package_name, registry, path, top_hash, self._settings.registry)
        shown = parse_count(rows, "rows"), parse_count(limit, "limit")
        with cast("BinaryIO", self._dispatch.call("open_content", io.IOBase, **place)) as file:
            return preview(file, place["path"], *shown)
