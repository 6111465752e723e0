"""The writing hooks: create, update, delete; the rules are those of `quilt_core.revisions`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET

from directory_backend.store import Folder
from quilt_core import (
    DEFAULT_WORKFLOW,
    ConflictError,
    CopyMode,
    DeletionResult,
    FileUri,
    NewEntry,
    NotFoundError,
    NotSupportedError,
    PackageName,
    PackageRevisionResult,
    ProgressCallback,
    Registry,
    RevisionRef,
    ValidationError,
    Workflow,
    hookimpl,
)
from quilt_core.manifest import (
    ManifestEntry,
    ManifestHeader,
    compute_top_hash,
    hash_file,
    sort_key,
)
from quilt_core.revisions import RevisionPlan, plan_create, plan_update


class Writing:
    """Implements the hooks that write."""

    @hookimpl
    def create_package_revision(
        self,
        package_name: PackageName,
        entries: tuple[NewEntry, ...],
        metadata: Mapping[str, Any] | None,
        registry: Registry,
        message: str | None,
        copy: CopyMode,
        workflow: Workflow,
        force: bool,
        progress: ProgressCallback | None,
    ) -> PackageRevisionResult:
        folder = Folder(registry)
        _check("create_package_revision", registry, copy, workflow)
        start = folder.latest(package_name)
        return _publish(folder, package_name, plan_create(entries, metadata), message, start, force)

    @hookimpl
    def update_package_revision(
        self,
        package_name: PackageName,
        entries: tuple[NewEntry, ...],
        registry: Registry,
        metadata: Mapping[str, Any] | None,
        message: str | None,
        remove: tuple[str, ...],
        copy: CopyMode,
        workflow: Workflow,
        force: bool,
        progress: ProgressCallback | None,
    ) -> PackageRevisionResult:
        folder = Folder(registry)
        _check("update_package_revision", registry, copy, workflow)
        start = folder.find(package_name, RevisionRef.parse(None))
        present = start.header.user_meta
        plan = plan_update(
            start.entries.values(),
            present if isinstance(present, dict) else None,
            entries=entries,
            metadata=metadata,
            remove=remove,
            package_name=package_name,
            registry=registry,
        )
        return _publish(folder, package_name, plan, message, start.top_hash, force)

    @hookimpl
    def delete_package(
        self,
        package_name: PackageName,
        registry: Registry,
        top_hash: RevisionRef | None,
        progress: ProgressCallback | None,
    ) -> DeletionResult:
        folder = Folder(registry)
        if top_hash is None:
            doomed = [one.top_hash for one in folder.all_revisions(package_name)]
        else:
            doomed = [folder.find(package_name, top_hash).top_hash]
        folder.delete(package_name, set(doomed))
        return DeletionResult(
            package_name=str(package_name),
            registry=registry.url,
            deleted=tuple(doomed),
            failed=(),
        )


def _check(operation: str, registry: Registry, copy: CopyMode, workflow: Workflow) -> None:
    if copy is not CopyMode.NONE:
        raise NotSupportedError(operation, "directory", "it refers to files and never copies them")
    if workflow is not DEFAULT_WORKFLOW:
        raise ValidationError(f"{registry} has no workflows, and {workflow!r} is given.")


def _publish(
    folder: Folder,
    name: PackageName,
    plan: RevisionPlan,
    message: str | None,
    start: str | None,
    force: bool,
) -> PackageRevisionResult:
    new = [_complete(entry) for entry in plan.new]
    entries = sorted([*plan.kept, *new], key=lambda entry: sort_key(entry.logical_key))
    user_meta = UNSET if plan.user_meta is None else dict(plan.user_meta)
    header = ManifestHeader(message=message, user_meta=user_meta)
    top_hash = compute_top_hash(header, entries)
    latest = folder.latest(name)
    if latest != start and not force:
        raise ConflictError(
            f"{name} in {folder.registry} moved on since the write began.",
            expected=start,
            actual=latest,
        )
    folder.write(name, top_hash, header, entries)
    return PackageRevisionResult(
        package_name=str(name),
        registry=folder.registry.url,
        top_hash=top_hash,
        previous_top_hash=start,
        total_entries=len(entries),
        added=plan.added,
        replaced=plan.replaced,
        removed=plan.removed,
        copied=0,
        catalog_url=None,
    )


def _complete(entry: NewEntry) -> ManifestEntry:
    if not isinstance(entry.uri, FileUri):
        raise ValidationError(f"{entry.uri} is no local file.", hint="Give file:///… URIs.")
    try:
        size, found = entry.uri.path.stat().st_size, hash_file(entry.uri.path)
    except OSError as error:
        raise NotFoundError(f"{entry.uri} cannot be read: {error.strerror}.") from error
    return ManifestEntry(
        logical_key=entry.logical_key,
        physical_key=entry.uri.url,
        size=size,
        hash=found,
        meta={"user_meta": dict(entry.metadata)} if entry.metadata else {},
    )
