"""The data source of the local engine, which uses a connection's own operations."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from functools import partial
from typing import BinaryIO

from quilt_core.composition.calls import Calls
from quilt_core.domain.names import LATEST as LATEST_REF
from quilt_core.domain.names import (
    PackageName,
    Registry,
    RevisionRef,
    decode_percent,
    is_package_name,
)
from quilt_core.domain.objects import ObjectInfo, ObjectPrefix, S3Prefix
from quilt_core.domain.packages import PackageVersion
from quilt_core.domain.tabulator import TabulatorTable
from quilt_core.domain.uris import FileUri, ObjectUri, S3Uri, parse_object_uri
from quilt_core.errors import (
    NotFoundError,
    NotSupportedError,
    PermissionDeniedError,
    ProtocolError,
    ValidationError,
)
from quilt_core.manifest.layout import (
    LATEST,
    MANIFESTS,
    NAMED_PACKAGES,
    is_top_hash,
    manifest_key,
)
from quilt_core.manifest.model import DirectoryRecord, ManifestEntry
from quilt_core.manifest.read import read_manifest
from quilt_core.parallel import bounded_map
from quilt_core.query.package_tables import json_of
from quilt_core.query.pointer_cache import PointerCache
from quilt_core.query.source import Pointer, RevisionContent

_WORKERS = 16
_LONGEST_POINTER = 1024


def prefix_of(registry: Registry, given: str | None) -> str:
    """The prefix of the names of a registry's tables."""
    if registry.bucket is not None:
        return registry.bucket
    if given is not None:
        return given
    if registry.path is not None:
        return registry.path.name
    return str(registry.address).rpartition("/")[2]


