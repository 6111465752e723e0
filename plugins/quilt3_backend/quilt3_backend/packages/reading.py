"""Listing, describing and comparing packages."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from quilt3_backend.connection import Connection
from quilt3_backend.packages.known import Known
from quilt3_backend.packages.package_info import ManifestFacts, describe, read_facts
from quilt3_backend.packages.revision_lookup import existing_pointers, resolve, resolve_dated
from quilt_core.domain.base import to_plain
from quilt_core.domain.names import PackageName, Registry, RevisionRef
from quilt_core.domain.packages import PackageDiff, PackageInfo, PackageVersion
from quilt_core.error_messages import registry_not_found
from quilt_core.errors import NotFoundError, PermissionDeniedError
from quilt_core.hookspecs import hookimpl
from quilt_core.manifest import ChangeKind, ManifestHeader, diff_manifests
from quilt_core.manifest.layout import LATEST, pointer_time
from quilt_core.parallel import bounded_map
from quilt_core.search.conditions import matches_wildcard


class PackageReadOperations:
    """The hooks that read packages; manifests are streamed and not held in memory."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        settings = connection.settings
        self._facts = Known(settings, self._read_facts, lambda facts: facts.header)
        self._header = Known(settings, self._read_header, lambda header: header)

    @hookimpl
    def list_all_packages(self, registry: Registry, pattern: str | None) -> Iterable[str]:
        """See the hook; one listing per namespace."""
        store = self._connection.store(registry)
        try:
            names = store.package_names()
        except (PermissionDeniedError, NotFoundError) as error:
            raise registry_not_found(registry) from error
        if pattern is None:
            return names
        return [name for name in names if matches_wildcard(name, pattern)]

    @hookimpl
    def get_package_info(
        self, package_name: PackageName, registry: Registry, top_hash: RevisionRef
    ) -> PackageInfo:
        """See the hook; the manifest is read once to its end, for the totals."""
        store = self._connection.store(registry)
        facts_of = partial(self._facts, registry)
        revision = resolve_dated(
            store, package_name, top_hash, self._connection.workers, meanwhile=facts_of
        )
        facts = facts_of(revision.top_hash)
        return describe(registry, revision, facts)

    @hookimpl
    def list_package_versions(
        self, package_name: PackageName, registry: Registry
    ) -> Iterable[PackageVersion]:
        """See the hook; reads each distinct pointer and the first line of each manifest."""
        store = self._connection.store(registry)
        listing = existing_pointers(store, package_name)
        hashes = store.hashes(listing)
        newest: dict[str, str] = {}
        for pointer in listing.timestamps:  # newest first
            if pointer.name in hashes:
                newest.setdefault(hashes[pointer.name], pointer.name)
        order = sorted(newest.items(), key=lambda item: (-int(item[1]), item[0]))
        headers = bounded_map(
            lambda item: self._header(registry, item[0]), order, self._connection.workers
        )
        return [
            PackageVersion(
                top_hash=top_hash,
                modified=pointer_time(name),
                message=header.message_if_any,
                is_latest=top_hash == hashes.get(LATEST),
            )
            for (top_hash, name), header in zip(order, headers, strict=True)
        ]

    @hookimpl
    def get_package_metadata(
        self, package_name: PackageName, registry: Registry, top_hash: RevisionRef
    ) -> dict[str, Any]:
        """See the hook; the manifest's first line."""
        store = self._connection.store(registry)
        revision = resolve(store, package_name, top_hash, self._connection.workers)
        metadata: dict[str, Any] = to_plain(self._header(registry, revision.top_hash).metadata)
        return metadata

    @hookimpl
    def diff_packages(
        self,
        package1_name: PackageName,
        package2_name: PackageName,
        registry: Registry,
        package1_hash: RevisionRef,
        package2_hash: RevisionRef,
    ) -> PackageDiff:
        """See the hook; the two manifests are merged as streams."""
        store = self._connection.store(registry)
        workers = self._connection.workers
        first, second = bounded_map(
            lambda wanted: resolve(store, *wanted, workers),
            [(package1_name, package1_hash), (package2_name, package2_hash)],
            workers,
        )
        changes: dict[ChangeKind, list[str]] = {kind: [] for kind in ChangeKind}
        if first.top_hash != second.top_hash:
            for change in diff_manifests(
                lambda: store.manifest(first.top_hash), lambda: store.manifest(second.top_hash)
            ):
                changes[change.kind].append(change.logical_key)
        return PackageDiff(
            package1_name=str(package1_name),
            package2_name=str(package2_name),
            package1_hash=first.top_hash,
            package2_hash=second.top_hash,
            added=tuple(changes[ChangeKind.ADDED]),
            deleted=tuple(changes[ChangeKind.DELETED]),
            modified=tuple(changes[ChangeKind.MODIFIED]),
        )

    def _read_facts(self, registry: Registry, top_hash: str) -> ManifestFacts:
        return read_facts(self._connection.store(registry), top_hash)

    def _read_header(self, registry: Registry, top_hash: str) -> ManifestHeader:
        return self._connection.store(registry).header(top_hash)
