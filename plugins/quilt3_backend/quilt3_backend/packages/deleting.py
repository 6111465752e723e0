"""Deleting packages and revisions."""

from __future__ import annotations

from collections.abc import Mapping

from quilt_registry.s3 import PointerListing

from quilt3_backend.connection import Connection
from quilt3_backend.packages.revision_lookup import existing_pointers, resolve
from quilt3_backend.stores import PackageStore
from quilt_core.domain.entries import ProgressCallback
from quilt_core.domain.names import PackageName, Registry, RevisionRef
from quilt_core.domain.packages import DeletionResult, RevisionFailure
from quilt_core.errors import QuiltOpsError, TransportError
from quilt_core.hookspecs import hookimpl
from quilt_core.manifest.layout import LATEST
from quilt_core.outcome import Outcome, outcome_of, outcome_unless_told, with_outcome
from quilt_core.progress import ProgressReporter


class PackageDeleteOperations:
    """The hook that deletes: pointers go, manifests and objects stay (docs/protocol.md, F)."""

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
        """See the hook."""
        with outcome_unless_told(Outcome.NOT_WRITTEN):
            store = self._connection.store(registry)
            wanted = None
            if top_hash is not None:
                revision = resolve(store, package_name, top_hash, self._connection.workers)
                wanted = revision.top_hash
            listing = existing_pointers(store, package_name)
            hashes = store.hashes(listing)
            revisions = _newest_first(listing, hashes)
            if wanted is not None:
                revisions = [one for one in revisions if one == wanted]
            going = [pointer for pointer in listing.timestamps if hashes[pointer.name] in revisions]
        reporter = ProgressReporter(
            progress, "delete_package", "deleting", len(revisions), "revisions"
        )
        errors = dict(store.delete_pointers(package_name, [pointer.name for pointer in going]))
        errors = _looked_up(store, package_name, errors)
        errors |= _settle_latest(store, listing, hashes, revisions, errors)
        failed = {hashes[name]: error for name, error in errors.items()}
        deleted = [one for one in revisions if one not in failed]
        if failed and not deleted:
            told = list(errors.values())
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


def _looked_up(
    store: PackageStore, package_name: PackageName, errors: Mapping[str, QuiltOpsError]
) -> dict[str, QuiltOpsError]:
    """The pointers that are there still, with what went wrong and its outcome.

    An answer may have been lost after the deletion, and a request may still be under way.
    """
    if not errors:
        return {}
    try:
        there = {pointer.name for pointer in store.pointers(package_name).all}
    except QuiltOpsError:
        return {name: with_outcome(error, Outcome.UNKNOWN) for name, error in errors.items()}
    return {
        name: with_outcome(
            error,
            Outcome.UNKNOWN if isinstance(error, TransportError) else Outcome.NOT_WRITTEN,
        )
        for name, error in errors.items()
        if name in there
    }


def _newest_first(listing: PointerListing, hashes: Mapping[str, str]) -> list[str]:
    """Each top hash once, at its newest pointer; one that only `latest` names comes last."""
    order = [hashes[pointer.name] for pointer in listing.timestamps]
    if listing.latest is not None:
        order.append(hashes[LATEST])
    return list(dict.fromkeys(order))


def _settle_latest(
    store: PackageStore,
    listing: PointerListing,
    hashes: Mapping[str, str],
    gone: list[str],
    errors: Mapping[str, QuiltOpsError],
) -> Mapping[str, QuiltOpsError]:
    """Take `latest` away, or move it to the newest revision that is left.

    It is looked at again: a revision that came meanwhile keeps it.
    """
    if listing.latest is None:
        return {}
    now = store.pointers(listing.package_name)
    if now.latest is None or now.latest.etag != listing.latest.etag or hashes[LATEST] not in gone:
        return {}
    try:
        if now.timestamps:
            newest = now.timestamps[0].name
            top_hash = hashes.get(newest) or store.read_pointer(listing.package_name, newest)
            if top_hash != hashes[LATEST]:
                store.move_pointer(listing.package_name, LATEST, top_hash)
            return {}
        return store.delete_pointers(listing.package_name, [LATEST])
    except QuiltOpsError as error:
        return {} if errors else {LATEST: error}
