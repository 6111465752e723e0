# mypy: disable-error-code="empty-body"
"""Object operations: files as they lie in buckets and folders, below what packages say of them.

Packages are pushed, downloaded, verified and read by means of these, so that a backend which brings
them gets all of that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, BinaryIO

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
from quilt_core.hookspecs.markers import hookspec

if TYPE_CHECKING:  # manifests bring msgspec, which a command's help does without
    from quilt_core.manifest.model import EntryHash


@hookspec(firstresult=True)
def list_objects(
    uri: ObjectPrefix, recursive: bool = True, limit: int | None = None
) -> Iterable[ObjectInfo]:
    """List the objects of a bucket or folder; called for `ops.list_objects()`.

    Arguments:
        uri: a bucket, a folder in one, or a folder of this machine. `s3://bucket/data` and
            `s3://bucket/data/` mean the same: what lies below `data/`.
        recursive: True for all objects below `uri`; False for one level, in which what lies
            deeper is one `ObjectInfo` with `is_prefix` for each folder.
        limit: the largest number of items wanted; None for all.

    Returns: an iterable, which may be lazy, of `ObjectInfo`. A folder in which nothing lies, or
    that is not there, gives nothing: in S3 there is no difference.

    Raises: `NotFoundError` for a bucket that is not there; `PermissionDeniedError` for one that
    this identity may not list; `ValidationError` for a file instead of a folder;
    `NotSupportedError` for a store that the backend does not reach; `AuthenticationError`,
    `TransportError`, `ProtocolError`. A lazy iterable raises while it is read, and never ends
    early without an error.

    Ordering and completeness: by key, code point by code point, folders among the objects with
    the slash at their end. All of them up to `limit`, current versions only, each once.

    Since: 1. Source: S3 ListObjectsV2.

    Example: ``[ObjectInfo(uri="s3://bucket/data/a.csv", size=12, …), …]``.
    """


@hookspec(firstresult=True)
def get_object_info(uri: ObjectUri) -> ObjectInfo:
    """Describe one object without reading it; called for `ops.get_object_info()`.

    Arguments:
        uri: the object; the current version unless it names one.

    Returns: an `ObjectInfo` whose `uri` and `version` are the version that was found. `checksum`
    is what a manifest would hold, where the store has it.

    Raises: `NotFoundError` when the bucket, the object or the version is not there, for a folder,
    and where this identity may not know; `PermissionDeniedError`; `NotSupportedError` for a store
    that the backend does not reach; `AuthenticationError`, `TransportError`.

    Since: 1. Source: S3 HeadObject with its checksum.

    Example: ``ObjectInfo(uri="s3://bucket/a.csv?versionId=…", size=12, version="…", …)``.
    """


@hookspec(firstresult=True)
def open_object(uri: ObjectUri, block_size: int | None = None) -> BinaryIO:
    """Open an object for reading; called for `ops.open_object()`.

    Arguments:
        uri: the object; the current version unless it names one.
        block_size: the smallest number of bytes that one request reads, 64 MiB at the most; None
            for the backend's choice. It changes how fast reading is, never what is read: whoever
            reads a file from its beginning names its size. The request that opens the object may
            read the first block, and the bytes of one request come as they are read.

    Returns: a binary file that is readable and seekable and not writable, of exactly the version
    that was found when it was opened. It holds a bounded part of the object in memory, is for one
    thread at a time, and is to be closed.

    Raises: as `get_object_info`, when it is opened; `BackendError` for an object that lies in an
    archive. Reads raise `TransportError`, `AuthenticationError`, `PermissionDeniedError`, and
    `NotFoundError` when the version has been deleted since; a read never ends early without an
    error. In a store without versions an object that was replaced since raises `ConflictError`.

    Since: 1. Source: S3 GetObject with a range and a version.

    Example: ``open_object(S3Uri("bucket", "a.parquet"), None).read(4) == b"PAR1"``.
    """


@hookspec(firstresult=True)
def put_object(
    source: ObjectSource,
    uri: ObjectUri,
    checksum: EntryHash | None = None,
    metadata: Mapping[str, str] | None = None,
    progress: ProgressCallback | None = None,
) -> StoredObject:
    """Write an object; called for `ops.put_object()`.

    Arguments:
        source: a file of this machine, bytes, or an open binary file, read from where it stands
            to its end. It is read once.
        uri: where to; it names no version. An object that is there is replaced.
        checksum: the hash that the bytes must have, `sha2-256-chunked` or `SHA256`; None where
            nobody knows.
        metadata: user metadata of the object, ASCII text; None for none.
        progress: called with `Progress` while bytes are sent; None for nobody.

    Returns: a `StoredObject` with the version that was written, and the hash that a manifest
    needs, computed from the bytes that were sent and checked by the store where it can.

    Raises: `ValidationError` for a source that cannot be read or is too large for the store,
    which changed while it was read, or whose bytes do not have `checksum`; `NotFoundError` for a
    bucket that is not there; `PermissionDeniedError`; `NotSupportedError` for a store that the
    backend does not reach, or that keeps no `metadata`; `AuthenticationError`, `TransportError`.
    `context["outcome"]` says whether anything was written. Nothing is left of an upload that
    failed. What a process that was killed has left in the store, the next one uses or removes.

    Since: 1. Source: S3 PutObject, CreateMultipartUpload; docs/protocol.md, P.6.

    Example: ``put_object(b"x,y", S3Uri("bucket", "a.csv"), None, None, None)``.
    """


@hookspec(firstresult=True)
def search_objects(
    query: str = "",
    registry: tuple[Registry, ...] | None = None,
    limit: int | None = None,
) -> Iterable[ObjectHit]:
    """Find objects by key, extension and content; called for `ops.search_objects()`.

    Arguments:
        query: text in the registry's query syntax (words, `key:…`, `ext:…`, AND/OR/NOT, `*`); the
            empty text finds everything.
        registry: where to search; None for every bucket that can be read.
        limit: the largest number of results wanted; None for all.

    Returns: an iterable, which may be lazy, of `ObjectHit`. Objects that were deleted are not
    among them.

    Raises: `ValidationError` for a query that the registry cannot parse; `NotFoundError` for a
    registry that is not there or cannot be read; `NotSupportedError` for folders, which have no
    index; `AuthenticationError`, `TransportError`, `ProtocolError`.

    Ordering and completeness: as the registry ranks them. Everything that matches, to the last
    page, up to `limit`.

    Since: 1. Source: GraphQL `searchObjects`, `searchMoreObjects`.

    Example: ``[ObjectHit(uri="s3://bucket/a.csv?versionId=…", size=12, score=1.5, …)]``.
    """
