"""The composition of `push_package`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from typing import Any

import attrs

from quilt_core.composition.calls import Calls
from quilt_core.composition.failures import Failures
from quilt_core.composition.holdings import Held, Holdings
from quilt_core.composition.push_plan import PushItem, PushPlan, PushRequest, planned
from quilt_core.composition.push_results import PlannedEntries, PushedEntries, PushedFiles
from quilt_core.composition.uploads import FileChange, PlannedFile, Prepared, Uploader, targets
from quilt_core.composition.versions import version_check
from quilt_core.domain.choices import PushMode
from quilt_core.domain.content import ContentInfo
from quilt_core.domain.entries import DEFAULT_WORKFLOW, NO_REVISION, CopyMode, NewEntry
from quilt_core.domain.names import LATEST, RevisionRef
from quilt_core.domain.packages import PackageInfo, PackageRevisionResult
from quilt_core.domain.transfer import PushResult
from quilt_core.domain.uris import parse_object_uri
from quilt_core.errors import (
    AuthenticationError,
    NotFoundError,
    QuiltOpsError,
    TransportError,
)
from quilt_core.outcome import Outcome, outcome_unless_told, with_outcome
from quilt_core.parallel import for_each
from quilt_core.progress import ProgressReporter
from quilt_core.revisions.conflicts import expected_latest, moved_on
from quilt_core.shared_lookups import shared_lookups
from quilt_core.transfer.hash_records import HashRecords
from quilt_core.transfer.records import UploadRecord
from quilt_core.transfer.spool import NumberedSpool, Spool

WORKERS = 64

__all__ = ["PushRequest", "push"]


@shared_lookups()
def push(calls: Calls, request: PushRequest) -> PushResult:
    """Upload what is new, and publish a revision; see the hook `push_package`."""
    name, registry = str(request.package_name), request.registry.url
    with (
        UploadRecord(registry, name, enabled=request.use_cache) as record,
        Spool(Prepared) as prepared,
    ):
        return _push(calls, request, record, prepared)


def _push(
    calls: Calls, request: PushRequest, record: UploadRecord, prepared: Spool[Prepared]
) -> PushResult:
    try:
        base = _base(calls, request)
        writing = _Publication(calls, request, base)
        writing.check()
        removed, versions = _upload(writing, record, prepared)
        unchecked, lost = writing.try_out(prepared) if request.dry_run else ((), ())
    except QuiltOpsError as error:
        with_outcome(error, Outcome.NOT_WRITTEN)  # whatever happened to single objects
        raise
    written = None
    if not request.dry_run:
        written = writing.write(prepared)
        record.published()
        lost = () if written is None else writing.lost_directories(written)
    result = _result(request, base, PushedFiles.of(prepared), removed, written)
    return attrs.evolve(result, unchecked=(*unchecked, *versions), lost_directory_metadata=lost)


def _upload(
    writing: _Publication, record: UploadRecord, prepared: Spool[Prepared]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Ensure that the registry holds every file, which `prepared` gets in order.

    Returns the files of the latest revision that the next one will not have, and what a dry run
    could not check.
    """
    calls, request = writing.calls, writing.request
    root = calls.package_root() if request.registry.bucket else ""
    with Spool(PushItem) as items:
        plan = planned(request, root, items)
        with Holdings(_entries(calls, request, writing.base)) as holdings:
            for upload in record.uploads():
                held = Held(upload.hash, parse_object_uri(upload.uri), published=False)
                holdings.add(upload.size, held)
            unchecked = _prepare(writing, plan, root, holdings, record, prepared)
            if request.mode is PushMode.REPLACE:
                return tuple(holdings.others()), unchecked
            return tuple(holdings.replaced_by(plan.keys())), unchecked


