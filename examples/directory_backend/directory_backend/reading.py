"""The reading hooks: listings, information, comparison, content."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from directory_backend.store import Folder, Revision
from quilt_core import (
    ContentInfo,
    ContentType,
    NotSupportedError,
    PackageDiff,
    PackageInfo,
    PackageName,
    PackageVersion,
    Registry,
    RevisionRef,
    hookimpl,
)
from quilt_core.error_messages import not_a_file, path_not_found
from quilt_core.manifest import ManifestEntry, sort_key
from quilt_core.revisions import compare_entries
from quilt_core.wildcards import name_pattern


def describe(name: PackageName, registry: Registry, revision: Revision) -> PackageInfo:
    """A revision as the domain object that operations return."""
    return PackageInfo(
        name=str(name),
        registry=registry.url,
        bucket=None,
        top_hash=revision.top_hash,
        modified=revision.modified,
        message=revision.message,
        metadata=revision.header.metadata,
        workflow=revision.header.workflow_id,
        total_entries=len(revision.entries),
        total_bytes=sum(entry.size for entry in revision.entries.values()),
    )


class Reading:
    """Implements the hooks that read."""

    @hookimpl
    def list_all_packages(self, registry: Registry, pattern: str | None) -> Iterable[str]:
        names = Folder(registry).names()
        if pattern is None:
            return names
        return [name for name in names if name_pattern(pattern).fits(name)]

    @hookimpl
    def get_package_info(
        self, package_name: PackageName, registry: Registry, top_hash: RevisionRef
    ) -> PackageInfo:
        return describe(package_name, registry, Folder(registry).find(package_name, top_hash))

    @hookimpl
    def list_package_versions(
        self, package_name: PackageName, registry: Registry
    ) -> Iterable[PackageVersion]:
        folder = Folder(registry)
        latest = folder.latest(package_name)
        return [
            PackageVersion(
                top_hash=one.top_hash,
                modified=one.modified,
                message=one.message,
                is_latest=one.top_hash == latest,
            )
            for one in folder.all_revisions(package_name)
        ]

    @hookimpl
    def get_package_metadata(
        self, package_name: PackageName, registry: Registry, top_hash: RevisionRef
    ) -> dict[str, Any]:
        return dict(Folder(registry).find(package_name, top_hash).header.metadata)

    @hookimpl
    def diff_packages(
        self,
        package1_name: PackageName,
        package2_name: PackageName,
        registry: Registry,
        package1_hash: RevisionRef,
        package2_hash: RevisionRef,
    ) -> PackageDiff:
        folder = Folder(registry)
        first = folder.find(package1_name, package1_hash)
        second = folder.find(package2_name, package2_hash)
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

    @hookimpl
    def browse_content(
        self,
        package_name: PackageName,
        registry: Registry,
        path: str,
        top_hash: RevisionRef,
        recursive: bool,
    ) -> Iterable[ContentInfo]:
        entries = Folder(registry).find(package_name, top_hash).entries
        if path in entries:
            return [_file(entries[path])]
        prefix = f"{path}/" if path else ""
        below = [entry for key, entry in entries.items() if key.startswith(prefix)]
        if path and not below:
            raise path_not_found(path, package_name, registry)
        if recursive:
            return [_file(one) for one in sorted(below, key=lambda one: sort_key(one.logical_key))]
        return _one_level(prefix, below)

    @hookimpl
    def get_content_url(
        self, package_name: PackageName, registry: Registry, path: str, top_hash: RevisionRef
    ) -> str:
        entries = Folder(registry).find(package_name, top_hash).entries
        if path in entries:
            place = entries[path].physical_key
            if not place.startswith("file:///"):
                raise NotSupportedError(
                    "get_content_url",
                    "directory",
                    f"{path!r} lies at {place!r}, which is not a local file.",
                    context={"logical_key": path, "physical_key": place},
                )
            return place
        if any(key.startswith(f"{path}/") for key in entries):
            raise not_a_file(path, package_name, registry)
        raise path_not_found(path, package_name, registry)


def _one_level(prefix: str, below: list[ManifestEntry]) -> list[ContentInfo]:
    sizes: dict[str, int] = {}
    files = []
    for entry in below:
        name, slash, _ = entry.logical_key[len(prefix) :].partition("/")
        if slash:
            sizes[name] = sizes.get(name, 0) + entry.size
        else:
            files.append(_file(entry))
    directories = [
        ContentInfo(
            path=prefix + name,
            type=ContentType.DIRECTORY,
            size=sizes[name],
            metadata={},
            physical_key=None,
        )
        for name in sorted(sizes)
    ]
    return directories + sorted(files, key=lambda item: item.path)


def _file(entry: ManifestEntry) -> ContentInfo:
    return ContentInfo(
        path=entry.logical_key,
        type=ContentType.FILE,
        size=entry.size,
        metadata=entry.user_meta,
        physical_key=entry.physical_key,
        hash=entry.hash,
    )
