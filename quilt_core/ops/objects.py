"""Object operations of the facade."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from quilt_core import domain
from quilt_core.domain.entries import ProgressCallback
from quilt_core.domain.names import Registry
from quilt_core.domain.uris import FileUri, ObjectUri, S3Uri, parse_object_uri
from quilt_core.errors import ValidationError
from quilt_core.ops.parsing import parse_flag, parse_limit, parse_mapping, parse_registries
from quilt_core.ops.writing import WritingGroup, tells_outcome

if TYPE_CHECKING:
    from quilt_core.domain.objects import (
        ObjectHit,
        ObjectInfo,
        ObjectPrefix,
        ObjectSource,
        StoredObject,
    )
    from quilt_core.manifest.model import EntryHash


class ObjectOps(WritingGroup):
    """Objects in their stores: list, describe, read, write and find them."""

    def list_objects(
        self, uri: str | ObjectPrefix, recursive: bool = True, limit: int | None = None
    ) -> Iterator[ObjectInfo]:
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

        Examples
        --------
        >>> for found in ops.list_objects("s3://demo-data/penguins", recursive=False):
        ...     print(found.uri, found.is_prefix)
        s3://demo-data/penguins/LICENSE.md False
        s3://demo-data/penguins/README.md False
        s3://demo-data/penguins/data/ True
        """
        # Most programs deal with packages alone.
        from quilt_core.domain.objects import S3Prefix, parse_object_prefix

        prefix = uri if isinstance(uri, (S3Prefix, FileUri)) else parse_object_prefix(uri)
        return self._dispatch.stream(
            "list_objects",
            domain.ObjectInfo,
            uri=prefix,
            recursive=parse_flag(recursive, "recursive"),
            limit=parse_limit(limit),
        )

    def get_object_info(self, uri: str | ObjectUri) -> ObjectInfo:
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

        Examples
        --------
        >>> info = ops.get_object_info("s3://demo-data/penguins/data/penguins.csv")
        >>> print(info.size)
        15241
        """
        return self._dispatch.call("get_object_info", domain.ObjectInfo, uri=_parse_uri(uri))

    def open_object(self, uri: str | ObjectUri, block_size: int | None = None) -> BinaryIO:
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

        Examples
        --------
        >>> with ops.open_object("s3://demo-data/penguins/README.md") as file:
        ...     print(len(file.read()) > 100)
        True
        """
        from quilt_core.domain.objects import LARGEST_BLOCK

        if block_size is not None and not (
            isinstance(block_size, int) and 0 < block_size <= LARGEST_BLOCK
        ):
            raise ValidationError(
                f"block_size={block_size!r} is not a number of bytes from 1 to {LARGEST_BLOCK}.",
                hint="Pass None to leave it to the backend.",
            )
        opened = self._dispatch.call(
            "open_object", io.IOBase, uri=_parse_uri(uri), block_size=block_size
        )
        return cast("BinaryIO", opened)

    @tells_outcome
    def put_object(
        self,
        source: ObjectSource,
        uri: str | ObjectUri,
        checksum: EntryHash | None = None,
        metadata: Mapping[str, str] | None = None,
        progress: ProgressCallback | None = None,
    ) -> StoredObject:
        r"""Write an object; the result can go into a package unchanged.

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

        Examples
        --------
        >>> stored = ops.put_object(b"# Notes\n", "s3://demo-data/incoming/notes.md")
        >>> print(stored.size, stored.uri.split("?")[0])
        8 s3://demo-data/incoming/notes.md
        >>> created = ops.create_package_revision("team/notes", {"notes.md": stored.uri})
        >>> print(created.added)
        ('notes.md',)
        """
        target = _parse_uri(uri)
        if isinstance(target, S3Uri) and target.version_id is not None:
            raise ValidationError(
                f"{target.url} contains a version, but the store assigns versions.",
                hint="Leave '?versionId=…' out.",
            )
        return self._write(
            "put_object",
            domain.StoredObject,
            source=_parse_source(source),
            uri=target,
            checksum=_parse_checksum(checksum),
            metadata=_parse_object_metadata(metadata),
            progress=progress,
        )

    def search_objects(
        self,
        query: str = "",
        registry: str | Registry | Iterable[str | Registry] | None = None,
        limit: int | None = None,
    ) -> Iterator[ObjectHit]:
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

        Examples
        --------
        >>> hit = next(ops.search_objects("ext:.csv", limit=1))
        >>> print(hit.uri.split("?")[0])
        s3://demo-data/….csv
        """
        if not isinstance(query, str):
            raise ValidationError(f"query={query!r} is not text.", hint="'' finds everything.")
        return self._dispatch.stream(
            "search_objects",
            domain.ObjectHit,
            query=query,
            registry=parse_registries(registry, self._settings.registry),
            limit=parse_limit(limit),
        )


def _parse_uri(uri: str | ObjectUri) -> ObjectUri:
    return uri if isinstance(uri, (S3Uri, FileUri)) else parse_object_uri(uri)


def _parse_source(source: ObjectSource) -> ObjectSource:
    if isinstance(source, (bytearray, memoryview)):
        return bytes(source)
    if isinstance(source, str):
        raise ValidationError(
            f"The source {source!r} is text, which could be a path or the content itself.",
            hint="Give pathlib.Path(…) for a file, or text.encode() for bytes.",
        )
    if isinstance(source, (Path, bytes)) or callable(getattr(source, "read", None)):
        return source
    raise ValidationError(
        f"The source is a {type(source).__name__}.",
        hint="Give a pathlib.Path, bytes, or an open binary file.",
    )


def _parse_checksum(checksum: EntryHash | None) -> EntryHash | None:
    if checksum is None:
        return None
    # Manifests import msgspec, which the help of a command does not need.
    from quilt_core.manifest import SHA256, SHA256_CHUNKED, EntryHash

    if isinstance(checksum, EntryHash) and checksum.type in (SHA256_CHUNKED, SHA256):
        return checksum
    raise ValidationError(
        f"checksum={checksum!r} is not a hash that can be checked while sending.",
        hint=f"Give EntryHash({SHA256_CHUNKED!r}, …) or EntryHash({SHA256!r}, …).",
    )


def _parse_object_metadata(metadata: Mapping[str, str] | None) -> Mapping[str, str] | None:
    if metadata is None:
        return None
    for key, value in parse_mapping(metadata, "metadata").items():
        for text in (key, value):
            if not (isinstance(text, str) and text.isascii() and text.isprintable()):
                raise ValidationError(
                    f"The object metadata has {text!r}, which is not printable ASCII text.",
                    hint="Stores send it in headers; put other metadata into the package.",
                )
    return dict(metadata) or None
