"""Content operations of the facade."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, overload

from quilt_core.domain.content import ContentInfo
from quilt_core.domain.listing import Listing
from quilt_core.domain.names import Registry
from quilt_core.ops.addressing import PackageGiven, content_of, file_of
from quilt_core.ops.group import OperationGroup


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
