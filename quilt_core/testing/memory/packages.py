"""Package operations that read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from quilt_core.domain.base import to_plain
from quilt_core.domain.names import PackageName, Registry, RevisionRef
from quilt_core.domain.packages import PackageDiff, PackageInfo, PackageVersion
from quilt_core.hookspecs import hookimpl
from quilt_core.revisions import compare_entries
from quilt_core.testing.memory.session import Session
from quilt_core.testing.memory.store import StoredRevision
from quilt_core.wildcards import name_pattern


class PackageReadOperations:
    """Listings, information, comparison."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @hookimpl
    def list_all_packages(self, registry: Registry, pattern: str | None) -> Iterable[str]:
        bucket = self._session.reading(registry)
        stored = self._session.catalog.packages.items()
        names = sorted(str(key[1]) for key, found in stored if key[0] == bucket and found.revisions)
        if pattern is None:
            return names
        matching = name_pattern(pattern)
        return [name for name in names if matching.fits(name)]

    @hookimpl
    def get_package_info(
        self, package_name: PackageName, registry: Registry, top_hash: RevisionRef
    ) -> PackageInfo:
        revision = self._session.revision(registry, package_name, top_hash)
        return describe(package_name, registry, revision)

    @hookimpl
    def list_package_versions(
        self, package_name: PackageName, registry: Registry
    ) -> Iterable[PackageVersion]:
        package = self._session.package(registry, package_name)
        newest = {one.top_hash: one for one in package.revisions}
        ordered = sorted(newest.values(), key=lambda one: (-one.modified.timestamp(), one.top_hash))
        return [
            PackageVersion(
                top_hash=one.top_hash,
                modified=one.modified,
                message=one.header.message_if_any,
                is_latest=one.top_hash == package.latest,
            )
            for one in ordered
        ]

    @hookimpl
    def get_package_metadata(
        self, package_name: PackageName, registry: Registry, top_hash: RevisionRef
    ) -> dict[str, Any]:
        header = self._session.revision(registry, package_name, top_hash).header
        return dict(to_plain(header.metadata))

    @hookimpl
    def diff_packages(
        self,
        package1_name: PackageName,
        package2_name: PackageName,
        registry: Registry,
        package1_hash: RevisionRef,
        package2_hash: RevisionRef,
    ) -> PackageDiff:
        first = self._session.revision(registry, package1_name, package1_hash)
        second = self._session.revision(registry, package2_name, package2_hash)
        found = compare_entries(first.entries, second.entries)
        return PackageDiff(
            package1_name=str(package1_name),
            package2_name=str(package2_name),
            package1_hash=first.top_hash,
            package2_hash=second.top_hash,
            added=found.added,
            deleted=found.deleted,
            modified=found.modified,
        )


def describe(
    package_name: PackageName, registry: Registry, revision: StoredRevision
) -> PackageInfo:
    """A stored revision as a domain object."""
    header = revision.header
    return PackageInfo(
        name=str(package_name),
        registry=registry.url,
        bucket=registry.bucket,
        top_hash=revision.top_hash,
        modified=revision.modified,
        message=header.message_if_any,
        metadata=to_plain(header.metadata),
        workflow=header.workflow_id,
        total_entries=len(revision.entries),
        total_bytes=sum(entry.size for entry in revision.entries.values()),
    )
