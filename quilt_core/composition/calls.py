"""The operations that the compositions call, each through the connection's dispatcher."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, TypeVar, cast

from quilt_core import domain
from quilt_core.domain.names import PackageName, Registry, RevisionRef

if TYPE_CHECKING:  # manifests import msgspec, which the help of a command does not need
    from quilt_core.domain.content import ContentInfo
    from quilt_core.domain.entries import ProgressCallback
    from quilt_core.domain.objects import ObjectInfo, ObjectPrefix, ObjectSource, StoredObject
    from quilt_core.domain.packages import PackageInfo
    from quilt_core.domain.uris import ObjectUri
    from quilt_core.manifest.model import EntryHash

T = TypeVar("T")


class DispatchesCalls(Protocol):
    """The methods of the dispatcher that are needed (`quilt_core.ops.dispatch`)."""

    @property
    def catalog_url(self) -> str | None: ...

    @property
    def identity(self) -> str | None: ...

    def has(self, operation: str) -> bool: ...

    def takes(self, operation: str, parameter: str) -> bool: ...

    def require(self, operation: str, arguments: dict[str, Any]) -> None: ...

    def call(self, operation: str, expected: type[T], /, **arguments: Any) -> T: ...

    def collect(self, operation: str, item: type[T], /, **arguments: Any) -> list[T]: ...

    def stream(self, operation: str, item: type[T], /, **arguments: Any) -> Iterator[T]: ...


class Calls:
    """The operations of one connection, with neutral values for all other parameters.

    Parameters
    ----------
    dispatch:
        The connection's dispatcher.
    """

    def __init__(self, dispatch: DispatchesCalls) -> None:
        self.dispatch = dispatch

    def package_info(self, name: PackageName, registry: Registry, ref: RevisionRef) -> PackageInfo:
        """`get_package_info`."""
        return self.dispatch.call(
            "get_package_info",
            domain.PackageInfo,
            package_name=name,
            registry=registry,
            top_hash=ref,
        )

    def browse(
        self, name: PackageName, registry: Registry, ref: RevisionRef, path: str, *, recursive: bool
    ) -> Iterator[ContentInfo]:
        """`browse_content`."""
        return self.dispatch.stream(
            "browse_content",
            domain.ContentInfo,
            package_name=name,
            registry=registry,
            path=path,
            top_hash=ref,
            recursive=recursive,
        )

    def has_workflows(self, registry: Registry) -> bool:
        """`list_workflows`: whether the registry has any."""
        return bool(self.dispatch.collect("list_workflows", domain.WorkflowInfo, registry=registry))

    def list_objects(self, uri: ObjectPrefix, limit: int | None) -> Iterator[ObjectInfo]:
        """`list_objects`, recursive."""
        return self.dispatch.stream(
            "list_objects", domain.ObjectInfo, uri=uri, recursive=True, limit=limit
        )

    def object_info(self, uri: ObjectUri) -> ObjectInfo:
        """`get_object_info`."""
        return self.dispatch.call("get_object_info", domain.ObjectInfo, uri=uri)

    def open_object(self, uri: ObjectUri, block_size: int | None) -> BinaryIO:
        """`open_object`; the block size is a preference, and is not passed to a backend that does
        not accept it.
        """
        if not self.dispatch.takes("open_object", "block_size"):
            block_size = None
        if block_size is not None:
            from quilt_core.domain.objects import LARGEST_BLOCK

            block_size = min(max(block_size, 1), LARGEST_BLOCK)
        found = self.dispatch.call("open_object", io.IOBase, uri=uri, block_size=block_size)
        return cast("BinaryIO", found)

    def put_object(
        self,
        source: ObjectSource,
        uri: ObjectUri,
        checksum: EntryHash | None,
        progress: ProgressCallback | None,
    ) -> StoredObject:
        """`put_object`; checksum and progress are not passed to a backend that does not accept
        them.
        """
        takes_checksum, takes_progress = self._put_object_takes
        return self.dispatch.call(
            "put_object",
            domain.StoredObject,
            source=source,
            uri=uri,
            checksum=checksum if takes_checksum else None,
            metadata=None,
            progress=progress if takes_progress else None,
        )

    @cached_property
    def _put_object_takes(self) -> tuple[bool, bool]:
        takes = self.dispatch.takes
        return takes("put_object", "checksum"), takes("put_object", "progress")

    def package_root(self) -> str:
        """The prefix that the catalog sets for the objects of packages: "" or a text that ends with
        a slash.
        """
        if self.dispatch.catalog_url is None or not self.dispatch.has("get_catalog_config"):
            return ""
        config = self.dispatch.call("get_catalog_config", domain.CatalogConfig, catalog_url=None)
        return f"{config.package_root}/" if config.package_root else ""
