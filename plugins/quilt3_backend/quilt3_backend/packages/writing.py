"""Publishing revisions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

import attrs
from quilt_registry.s3 import CopyJob, copy_objects, has_versions
from quilt_registry.workflows import unknown_workflow_named

from quilt3_backend.connection import Connection
from quilt3_backend.packages.building import RevisionToBuild
from quilt3_backend.packages.lifecycle import workflows_config, workflows_of
from quilt3_backend.packages.publication import Publication, StartingState, read_starting_state
from quilt3_backend.packages.revision_lookup import (
    existing_pointers,
    readable_pointers,
    resolve_dated,
)
from quilt3_backend.packages.sources import Sources, with_changes
from quilt3_backend.stores import PackageStore, ReadBlob
from quilt_core.domain.entries import (
    CopyMode,
    NewEntry,
    ProgressCallback,
    Workflow,
)
from quilt_core.domain.names import PackageName, Registry, RevisionRef
from quilt_core.domain.packages import PackageRevisionResult
from quilt_core.domain.uris import FileUri, ObjectUri, S3Uri
from quilt_core.error_messages import revision_not_found
from quilt_core.errors import NotSupportedError, ValidationError
from quilt_core.hookspecs import hookimpl
from quilt_core.manifest import (
    DirectoryRecord,
    ManifestEntry,
    ManifestHeader,
    merged,
    spooled,
    use_entries,
    with_replaced,
)
from quilt_core.manifest.layout import LATEST
from quilt_core.parallel import ahead
from quilt_core.progress import ProgressReporter
from quilt_core.revisions import (
    CopyTask,
    Outcome,
    RevisionPlan,
    RevisionRequest,
    VersionCheck,
    outcome_unless_told,
    plan_copies,
    plan_promotion,
    surviving_directories,
)


class PackageWriteOperations:
    """The hooks that publish revisions."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @hookimpl
    def create_package_revision(
        self,
        package_name: PackageName,
        entries: Collection[NewEntry],
        metadata: Mapping[str, Any] | None,
        registry: Registry,
        message: str | None,
        copy: CopyMode,
        workflow: Workflow,
        force: bool,
        progress: ProgressCallback | None,
        expected_top_hash: str | None,
        dry_run: bool,
        allow_unversioned: bool,
    ) -> PackageRevisionResult:
        """See the hook."""
        request = RevisionRequest.for_create(
            package_name, entries, metadata, registry, message, copy, workflow, force, progress,
            expected_top_hash, dry_run, allow_unversioned,
        )  # fmt: skip
        with outcome_unless_told(Outcome.NOT_WRITTEN):
            unknown = _checked_request(request)
            store = self._connection.store(registry)
            with _workflows_ahead(store) as workflows:
                start = read_starting_state(
                    store, package_name, readable_pointers, expects_latest=request.expects_latest
                )
                request.check_expected(start.latest)
            plan = request.plan_create()
            return self._write(request, store, start, plan, (), workflows, unknown)

    @hookimpl
    def update_package_revision(
        self,
        package_name: PackageName,
        entries: Collection[NewEntry],
        registry: Registry,
        metadata: Mapping[str, Any] | None,
        message: str | None,
        remove: tuple[str, ...],
        copy: CopyMode,
        workflow: Workflow,
        force: bool,
        progress: ProgressCallback | None,
        expected_top_hash: str | None,
        dry_run: bool,
        allow_unversioned: bool,
    ) -> PackageRevisionResult:
        """See the hook."""
        request = RevisionRequest.for_update(
            package_name, entries, registry, metadata, message, remove, copy, workflow, force,
            progress, expected_top_hash, dry_run, allow_unversioned,
        )  # fmt: skip
        with outcome_unless_told(Outcome.NOT_WRITTEN):
            unknown = _checked_request(request)
            store = self._connection.store(registry)
            with _workflows_ahead(store) as workflows:
                start = read_starting_state(
                    store, package_name, existing_pointers, expects_latest=request.expects_latest
                )
            if start.latest is None:
                raise revision_not_found(package_name, registry, LATEST)
            request.check_expected(start.latest)
            _, plan, directories = _load(
                store,
                start.latest,
                lambda header, entries: request.plan_update(entries, header.metadata_if_any),
            )
            return self._write(request, store, start, plan, directories, workflows, unknown)

    @hookimpl
    def promote_package(
        self,
        package_name: PackageName,
        registry: Registry,
        destination: Registry,
        top_hash: RevisionRef,
        new_name: PackageName,
        copy: CopyMode,
        message: str | None,
        workflow: Workflow,
        force: bool,
        expected_top_hash: str | None,
        progress: ProgressCallback | None,
        allow_unversioned: bool,
        dry_run: bool,
    ) -> PackageRevisionResult:
        """See the hook; the metadata of directories is also kept."""
        with outcome_unless_told(Outcome.NOT_WRITTEN):
            source = self._connection.store(registry)
            revision = resolve_dated(source, package_name, top_hash, self._connection.workers)
            header, plan, directories = _load(
                source,
                revision.top_hash,
                lambda header, entries: plan_promotion(entries, header.metadata_if_any),
            )
            request = RevisionRequest.for_promotion(
                new_name, destination, message, copy, workflow, force, progress,
                expected_top_hash, allow_unversioned, dry_run,
                source_message=header.message_if_any, source_workflow=header.workflow_id,
            )  # fmt: skip
            unknown = _checked_request(request)
            _check_promotable(plan.kept, destination)
            store = self._connection.store(destination)
            with _workflows_ahead(store) as workflows:
                start = read_starting_state(store, new_name, readable_pointers)
                request.check_expected(start.latest)
            return self._write(request, store, start, plan, directories, workflows, unknown)

    def _write(
        self,
        request: RevisionRequest,
        store: PackageStore,
        start: StartingState,
        plan: RevisionPlan,
        directories: tuple[DirectoryRecord, ...],
        workflows: ReadBlob,
        unknown: Collection[ObjectUri],
    ) -> PackageRevisionResult:
        from quilt3_backend.packages.quilt3_registry import ConnectionRegistry

        sources = Sources(
            connection=self._connection,
            operation=request.operation,
            progress=request.progress,
        )
        publication = Publication(
            store=store,
            package_name=request.package_name,
            start=start,
            force=request.force,
        )
        copied_keys = {task.logical_key for task in _copy_tasks(request, plan.kept)}
        kept = sources.keep(request, plan.kept, copied_keys)
        new = sources.read(plan.new, unknown, hashed=not request.dry_run)
        registry = ConnectionRegistry(
            store, workflows, self._connection.read_url, publication.publish
        )
        revision_to_build = RevisionToBuild(
            package_name=request.package_name,
            entries=spooled(merged(kept.entries, new)),
            directories=_surviving(directories, plan, request),
            user_meta=plan.user_meta,
            message=request.message,
            workflow=request.workflow,
        )
        named = partial(
            unknown_workflow_named,
            request.workflow,
            request.registry,
            lambda: workflows_of(workflows()),
        )
        if request.dry_run:
            with named():
                revision_to_build.validate(registry)
            copies = _copy_tasks(request, revision_to_build.entries)
            unchecked: tuple[str, ...] = ()
            if copies:
                sources.require(task.source for task in copies if task.logical_key in copied_keys)
                unchecked = self._versions(request, revision_to_build.entries).unchecked()
            return request.unwritten(
                plan,
                start.latest,
                copies=len(copies),
                completed=kept.completed,
                unchecked=unchecked,
            )
        copied: Mapping[str, S3Uri] = {}
        if request.copy is not CopyMode.NONE:
            with named():
                revision_to_build.validate(registry)  # before objects are written
            copied = self._copy(request, revision_to_build.entries)
            publication.must_list_again = bool(copied)
            moved = _moved(revision_to_build.entries, copied)
            revision_to_build = attrs.evolve(revision_to_build, entries=moved)
        with named():
            top_hash = revision_to_build.build(registry)
        return PackageRevisionResult(
            package_name=str(request.package_name),
            registry=str(request.registry),
            top_hash=top_hash,
            previous_top_hash=start.latest,
            total_entries=plan.total_entries,
            added=plan.added,
            replaced=plan.replaced,
            removed=plan.removed,
            copied=len(copied),
            catalog_url=self._connection.package_url(
                request.registry, request.package_name, top_hash
            ),
            manifest_replaced=publication.manifest_replaced,
            completed=kept.completed,
        )

    def _versions(self, request: RevisionRequest, entries: Iterable[ManifestEntry]) -> VersionCheck:
        """The check of the registry's bucket for copies."""
        of_bucket = partial(has_versions, self._connection.s3())
        return request.version_check(of_bucket, (entry.physical_key for entry in entries))

    def _copy(
        self, request: RevisionRequest, entries: Collection[ManifestEntry]
    ) -> Mapping[str, S3Uri]:
        """Make the copies of the mode; returns the new objects by logical key."""
        bucket = request.registry.bucket or ""
        tasks = _copy_tasks(request, entries)
        wanted = {task.logical_key for task in tasks}
        sizes = {entry.logical_key: entry.size for entry in entries if entry.logical_key in wanted}
        jobs = [
            CopyJob(
                source=task.source, target=S3Uri(bucket, task.key), size=sizes[task.logical_key]
            )
            for task in tasks
        ]
        reporter = ProgressReporter(
            request.progress, request.operation, "copying", len(jobs), "objects"
        )
        copies = copy_objects(
            self._connection.s3(),
            jobs,
            self._connection.workers,
            self._versions(request, entries),
            lambda _job: reporter.advance(),
        )
        return {task.logical_key: uri for task, uri in zip(tasks, copies, strict=True)}


