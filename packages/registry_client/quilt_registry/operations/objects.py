"""Objects in S3, with the rights of the connection's identity."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, BinaryIO

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
from quilt_core.errors import NotSupportedError
from quilt_core.hookspecs import hookimpl
from quilt_core.manifest import SHA256_CHUNKED, EntryHash
from quilt_core.outcome import Outcome, outcome_unless_told
from quilt_registry.buckets import bucket_of
from quilt_registry.connection import Connection
from quilt_registry.s3 import ObjectFacts, head_object
from quilt_registry.s3.listing import list_objects
from quilt_registry.search.object_search import find_objects
from quilt_registry.transfer import TransferEngine, open_for_reading, upload


class ObjectOperations:
    """Implements the hooks of `quilt_core.hookspecs.objects` for buckets.

    Parameters
    ----------
    connection:
        The registry, for searches.
    s3:
        Returns the S3 client of the current call's identity. An opened file keeps the client with
        which it was opened.
    engine:
        Returns the transfer engine with the rights of that identity.
    """

    def __init__(
        self,
        connection: Connection,
        s3: Callable[[], Any],
        engine: Callable[[], TransferEngine],
    ) -> None:
        self._connection = connection
        self._s3 = s3
        self._engine = engine

    @hookimpl
    def list_objects(
        self, uri: ObjectPrefix, recursive: bool, limit: int | None
    ) -> Iterable[ObjectInfo]:
        """`ListObjectsV2`, page by page."""
        if isinstance(uri, FileUri):
            raise no_folders("list_objects", uri)
        return list_objects(self._s3(), uri, recursive=recursive, limit=limit)

    @hookimpl
    def get_object_info(self, uri: ObjectUri) -> ObjectInfo:
        """`HeadObject`, twice for an object that was written in parts."""
        if isinstance(uri, FileUri):
            raise no_folders("get_object_info", uri)
        return _info(head_object(self._s3(), uri))

    @hookimpl
    def open_object(self, uri: ObjectUri, block_size: int | None) -> BinaryIO:
        """`HeadObject` now, and `GetObject` of ranges while it is read."""
        if isinstance(uri, FileUri):
            raise no_folders("open_object", uri)
        return open_for_reading(self._engine(), uri, block_size)

    @hookimpl
    def put_object(
        self,
        source: ObjectSource,
        uri: ObjectUri,
        checksum: EntryHash | None,
        metadata: Mapping[str, str] | None,
        progress: ProgressCallback | None,
    ) -> StoredObject:
        """`PutObject`, or a multipart upload from 8 MiB on."""
        with outcome_unless_told(Outcome.NOT_WRITTEN):
            if isinstance(uri, FileUri):
                raise no_folders("put_object", uri)
            engine = self._engine()
        return upload(engine, source, uri, checksum, metadata, progress)

    @hookimpl
    def search_objects(
        self, query: str, registry: tuple[Registry, ...] | None, limit: int | None
    ) -> Iterable[ObjectHit]:
        """GraphQL `searchObjects`, then `searchMoreObjects` page by page."""
        for one in registry or ():
            bucket_of(one, "search_objects")
        return find_objects(
            self._connection.client(),
            query,
            registry or (),
            limit,
            self._connection.settings.page_size,
        )


def no_folders(operation: str, uri: FileUri) -> NotSupportedError:
    """The error for a file on this machine, which a registry cannot reach."""
    return NotSupportedError(
        operation,
        reason=f"{uri} is a local file or folder, which a catalog cannot access.",
        hint="Use an s3:// URI, or the quilt3 backend.",
    )


def _info(facts: ObjectFacts) -> ObjectInfo:
    known = facts.chunked_hash
    return ObjectInfo(
        uri=facts.uri.url,
        size=facts.size,
        modified=facts.modified,
        version=facts.uri.version_id,
        etag=facts.etag.strip('"'),
        content_type=facts.content_type,
        storage_class=facts.storage_class or "STANDARD",
        checksum=None if known is None else EntryHash(SHA256_CHUNKED, known),
    )
