"""Object operations."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

from quilt_core.domain.admin import BucketPermissionLevel
from quilt_core.domain.entries import ProgressCallback
from quilt_core.domain.names import Registry
from quilt_core.domain.objects import (
    ObjectHit,
    ObjectInfo,
    ObjectPrefix,
    ObjectSource,
    S3Prefix,
    StoredObject,
)
from quilt_core.domain.uris import FileUri, ObjectUri, S3Uri
from quilt_core.errors import (
    NotFoundError,
    NotSupportedError,
    PermissionDeniedError,
    ValidationError,
)
from quilt_core.hookspecs import hookimpl
from quilt_core.manifest import SHA256, EntryHash, hash_bytes
from quilt_core.outcome import Outcome, outcome_unless_told
from quilt_core.progress import ProgressReporter
from quilt_core.search import SearchText, parse_query
from quilt_core.testing.memory.session import Session
from quilt_core.testing.memory.store import ObjectVersion


class ObjectOperations:
    """Objects of the catalog's buckets."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @hookimpl
    def list_objects(
        self, uri: ObjectPrefix, recursive: bool, limit: int | None
    ) -> Iterable[ObjectInfo]:
        if isinstance(uri, FileUri):
            raise _no_folders("list_objects")
        self._readable(uri.bucket, uri.url)
        items = self._all(uri) if recursive else self._level(uri)
        return list(islice(items, limit))

    @hookimpl
    def get_object_info(self, uri: ObjectUri) -> ObjectInfo:
        version, stored = self._find("get_object_info", uri)
        return _info(uri.bucket, uri.key, version, stored)  # type: ignore[union-attr]

    @hookimpl
    def open_object(self, uri: ObjectUri, block_size: int | None) -> BinaryIO:
        # Of any block size: the bytes are here. The reader makes them read-only.
        found = io.BytesIO(self._find("open_object", uri)[1].data)
        return cast("BinaryIO", io.BufferedReader(cast("io.RawIOBase", found)))

    @hookimpl
    def put_object(
        self,
        source: ObjectSource,
        uri: ObjectUri,
        checksum: EntryHash | None,
        metadata: Mapping[str, str] | None,
        progress: ProgressCallback | None,
    ) -> StoredObject:
        with outcome_unless_told(Outcome.NOT_WRITTEN):
            if isinstance(uri, FileUri):
                raise _no_folders("put_object")
            self._writable(uri)
            data = _read(source)
            found = hash_bytes(data)
            _check(checksum, data, found, uri)
            reporter = ProgressReporter(progress, "put_object", "uploading", len(data), "bytes")
            url = self._session.catalog.put_object(uri.bucket, uri.key, data, metadata)
            reporter.advance(len(data))
        version = S3Uri.parse(url).version_id
        return StoredObject(uri=url, size=len(data), hash=found, version=version)

    @hookimpl
    def search_objects(
        self, query: str, registry: tuple[Registry, ...] | None, limit: int | None
    ) -> Iterable[ObjectHit]:
        if registry is None:
            buckets = self._session.readable_buckets()
        else:
            buckets = [self._session.reading(one) for one in registry]
        wanted = parse_query(query)
        hits = [
            ObjectHit(
                uri=S3Uri(bucket, key, version).url,
                bucket=bucket,
                key=key,
                version=version,
                size=len(stored.data),
                modified=stored.modified,
                score=score,
            )
            for bucket in buckets
            for key, version, stored in self._current(bucket, "")
            if (score := wanted.score(_text_of(key, version, stored)))
        ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.bucket, hit.key))[:limit]

    def _all(self, uri: S3Prefix) -> Iterator[ObjectInfo]:
        for key, version, stored in self._current(uri.bucket, uri.prefix):
            yield _info(uri.bucket, key, version, stored)

    def _level(self, uri: S3Prefix) -> Iterator[ObjectInfo]:
        last = None
        for key, version, stored in self._current(uri.bucket, uri.prefix):
            name, slash, _ = key[len(uri.prefix) :].partition("/")
            if not slash:
                yield _info(uri.bucket, key, version, stored)
            elif name != last:
                last = name
                yield _folder(S3Prefix(uri.bucket, f"{uri.prefix}{name}/"))

    def _current(self, bucket: str, prefix: str) -> list[tuple[str, str | None, ObjectVersion]]:
        """The objects below a prefix, by key, with their latest versions."""
        with self._session.catalog.lock:
            return [
                (key, version, versions[version])
                for (owner, key), versions in sorted(self._session.catalog.objects.items())
                if owner == bucket and key.startswith(prefix)
                for version in [next(reversed(versions))]
            ]

    def _find(self, operation: str, uri: ObjectUri) -> tuple[str | None, ObjectVersion]:
        if isinstance(uri, FileUri):
            raise _no_folders(operation)
        self._readable(uri.bucket, uri.url)
        return self._session.catalog.find_object(uri)

    def _readable(self, bucket: str, url: str) -> None:
        catalog = self._session.catalog
        self._session.user()
        if bucket in catalog.foreign_buckets:
            return
        if bucket not in catalog.buckets:
            raise NotFoundError(f"There is no bucket s3://{bucket}.", context={"uri": url})
        if self._session.level(bucket) is None:
            raise PermissionDeniedError(
                f"This identity may not read s3://{bucket}.", context={"uri": url}
            )

    def _writable(self, uri: S3Uri) -> None:
        self._readable(uri.bucket, uri.url)
        if self._session.level(uri.bucket) is not BucketPermissionLevel.READ_WRITE:
            raise PermissionDeniedError(
                f"This identity may not write to s3://{uri.bucket}.", context={"uri": uri.url}
            )


def _no_folders(operation: str) -> NotSupportedError:
    return NotSupportedError(operation, "memory", "its objects are s3:// objects in memory")


def _info(bucket: str, key: str, version: str | None, stored: ObjectVersion) -> ObjectInfo:
    return ObjectInfo(
        uri=S3Uri(bucket, key, version).url,
        size=len(stored.data),
        modified=stored.modified,
        version=version,
        etag=sha256(stored.data).hexdigest()[:32],
        content_type="application/octet-stream",
        storage_class="STANDARD",
        checksum=stored.hash,
    )


def _folder(prefix: S3Prefix) -> ObjectInfo:
    return ObjectInfo(
        uri=prefix.url, size=None, modified=None, version=None, etag=None, content_type=None,
        storage_class=None, checksum=None, is_prefix=True,
    )  # fmt: skip


def _text_of(key: str, version: str | None, stored: ObjectVersion) -> SearchText:
    """What a query is held against; contents are not searched."""
    return SearchText.of_object(
        key, content=None, size=len(stored.data), modified=stored.modified, version=version
    )


def _read(source: ObjectSource) -> bytes:
    if isinstance(source, bytes):
        return source
    try:
        data = source.read_bytes() if isinstance(source, Path) else source.read()
    except OSError as error:
        raise ValidationError(f"The source cannot be read: {error}.") from error
    if not isinstance(data, bytes):
        raise ValidationError("The source is a file of text.", hint="Open it in binary mode.")
    return data


def _check(checksum: EntryHash | None, data: bytes, found: EntryHash, uri: S3Uri) -> None:
    if checksum is None:
        return
    if checksum.type == SHA256:
        found = EntryHash(SHA256, sha256(data).hexdigest())
    if found != checksum:
        raise ValidationError(
            f"The bytes for {uri} have the hash {found.value}, not {checksum.value}.",
            context={"uri": uri.url, "expected": checksum.value, "found": found.value},
        )