def _base(calls: Calls, request: PushRequest) -> PackageInfo | None:
    """The latest revision, which is the base of the push; None for a new package.

    Raises `ConflictError` if the caller expects another one.
    """
    try:
        base = calls.package_info(request.package_name, request.registry, LATEST)
    except NotFoundError:
        base = None  # the package does not exist; a registry that does not exist refuses the writes
    if request.expected_top_hash is not None:
        found = base.top_hash if base else None
        if expected_latest(request.expected_top_hash) != found:
            expected = request.expected_top_hash
            raise moved_on(request.package_name, request.registry, expected, found)
    return base


def _entries(calls: Calls, request: PushRequest, base: PackageInfo | None) -> Iterable[ContentInfo]:
    """The files of the latest revision."""
    if base is None:
        return ()
    ref = RevisionRef.parse(base.top_hash)
    return calls.browse(request.package_name, request.registry, ref, "", recursive=True)


def _prepare(
    writing: _Publication,
    plan: PushPlan,
    root: str,
    holdings: Holdings,
    record: UploadRecord,
    prepared: Spool[Prepared],
) -> tuple[str, ...]:
    """Process all files at once, or raise one error for all failures; returns what a dry run could
    not check.
    """
    calls, request = writing.calls, plan.request
    target = targets(plan, root)
    entries = PlannedEntries(plan, holdings, target)
    failures = Failures("pushed", len(plan.items))
    versions = version_check(calls, request, holdings)
    phase = "comparing" if request.dry_run else "uploading"
    reporter = ProgressReporter(request.progress, "push_package", phase, plan.total_bytes, "bytes")
    finished = NumberedSpool(Prepared, len(plan.items))
    with HashRecords(enabled=request.use_cache) as hashes:
        uploader = Uploader(
            calls,
            plan,
            holdings,
            target,
            partial(writing.check_workflow, entries),
            hashes=hashes,
            record=record,
            versions=versions,
            failures=failures,
            reporter=reporter,
        )

        def prepare(numbered: tuple[int, PlannedFile]) -> None:
            number, (item, former) = numbered
            one = uploader.prepare(item, former)
            if one is not None:
                finished.add(number, one)

        def prepare_all(wanted: Callable[[int, PushItem], bool] | None) -> None:
            items = enumerate(uploader.read_ahead(holdings.with_formers(plan.items)))
            chosen = (
                items if wanted is None else (one for one in items if wanted(one[0], one[1][0]))
            )
            for_each(prepare, chosen, WORKERS, ahead=WORKERS)
            if uploader.refused is not None:
                raise uploader.refused
            failures.raise_any("No revision was published.", {"outcome": Outcome.NOT_WRITTEN.value})

        if uploader.some_stay:  # what is wrong with these is found before anything is uploaded
            prepare_all(lambda _, item: uploader.stays(item))
            prepare_all(lambda number, _: number not in finished)
        else:
            prepare_all(None)
    for one in finished:
        prepared.add(one)
    if request.dry_run and any(one.uploaded for one in prepared):
        return versions.unchecked()
    return ()


