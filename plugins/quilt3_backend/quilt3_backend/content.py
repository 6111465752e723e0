"""Content operations: what is inside a package."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from quilt_registry.s3 import presign_object

from quilt3_backend.connection import Connection
from quilt3_backend.packages.revision_lookup import Revision, resolve
from quilt3_backend.stores import PackageStore
from quilt_core.domain.content import ContentInfo, ContentType
from quilt_core.domain.names import PackageName, Registry, RevisionRef
from quilt_core.domain.stored_keys import reachable_object
from quilt_core.error_messages import not_a_file, path_not_found
from quilt_core.hookspecs import hookimpl
from quilt_core.manifest import (
    ListedDirectory,
    ManifestEntry,
    ManifestReader,
    directory_metadata,
    list_directory,
    read_manifest,
)


class ContentOperations:
    """Implements the hooks of `quilt_core.hookspecs.content`; manifests are read as streams."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @hookimpl
    def browse_content(
        self,
        package_name: PackageName,
        registry: Registry,
        path: str,
        top_hash: RevisionRef,
        recursive: bool,
    ) -> Iterable[ContentInfo]:
        """See the hook."""
        store, revision = self._resolve(package_name, registry, top_hash)
        reader = read_manifest(store.manifest(revision.top_hash))
        if recursive:
            return _stream(reader, path, revision, registry)
        listing = list_directory(reader, path)
        if listing is None:
            raise path_not_found(path, revision.package_name, registry)
        return [
            *(_directory(directory) for directory in listing.directories),
            *(_file(entry) for entry in listing.files),
        ]

    @hookimpl
    def get_content_url(
        self, package_name: PackageName, registry: Registry, path: str, top_hash: RevisionRef
    ) -> str:
        """See the hook; of S3 only the manifest and the bucket's region are asked for."""
        store, revision = self._resolve(package_name, registry, top_hash)
        listing = list_directory(read_manifest(store.manifest(revision.top_hash)), path)
        if listing is None:
            raise path_not_found(path, revision.package_name, registry)
        entry = next((entry for entry in listing.files if entry.logical_key == path), None)
        if entry is None:
            raise not_a_file(path, package_name, registry)
        if registry.is_local and entry.physical_key.startswith("file:///"):
            return entry.physical_key
        uri = reachable_object(entry.physical_key, "get_content_url", path)
        return presign_object(self._connection.s3(), uri.bucket, uri.key, uri.version_id)

    def _resolve(
        self, package_name: PackageName, registry: Registry, ref: RevisionRef
    ) -> tuple[PackageStore, Revision]:
        store = self._connection.store(registry)
        return store, resolve(store, package_name, ref, self._connection.workers)


def _stream(
    reader: ManifestReader, path: str, revision: Revision, registry: Registry
) -> Iterator[ContentInfo]:
    """All files at and below `path`, by path component."""
    prefix, found = (f"{path}/" if path else ""), not path
    for entry in reader.entries():
        key = entry.logical_key
        if not (key.startswith(prefix) or key == path):
            continue
        found = True
        yield _file(entry)
    if not found:
        raise path_not_found(path, revision.package_name, registry)


def _directory(directory: ListedDirectory) -> ContentInfo:
    return ContentInfo(
        path=directory.path,
        type=ContentType.DIRECTORY,
        size=directory.size,
        metadata=directory_metadata(directory.meta),
        physical_key=None,
    )


def _file(entry: ManifestEntry) -> ContentInfo:
    return ContentInfo(
        path=entry.logical_key,
        type=ContentType.FILE,
        size=entry.size,
        metadata=_user_metadata(entry.user_meta),
        physical_key=entry.physical_key,
    )


def _user_metadata(value: Any) -> Mapping[str, Any]:
    """User metadata as an object; what is none (quilt3 takes any JSON) counts as none."""
    return value if isinstance(value, dict) else {}
