"""The data of queries: the packages and objects of this registry that an identity's role
may read.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any, BinaryIO

from quilt_registry.s3 import object_chunks, read_object, s3_errors
from quilt_registry.s3.pointers import POINTER_BYTES, parse_pointer
from quilt_registry.transfer import Boto3Engine, open_for_reading

from local_registry.context import RegistryContext
from local_registry.identity.model import Identity
from quilt_core.domain.names import is_package_name
from quilt_core.domain.uris import S3Uri, parse_object_uri
from quilt_core.errors import NotFoundError, PermissionDeniedError
from quilt_core.manifest import read_manifest
from quilt_core.manifest.layout import NAMED_PACKAGES, manifest_key
from quilt_core.query.package_tables import json_of
from quilt_core.query.source import Pointer, RevisionContent

_MOST_POINTERS = 200_000


class PointerCache:
    """The contents of pointers, by their keys and entity tags; the same for all users."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str, str], str] = OrderedDict()
        self._lock = threading.Lock()

    def hash_of(self, s3: Any, bucket: str, key: str, etag: str) -> str:
        """The top hash in a pointer; raises the errors of `read_object`, and `ProtocolError` for a
        damaged one.
        """
        place = (bucket, key, etag)
        with self._lock:
            known = self._known.get(place)
        if known is None:
            found = read_object(s3, S3Uri(bucket, key), "read the pointer", beginning=POINTER_BYTES)
            known = parse_pointer(found.content, found.uri.url)
            with self._lock:
                self._known[place] = known
                while len(self._known) > _MOST_POINTERS:
                    self._known.popitem(last=False)
        return known


class RegistrySource:
    """Implements `quilt_core.query.source.TableSource` for one identity.

    It reads with the registry's own rights, and asks the identity's role before each read.
    """

    def __init__(self, context: RegistryContext, identity: Identity, known: PointerCache) -> None:
        self._context = context
        self._s3 = context.s3
        self._identity = identity
        self._known = known

    def buckets(self) -> list[str]:
        """The buckets of the registry that the role reads."""
        every = (bucket.name for bucket in self._context.state.buckets.list())
        return [name for name in every if self._identity.can_read(name)]

    def pointers(self, bucket: str) -> Iterator[Pointer]:
        """All pointers of a bucket's packages."""
        self._require(bucket)
        manifests = dict(self._listed(bucket, manifest_key("")))
        for key, etag in self._listed(bucket, NAMED_PACKAGES):
            package, _, name = key.removeprefix(NAMED_PACKAGES).rpartition("/")
            if name and is_package_name(package):
                top_hash = self._known.hash_of(self._s3, bucket, key, etag)
                yield Pointer(package, name, top_hash, manifests.get(manifest_key(top_hash), ""))

    def scope(self, bucket: str) -> str:
        """The bucket: a user who may read it may read all of it."""
        return bucket

    def read_revision(self, bucket: str, pointer: Pointer) -> RevisionContent:
        """A manifest as a stream."""
        self._require(bucket)
        key = manifest_key(pointer.top_hash)
        manifest = read_manifest(object_chunks(self._s3, bucket, key, "read the manifest"))
        return RevisionContent(
            message=manifest.header.message_if_any,
            metadata=json_of(manifest.header.metadata_if_any),
            records=map(manifest.parse, manifest.raw_lines()),
        )

    def tabulator_tables(self, bucket: str) -> list[tuple[str, str]]:
        """The tables that the registry keeps for a bucket that the role reads."""
        if not self._identity.can_read(bucket):
            return []
        return [(table.name, table.config) for table in self._context.state.tabulator.list(bucket)]

    def open_object(self, physical_key: str) -> BinaryIO:
        """An object in a bucket that the role may read; other objects are refused, even if a
        manifest names them.
        """
        uri = parse_object_uri(physical_key)
        if not isinstance(uri, S3Uri):
            raise PermissionDeniedError(f"{physical_key} is not an object of this registry.")
        self._require(uri.bucket)
        return open_for_reading(Boto3Engine(self._s3), uri)

    def _listed(self, bucket: str, prefix: str) -> Iterator[tuple[str, str]]:
        """Keys and entity tags."""
        with s3_errors("list", f"s3://{bucket}/{prefix}"):
            pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
            for page in pages:
                yield from ((item["Key"], item["ETag"]) for item in page.get("Contents", ()))

    def _require(self, bucket: str) -> None:
        if not self._identity.can_read(bucket):
            raise PermissionDeniedError(f"The role {self._identity.role} does not read {bucket}.")
        if self._context.state.buckets.get(bucket) is None:
            raise NotFoundError(f"There is no bucket {bucket}.")
