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
    """Objects where they lie: list, describe, read, write and find them."""

    _ops: ObjectOps

    def list_objects(
        self, uri: str | ObjectPrefix, recursive: bool = True, limit: int | None = None
    ) -> AsyncIterator[ObjectInfo]:
        """The objects below a bucket or folder, by key, as an iterator that fetches pages.

        Parameters
        ----------
        uri:
            `s3://bucket`, `s3://bucket/folder`, or `file:///folder`.
        recursive:
            False for one level: what lies deeper is one item with `is_prefix` for each folder.
        limit:
            The largest number of items; None for all.

        Raises
        ------
        NotFoundError, PermissionDeniedError
            For a bucket that is not there, or may not be listed.
        """
        return self._calls.stream(self._ops.list_objects, uri, recursive, limit)

    async def get_object_info(self, uri: str | ObjectUri) -> ObjectInfo:
        """Describe an object: size, version, checksum, …; `NotFoundError` when it is not there."""
        return await self._calls.run(self._ops.get_object_info, uri)

    async def open_object(self, uri: str | ObjectUri, block_size: int | None = None) -> BinaryIO:
        """Open an object as a seekable binary file, of the version that is there now.

        Parameters
        ----------
        uri:
            `s3://bucket/key[?versionId=…]` or `file:///path`.
        block_size:
            The smallest number of bytes that one request reads, 64 MiB at the most; None for the
            backend's choice. With one, the request that opens the object may read its beginning.

        Raises
        ------
        NotFoundError, PermissionDeniedError
            When it is not there, or may not be read. Reads raise this framework's errors too.
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
        """Write an object; what comes back can go into a package as it is.

        Parameters
        ----------
        source:
            A `pathlib.Path`, bytes, or an open binary file, which is read to its end.
        uri:
            `s3://bucket/key` or `file:///path`; an object that is there is replaced.
        checksum:
            The hash that the bytes must have, or nothing is written.
        metadata:
            User metadata of the object, ASCII text.
        progress:
            Called while bytes are sent.

        Raises
        ------
        ValidationError
            When the source cannot be read, or does not have that checksum.
        NotFoundError, PermissionDeniedError
            When the bucket is not there, or may not be written.
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
        """Find objects by the registry's index, as an iterator that fetches pages.

        Parameters
        ----------
        query:
            Text in the registry's query syntax; empty finds everything.
        registry:
            One registry, several, or "*" for all that can be read; None for the default one, or
            all where there is none.
        limit:
            The largest number of results; None for all.
        """
        return self._calls.stream(self._ops.search_objects, query, registry, limit)
