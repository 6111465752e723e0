"""The last step of a write: manifest, timestamp pointer, `latest`, in that order."""

from __future__ import annotations

import hashlib

import attrs
from quilt_registry.s3 import Pointer, PointerListing

from quilt3_backend.stores import PackageStore
from quilt_core import clock, deadline
from quilt_core.domain.names import PackageName
from quilt_core.errors import BackendError, ConflictError, QuiltOpsError
from quilt_core.manifest.layout import LATEST
from quilt_core.outcome import Outcome, outcome_of, with_outcome
from quilt_core.revisions import moved_on

_FARTHEST_AHEAD = 2
"""Seconds by which another writer's clock may be ahead and still be waited for."""


@attrs.define(kw_only=True)
class Publication:
    """Publishes one revision of a package.

    `started_from` is the top hash that `latest` had when the write began (None: no such
    package); unless `force`, the write is refused when it has another one now.
    """

    store: PackageStore
    package_name: PackageName
    started_from: str | None
    force: bool
    manifest_replaced: bool = attrs.field(default=False, init=False)
    """Whether the manifest was there with other physical keys; known after `publish`."""

    def publish(self, top_hash: str, manifest: bytes) -> None:
        """Write the revision.

        `latest` is replaced on the condition that it is what was looked at: another writer of
        this kind is never overwritten. The timestamp pointer, which was written before, is taken
        back then.

        Raises
        ------
        ConflictError
            When another revision came in between; nothing was written.
        BackendError
            When it could not be learnt whether `latest` was moved.
        PermissionDeniedError, TransportError, …
            As the store's methods.
        """
        self._check(self.store.pointers(self.package_name))
        self.manifest_replaced = self.store.write_manifest(top_hash, manifest)
        while True:
            second, seen = self._free_second()
            if self.store.claim_pointer(self.package_name, str(second), top_hash):
                break
        self._move_latest(top_hash, seen, str(second))

    def _free_second(self) -> tuple[int, Pointer | None]:
        """A second that no revision bears, and `latest` as it was then.

        It is now, after waiting for it where need be.
        """
        while True:
            listing = self.store.pointers(self.package_name)
            self._check(listing)
            now, newest = clock.now(), listing.newest_second
            if newest < int(now):
                return int(now), listing.latest
            if newest > int(now) + _FARTHEST_AHEAD:
                # A clock far ahead wrote it: stay newer, do not wait for it.
                return newest + 1, listing.latest
            deadline.pause(newest + 1 - now)

    def _check(self, listing: PointerListing) -> None:
        if self.force:
            return
        if listing.latest is None:
            actual = None
        elif self.started_from and listing.latest.etag == _etag(self.started_from):
            actual = self.started_from
        else:
            actual = self.store.read_pointer(self.package_name, LATEST)
        if actual != self.started_from:
            raise moved_on(self.package_name, self.store.registry, self.started_from, actual)

    def _move_latest(self, top_hash: str, seen: Pointer | None, second: str) -> None:
        try:
            if self.force:
                self.store.move_pointer(self.package_name, LATEST, top_hash)
            else:
                self.store.replace_pointer(self.package_name, LATEST, top_hash, seen)
        except QuiltOpsError as error:
            # It may have arrived all the same, and the revision is there: look, do not guess.
            actual = self._latest()
            if actual == top_hash:
                return
            if isinstance(error, ConflictError) and outcome_of(error) is Outcome.NOT_WRITTEN:
                raise self._taken_back(second, actual) from error
            raise BackendError(
                f"The revision {top_hash} of {self.package_name} was published, but it is not "
                f"known whether `latest` points at it: {error.message}",
                hint="Check list_package_versions(), or write again to be sure.",
                context={"top_hash": top_hash, "outcome": Outcome.UNKNOWN.value},
            ) from error

    def _taken_back(self, second: str, actual: str | None) -> ConflictError:
        """The error of a write that lost, once its timestamp pointer is away."""
        conflict = moved_on(self.package_name, self.store.registry, self.started_from, actual)
        try:
            left = self.store.delete_pointers(self.package_name, [second])
        except QuiltOpsError:
            return with_outcome(conflict, Outcome.UNKNOWN)
        return with_outcome(conflict, Outcome.UNKNOWN) if left else conflict

    def _latest(self) -> str | None:
        try:
            return self.store.read_pointer(self.package_name, LATEST)
        except QuiltOpsError:
            return None


def _etag(top_hash: str) -> str:
    return hashlib.md5(top_hash.encode(), usedforsecurity=False).hexdigest()
