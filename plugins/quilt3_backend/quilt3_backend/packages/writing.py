"""Publishing revisions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
from quilt_registry.s3 import CopyJob, PointerListing, copy_objects

from quilt3_backend.connection import Connection
from quilt3_backend.packages.building import RevisionToBuild
from quilt3_backend.packages.publication import Publication
from quilt3_backend.packages.revision_lookup import existing_pointers, readable_pointers
from quilt3_backend.packages.sources import Sources, with_changes
from quilt3_backend.stores import PackageStore
from quilt_core.domain.entries import CopyMode, NewEntry, ProgressCallback, Workflow
from quilt_core.domain.names import PackageName, Registry
from quilt_core.domain.packages import PackageRevisionResult
from quilt_core.domain.uris import FileUri, S3Uri
from quilt_core.errors import NotFoundError, NotSupportedError, ValidationError
from quilt_core.hookspecs import hookimpl
from quilt_core.manifest import DirectoryRecord, ManifestEntry, ManifestHeader, read_manifest
from quilt_core.manifest.layout import LATEST
from quilt_core.progress import ProgressReporter
from quilt_core.revisions import RevisionPlan, WriteOrder, plan_copies, plan_create, plan_update


class PackageWriteOperations:
    """The hooks that publish revisions."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

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
        """See the hook."""
        order = WriteOrder(
            operation="create_package_revision",
            package_name=package_name,
            registry=registry,
            message=message,
            copy=copy,
            workflow=workflow,
            force=force,
            progress=progress,
        )
        _check_request(order, entries)
        store = self._connection.store(registry)
        started_from = _latest(store, readable_pointers(store, package_name))
        return self._write(order, store, started_from, plan_create(entries, metadata), ())

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
        """See the hook."""
        order = WriteOrder(
            operation="update_package_revision",
            package_name=package_name,
            registry=registry,
            message=message,
            copy=copy,
            workflow=workflow,
            force=force,
            progress=progress,
        )
        _check_request(order, entries)
        store = self._connection.store(registry)
        started_from = _latest(store, existing_pointers(store, package_name))
        if started_from is None:
            raise NotFoundError(
                f"The package {package_name} in {registry} has no latest revision to update.",
                context={"package_name": str(package_name), "registry": str(registry)},
            )
        header, existing, directories = _load(store, started_from)
        plan = plan_update(
            existing,
            header.user_meta if isinstance(header.user_meta, dict) else None,
            entries=entries,
            metadata=metadata,
            remove=remove,
            package_name=package_name,
            registry=registry,
        )
        return self._write(order, store, started_from, plan, directories)

    def _write(
        self,
        order: WriteOrder,
        store: PackageStore,
        started_from: str | None,
        plan: RevisionPlan,
        directories: tuple[DirectoryRecord, ...],
    ) -> PackageRevisionResult:
        from quilt3_backend.packages.quilt3_registry import ConnectionRegistry

        sources = Sources(
            connection=self._connection, operation=order.operation, progress=order.progress
        )
        publication = Publication(
            store=store,
            package_name=order.package_name,
            started_from=started_from,
            force=order.force,
        )
        registry = ConnectionRegistry(store, self._connection.read_url, publication.publish)
        revision_to_build = RevisionToBuild(
            package_name=order.package_name,
            entries=(*sources.complete(plan.kept), *sources.read(plan.new)),
            directories=directories,
            user_meta=plan.user_meta,
            message=order.message,
            workflow=order.workflow,
        )
        copied: Mapping[str, S3Uri] = {}
        if order.copy is not CopyMode.NONE:
            revision_to_build.validate(registry)  # before objects are written
            copied = self._copy(order, revision_to_build.entries)
            revision_to_build = attrs.evolve(
                revision_to_build, entries=_moved(revision_to_build.entries, copied)
            )
        top_hash = revision_to_build.build(registry)
        return PackageRevisionResult(
            package_name=str(order.package_name),
            registry=str(order.registry),
            top_hash=top_hash,
            previous_top_hash=started_from,
            total_entries=plan.total_entries,
            added=plan.added,
            replaced=plan.replaced,
            removed=plan.removed,
            copied=len(copied),
            catalog_url=self._connection.package_url(order.registry, order.package_name, top_hash),
        )

    def _copy(self, order: WriteOrder, entries: tuple[ManifestEntry, ...]) -> Mapping[str, S3Uri]:
        """Copy what the mode says; the new objects by logical key."""
        bucket = order.registry.bucket or ""
        sizes = {entry.logical_key: entry.size for entry in entries}
        tasks = plan_copies(
            [(entry.logical_key, entry.physical_key) for entry in entries],
            order.copy,
            bucket,
            order.package_name,
        )
        jobs = [
            CopyJob(
                source=task.source, target=S3Uri(bucket, task.key), size=sizes[task.logical_key]
            )
            for task in tasks
        ]
        reporter = ProgressReporter(
            order.progress, order.operation, "copying", len(jobs), "objects"
        )
        copies = copy_objects(
            self._connection.s3(), jobs, self._connection.workers, lambda _job: reporter.advance()
        )
        return {task.logical_key: uri for task, uri in zip(tasks, copies, strict=True)}


def _check_request(order: WriteOrder, entries: tuple[NewEntry, ...]) -> None:
    """Refuse what cannot be written as asked, before anything is."""
    if order.registry.is_local:
        if order.copy is not CopyMode.NONE:
            raise NotSupportedError(
                order.operation,
                reason="a folder keeps no versions, so that a copy would overwrite what earlier "
                "revisions refer to.",
                hint="Write with copy='none', or to an s3:// registry.",
            )
        return
    for entry in entries:
        if isinstance(entry.uri, FileUri):
            raise ValidationError(
                f"{entry.uri} is a file of this machine; a package in {order.registry} refers "
                "to objects in S3.",
                hint="Upload it first, or write to a file:// registry.",
                context={"logical_key": entry.logical_key, "uri": entry.uri.url},
            )


def _latest(store: PackageStore, listing: PointerListing) -> str | None:
    if listing.latest is None:
        return None
    return store.read_pointer(listing.package_name, LATEST)


def _load(
    store: PackageStore, top_hash: str
) -> tuple[ManifestHeader, list[ManifestEntry], tuple[DirectoryRecord, ...]]:
    reader = read_manifest(store.manifest(top_hash))
    entries: list[ManifestEntry] = []
    directories: list[DirectoryRecord] = []
    for record in reader:
        if isinstance(record, ManifestEntry):
            entries.append(record)
        else:
            directories.append(record)
    return reader.header, entries, tuple(directories)


def _moved(
    entries: tuple[ManifestEntry, ...], copied: Mapping[str, S3Uri]
) -> tuple[ManifestEntry, ...]:
    return tuple(
        with_changes(entry, physical_key=copied[entry.logical_key].url)
        if entry.logical_key in copied
        else entry
        for entry in entries
    )