@attrs.frozen
class _Publication:
    """Publishes the revision, by a create or an update."""

    calls: Calls
    request: PushRequest
    base: PackageInfo | None

    @property
    def _updates(self) -> bool:
        return self.request.mode is PushMode.MERGE and self.base is not None

    def check(self) -> None:
        """Raise `NotSupportedError` now for arguments that the backend would refuse after the
        uploads.
        """
        self.calls.dispatch.require(self._operation, self._arguments(()))

    def check_workflow(self, entries: Collection[NewEntry]) -> None:
        """Raise now what the backend would raise after the uploads, if the registry has workflows;
        to find out whether it has any takes one request.
        """
        if self.request.workflow is not DEFAULT_WORKFLOW or self._may_have_workflows():
            self._dry_run(entries)

    def _may_have_workflows(self) -> bool:
        if not self.calls.dispatch.has("list_workflows"):
            return False
        try:
            return self.calls.has_workflows(self.request.registry)
        except (AuthenticationError, TransportError):
            raise
        except QuiltOpsError:
            return True  # they cannot be read or interpreted here: the backend knows what follows

    def try_out(self, prepared: Spool[Prepared]) -> tuple[tuple[str, ...], tuple[str, ...] | None]:
        """Raise what publishing would raise, as far as that can be known without the objects;
        returns what could not be checked, and the directories that would lose their metadata.
        """
        entries = self._entries(prepared)
        if self._changes_nothing(entries):
            return (), ()
        found = self._dry_run(entries)
        if found is None:
            return ("workflow",), None if self.base else ()
        return found.unchecked, self.lost_directories(found)

    def lost_directories(self, result: PackageRevisionResult) -> tuple[str, ...] | None:
        """The directories whose metadata the revision lacks; None if that is not known."""
        if self._updates:
            return result.lost_directory_metadata
        # A create knows nothing of the latest revision, and to read the metadata of directories
        # would take a request for each.
        return None if self.base else ()

    def _dry_run(self, entries: Collection[NewEntry]) -> PackageRevisionResult | None:
        """The result of a dry run; None if the backend has none."""
        if not self.calls.dispatch.takes(self._operation, "dry_run"):
            return None
        arguments = {**self._arguments(entries), "progress": None, "dry_run": True}
        return self.calls.dispatch.call(self._operation, PackageRevisionResult, **arguments)

    @property
    def _operation(self) -> str:
        return "update_package_revision" if self._updates else "create_package_revision"

    def write(self, prepared: Spool[Prepared]) -> PackageRevisionResult | None:
        """Publish; returns None if a merge changes nothing. The result has no logical keys."""
        entries = self._entries(prepared)
        if self._changes_nothing(entries):
            return None
        arguments = self._arguments(entries)
        with outcome_unless_told(Outcome.UNKNOWN):
            written = self.calls.dispatch.call(self._operation, PackageRevisionResult, **arguments)
        # The keys of the push's own result take as much memory, so these are dropped now.
        return attrs.evolve(written, added=(), replaced=(), removed=())

    def _entries(self, prepared: Spool[Prepared]) -> PushedEntries:
        metadata = self.request.entry_metadata
        return PushedEntries(prepared, metadata, only_changes=self._updates)

    def _changes_nothing(self, entries: PushedEntries) -> bool:
        return self._updates and not (entries or self.request.metadata)

    def _arguments(self, entries: Collection[NewEntry]) -> dict[str, Any]:
        request = self.request
        takes = self.calls.dispatch.takes
        expected = request.expected_top_hash
        if expected is None and not request.force and takes(self._operation, "expected_top_hash"):
            expected = self.base.top_hash if self.base else NO_REVISION
        metadata: Mapping[str, Any] | None = request.metadata
        if not self._updates:
            if metadata is None and self.base is not None:
                metadata = self.base.metadata
            metadata = dict(metadata) if metadata else None
        arguments: dict[str, Any] = {
            "package_name": request.package_name,
            "entries": entries,
            "metadata": metadata,
            "registry": request.registry,
            "message": request.message,
            "copy": CopyMode.NONE,
            "workflow": request.workflow,
            "force": request.force,
            "progress": request.progress if takes(self._operation, "progress") else None,
            "expected_top_hash": expected,
        }
        if self._updates:
            arguments["remove"] = ()
        return arguments


def _result(
    request: PushRequest,
    base: PackageInfo | None,
    files: PushedFiles,
    removed: tuple[str, ...],
    written: PackageRevisionResult | None,
) -> PushResult:
    latest = base.top_hash if base else None
    return PushResult(
        package_name=str(request.package_name),
        registry=request.registry.url,
        dry_run=request.dry_run,
        top_hash=written.top_hash if written else None if request.dry_run else latest,
        previous_top_hash=written.previous_top_hash if written else latest,
        written=written is not None,
        new=files.keys[FileChange.NEW],
        changed=files.keys[FileChange.CHANGED],
        unchanged=files.keys[FileChange.UNCHANGED],
        removed=removed,
        total_bytes=files.total_bytes,
        uploads=files.uploads,
        uploaded_bytes=files.uploaded_bytes,
        catalog_url=written.catalog_url if written else None,
    )
