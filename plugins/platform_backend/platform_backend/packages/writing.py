"""Package operations that write: create and update revisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs
from quilt_registry import fields
from quilt_registry.buckets import bucket_of
from quilt_registry.graphql.client import GraphQLClient
from quilt_registry.s3 import ObjectLook, read_directories
from quilt_registry.search.search_hits import workflow_id
from quilt_registry.workflows import registry_workflows, require_workflow

from platform_backend.packages.access import PackageAccess
from platform_backend.packages.checking import look_first
from platform_backend.packages.copying import copied_keys, copy_tasks
from platform_backend.packages.entries import ContentsReader
from platform_backend.packages.pushing import Push, push
from platform_backend.packages.state import PackageState, read_state
from quilt_core import clock, deadline, hookimpl
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
from quilt_core.domain.stored_keys import stored_object
from quilt_core.domain.uris import S3Uri
from quilt_core.errors import (
    AuthenticationError,
    BackendError,
    NotFoundError,
    PermissionDeniedError,
    ValidationError,
)
from quilt_core.manifest import EntryHash, ManifestEntry, sort_key
from quilt_core.revisions import (
    Outcome,
    RevisionPlan,
    RevisionRequest,
    is_under_way,
    keep_entries,
    moved_on,
    object_to_look_at,
    outcome_unless_told,
    overwrote,
    plan_promotion,
    seconds_to_wait,
    surviving_directories,
)

_PAUSES_FOR_LATEST = (0.3, 0.7, 1.5, 2.5, 5.0)
"""Seconds between looks at a write that is between its two pointers: `LONGEST_UNDER_WAY` in all."""
_LATEST = RevisionRef("latest", RevisionKind.LATEST)


@attrs.frozen
class Origin:
    """The revision whose entries a write keeps."""

    bucket: str
    top_hash: str


class PackageWriteOperations:
    """Implements `create_package_revision`, `update_package_revision` and `promote_package`."""

    def __init__(self, access: PackageAccess) -> None:
        self._access = access

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
        expected_top_hash: str | None,
        dry_run: bool,
        allow_unversioned: bool,
    ) -> PackageRevisionResult:
        """GraphQL `packageConstruct`: two requests, look and write."""
        request = RevisionRequest.for_create(
            package_name, entries, metadata, registry, message, copy, workflow, force, progress,
            expected_top_hash, dry_run, allow_unversioned,
        )  # fmt: skip
        with outcome_unless_told(Outcome.NOT_WRITTEN):
            bucket_of(registry, request.operation)
            _refuse_local_files(request)
            contents = self._access.contents()
            before = self._read(contents.lookup.client, request)
            request.check_expected(before.latest)
            return self._publish(
                request, request.plan_create(), before, contents, fresh=True, origin=None
            )

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
        expected_top_hash: str | None,
        dry_run: bool,
        allow_unversioned: bool,
    ) -> PackageRevisionResult:
        """Read everything, look again, write everything: three requests."""
        request = RevisionRequest.for_update(
            package_name, entries, registry, metadata, message, remove, copy, workflow, force,
            progress, expected_top_hash, dry_run, allow_unversioned,
        )  # fmt: skip
        with outcome_unless_told(Outcome.NOT_WRITTEN):
            bucket_of(registry, request.operation)
            _refuse_local_files(request)
            contents = self._access.contents()
            base = contents.read(package_name, registry, _LATEST)
            request.check_expected(base.top_hash)
            plan = request.plan_update(base.entries, base.user_meta)
            before = PackageState(latest=base.top_hash, newest=_newest(base.package))
            origin = Origin(registry.bucket or "", base.top_hash)
            return self._publish(request, plan, before, contents, fresh=False, origin=origin)

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
    ) -> PackageRevisionResult:
        """GraphQL `packageConstruct` with the entries of the revision: four requests.

        `packagePromote` allows only what the source registry's workflows list as its successors,
        and the copies that they want (docs/protocol.md, E.4).
        """
        with outcome_unless_told(Outcome.NOT_WRITTEN):
            for one in (registry, destination):
                bucket_of(one, "promote_package")
            contents = self._access.contents()
            source = contents.read(package_name, registry, top_hash)
            exact = RevisionRef(source.top_hash, RevisionKind.HASH)
            node = contents.lookup.revision("package_info", package_name, registry, exact)
            request = RevisionRequest.for_promotion(
                new_name, destination, message, copy, workflow, force, progress,
                expected_top_hash, allow_unversioned,
                source_message=fields.get_optional_str(node, "message"),
                source_workflow=workflow_id(node),
            )  # fmt: skip
            if isinstance(request.workflow, str) and copy is not CopyMode.NONE:
                s3 = contents.s3()
                require_workflow(request.workflow, registry_workflows(s3, destination), destination)
            before = self._read(contents.lookup.client, request)
            request.check_expected(before.latest)
            plan = plan_promotion(source.entries, source.user_meta)
            origin = Origin(registry.bucket or "", source.top_hash)
            return self._publish(request, plan, before, contents, fresh=True, origin=origin)

    def _publish(
        self,
        request: RevisionRequest,
        plan: RevisionPlan,
        before: PackageState,
        contents: ContentsReader,
        *,
        fresh: bool,
        origin: Origin | None,
    ) -> PackageRevisionResult:
        """Copy, wait, look again unless `before` is fresh, write, and look at the answer.

        `push` tells the outcome of every error of its own; before it, nothing was written.
        """
        client = contents.lookup.client
        plan, completed, lost = self._kept(request, plan, origin, contents)
        if request.dry_run:
            copies, unchecked = look_first(
                request, plan, contents, self._access.settings.max_concurrency
            )
            return request.unwritten(
                plan,
                before.latest,
                copies=copies,
                completed=completed,
                lost_directory_metadata=lost,
                unchecked=unchecked,
            )
        physical_keys = copied_keys(request, plan, contents, self._access.settings.max_concurrency)
        waited = self._wait(client, before)
        state = before
        if not fresh or waited or physical_keys:
            state = self._look_again(client, request, before)
        wanted = Push(
            package_name=request.package_name,
            registry=request.registry,
            message=request.message,
            user_meta=plan.user_meta,
            workflow=_workflow(request.workflow),
            entries=tuple(_wire_entries(plan, physical_keys)),
        )

        def entries_of(top_hash: str) -> Iterable[ManifestEntry]:
            ref = RevisionRef(top_hash, RevisionKind.HASH)
            return contents.read(request.package_name, request.registry, ref).entries

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
            previous_top_hash=state.latest,
            total_entries=plan.total_entries,
            added=plan.added,
            replaced=plan.replaced,
            removed=plan.removed,
            copied=len(physical_keys),
            catalog_url=catalog_package_url(
                client.target.catalog_url, request.registry, request.package_name, top_hash
            ),
            completed=completed,
            lost_directory_metadata=lost,
        )

    def _kept(
        self,
        request: RevisionRequest,
        plan: RevisionPlan,
        origin: Origin | None,
        contents: ContentsReader,
    ) -> tuple[RevisionPlan, tuple[str, ...], tuple[str, ...] | None]:
        """The plan with kept entries that the registry will not change, those that were completed,
        and the directories whose metadata GraphQL does not carry."""
        if origin is None:
            return plan, (), ()
        kept = keep_entries(
            request,
            plan.kept,
            ObjectLook(s3=contents.s3, workers=self._access.settings.max_concurrency),
            in_question=_in_question,
            copied={task.logical_key for task in copy_tasks(request, plan.kept)},
        )
        lost = _lost_directories(request, plan, origin, contents)
        return attrs.evolve(plan, kept=kept.entries), kept.completed, lost

    def _look_again(
        self, client: GraphQLClient, request: RevisionRequest, before: PackageState
    ) -> PackageState:
        state = self._read(client, request)
        if state.latest != before.latest and not request.force:
            raise moved_on(request.package_name, request.registry, before.latest, state.latest)
        if state.newest != before.newest:
            self._wait(client, state)
        return state

    def _read(self, client: GraphQLClient, request: RevisionRequest) -> PackageState:
        """The package now, once a write that is between its two pointers has come to its end.

        Such a revision is in the history and not yet `latest`. Ten seconds after its timestamp it
        is taken for what a rollback leaves; to give up earlier would make it one of those from
        which this write starts, and nobody would be told when it becomes `latest` all the same.
        """
        state = read_state(client, request.package_name, request.registry)
        for pause in () if request.force else _PAUSES_FOR_LATEST:
            there = clock.now() + (client.clock_offset or 0.0)
            if not is_under_way(state.history, state.latest, there):
                break
            deadline.pause(pause)
            state = read_state(client, request.package_name, request.registry)
        return state

    def _wait(self, client: GraphQLClient, state: PackageState) -> bool:
        """Wait until the newest pointer's second has passed; whether there was need to."""
        seconds = seconds_to_wait(state.newest, clock.now(), client.clock_offset)
        if seconds:
            deadline.pause(seconds)
        return seconds > 0


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
    if stored_object(entry.physical_key) is None:
        return f"a registry accepts only objects in S3, and not {entry.physical_key[:200]!r}"
    return None if object_to_look_at(entry) is None else ""


