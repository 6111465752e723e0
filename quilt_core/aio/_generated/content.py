# Generated from the synchronous facade: `make docs-reference` writes this module.
"""Asynchronous form of `ContentOps`, a part of the facade."""

from __future__ import annotations

from collections.abc import AsyncIterator, Coroutine
from typing import Any, Literal, overload

from quilt_core.aio.calls import AsyncGroup
from quilt_core.domain.content import ContentInfo
from quilt_core.domain.listing import Listing
from quilt_core.domain.names import Registry
from quilt_core.ops.addressing import PackageGiven
from quilt_core.ops.content import ContentOps


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
