"""Content operations of the facade."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, Literal, cast, overload

from quilt_core import domain
from quilt_core.domain.listing import Listing
from quilt_core.domain.names import Registry
from quilt_core.ops.addressing import PackageGiven, content_of, file_of
from quilt_core.ops.group import OperationGroup
from quilt_core.ops.parsing import parse_count, parse_flag

if TYPE_CHECKING:
    from quilt_core.domain.content import ContentInfo
    from quilt_core.domain.preview import ContentPreview

PREVIEW_LIMIT = 2**20
"""The number of bytes that `preview_content` reads by default."""


class ContentOps(OperationGroup):
    """The contents of packages."""

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

        Examples
        --------
        >>> for item in ops.browse_content("palmer/penguins", path="data"):
        ...     print(item.path, item.type.value)
        data/by-island directory
        data/raw directory
        data/penguins.csv file
        >>> files = ops.browse_content("palmer/penguins", recursive=True)
        >>> print(sum(file.size for file in files))
        …
        """
        recursive = parse_flag(recursive, "recursive")
        call = self._dispatch.stream if recursive else self._dispatch.collect
        return call(
            "browse_content",
            domain.ContentInfo,
            **content_of(package_name, registry, path, top_hash, self._settings.registry),
            recursive=recursive,
        )

    def get_content_url(
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

        Examples
        --------
        >>> url = ops.get_content_url("palmer/penguins", path="README.md")
        >>> print(url.split("?")[0])
        http…/README.md
        """
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

        Examples
        --------
        >>> shown = ops.preview_content("palmer/penguins", "data/penguins.csv", rows=2)
        >>> print(shown.columns[:2], len(shown.rows))
        ('species', 'island') 2
        """
        # pyarrow and others are imported only if a file needs them.
        from quilt_core.previews import preview

        place = file_of(package_name, registry, path, top_hash, self._settings.registry)
        shown = parse_count(rows, "rows"), parse_count(limit, "limit")
        with cast("BinaryIO", self._dispatch.call("open_content", io.IOBase, **place)) as file:
            return preview(file, place["path"], *shown)
