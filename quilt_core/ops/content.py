"""Content operations of the facade."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, overload

from quilt_core.domain.content import ContentInfo
from quilt_core.domain.names import PackageName, Registry, RevisionRef
from quilt_core.domain.uris import check_browse_path, check_logical_key
from quilt_core.errors import ValidationError
from quilt_core.ops.group import OperationGroup
from quilt_core.ops.parsing import parse_registry


class ContentOps(OperationGroup):
    """What is inside a package."""

    @overload
    def browse_content(
        self,
        package_name: str,
        registry: str | Registry | None = None,
        path: str = "",
        top_hash: str | None = None,
        recursive: Literal[False] = False,
    ) -> list[ContentInfo]: ...

    @overload
    def browse_content(
        self,
        package_name: str,
        registry: str | Registry | None = None,
        path: str = "",
        top_hash: str | None = None,
        *,
        recursive: Literal[True],
    ) -> Iterator[ContentInfo]: ...

    def browse_content(
        self,
        package_name: str,
        registry: str | Registry | None = None,
        path: str = "",
        top_hash: str | None = None,
        recursive: bool = False,
    ) -> list[ContentInfo] | Iterator[ContentInfo]:
        """List one level of a package, or stream all files below a path.

        Directories come first, then files, each in path-component order; a file's path gives
        that file. With `recursive=True` an iterator over all files at and below `path`.
        `NotFoundError` when the path is not there.
        """
        items = self._dispatch.stream(
            "browse_content",
            ContentInfo,
            package_name=PackageName.parse(package_name),
            registry=parse_registry(registry, self._settings.registry),
            path=check_browse_path(path),
            top_hash=RevisionRef.parse(top_hash),
            recursive=recursive,
        )
        return items if recursive else list(items)

    def get_content_url(
        self,
        package_name: str,
        registry: str | Registry | None = None,
        path: str = "",
        top_hash: str | None = None,
    ) -> str:
        """A URL that downloads one file, for a limited time; a secret while it lasts."""
        if not path:
            raise ValidationError(
                "No path is given.", hint="Name a file in the package, like 'folder/file.csv'."
            )
        return self._dispatch.call(
            "get_content_url",
            str,
            package_name=PackageName.parse(package_name),
            registry=parse_registry(registry, self._settings.registry),
            path=check_logical_key(path),
            top_hash=RevisionRef.parse(top_hash),
        )
