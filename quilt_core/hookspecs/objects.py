# mypy: disable-error-code="empty-body"
"""Object operations: files in buckets and folders, independent of packages.

The core uses these operations to push, download, verify and read packages, so that a backend that
implements them supports all of that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, BinaryIO

from quilt_core.domain.names import Registry
from quilt_core.hookspecs.markers import hookspec

if TYPE_CHECKING:
    from quilt_core.domain.entries import ProgressCallback
    from quilt_core.domain.objects import (
        ObjectHit,
        ObjectInfo,
        ObjectPrefix,
        ObjectSource,
        StoredObject,
    )
    from quilt_core.domain.uris import ObjectUri

if TYPE_CHECKING:  # manifests bring msgspec, which a command's help does without
    from quilt_core.manifest.model import EntryHash


@hookspec(firstresult=True)
def list_objects(
    uri: ObjectPrefix, recursive: bool = True, limit: int | None = None
) -> Iterable[ObjectInfo]:
    """List the objects of a bucket or folder; called for `ops.list_objects()`.

    Arguments:
        uri: a bucket, a folder in one, or a folder of this machine. `s3://bucket/data` and
            `s3://bucket/data/` are the same: both list everything below `data/`.
        recursive: True for all objects below `uri`; False for one level, in which each folder is
            represented by one `ObjectInfo` with `is_prefix`.
        limit: the maximum number of items; None for all.

    Returns: an iterable, which may be lazy, of `ObjectInfo`. It is empty for a folder that is empty
    or does not exist, because S3 does not distinguish the two.

    Raises: `NotFoundError` for a bucket that does not exist; `PermissionDeniedError` for a bucket
    that this identity may not list; `ValidationError` for a file instead of a folder;
    `NotSupportedError` for a store that the backend cannot access; `AuthenticationError`,
    `TransportError`, `ProtocolError`. A lazy iterable raises while it is read, and never ends early
    without an error.

    Ordering and completeness: by key, in the order of code points; folders are sorted among the
    objects, with their trailing slash. All of them up to `limit`, only current versions, each once.

    Since: 1. Source: S3 ListObjectsV2.

    Example: ``[ObjectInfo(uri="s3://bucket/data/a.csv", size=12, …), …]``.
    """


@hookspec(firstresult=True)
def get_object_info(uri: ObjectUri) -> ObjectInfo:
    """Describe one object without reading it; called for `ops.get_object_info()`.

    Arguments:
        uri: the object; the current version unless the URI contains a version.

    Returns: an `ObjectInfo` whose `uri` and `version` are those of the version that was found, and
    `modified` the time at which it was written. `checksum` is the hash as in a manifest, if the
    store has it.

    Raises: `NotFoundError` if the bucket, the object or the version does not exist, and for a
    folder; `PermissionDeniedError` for a bucket or an object that this identity may not read, also
    if there is no such object; `NotSupportedError` for a store that the backend cannot access;
    `AuthenticationError`, `TransportError`.

    Since: 1. Source: S3 HeadObject with its checksum.

    Example: ``ObjectInfo(uri="s3://bucket/a.csv?versionId=…", size=12, version="…", …)``.
    """


@hookspec(firstresult=True)
def open_object(uri: ObjectUri, block_size: int | None = None) -> BinaryIO:
    """Open an object for reading; called for `ops.open_object()`.

    Arguments:
        uri: the object; the current version unless the URI contains a version.
        block_size: the minimum number of bytes that one request reads, at most 64 MiB; None for the
            backend's choice. It affects only the speed of reading. To read a file from its
            beginning, pass the size of the file. The request that opens the object may read the
            first block, and the bytes of a request are streamed as they are read.

    Returns: a readable and seekable binary file with exactly the version that was found when it was
    opened. It keeps a bounded part of the object in memory, must be used by only one thread at a
    time, and must be closed.

    Raises: as `get_object_info` when opening; `BackendError` for an object in an archive. Reads
    raise `TransportError`, `AuthenticationError`, `PermissionDeniedError`, and `NotFoundError` if
    the version has been deleted since; a read never ends early without an error. In a store without
    versioning, reading an object that was replaced since raises `ConflictError`.

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
        source: a local file, bytes, or an open binary file, which is read from its current position
            to its end, and stays open. It is read once. Its end is where a read returns no bytes: a
            pipe or a socket returns fewer bytes than were asked for before that, and cannot seek.
        uri: the destination, without a version. An existing object is replaced, also by the same
            bytes; where the store keeps versions, this makes a new one and keeps the others.
        checksum: the hash that the bytes must have, `sha2-256-chunked` or `SHA256`; None if it is
            not known.
        metadata: user metadata of the object, ASCII text; None for none, also where the object that
            is replaced had some. It is written or refused, and never left out.
        progress: see `quilt_core.hookspecs`; None for none.

    Returns: a `StoredObject` with the version that was written and the hash for a manifest, which
    is computed from the bytes that were sent and checked by the store if it supports that.

    Raises: `ValidationError` for a source that cannot be read, is too large for the store, changed
    while it was read, or does not match `checksum`; `NotFoundError` for a bucket that does not
    exist; `PermissionDeniedError`; `NotSupportedError` for a store that the backend cannot access,
    or that does not support `metadata`; `AuthenticationError`, `TransportError`.
    `context["outcome"]` says whether anything was written. A failed upload leaves nothing behind,
    and an object that was there stays as it was.
    If a process is killed, the next one uses or removes what it left in the store.

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

    The query is matched by whole words, ignoring case, against keys, extensions and, as far as the
    registry has indexed them, contents. Several words without an operator have the meaning that
    `search_packages` describes: an object with all of the words is a hit, an object with none is
    not, and the rest is the registry's decision, unless the query has `AND`, `OR` or `+`.

    Arguments:
        query: text in the registry's query syntax, as in `search_packages`, and `key:…` and `ext:…`
            (the extension with its dot, `ext:.csv`); a text that is empty, blank or `*` finds
            everything.
        registry: where to search, one or more; None for every bucket that the user can read, which
            may be none.
        limit: the maximum number of results of all registries together; None for all.

    Returns: an iterable, which may be lazy, of `ObjectHit`, each object once, in its current
    version. It does not contain deleted objects.

    Raises: `ValidationError` for a query that the registry cannot parse; `NotFoundError` if one of
    the registries does not exist or cannot be read; `NotSupportedError` for folders, which have no
    index; `AuthenticationError`, `TransportError`, `ProtocolError`.

    Ordering and completeness: as ranked by the registry; objects that it ranks equally come in no
    particular order. All matching objects, from all pages, up to `limit`.

    Since: 1. Source: GraphQL `searchObjects`, `searchMoreObjects`.

    Example: ``[ObjectHit(uri="s3://bucket/a.csv?versionId=…", size=12, score=1.5, …)]``.
    """
