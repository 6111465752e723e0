# Generated from the synchronous facade: `make docs-reference` writes this module.
"""Asynchronous form of `ObjectOps`, a part of the facade."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from typing import BinaryIO

from quilt_core.aio.calls import AsyncGroup
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
from quilt_core.ops.objects import ObjectOps


class AsyncObjectOps(AsyncGroup):
    """Objects in their stores: list, describe, read, write and find them."""

    _ops: ObjectOps

    def list_objects(
        self, uri: str | ObjectPrefix, recursive: bool = True, limit: int | None = None
    ) -> AsyncIterator[ObjectInfo]:
        """List the objects below a bucket or folder, as an iterator that fetches pages.

        Parameters
        ----------
        uri:
            `s3://bucket`, `s3://bucket/folder`, `file:///folder`, or an `S3Prefix` or `FileUri`.
        recursive:
            True for all objects; False for one level, in which each folder is one item with
            `is_prefix`.
        limit:
            The maximum number of items; None for all.

        Returns
        -------
        Iterator[ObjectInfo]
            The current versions, sorted by key. A folder that does not exist gives nothing, because
            S3 does not distinguish it from an empty one.

        Raises
        ------
        NotFoundError
            When the bucket does not exist.
        ValidationError
            When the URI is malformed, or names a file.
        AuthenticationError, PermissionDeniedError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return self._calls.stream(self._ops.list_objects, uri, recursive, limit)

    async def get_object_info(self, uri: str | ObjectUri) -> ObjectInfo:
        """Describe an object without reading it.

        Parameters
        ----------
        uri:
            `s3://bucket/key[?versionId=…]`, `file:///path`, or an `S3Uri` or `FileUri`; the
            current version unless it names one.

        Returns
        -------
        ObjectInfo
            Size, version, time and checksum, as far as the store has them.

        Raises
        ------
        NotFoundError
            When the bucket, the object or the version does not exist, or this identity cannot see
            it.
        ValidationError
            When the URI is malformed.
        AuthenticationError, PermissionDeniedError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.get_object_info, uri)

    async def open_object(self, uri: str | ObjectUri, block_size: int | None = None) -> BinaryIO:
        """Open the current version of an object as a seekable binary file.

        Parameters
        ----------
        uri:
            `s3://bucket/key[?versionId=…]`, `file:///path`, or an `S3Uri` or `FileUri`.
        block_size:
            The minimum number of bytes that one request reads, at most 64 MiB; None for the
            backend's choice. If it is given, the request that opens the object may already read its
            beginning.

        Returns
        -------
        BinaryIO
            A readable, seekable file for one thread at a time. Close it after use.

        Raises
        ------
        NotFoundError
            When the object does not exist. Reading raises it if the version has been deleted since.
        ValidationError
            When the URI or `block_size` is malformed.
        BackendError
            When the object lies in an archive.
        AuthenticationError, PermissionDeniedError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.open_object, uri, block_size)

    async def put_object(
        self,
        source: ObjectSource,
        uri: str | ObjectUri,
        checksum: EntryHash | None = None,
        metadata: Mapping[str, str] | None = None,
        progress: ProgressCallback | None = None,
    ) -> StoredObject:
        """Write an object; the result can go into a package unchanged.

        Parameters
        ----------
        source:
            A `pathlib.Path`, bytes, or an open binary file, which is read to its end and stays
            open.
        uri:
            `s3://bucket/key`, `file:///path`, or an `S3Uri` or `FileUri`, without a version; an
            existing object is replaced.
        checksum:
            The hash that the bytes must have; if they have another one, nothing is written. None
            for no check.
        metadata:
            User metadata of the object, ASCII text; None for none.
        progress:
            Called with `Progress` during long work, from any thread; None for none.

        Returns
        -------
        StoredObject
            The URI with the version that was written, the size, and the hash that a manifest
            needs.

        Raises
        ------
        ValidationError
            When the source cannot be read, changes while it is read, is too large or does not
            have that checksum, or the URI or metadata is malformed.
        NotFoundError
            When the bucket does not exist.
        PermissionDeniedError
            When this identity may not write to the bucket.
        NotSupportedError
            When the backend cannot reach the store, or the store keeps no metadata.
        AuthenticationError, TransportError
            As for every operation that sends requests to the registry. `context["outcome"]` tells
            whether anything was written.
        """
        return await self._calls.run(
            self._ops.put_object, source, uri, checksum, metadata, progress
        )

    def search_objects(
        self,
        query: str = "",
        registry: str | Registry | Iterable[str | Registry] | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[ObjectHit]:
        """Find objects in the registry's index, as an iterator that fetches pages.

        Parameters
        ----------
        query:
            Text in the registry's query syntax: words, `key:…`, `ext:.csv`, AND, OR, NOT and `*`;
            the empty text finds everything. Whether several words without an operator must all
            occur is the registry's decision: write AND or OR between them if it matters.
        registry:
            One registry, several, or "*" for all readable ones; None for the configured one, or for
            all if none is configured.
        limit:
            The maximum number of results; None for all.

        Returns
        -------
        Iterator[ObjectHit]
            All hits, in the order in which the registry ranks them.

        Raises
        ------
        ValidationError
            When the registry cannot parse the query, or `limit` is below 1.
        NotFoundError
            When a registry does not exist, or this identity cannot see it.
        NotSupportedError
            When a registry is a folder, which has no index.
        AuthenticationError, PermissionDeniedError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return self._calls.stream(self._ops.search_objects, query, registry, limit)