def _workflows_ahead(store: PackageStore) -> AbstractContextManager[ReadBlob]:
    """Read the configuration of the registry's workflows, which every write needs, while the block
    looks at the package.
    """
    return ahead(lambda: workflows_config(store))


def _checked_request(request: RevisionRequest) -> Collection[ObjectUri]:
    """Refuse requests that cannot be carried out, before anything is written; returns the objects
    that have to be looked up.
    """
    is_local = request.registry.is_local
    if is_local and request.copy is not CopyMode.NONE:
        raise NotSupportedError(
            request.operation,
            reason="a folder keeps no versions, so that a copy would overwrite what earlier "
            "revisions refer to.",
            hint="Write with copy='none', or to an s3:// registry; "
            "allow_unversioned=True (--allow-unversioned) does not permit it.",
        )
    unknown: dict[ObjectUri, None] = {}
    for entry in request.entries:
        if not is_local and isinstance(entry.uri, FileUri):
            raise ValidationError(
                f"{entry.uri} is a local file; a package in {request.registry} refers "
                "to objects in S3.",
                hint="Upload it first, or write to a file:// registry.",
                context={"logical_key": entry.logical_key, "uri": entry.uri.url},
            )
        if not (entry.is_known or (request.dry_run and entry.is_planned)):
            unknown[entry.uri] = None
    return unknown


