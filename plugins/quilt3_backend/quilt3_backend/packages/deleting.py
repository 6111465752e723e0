"""Deleting packages and revisions."""

from __future__ import annotations

from collections.abc import Mapping

import attrs
from quilt_registry.s3 import PointerListing

from quilt3_backend.connection import Connection
from quilt3_backend.packages.revision_lookup import existing_pointers, find_revision
from quilt3_backend.stores import PackageStore
from quilt_core.domain.entries import ProgressCallback
from quilt_core.domain.names import PackageName, Registry, RevisionRef
from quilt_core.domain.packages import DeletionResult, RevisionFailure
from quilt_core.errors import BackendError, ConflictError, QuiltOpsError, TransportError
from quilt_core.hookspecs import hookimpl
from quilt_core.manifest.layout import LATEST
from quilt_core.outcome import Outcome, outcome_of, outcome_unless_told, with_outcome
from quilt_core.progress import ProgressReporter


@attrs.frozen(kw_only=True)
class Deletion:
    """What to delete of a package."""

    listing: PointerListing
    """All pointers that the package had."""
    hashes: Mapping[str, str]
    """Top hashes by pointer name, at least of the pointers to delete."""
    names: tuple[str, ...]
    """The pointers to delete, `latest` last."""

    @property
    def revisions(self) -> list[str]:
        """The top hashes to delete, each once, at its newest pointer."""
        known = (self.hashes.get(name) for name in (*self.names, LATEST))
        return list(dict.fromkeys(one for one in known if one is not None))


class PackageDeleteOperations:
    """The hook that deletes: pointers are deleted, manifests and objects stay (docs/protocol.md,
    F).
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @hookimpl
    def delete_package(
        self,
        package_name: PackageName,
        registry: Registry,
        top_hash: RevisionRef | None,
        progress: ProgressCallback | None,
    ) -> DeletionResult:
        """See the hook.

        This takes two listings, one deletion per 1,000 pointers, and one request per distinct
        pointer to know what was deleted.
        """
        with outcome_unless_told(Outcome.NOT_WRITTEN):
            store = self._connection.store(registry)
            deletion = _plan(store, package_name, top_hash, self._connection.workers)
        revisions = deletion.revisions
        reporter = ProgressReporter(
            progress, "delete_package", "deleting", len(revisions), "revisions"
        )
        errors = dict(store.delete_pointers(package_name, deletion.names))
        failed = _settle(store, deletion, errors)
        deleted = [one for one in revisions if one not in failed]
        if failed and not deleted:
            told = list(failed.values())
            certain = all(outcome_of(error) is Outcome.NOT_WRITTEN for error in told)
            raise with_outcome(told[0], Outcome.NOT_WRITTEN if certain else Outcome.UNKNOWN)
        reporter.advance(len(deleted))
        return DeletionResult(
            package_name=str(package_name),
            registry=str(registry),
            deleted=tuple(deleted),
            failed=tuple(
                RevisionFailure(top_hash=one, reason=str(failed[one]))
                for one in revisions
                if one in failed
            ),
        )


def _plan(
    store: PackageStore, package_name: PackageName, ref: RevisionRef | None, workers: int
) -> Deletion:
    """All pointers of the package, or those of one revision.

    `latest` is deleted with them if no revision is left, and otherwise moved afterwards.
    """
    if ref is None:
        listing = existing_pointers(store, package_name)
        hashes = store.hashes(listing)
    else:
        listing, top_hash, pointers = find_revision(store, package_name, ref, workers)
        hashes = {pointer.name: top_hash for pointer in pointers}
    names = tuple(pointer.name for pointer in listing.timestamps if pointer.name in hashes)
    if LATEST in hashes and (ref is None or len(names) == len(listing.timestamps)):
        names = (*names, LATEST)
    return Deletion(listing=listing, hashes=hashes, names=names)


def _settle(
    store: PackageStore, deletion: Deletion, errors: Mapping[str, QuiltOpsError]
) -> dict[str, QuiltOpsError]:
    """Check what is left, and correct `latest`; returns the errors by top hash.

    An answer may have been lost after the deletion, and a request may still be processed. A
    revision may have been published in the meantime and now lack `latest`.
    """
    try:
        now = store.pointers(deletion.listing.package_name)
    except QuiltOpsError as error:
        unseen = errors or dict.fromkeys(deletion.names, error)
        return {
            deletion.hashes[name]: with_outcome(one, Outcome.UNKNOWN)
            for name, one in unseen.items()
        }
    there = {pointer.name for pointer in now.all}
    left = _unchanged(deletion, now, store.registry) | {
        name: with_outcome(
            error,
            Outcome.UNKNOWN if isinstance(error, TransportError) else Outcome.NOT_WRITTEN,
        )
        for name, error in errors.items()
        if name in there
    }
    try:
        if _settle_latest(store, deletion, now):
            left.pop(LATEST, None)
    except QuiltOpsError as error:
        left = left or {LATEST: error}
    return {deletion.hashes[name]: error for name, error in left.items()}


def _unchanged(
    deletion: Deletion, now: PointerListing, registry: Registry
) -> dict[str, QuiltOpsError]:
    """The pointers that are as they were, whatever the store answered."""
    before = {pointer.name: pointer.etag for pointer in deletion.listing.all}
    return {
        pointer.name: BackendError(
            f"The pointer {pointer.name!r} of {now.package_name} in {registry} is still there, "
            "although its deletion was accepted.",
            hint="Look with list_package_versions before you delete again.",
            context={"outcome": Outcome.UNKNOWN.value},
        )
        for pointer in now.all
        if pointer.name in deletion.names and pointer.etag == before[pointer.name]
    }


def _settle_latest(store: PackageStore, deletion: Deletion, now: PointerListing) -> bool:
    """Point `latest` to the newest remaining revision if it was deleted or names a deleted one.

    A `latest` that another writer has written in the meantime is kept. Returns whether it was
    written.
    """
    name, before = now.package_name, deletion.listing.latest
    if before is None or not now.timestamps or LATEST not in deletion.hashes:
        return False
    if now.latest is not None:
        kept = {deletion.hashes.get(pointer.name) for pointer in now.timestamps}
        if now.latest.etag != before.etag or deletion.hashes[LATEST] in kept:
            return False
    newest = now.timestamps[0].name
    top_hash = deletion.hashes.get(newest) or store.read_pointer(name, newest)
    try:
        store.replace_pointer(name, LATEST, top_hash, now.latest)
    except ConflictError:
        return False
    return True
