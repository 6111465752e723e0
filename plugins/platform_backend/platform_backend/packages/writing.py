"""Package operations that write: create and update revisions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import attrs
from quilt_registry import fields
from quilt_registry.buckets import bucket_of
from quilt_registry.s3 import ObjectLookup, read_directories
from quilt_registry.search.search_hits import workflow_id
from quilt_registry.workflows import registry_workflows, require_workflow, unknown_workflow_named

from platform_backend.packages.access import PackageAccess
from platform_backend.packages.checking import look_first
from platform_backend.packages.copying import copied_keys, copy_tasks
from platform_backend.packages.entries import ContentsReader
from platform_backend.packages.pushing import Push, push
from platform_backend.packages.state import PackageState, PackageStateReader, state_in
from platform_backend.packages.wire import WireEntries
from quilt_core import hookimpl
from quilt_core.domain.catalog import catalog_package_url
from quilt_core.domain.entries import (
    DEFAULT_WORKFLOW,
    CopyMode,
    NewEntry,
    ProgressCallback,
    Workflow,
)
from quilt_core.domain.names import PackageName, Registry, RevisionKind, RevisionRef
from quilt_core.domain.packages import PackageRevisionResult
from quilt_core.domain.stored_keys import is_plainly_versioned, stored_object
from quilt_core.domain.uris import S3Uri
from quilt_core.errors import QuiltOpsError, ValidationError
from quilt_core.manifest import DirectoryRecord, ManifestEntry
from quilt_core.revisions import (
    Outcome,
    RevisionPlan,
    RevisionRequest,
    keep_entries,
    moved_on,
    newest_of,
    object_to_look_up,
    outcome_unless_told,
    overwrote,
    plan_promotion,
    surviving_directories,
)

_LATEST = RevisionRef("latest", RevisionKind.LATEST)


@attrs.frozen
class Origin:
    """The revision whose entries a write keeps."""

    bucket: str
    top_hash: str
    directories: tuple[DirectoryRecord, ...] | None
    """The directories with metadata; None if they have not been read yet."""


class PackageWriteOperations:
    """Implements `create_package_revision`, `update_package_revision` and `promote_package`."""

    def __init__(self, access: PackageAccess) -> None:
        self._access = access

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
        """GraphQL `packageConstruct`: two requests, to read and to write."""
        request = RevisionRequest.for_create(
            package_name, entries, metadata, registry, message, copy, workflow, force, progress,
            expected_top_hash, dry_run, allow_unversioned,
        )  # fmt: skip
        with outcome_unless_told(Outcome.NOT_WRITTEN):
            bucket_of(registry, request.operation)
            _refuse_local_files(request)
            contents = self._access.contents()
            before = _look(contents, request)
            request.check_expected(before.latest)
            return self._publish(request, request.plan_create(), before, contents, origin=None)

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
        """Read everything, write everything: two requests.

        If time passes in between, for copies or waiting, one more request is needed.
        """
        request = RevisionRequest.for_update(
            package_name, entries, registry, metadata, message, remove, copy, workflow, force,
            progress, expected_top_hash, dry_run, allow_unversioned,
        )  # fmt: skip
        with outcome_unless_told(Outcome.NOT_WRITTEN):
            bucket_of(registry, request.operation)
            _refuse_local_files(request)
            contents = self._access.contents()
            base = contents.read(package_name, registry, _LATEST, "package_to_update")
            request.check_expected(base.top_hash)
            plan, directories = base.use(lambda some: request.plan_update(some, base.user_meta))
            before = state_in(base.package, base.asked)
            if not request.dry_run:
                before = _settled(contents, request, before, base=before)
            origin = Origin(registry.bucket or "", base.top_hash, directories)
            return self._publish(request, plan, before, contents, origin=origin)

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
        """GraphQL `packageConstruct` with the entries of the revision: three requests.

        `packagePromote` is not used: it allows only destinations that the source registry's
        workflows list as successors, and the copies that they prescribe (docs/protocol.md, E.4).
        """
        with outcome_unless_told(Outcome.NOT_WRITTEN):
            for one in (registry, destination):
                bucket_of(one, "promote_package")
            contents = self._access.contents()
            source = contents.read(package_name, registry, top_hash, "package_to_promote")
            request = RevisionRequest.for_promotion(
                new_name, destination, message, copy, workflow, force, progress,
                expected_top_hash, allow_unversioned, dry_run,
                source_message=fields.get_optional_str(source.revision, "message"),
                source_workflow=workflow_id(source.revision),
            )  # fmt: skip
            if isinstance(request.workflow, str) and copy is not CopyMode.NONE:
                s3 = contents.s3()
                require_workflow(request.workflow, registry_workflows(s3, destination), destination)
            before = _look(contents, request)
            request.check_expected(before.latest)
            plan, directories = source.use(lambda some: plan_promotion(some, source.user_meta))
            origin = Origin(registry.bucket or "", source.top_hash, directories)
            return self._publish(request, plan, before, contents, origin=origin)

    def _publish(
        self,
        request: RevisionRequest,
        plan: RevisionPlan,
        before: PackageState,
        contents: ContentsReader,
        *,
        origin: Origin | None,
    ) -> PackageRevisionResult:
        """Copy, wait, read the state again if that took time, write, and check the answer.

        Every error of `push` has an outcome; before `push`, nothing was written.
        """
        client = contents.lookup.client
        plan, completed = self._kept(request, plan, origin, contents)
        if request.dry_run:
            copies, unchecked = look_first(
                request, plan, contents, self._access.settings.max_concurrency
            )
            return request.unwritten(
                plan,
                before.latest,
                copies=copies,
                completed=completed,
                lost_directory_metadata=_lost_directories(request, plan, origin, contents),
                unchecked=unchecked,
            )
        physical_keys = copied_keys(request, plan, contents, self._access.settings.max_concurrency)
        waited = _state_reader(contents, request).wait_for_second(before)
        state = before
        if waited or physical_keys or not before.holds():
            state = _look_again(contents, request, before)
        wanted = Push(
            package_name=request.package_name,
            registry=request.registry,
            message=request.message,
            user_meta=plan.user_meta,
            workflow=_workflow(request.workflow),
            entries=WireEntries(plan, physical_keys),
        )

        def entries_of(top_hash: str) -> Iterable[ManifestEntry]:
            ref = RevisionRef(top_hash, RevisionKind.HASH)
            return contents.read(request.package_name, request.registry, ref).entries

        with unknown_workflow_named(
            request.workflow,
            request.registry,
            lambda: registry_workflows(contents.s3(), request.registry),
        ):
            pushed = push(client, wanted, state, entries_of)
        top_hash = pushed.top_hash
        if pushed.overwritten and not request.force:
            raise overwrote(
                request.package_name,
                request.registry,
                base=state.latest,
                overwritten=pushed.overwritten,
                ours=top_hash,
            )
        return PackageRevisionResult(
            package_name=str(request.package_name),
            registry=request.registry.url,
            top_hash=top_hash,
            previous_top_hash=next(iter(pushed.overwritten), state.latest),
            total_entries=plan.total_entries,
            added=plan.added,
            replaced=plan.replaced,
            removed=plan.removed,
            copied=len(physical_keys),
            catalog_url=catalog_package_url(
                client.target.catalog_url, request.registry, request.package_name, top_hash
            ),
            completed=completed,
            # After the write, so that as little time as possible passes between reading the state
            # and writing.
            lost_directory_metadata=_lost_directories(request, plan, origin, contents),
        )

    def _kept(
        self,
        request: RevisionRequest,
        plan: RevisionPlan,
        origin: Origin | None,
        contents: ContentsReader,
    ) -> tuple[RevisionPlan, tuple[str, ...]]:
        """The plan with kept entries that the registry will not change, and the completed
        entries.
        """
        if origin is None:
            return plan, ()
        kept = keep_entries(
            request,
            plan.kept,
            ObjectLookup(s3=contents.s3, workers=self._access.settings.max_concurrency),
            in_question=_in_question,
            copied={task.logical_key for task in copy_tasks(request, plan.kept)},
        )
        return attrs.evolve(plan, kept=kept.entries), kept.completed


def _state_reader(contents: ContentsReader, request: RevisionRequest) -> PackageStateReader:
    return PackageStateReader(contents.lookup.client, request.package_name, request.registry)


def _look(contents: ContentsReader, request: RevisionRequest) -> PackageState:
    """The state of the package before the write."""
    return _settled(contents, request, _state_reader(contents, request).read())


def _look_again(
    contents: ContentsReader, request: RevisionRequest, before: PackageState
) -> PackageState:
    """The state of the package after some time, when its newest second has passed."""
    states = _state_reader(contents, request)
    state = _settled(contents, request, states.read(), base=before)
    if newest_of(state.history) != newest_of(before.history):
        states.wait_for_second(state)
    return state


def _settled(
    contents: ContentsReader,
    request: RevisionRequest,
    state: PackageState,
    *,
    base: PackageState | None = None,
) -> PackageState:
    """The state of the package after other writes have finished; `force` does not wait.

    Raises `ConflictError` if `latest` is no longer that of `base`.
    """
    if request.force:
        return state
    state = _state_reader(contents, request).settled(state, base)
    if base is not None and state.latest != base.latest:
        raise moved_on(request.package_name, request.registry, base.latest, state.latest)
    return state


def _refuse_local_files(request: RevisionRequest) -> None:
    for entry in request.entries:
        if not isinstance(entry.uri, S3Uri):
            raise ValidationError(
                f"{entry.uri} is a local file; a package in {request.registry} refers "
                "to objects in S3.",
                hint="Upload it first.",
                context={"logical_key": entry.logical_key, "uri": entry.uri.url},
            )


def _in_question(entry: ManifestEntry) -> str | None:
    """Whether the registry writes an entry as it is sent (docs/protocol.md, E.1, E.2)."""
    if entry.hash is not None and is_plainly_versioned(entry.physical_key):
        return None  # as for nearly all entries
    if stored_object(entry.physical_key) is None:
        return f"a registry accepts only objects in S3, and not {entry.physical_key[:200]!r}"
    return None if object_to_look_up(entry) is None else ""


def _lost_directories(
    request: RevisionRequest, plan: RevisionPlan, origin: Origin | None, contents: ContentsReader
) -> tuple[str, ...] | None:
    """The directories with metadata that a push cannot transfer; None if they are not known."""
    if origin is None:
        return ()
    records: Iterable[DirectoryRecord] | None = origin.directories
    if records is None:
        try:
            records = read_directories(contents.s3(), origin.bucket, origin.top_hash)
        except QuiltOpsError:
            return None  # the update is valid without it, and the result says so
    paths = [record.logical_key for record in records if record.meta]
    return tuple(path.rstrip("/") for path in surviving_directories(paths, plan, request.remove))


def _workflow(workflow: Workflow) -> str | None:
    if workflow is DEFAULT_WORKFLOW:
        return None
    return workflow if isinstance(workflow, str) else ""