def _check_promotable(entries: Iterable[ManifestEntry], destination: Registry) -> None:
    """Refuse to publish local files in a bucket."""
    local = next((one for one in entries if one.physical_key.startswith("file:")), None)
    if local is not None and not destination.is_local:
        raise ValidationError(
            f"{local.logical_key!r} is {local.physical_key}, a local file; a package in "
            f"{destination} refers to objects in S3.",
            hint="Download the package, and push it there: download_package, then push_package.",
            context={"logical_key": local.logical_key, "uri": local.physical_key},
        )


def _copy_tasks(request: RevisionRequest, entries: Iterable[ManifestEntry]) -> tuple[CopyTask, ...]:
    """The copies that the request's copy mode requires."""
    objects = ((entry.logical_key, entry.physical_key) for entry in entries)
    bucket = request.registry.bucket or ""
    return plan_copies(objects, request.copy, bucket, request.package_name, request.operation)


def _surviving(
    directories: tuple[DirectoryRecord, ...], plan: RevisionPlan, request: RevisionRequest
) -> tuple[DirectoryRecord, ...]:
    paths = (record.logical_key for record in directories)
    names = set(surviving_directories(paths, plan, request.remove))
    return tuple(record for record in directories if record.logical_key in names)


def _load(
    store: PackageStore,
    top_hash: str,
    plan: Callable[[ManifestHeader, Iterable[ManifestEntry]], RevisionPlan],
) -> tuple[ManifestHeader, RevisionPlan, tuple[DirectoryRecord, ...]]:
    """A revision's header, the result of `plan` for its streamed entries, and its directories."""
    directories: list[DirectoryRecord] = []
    header, made = use_entries(
        lambda: store.manifest(top_hash),
        lambda header, entries: (header, plan(header, entries)),
        directories,
    )
    return header, made, tuple(directories)


def _moved(
    entries: Collection[ManifestEntry], copied: Mapping[str, S3Uri]
) -> Collection[ManifestEntry]:
    moved = {
        entry.logical_key: with_changes(entry, physical_key=copied[entry.logical_key].url)
        for entry in entries
        if entry.logical_key in copied
    }
    return with_replaced(entries, moved)
