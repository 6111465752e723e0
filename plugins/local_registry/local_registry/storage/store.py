"""Packages in S3: names, revisions, manifests (docs/protocol.md, H)."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime

import attrs
from botocore.exceptions import ClientError
from quilt_registry.s3.manifests import manifest_chunks
from quilt_registry.s3.pointers import (
    PointerListing,
    find_pointers,
    list_pointers,
    newest_time,
    read_hashes,
    read_pointer,
)

from local_registry.config import Limits
from local_registry.s3.client import S3Client
from local_registry.storage.revision import Revision
from quilt_core.domain.names import PackageName
from quilt_core.errors import NotFoundError, ValidationError
from quilt_core.manifest import read_manifest
from quilt_core.manifest.layout import (
    NAMED_PACKAGES,
    is_timestamp,
    is_top_hash,
    manifest_key,
    pointer_time,
)

_CACHED_ENTRIES = 400_000
_LOOKS = 10
_DEEPEST = 800
"""The maximum number of levels of a manifest's line: registries serve what Python can read."""


class _MovedError(Exception):
    """A pointer was written between the listing of the pointers and the reading of this one."""


@attrs.frozen(kw_only=True)
class Published:
    """A revision according to the pointers: its top hash and when it was published."""

    top_hash: str
    modified: datetime
    pointer: str
    """`latest`, or the newest timestamp."""


class PackageStore:
    """The packages of all buckets, read from S3 each time; manifests are kept in memory."""

    def __init__(self, *, s3: S3Client, limits: Limits) -> None:
        self.s3 = s3
        self.limits = limits
        self._cache: OrderedDict[tuple[str, str, str], Revision] = OrderedDict()
        self._lock = threading.Lock()
        self._writing: dict[tuple[str, str], threading.Lock] = {}

    def close(self) -> None:
        """Forget what was read."""
        self._cache.clear()

    def lock_of(self, bucket: str, name: str) -> threading.Lock:
        """The lock that a writer of this package holds."""
        with self._lock:
            return self._writing.setdefault((bucket, name), threading.Lock())

    def names(self, bucket: str) -> dict[str, datetime]:
        """The bucket's packages by name, each with the time of its newest revision."""
        found: dict[str, datetime] = {}
        pages = self.s3.get_paginator("list_objects_v2").paginate(
            Bucket=bucket, Prefix=NAMED_PACKAGES
        )
        for page in pages:
            for item in page.get("Contents", ()):
                name, _, pointer = item["Key"].removeprefix(NAMED_PACKAGES).rpartition("/")
                if pointer == "latest":
                    found.setdefault(name, item["LastModified"].replace(microsecond=0))
                elif is_timestamp(pointer):
                    time = pointer_time(pointer)
                    found[name] = max(time, found[name]) if name in found else time
        return dict(sorted(found.items()))

    def pointers(self, bucket: str, name: str) -> PointerListing:
        """A package's pointers; none for a package that is not there."""
        return list_pointers(self.s3, bucket, self._name(name))

    def revisions(self, bucket: str, name: str) -> list[Published]:
        """A package's revisions, newest first, each once."""
        listing = self.pointers(bucket, name)
        hashes = read_hashes(listing, self._reader(bucket, name), 8)
        found: dict[str, Published] = {}
        for pointer in listing.timestamps:
            top_hash = hashes.get(pointer.name)
            if top_hash is not None and top_hash not in found:
                found[top_hash] = Published(
                    top_hash=top_hash, modified=pointer_time(pointer.name), pointer=pointer.name
                )
        ordered = sorted(found.values(), key=lambda one: one.top_hash)
        return sorted(ordered, key=lambda one: one.modified, reverse=True)

    def find(self, bucket: str, name: str, hash_or_tag: str) -> Published | None:
        """The revision that `latest`, a pointer's name, a full hash or a prefix names."""
        for _ in range(_LOOKS):
            try:
                return self._find(bucket, name, hash_or_tag)
            except _MovedError:
                continue
        return None

    def _find(self, bucket: str, name: str, hash_or_tag: str) -> Published | None:
        listing = self.pointers(bucket, name)
        if not listing.all:
            return None
        read = self._reader(bucket, name)
        named = {pointer.name: pointer for pointer in listing.all}
        try:
            if hash_or_tag in named:
                top_hash = read(hash_or_tag)
            elif is_top_hash(hash_or_tag):
                top_hash = hash_or_tag
            else:
                hashes = set(read_hashes(listing, read, 8).values())
                fitting = [one for one in hashes if one.startswith(hash_or_tag)]
                if len(fitting) != 1 or len(hash_or_tag) < 6:
                    return None
                top_hash = fitting[0]
        except NotFoundError:
            return None
        pointers = find_pointers(listing, top_hash, read, 8)
        modified = newest_time(pointers)
        if modified is None:
            if hash_or_tag in named:
                raise _MovedError
            return None
        return Published(top_hash=top_hash, modified=modified, pointer=pointers[0].name)

    def read_pointer(self, bucket: str, name: str, pointer: str) -> str:
        """The top hash that a pointer holds; `NotFoundError`, `ProtocolError`."""
        return read_pointer(self.s3, bucket, self._name(name), pointer)

    def hashes(self, bucket: str, name: str, listing: PointerListing) -> Mapping[str, str]:
        """The top hash of each pointer in a listing, by the pointer's name."""
        return read_hashes(listing, self._reader(bucket, name), 8)

    def revision(self, bucket: str, top_hash: str) -> Revision:
        """A manifest; `NotFoundError` when it is not there, `ProtocolError` when damaged.

        Physical keys are not part of a top hash: the same hash can be written again with others,
        so what is remembered counts only as long as the object's ETag is the same.
        """
        key = (bucket, top_hash, self._etag(bucket, manifest_key(top_hash)))
        with self._lock:
            if key in self._cache:
                self._cache.move_to_end(key)
                return self._cache[key]
        chunks = manifest_chunks(self.s3, bucket, top_hash)
        revision = Revision(top_hash, read_manifest(chunks, _DEEPEST))
        with self._lock:
            self._cache[key] = revision
            while (
                len(self._cache) > 1
                and sum(len(one.entries) for one in self._cache.values()) > _CACHED_ENTRIES
            ):
                self._cache.popitem(last=False)
        return revision

    def physical_key(self, bucket: str, name: str, hash_or_tag: str, key: str) -> str | None:
        """The location of a file of a revision; None if the revision or the file does not exist."""
        published = self.find(bucket, name, hash_or_tag)
        if published is None:
            return None
        entry = self.revision(bucket, published.top_hash).entries.get(key)
        return entry.physical_key if entry else None

    def bucket_exists(self, bucket: str) -> bool:
        """Whether S3 has the bucket."""
        try:
            self.s3.head_bucket(Bucket=bucket)
        except ClientError:
            return False
        return True

    def _etag(self, bucket: str, key: str) -> str:
        """The ETag of an object; "" if it cannot be read, which reading it will report."""
        try:
            return str(self.s3.head_object(Bucket=bucket, Key=key)["ETag"])
        except ClientError:
            return ""

    def _reader(self, bucket: str, name: str) -> Callable[[str], str]:
        return lambda pointer: self.read_pointer(bucket, name, pointer)

    @staticmethod
    def _name(name: str) -> PackageName:
        try:
            return PackageName.parse(name)
        except ValidationError:
            return PackageName("-", "-")  # a package cannot have this name