def _lost_directories(
    request: RevisionRequest, plan: RevisionPlan, origin: Origin, contents: ContentsReader
) -> tuple[str, ...] | None:
    """The directories with metadata that a push cannot carry; None when nobody can tell."""
    try:
        records = read_directories(contents.s3(), origin.bucket, origin.top_hash)
    except (AuthenticationError, PermissionDeniedError, NotFoundError, BackendError):
        return None  # the update is as good without the answer, which says that it is missing
    paths = [record.logical_key for record in records if record.meta]
    return tuple(path.rstrip("/") for path in surviving_directories(paths, plan, request.remove))


def _newest(package: fields.Node) -> Any:
    page = fields.get_objects(fields.get_object(package, "revisions"), "page")
    return fields.get_whole_second(page[0], "modified") if page else None


def _workflow(workflow: Workflow) -> str | None:
    if workflow is DEFAULT_WORKFLOW:
        return None
    return workflow if isinstance(workflow, str) else ""


def _wire_entries(plan: RevisionPlan, physical_keys: Mapping[str, str]) -> Iterable[dict[str, Any]]:
    """All entries as `PackageConstructEntry`; the registry fills in missing sizes and hashes."""
    entries = [_kept(entry) for entry in plan.kept] + [_new(entry) for entry in plan.new]
    for entry in entries:
        copied = physical_keys.get(entry["logicalKey"])
        if copied is not None:
            entry["physicalKey"] = copied
    return sorted(entries, key=lambda entry: sort_key(entry["logicalKey"]))


def _kept(entry: ManifestEntry) -> dict[str, Any]:
    return {
        "logicalKey": entry.logical_key,
        "physicalKey": entry.physical_key,
        "size": entry.size,
        "hash": _hash(entry.hash),
        "meta": entry.meta or None,
    }


def _new(entry: NewEntry) -> dict[str, Any]:
    return {
        "logicalKey": entry.logical_key,
        "physicalKey": entry.uri.url,
        "size": entry.size,
        "hash": _hash(entry.hash),
        "meta": {"user_meta": dict(entry.metadata)} if entry.metadata else None,
    }


def _hash(found: EntryHash | None) -> dict[str, str] | None:
    return None if found is None else {"type": found.type, "value": found.value}
