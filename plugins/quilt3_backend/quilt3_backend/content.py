"""Content operations: what is inside a package."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NoReturn

from quilt_registry.s3 import presign_object

from quilt3_backend.connection import Connection
from quilt3_backend.packages.revision_lookup import Revision, resolve
from quilt3_backend.stores import PackageStore
from quilt_core.domain.content import ContentInfo, ContentType
from quilt_core.domain.names import PackageName, Registry, RevisionRef
from quilt_core.domain.uris import S3Uri, parse_object_uri
from quilt_core.errors import NotFoundError, ValidationError
from quilt_core.hookspecs import hookimpl
from quilt_core.manifest import (
    ListedDirectory,
    ManifestEntry,
    ManifestReader,
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
            _missing(path, revision, registry)
        return [
            *(_directory(directory) for directory in listing.directories),
            *(_file(entry) for entry in listing.files),
        ]

    @hookimpl
    def get_content_url(
        self, package_name: PackageName, registry: Registry, path: str, top_hash: RevisionRef
    ) -> str:
        """See the hook; nothing is asked of S3 beyond the manifest."""
        store, revision = self._resolve(package_name, registry, top_hash)
        listing = list_directory(read_manifest(store.manifest(revision.top_hash)), path)
        if listing is None:
            _missing(path, revision, registry)
        entry = next((entry for entry in listing.files if entry.logical_key == path), None)
        if entry is None:
            raise ValidationError(
                f"{path!r} in {revision.package_name} is a directory, not a file.",
                hint="Name one file; browse_content() lists them.",
                context={"path": path},
            )
        uri = parse_object_uri(entry.physical_key)
        if not isinstance(uri, S3Uri):
            return uri.url
        return presign_object(self._connection.s3(), uri.bucket, uri.key, uri.version_id)

    def _resolve(
        self, package_name: PackageName, registry: Registry, ref: RevisionRef
    ) -> tuple[PackageStore, Revision]:
        store = self._connection.store(registry)
        return store, resolve(store, package_name, ref, self._connection.workers)


def _stream(
    reader: ManifestReader, path: str, revision: Revision, registry: Registry
) -> Iterator[ContentInfo]:
    """All files at and below `path`, in the manifest's order, which is by path component."""
    prefix, found = (f"{path}/" if path else ""), not path
    for entry in reader.entries():
        key = entry.logical_key
        if not (key.startswith(prefix) or key == path):
            continue
        found = True
        yield _file(entry)
    if not found:
        _missing(path, revision, registry)


def _directory(directory: ListedDirectory) -> ContentInfo:
    return ContentInfo(
        path=directory.path,
        type=ContentType.DIRECTORY,
        size=directory.size,
        metadata=_user_metadata(directory.meta),
        physical_key=None,
    )


def _file(entry: ManifestEntry) -> ContentInfo:
    return ContentInfo(
        path=entry.logical_key,
        type=ContentType.FILE,
        size=entry.size,
        metadata=_user_metadata(entry.user_meta),
        physical_key=entry.physical_key,
        hash=entry.hash,
    )


def _user_metadata(value: Any) -> Mapping[str, Any]:
    """User metadata as an object; what is none (quilt3 takes any JSON) counts as none."""
    return value if isinstance(value, dict) else {}


def _missing(path: str, revision: Revision, registry: Registry) -> NoReturn:
    raise NotFoundError(
        f"There is no {path!r} in {revision.package_name}@{revision.top_hash[:8]}.",
        hint="browse_content() lists what is there.",
        context={
            "path": path,
            "package_name": str(revision.package_name),
            "registry": str(registry),
            "top_hash": revision.top_hash,
        },
    )
