"""Object operations: buckets through the registry client, local folders here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import BinaryIO

from quilt_registry.operations.objects import ObjectOperations as BucketObjects
from quilt_registry.transfer import upload

from quilt3_backend.connection import Connection
from quilt3_backend.stores.files import FileWriter, describe_file, list_files, open_file
from quilt_core.domain.entries import ProgressCallback
from quilt_core.domain.names import Registry
from quilt_core.domain.objects import (
    ObjectHit,
    ObjectInfo,
    ObjectPrefix,
    ObjectSource,
    StoredObject,
)
from quilt_core.domain.uris import FileUri, ObjectUri
from quilt_core.hookspecs import hookimpl
from quilt_core.manifest import EntryHash


class ObjectOperations:
    """Implements the hooks of `quilt_core.hookspecs.objects`."""

    def __init__(self, connection: Connection) -> None:
        self._buckets = BucketObjects(connection.registry, connection.s3, connection.engine)

    @hookimpl
    def list_objects(
        self, uri: ObjectPrefix, recursive: bool, limit: int | None
    ) -> Iterable[ObjectInfo]:
        """See the hook."""
        if isinstance(uri, FileUri):
            return list_files(uri.path, recursive=recursive, limit=limit)
        return self._buckets.list_objects(uri, recursive, limit)

    @hookimpl
    def get_object_info(self, uri: ObjectUri) -> ObjectInfo:
        """See the hook."""
        if isinstance(uri, FileUri):
            return describe_file(uri.path)
        return self._buckets.get_object_info(uri)

    @hookimpl
    def open_object(self, uri: ObjectUri, block_size: int | None) -> BinaryIO:
        """See the hook."""
        if isinstance(uri, FileUri):
            return open_file(uri.path, block_size)
        return self._buckets.open_object(uri, block_size)

    @hookimpl
    def put_object(
        self,
        source: ObjectSource,
        uri: ObjectUri,
        checksum: EntryHash | None,
        metadata: Mapping[str, str] | None,
        progress: ProgressCallback | None,
    ) -> StoredObject:
        """See the hook; a file appears whole or not at all."""
        if isinstance(uri, FileUri):
            return upload(FileWriter(), source, uri, checksum, metadata, progress)
        return self._buckets.put_object(source, uri, checksum, metadata, progress)

    @hookimpl
    def search_objects(
        self, query: str, registry: tuple[Registry, ...] | None, limit: int | None
    ) -> Iterable[ObjectHit]:
        """See the hook."""
        return self._buckets.search_objects(query, registry, limit)
