"""Package operations that write."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import attrs
from msgspec import UNSET, UnsetType, structs

from quilt_core.domain.catalog import catalog_package_url
from quilt_core.domain.entries import (
    DEFAULT_WORKFLOW,
    CopyMode,
    NewEntry,
    ProgressCallback,
    Workflow,
)
from quilt_core.domain.names import PackageName, Registry, RevisionRef
from quilt_core.domain.packages import DeletionResult, PackageRevisionResult, RollbackResult
from quilt_core.domain.uris import S3Uri
from quilt_core.domain.workflows import WorkflowInfo
from quilt_core.error_messages import refused_by_workflow, unknown_workflow
from quilt_core.errors import NotFoundError, PermissionDeniedError, ValidationError
from quilt_core.hookspecs import hookimpl
from quilt_core.manifest import (
    ManifestEntry,
    ManifestHeader,
    compute_top_hash,
    sort_key,
)
from quilt_core.outcome import Outcome, outcome_unless_told
from quilt_core.progress import ProgressReporter
from quilt_core.revisions import (
    CopyTask,
    FoundObject,
    KeptEntries,
    RevisionPlan,
    RevisionRequest,
    VersionCheck,
    keep_entries,
    moved_on,
    object_to_look_up,
    plan_copies,
    plan_promotion,
    surviving_directories,
)
from quilt_core.revisions.kept import hash_in_question
from quilt_core.testing.memory.session import Session
from quilt_core.testing.memory.store import ObjectVersion, StoredPackage, StoredRevision


class PackageWriteOperations:
    """Create, update, promote, roll back and delete."""

    def __init__(self, session: Session) -> None:
        self._session = session

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
        request = RevisionRequest.for_create(
            package_name, entries, metadata, registry, message, copy, workflow, force, progress,
            expected_top_hash, dry_run, allow_unversioned,
        )  # fmt: skip
        with outcome_unless_told(Outcome.NOT_WRITTEN):
            start = self._latest(self._session.writing(registry), package_name)
            request.check_expected(start)
            return self._publish(request, request.plan_create(), start, directories={})

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
        request = RevisionRequest.for_update(
            package_name, entries, registry, metadata, message, remove, copy, workflow, force,
            progress, expected_top_hash, dry_run, allow_unversioned,
        )  # fmt: skip
        with outcome_unless_told(Outcome.NOT_WRITTEN):
            self._session.writing(registry)
            start = self._session.revision(registry, package_name, RevisionRef.parse(None))
            request.check_expected(start.top_hash)
            plan = request.plan_update(start.entries.values(), start.header.metadata_if_any)
            return self._publish(request, plan, start.top_hash, directories=start.directories)

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
        with outcome_unless_told(Outcome.NOT_WRITTEN):
            source = self._session.revision(registry, package_name, top_hash)
            header = source.header
            request = RevisionRequest.for_promotion(
                new_name, destination, message, copy, workflow, force, progress,
                expected_top_hash, allow_unversioned, dry_run,
                source_message=header.message_if_any, source_workflow=header.workflow_id,
            )  # fmt: skip
            start = self._latest(self._session.writing(destination), new_name)
            request.check_expected(start)
            plan = plan_promotion(source.entries.values(), header.metadata_if_any)
            return self._publish(request, plan, start, directories=source.directories)

    @hookimpl
    def rollback_package(
        self,
        package_name: PackageName,
        registry: Registry,
        top_hash: RevisionRef,
        expected_top_hash: str | None,
    ) -> RollbackResult:
        catalog = self._session.catalog
        with outcome_unless_told(Outcome.NOT_WRITTEN):
            wanted = self._session.revision(registry, package_name, top_hash).top_hash
            with catalog.lock:
                package = self._session.package(registry, package_name)
                before = package.latest
                if expected_top_hash not in (None, before):
                    expected = expected_top_hash
                    raise moved_on(package_name, registry, expected, before, can_force=False)
                if wanted != before:
                    self._session.writing(registry)
                    package.latest = wanted
        return RollbackResult(
            package_name=str(package_name),
            registry=registry.url,
            top_hash=wanted,
            previous_top_hash=before,
            catalog_url=catalog_package_url(catalog.catalog_url, registry, package_name, wanted),
        )

    @hookimpl
    def list_workflows(self, registry: Registry) -> Iterable[WorkflowInfo]:
        config = self._session.catalog.workflows.get(self._session.reading(registry), {})
        schemas = config.get("schemas", {})
        return [
            WorkflowInfo(
                id=key,
                name=rules.get("name", key),
                description=rules.get("description"),
                metadata_schema=schemas.get(rules.get("metadata_schema"), {}).get("url"),
                entries_schema=schemas.get(rules.get("entries_schema"), {}).get("url"),
                handle_pattern=rules.get("handle_pattern"),
                is_message_required=rules.get("is_message_required", False),
                is_default=key == config.get("default_workflow"),
                is_workflow_required=config.get("is_workflow_required", True),
            )
            for key, rules in config.get("workflows", {}).items()
        ]

    def _latest(self, bucket: str, name: PackageName) -> str | None:
        package = self._session.catalog.packages.get((bucket, name))
        return package.latest if package else None

    def _publish(
        self,
        request: RevisionRequest,
        plan: RevisionPlan,
        start: str | None,
        *,
        directories: Mapping[str, Mapping[str, Any]],
    ) -> PackageRevisionResult:
        name, registry, message = request.package_name, request.registry, request.message
        catalog, bucket = self._session.catalog, str(registry.bucket)
        kept = self._keep(request, plan.kept, bucket)
        new = [self._complete(entry, request.dry_run) for entry in plan.new]
        passed = self._workflow(request)
        entries = sorted([*kept.entries, *new], key=lambda entry: sort_key(entry.logical_key))
        objects = [(entry.logical_key, entry.physical_key) for entry in entries]
        tasks = plan_copies(objects, request.copy, bucket, name, request.operation)
        sources = [self._readable(task.source)[1] for task in tasks]
        versions = request.version_check(self._has_versions, [key for _, key in objects])
        unchecked: tuple[str, ...] = ()
        if tasks:
            unchecked = versions.unchecked()
        if request.dry_run:
            return request.unwritten(
                plan, start, copies=len(tasks), completed=kept.completed, unchecked=unchecked
            )
        copies = dict(zip(tasks, sources, strict=True))
        entries = self._copied(entries, copies, request, versions)
        header = ManifestHeader(
            message=message,
            user_meta=UNSET if plan.user_meta is None else dict(plan.user_meta),
            workflow=passed,
        )
        with catalog.lock:
            latest = self._latest(bucket, name)
            if latest != start and not request.force:
                raise moved_on(name, registry, start, latest)
            package = catalog.packages.setdefault((bucket, name), StoredPackage())
            revision = StoredRevision(
                top_hash=compute_top_hash(header, entries),
                header=header,
                entries={entry.logical_key: entry for entry in entries},
                directories={
                    path: directories[path]
                    for path in surviving_directories(directories, plan, request.remove)
                },
                modified=catalog.now(),
            )
            package.revisions.append(revision)
            package.latest = revision.top_hash
        return PackageRevisionResult(
            package_name=str(name),
            registry=registry.url,
            top_hash=revision.top_hash,
            previous_top_hash=start,
            total_entries=len(entries),
            added=plan.added,
            replaced=plan.replaced,
            removed=plan.removed,
            copied=len(tasks),
            catalog_url=catalog_package_url(catalog.catalog_url, registry, name, revision.top_hash),
            manifest_replaced=False,
            completed=kept.completed,
        )

    def _keep(
        self, request: RevisionRequest, entries: Collection[ManifestEntry], bucket: str
    ) -> KeptEntries:
        """Existing entries; entries that name a version and have no hash get it from that
        version.
        """
        objects = [(entry.logical_key, entry.physical_key) for entry in entries]
        copies = plan_copies(objects, request.copy, bucket, request.package_name, request.operation)
        kept = keep_entries(
            request,
            entries,
            self._look,
            in_question=hash_in_question,
            copied={task.logical_key for task in copies},
        )
        return attrs.evolve(kept, entries=tuple(map(self._hashed, kept.entries)))

    def _look(self, places: list[S3Uri]) -> dict[S3Uri, FoundObject | str]:
        found: dict[S3Uri, FoundObject | str] = {}
        for place in places:
            try:
                version, stored = self._session.catalog.find_object(place)
            except NotFoundError:
                found[place] = "its object is gone"
            else:
                hashes = {stored.hash.type: stored.hash.value}
                found[place] = FoundObject(version_id=version, size=len(stored.data), hashes=hashes)
        return found

    def _has_versions(self, bucket: str) -> bool | None:
        """As in S3, only what is there shows it: an object, or a package, which has some there."""
        catalog = self._session.catalog
        if not any(place == bucket for place, _ in (*catalog.objects, *catalog.packages)):
            return None
        return bucket not in catalog.unversioned_buckets

    def _hashed(self, entry: ManifestEntry) -> ManifestEntry:
        place = object_to_look_up(entry) if entry.hash is None else None
        if place is None:
            return entry
        return structs.replace(entry, hash=self._session.catalog.find_object(place)[1].hash)

    def _complete(self, entry: NewEntry, dry_run: bool) -> ManifestEntry:
        if not isinstance(entry.uri, S3Uri):
            raise ValidationError(
                f"{entry.uri} is a local file; a registry in S3 refers to objects in S3 only.",
                context={"uri": entry.uri.url},
            )
        if dry_run and entry.is_planned:  # of a push, which has not written its object yet
            key, url = entry.logical_key, entry.uri.url
            return ManifestEntry(logical_key=key, physical_key=url, size=0, hash=None, meta={})
        version, stored = self._readable(entry.uri)
        return ManifestEntry(
            logical_key=entry.logical_key,
            physical_key=S3Uri(entry.uri.bucket, entry.uri.key, version).url,
            size=len(stored.data),
            hash=entry.hash if entry.is_known else stored.hash,
            meta={"user_meta": dict(entry.metadata)} if entry.metadata else {},
        )

    def _readable(self, uri: S3Uri) -> tuple[str | None, ObjectVersion]:
        """An object that a package refers to or that is copied; raises `PermissionDeniedError` if
        it cannot be read.
        """
        catalog = self._session.catalog
        if uri.bucket in catalog.buckets and self._session.level(uri.bucket) is None:
            raise PermissionDeniedError(
                f"This identity may not read {uri}.", context={"uri": uri.url}
            )
        return catalog.find_object(uri)

    def _copied(
        self,
        entries: list[ManifestEntry],
        copies: Mapping[CopyTask, ObjectVersion],
        request: RevisionRequest,
        versions: VersionCheck,
    ) -> list[ManifestEntry]:
        """Copy objects; returns the entries, with the physical keys of the copies."""
        moved: dict[str, str] = {}
        reporter = ProgressReporter(
            request.progress, request.operation, "copying", len(copies), "objects"
        )
        for task, stored in copies.items():
            url = self._session.catalog.put_object(versions.bucket, task.key, stored.data)
            if not moved:
                versions.after(S3Uri.parse(url))
            moved[task.logical_key] = url
            reporter.advance()
        return [
            structs.replace(entry, physical_key=moved[entry.logical_key])
            if entry.logical_key in moved
            else entry
            for entry in entries
        ]

    def _workflow(self, request: RevisionRequest) -> dict[str, Any] | UnsetType:
        workflow, bucket = request.workflow, str(request.registry.bucket)
        config = self._session.catalog.workflows.get(bucket)
        if config is None:
            if workflow is not DEFAULT_WORKFLOW:
                raise _has_no_workflows(request)
            return UNSET
        if config.get("version", "1") != "1":
            raise ValidationError(f"The workflows of s3://{bucket} have an unknown version.")
        chosen = config.get("default_workflow") if workflow is DEFAULT_WORKFLOW else workflow
        url = f"s3://{bucket}/.quilt/workflows/config.yml"
        if chosen is None:
            if config.get("is_workflow_required", True):
                why = "Workflow required, but none specified"
                raise refused_by_workflow(request.package_name, request.registry, why, hint=None)
            return {"id": None, "config": url}
        rules = config.get("workflows", {}).get(chosen)
        if rules is None and isinstance(workflow, str):
            raise unknown_workflow(workflow, request.registry, config.get("workflows", {}))
        if rules is None:
            raise ValidationError(f"s3://{bucket} has no workflow {chosen!r}.")
        if rules.get("is_message_required") and not request.message:
            why = "Commit message is required by workflow, but none was provided"
            raise refused_by_workflow(request.package_name, request.registry, why)
        return {"id": chosen, "config": url}

    @hookimpl
    def delete_package(
        self,
        package_name: PackageName,
        registry: Registry,
        top_hash: RevisionRef | None,
        progress: ProgressCallback | None,
    ) -> DeletionResult:
        with outcome_unless_told(Outcome.NOT_WRITTEN):
            package = self._session.package(registry, package_name)
            self._session.writing(registry)
            newest_first = sorted(
                {one.top_hash: one for one in package.revisions}.values(),
                key=lambda one: (-one.modified.timestamp(), one.top_hash),
            )
            doomed = [one.top_hash for one in newest_first]
            if top_hash is not None:
                doomed = [self._session.revision(registry, package_name, top_hash).top_hash]
        with self._session.catalog.lock:
            package.revisions = [r for r in package.revisions if r.top_hash not in doomed]
            if package.latest in doomed:
                package.latest = _newest(package.revisions)
            if not package.revisions:
                bucket = str(registry.bucket)
                self._session.catalog.packages.pop((bucket, package_name), None)
        reporter = ProgressReporter(
            progress, "delete_package", "deleting", len(doomed), "revisions"
        )
        reporter.advance(len(doomed))
        return DeletionResult(
            package_name=str(package_name), registry=registry.url, deleted=tuple(doomed), failed=()
        )


def _newest(revisions: Iterable[StoredRevision]) -> str | None:
    found = max(revisions, key=lambda one: one.modified, default=None)
    return found.top_hash if found else None


def _has_no_workflows(request: RevisionRequest) -> ValidationError:
    if isinstance(request.workflow, str):
        return unknown_workflow(request.workflow, request.registry, ())
    why = "None workflow is specified, but no workflows config exist"
    return refused_by_workflow(request.package_name, request.registry, why, hint=None)