class OperationsSource:
    """The packages of a registry, and of the other buckets that the connection can reach.

    Pointers and manifests are read as objects, which costs one request per thousand of them and one
    per new one. If this identity cannot list them as objects, packages are listed and browsed
    instead, each time.

    Parameters
    ----------
    calls:
        The connection's operations.
    registry:
        The registry that the query is for.
    prefix:
        The prefix of the names of a folder's tables; None for the folder's name.

    Raises
    ------
    ValidationError
        When a prefix is given for a bucket and is not its name.
    """

    def __init__(self, calls: Calls, registry: Registry, prefix: str | None) -> None:
        if prefix is not None and registry.bucket not in (None, prefix):
            raise ValidationError(
                f"The tables of {registry} begin with the bucket's name, not with {prefix!r}.",
                hint="A prefix can be chosen for a folder only.",
            )
        self._calls = calls
        self._registry = registry
        self._prefix = prefix_of(registry, prefix)
        self._as_objects: dict[str, bool] = {}

    def buckets(self) -> list[str]:
        """See the protocol."""
        return [self._prefix]

    def scope(self, bucket: str) -> str | None:
        """See the protocol."""
        if not self._as_objects.get(bucket):
            return None
        return "\0".join((self._of(bucket).url, self._calls.dispatch.identity or ""))

    def pointers(self, bucket: str) -> Iterable[Pointer]:
        """See the protocol."""
        registry = self._of(bucket)
        pointers = self._object_pointers(registry, bucket)
        self._as_objects[bucket] = pointers is not None
        if pointers is None:
            return self._listed_pointers(registry)
        return pointers

    def read_revision(self, bucket: str, pointer: Pointer) -> RevisionContent:
        """See the protocol."""
        registry = self._of(bucket)
        if self._as_objects[bucket]:
            return _read_manifest(
                partial(self._calls.open_object, _object(registry, manifest_key(pointer.top_hash)))
            )
        name, ref = PackageName.parse(pointer.package), RevisionRef.parse(pointer.top_hash)
        info = self._calls.package_info(name, registry, ref)
        entries = self._calls.browse(name, registry, ref, "", recursive=True)
        records = (
            ManifestEntry(
                logical_key=item.path,
                physical_key=item.physical_key or "",
                size=item.size,
                hash=item.hash,
                meta={"user_meta": dict(item.metadata)} if item.metadata else {},
            )
            for item in entries
        )
        return RevisionContent(info.message, json_of(info.metadata), records)

    def tabulator_tables(self, bucket: str) -> Iterable[tuple[str, str]]:
        """See the protocol."""
        registry = self._of(bucket)
        if registry.bucket is None or not self._calls.dispatch.has("list_tabulator_tables"):
            return ()
        tables = self._calls.dispatch.collect(
            "list_tabulator_tables", TabulatorTable, bucket=registry.bucket
        )
        return [(table.name, table.config) for table in tables]

    def open_object(self, physical_key: str) -> BinaryIO:
        """See the protocol."""
        uri = parse_object_uri(physical_key)
        if isinstance(uri, FileUri) and not self._registry.is_local:
            raise PermissionDeniedError(
                f"A package in {self._registry} refers to {physical_key}, a local file, which is "
                "not opened."
            )
        return self._calls.open_object(uri, None)

    def _of(self, bucket: str) -> Registry:
        """The registry whose tables have a prefix; raises `NotFoundError` if there is none."""
        if bucket.lower() == self._prefix.lower():
            return self._registry
        if self._registry.bucket is None:
            raise NotFoundError(f"{self._registry} has no tables of {bucket!r}.")
        try:
            return Registry.parse(f"s3://{bucket}")
        except ValidationError as error:
            raise NotFoundError(f"There is no bucket {bucket!r}.") from error

    def _object_pointers(self, registry: Registry, bucket: str) -> list[Pointer] | None:
        """The pointers, read from their objects; None if these cannot be listed."""
        if registry.address is not None or not self._has("list_objects", "open_object"):
            return None
        try:
            found = list(self._list(registry, NAMED_PACKAGES))
            manifests = {
                info.uri.partition("?")[0].rpartition("/")[2]: _state(info)
                for info in self._list(registry, MANIFESTS)
            }
        except (NotFoundError, NotSupportedError, PermissionDeniedError):
            return None
        if not found:
            return None
        self._as_objects[bucket] = True
        cache = PointerCache(self.scope(bucket))
        named = [one for one in map(_pointer_of, found) if one is not None]
        hashes = bounded_map(partial(self._hash_of, cache), [one[1] for one in named], _WORKERS)
        pointers = [
            Pointer(package, name, top_hash, manifests.get(top_hash, ""))
            for (package, _, name), top_hash in zip(named, hashes, strict=True)
            if top_hash is not None
        ]
        cache.save()
        if pointers:
            self._check_readable(registry, pointers[0])
        return pointers

    def _hash_of(self, cache: PointerCache, info: ObjectInfo) -> str | None:
        """The content of a pointer; None if it has been deleted or is not a pointer."""
        key, state = info.uri.partition("?")[0], _state(info)
        known = cache.get(key, state)
        if known is not None:
            return known
        try:
            with self._calls.open_object(parse_object_uri(key), _LONGEST_POINTER) as file:
                text = file.read(_LONGEST_POINTER).decode("ascii", errors="replace").strip()
        except NotFoundError:
            return None
        if not is_top_hash(text):
            raise ProtocolError(
                f"The pointer {key} holds {text[:80]!r}, which is not a top hash.",
                context={"uri": key},
            )
        cache.put(key, state, text, info.modified)
        return text

    def _check_readable(self, registry: Registry, pointer: Pointer) -> None:
        """Raise `PermissionDeniedError` if this identity may list but not read.

        Cached manifests are not requested again, so one manifest is checked each time.
        """
        try:
            with self._calls.open_object(
                _object(registry, manifest_key(pointer.top_hash)), 1
            ) as file:
                file.read(1)
        except NotFoundError:
            return

    def _listed_pointers(self, registry: Registry) -> Iterator[Pointer]:
        """The pointers as the operations on packages return them."""
        stream = self._calls.dispatch.stream
        for name in stream("list_all_packages", str, registry=registry, pattern=None):
            with contextlib.suppress(NotFoundError):  # a package may have no latest revision
                latest = self._calls.package_info(PackageName.parse(name), registry, LATEST_REF)
                yield Pointer(name, LATEST, latest.top_hash)
            versions = stream(
                "list_package_versions",
                PackageVersion,
                package_name=PackageName.parse(name),
                registry=registry,
            )
            for version in versions:
                yield Pointer(name, str(int(version.modified.timestamp())), version.top_hash)

    def _list(self, registry: Registry, key: str) -> Iterator[ObjectInfo]:
        return self._calls.list_objects(_prefix(registry, key), None)

    def _has(self, *operations: str) -> bool:
        return all(map(self._calls.dispatch.has, operations))


def _prefix(registry: Registry, key: str) -> ObjectPrefix:
    if registry.path is not None:
        return FileUri(registry.path / key.rstrip("/"))
    return S3Prefix(str(registry.bucket), key)


def _object(registry: Registry, key: str) -> ObjectUri:
    if registry.path is not None:
        return FileUri(registry.path / key)
    return S3Uri(str(registry.bucket), key)


def _pointer_of(info: ObjectInfo) -> tuple[str, ObjectInfo, str] | None:
    """The package and the name of a pointer, from its key; None for a key that is not a
    pointer's.
    """
    key = decode_percent(info.uri.partition("?")[0].rpartition(NAMED_PACKAGES)[2])
    package, _, name = (key or "").rpartition("/")
    return (package, info, name) if is_package_name(package) and name else None


def _state(info: ObjectInfo) -> str:
    """A value that changes when an object is overwritten."""
    return f"{info.etag or info.modified}:{info.size}"


def _read_manifest(open_manifest: Callable[[int | None], BinaryIO]) -> RevisionContent:
    """The content of a manifest, which is closed when its records have been read."""
    file = open_manifest(None)
    try:
        reader = read_manifest(file)
    except BaseException:
        file.close()
        raise

    def records() -> Iterator[DirectoryRecord | ManifestEntry]:
        with closing(file):
            for line in reader.raw_lines():
                yield reader.parse(line)

    header = reader.header
    return RevisionContent(header.message_if_any, json_of(header.metadata_if_any), records())
