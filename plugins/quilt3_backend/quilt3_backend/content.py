"""Content operations: the contents of packages."""

from __future__ import annotations

from collections.abc import Iterable

from quilt_registry.contents import files_below, listed_contents
from quilt_registry.s3 import presign_object

from quilt3_backend.connection import Connection
from quilt3_backend.packages.revision_lookup import Revision, read_once, resolve
from quilt3_backend.stores import PackageStore
from quilt_core.domain.content import ContentInfo
from quilt_core.domain.names import PackageName, Registry, RevisionRef
from quilt_core.domain.stored_keys import reachable_object
from quilt_core.error_messages import not_a_file, path_not_found
from quilt_core.hookspecs import hookimpl
from quilt_core.manifest import list_directory, read_manifest


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
        reader = read_manifest(read_once(store, revision.top_hash))
        if recursive:
            return files_below(reader.entries(), path, package_name, registry)
        listing = list_directory(reader, path)
        if listing is None:
            raise path_not_found(path, revision.package_name, registry)
        return listed_contents(listing)

    @hookimpl
    def get_content_url(
        self, package_name: PackageName, registry: Registry, path: str, top_hash: RevisionRef
    ) -> str:
        """See the hook; S3 is asked only for the manifest and the bucket's region."""
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
