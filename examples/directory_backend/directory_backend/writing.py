"""The writing hooks: create, update, delete; the rules are those of `quilt_core.revisions`."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from functools import partial
from itertools import islice
from typing import Any

from msgspec import UNSET

from directory_backend.store import Folder
from quilt_core import (
    DEFAULT_WORKFLOW,
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
    chunked_sha256,
    compute_top_hash,
    sort_key,
)
from quilt_core.regular_files import open_regular
from quilt_core.revisions import (
    Outcome,
    RevisionPlan,
    RevisionRequest,
    moved_on,
    outcome_unless_told,
)

_BLOCK = 1 << 20


class Writing:
    """Implements the hooks that write."""

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
            _check(request)
            folder = Folder(registry)
            start = folder.latest(package_name)
            request.check_expected(start)
            return _publish(folder, request, request.plan_create(), start)

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
            _check(request)
            folder = Folder(registry)
            start = folder.find(package_name, RevisionRef.parse(None))
            request.check_expected(start.top_hash)
            plan = request.plan_update(start.entries.values(), start.header.metadata_if_any)
            return _publish(folder, request, plan, start.top_hash)

    @hookimpl
    def delete_package(
        self,
        package_name: PackageName,
        registry: Registry,
        top_hash: RevisionRef | None,
        progress: ProgressCallback | None,
    ) -> DeletionResult:
        with outcome_unless_told(Outcome.NOT_WRITTEN):
            folder = Folder(registry)
            folder.check_exists()  # `one_writer` would make it
        with folder.one_writer():
            with outcome_unless_told(Outcome.NOT_WRITTEN):
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


def _check(request: RevisionRequest) -> None:
    if request.copy is not CopyMode.NONE:
        reason = "it refers to files and never copies them"
        raise NotSupportedError(request.operation, "directory", reason)
    if request.workflow is not DEFAULT_WORKFLOW:
        raise ValidationError(
            f"{request.registry} has no workflows, and {request.workflow!r} is given."
        )


def _publish(
    folder: Folder, request: RevisionRequest, plan: RevisionPlan, start: str | None
) -> PackageRevisionResult:
    name, message = request.package_name, request.message
    new = [_complete(entry) for entry in plan.new]
    entries = sorted([*plan.kept, *new], key=lambda entry: sort_key(entry.logical_key))
    if request.dry_run:
        return request.unwritten(plan, start)
    user_meta = UNSET if plan.user_meta is None else dict(plan.user_meta)
    header = ManifestHeader(message=message, user_meta=user_meta)
    top_hash = compute_top_hash(header, entries)
    with folder.one_writer():
        latest = folder.latest(name)
        if latest != start and not request.force:
            raise moved_on(name, folder.registry, start, latest)
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
        manifest_replaced=False,
    )


def _complete(entry: NewEntry) -> ManifestEntry:
    if not isinstance(entry.uri, FileUri):
        raise ValidationError(f"{entry.uri} is not a local file.", hint="Give file:///… URIs.")
    try:
        with open_regular(entry.uri.path) as file:
            # Size and hash are those of one open file: another could be put in its place.
            size = os.fstat(file.fileno()).st_size
            blocks = iter(partial(file.read, _BLOCK), b"")
            # One block more than it had shows that it grows; it could grow without end.
            found = chunked_sha256(islice(blocks, size // _BLOCK + 2), size)
    except OSError as error:
        raise NotFoundError(
            f"{entry.uri} cannot be read: {error.strerror or error}.",
            context={"uri": entry.uri.url},
        ) from error
    except ValueError as error:
        raise ValidationError(
            f"{entry.uri} changed while it was being read.",
            hint="Try again when nothing writes to it any more.",
            context={"uri": entry.uri.url},
        ) from error
    return ManifestEntry(
        logical_key=entry.logical_key,
        physical_key=entry.uri.url,
        size=size,
        hash=found,
        meta={"user_meta": dict(entry.metadata)} if entry.metadata else {},
    )
