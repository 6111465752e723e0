"""The last step of a write: manifest, timestamp pointer, `latest`, in that order."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO

import attrs
from quilt_registry.s3 import Pointed, Pointer, PointerListing

from quilt3_backend.stores import PackageStore
from quilt_core import clock, deadline
from quilt_core.domain.names import PackageName
from quilt_core.errors import BackendError, ConflictError, QuiltOpsError
from quilt_core.manifest.layout import LATEST
from quilt_core.outcome import Outcome, outcome_of, with_outcome
from quilt_core.parallel import ahead
from quilt_core.revisions import STATE_HOLDS, moved_on

_FARTHEST_AHEAD = 2
"""The number of seconds by which another writer's clock may be ahead so that it is still waited
for.
"""


@attrs.frozen(kw_only=True)
class StartingState:
    """A package's pointers at one moment."""

    listing: PointerListing
    pointed: Pointed | None
    """The content of `latest` at the time of the listing or right after it; None for no
    `latest`.
    """
    asked: float
    """The time of the request for the listing, in Unix seconds of this machine."""

    @property
    def latest(self) -> str | None:
        """The top hash of the latest revision; None for no `latest`."""
        return None if self.pointed is None else self.pointed.top_hash

    def is_of_one_moment(self) -> bool:
        """Whether the listing's `latest` pointer certainly holds `latest`, according to its entity
        tag.
        """
        return self.is_still(self.listing.latest)

    def is_still(self, listed: Pointer | None) -> bool:
        """Whether a listed pointer `latest` certainly holds `latest`; None: there is none."""
        if self.pointed is None or listed is None:
            return self.pointed is None and listed is None
        return self.pointed.is_content_of(listed)


def read_starting_state(
    store: PackageStore,
    package_name: PackageName,
    pointers: Callable[[PackageStore, PackageName], PointerListing],
    *,
    expects_latest: bool = False,
) -> StartingState:
    """The state from which a write starts: a listing, and the pointer `latest` if there is one.

    `pointers` lists them; its errors are raised. If there certainly was a `latest` a short time
    ago, it is read at the same time.
    """
    asked = clock.now()
    if expects_latest:
        with ahead(lambda: store.read_latest(package_name)) as read:
            listing = pointers(store, package_name)
            pointed = None if listing.latest is None else read()
    else:
        listing = pointers(store, package_name)
        pointed = None if listing.latest is None else store.read_latest(package_name)
    return StartingState(listing=listing, pointed=pointed, asked=asked)


@attrs.define(kw_only=True)
class Publication:
    """Publishes one revision of a package.

    Without `force`, the write is refused if `latest` is no longer what it was at the `start`.
    """

    store: PackageStore
    package_name: PackageName
    start: StartingState
    force: bool
    must_list_again: bool = False
    """Whether to list the pointers again in any case, because objects were copied since
    the start.
    """
    manifest_replaced: bool = attrs.field(default=False, init=False)
    """Whether the manifest existed with other physical keys; known after `publish`."""
    _listing: PointerListing = attrs.field(init=False)

    @_listing.default
    def _first(self) -> PointerListing:
        return self.start.listing

    def publish(self, top_hash: str, manifest: IO[bytes]) -> None:
        """Write the revision, whose manifest is in a file: three requests, manifest, timestamp
        pointer and `latest`.

        `latest` is replaced on the condition that it has not changed: another writer of this kind
        is never overwritten. If it has changed, the timestamp pointer, which was written before, is
        removed again. So the listing at the start is sufficient; it is repeated if time has passed,
        and before anything is overwritten.

        Raises
        ------
        ConflictError
            When another revision was published in the meantime; nothing was written.
        BackendError
            When it could not be determined whether `latest` was moved.
        PermissionDeniedError, TransportError, …
            As the store's methods; `TransportError` also when the time is over before anything is
            written, which a store in a folder does not notice.
        """
        deadline.check()
        if self.must_list_again or not self._start_holds():
            self._look()
        self.manifest_replaced = self.store.write_manifest(top_hash, manifest, self._look)
        while True:
            second = self._free_second()
            if self.store.claim_pointer(self.package_name, str(second), top_hash):
                break
            self._look()
        self._move_latest(top_hash, self._listing.latest, str(second))

    def _start_holds(self) -> bool:
        """Whether the first listing is still good for a write: recent, and from one moment."""
        recent = clock.now() - self.start.asked <= STATE_HOLDS
        return recent and (self.force or self.start.is_of_one_moment())

    def _look(self) -> None:
        """List the pointers; raises `ConflictError` if `latest` differs from the start."""
        listing = self.store.pointers(self.package_name)
        if not self.force:
            self._check(listing)
        self._listing = listing

    def _check(self, listing: PointerListing) -> None:
        expected, actual = self.start.latest, None
        if self.start.is_still(listing.latest):
            return
        if listing.latest is not None:
            actual = self.store.read_pointer(self.package_name, LATEST)
        if actual != expected:
            raise moved_on(self.package_name, self.store.registry, expected, actual)

    def _free_second(self) -> int:
        """A second that no revision has: now, after waiting for it if necessary."""
        while True:
            now, newest = clock.now(), self._listing.newest_second
            if newest < int(now):
                return int(now)
            if newest > int(now) + _FARTHEST_AHEAD:
                return newest + 1  # a clock far ahead wrote it: stay newer, do not wait for it
            deadline.pause(newest + 1 - now)
            self._look()

    def _move_latest(self, top_hash: str, seen: Pointer | None, second: str) -> None:
        try:
            if self.force:
                self.store.move_pointer(self.package_name, LATEST, top_hash)
            else:
                self.store.replace_pointer(self.package_name, LATEST, top_hash, seen)
        except QuiltOpsError as error:
            # It may have arrived nevertheless, so that the revision exists: check instead of
            # guessing.
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
        """The error of a write that lost a conflict, after its timestamp pointer was removed."""
        conflict = moved_on(self.package_name, self.store.registry, self.start.latest, actual)
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
