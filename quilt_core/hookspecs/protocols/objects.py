# Generated from the hookspecs: `make docs-reference` writes this module.
"""Protocols of the operation group `objects`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import BinaryIO, Protocol

from quilt_core.domain.entries import ProgressCallback
from quilt_core.domain.names import Registry
from quilt_core.domain.objects import (
    ObjectHit,
    ObjectInfo,
    ObjectPrefix,
    ObjectSource,
    StoredObject,
)
from quilt_core.domain.uris import ObjectUri
from quilt_core.manifest.model import EntryHash


class SupportsListObjects(Protocol):
    """Implements `list_objects`."""

    def list_objects(
        self, uri: ObjectPrefix, recursive: bool, limit: int | None
    ) -> Iterable[ObjectInfo]:
        """See the specification."""
        ...


class SupportsGetObjectInfo(Protocol):
    """Implements `get_object_info`."""

    def get_object_info(self, uri: ObjectUri) -> ObjectInfo:
        """See the specification."""
        ...


class SupportsOpenObject(Protocol):
    """Implements `open_object`."""

    def open_object(self, uri: ObjectUri, block_size: int | None) -> BinaryIO:
        """See the specification."""
        ...


class SupportsPutObject(Protocol):
    """Implements `put_object`."""

    def put_object(
        self,
        source: ObjectSource,
        uri: ObjectUri,
        checksum: EntryHash | None,
        metadata: Mapping[str, str] | None,
        progress: ProgressCallback | None,
    ) -> StoredObject:
        """See the specification."""
        ...


class SupportsSearchObjects(Protocol):
    """Implements `search_objects`."""

    def search_objects(
        self, query: str, registry: tuple[Registry, ...] | None, limit: int | None
    ) -> Iterable[ObjectHit]:
        """See the specification."""
        ...


class ObjectsOperations(
    SupportsListObjects,
    SupportsGetObjectInfo,
    SupportsOpenObject,
    SupportsPutObject,
    SupportsSearchObjects,
    Protocol,
):
    """All operations of the group `objects`."""
