"""The last step of a write: manifest, timestamp pointer, `latest`, in that order."""

from __future__ import annotations

import hashlib
import time

import attrs
from quilt_registry.s3 import PointerListing

from quilt3_backend.stores import PackageStore
from quilt_core import deadline
from quilt_core.domain.names import PackageName
from quilt_core.errors import BackendError, ConflictError, QuiltOpsError
from quilt_core.manifest.layout import LATEST

_FARTHEST_AHEAD = 2
"""Seconds by which another writer's clock may be ahead and still be waited for."""


@attrs.frozen(kw_only=True)
class Publication:
    """Publishes one revision of a package.

    `started_from` is the top hash that `latest` had when the write began (None: no such
    package); unless `force`, the write is refused when it has another one now.
    """

    store: PackageStore
    package_name: PackageName
    started_from: str | None
    force: bool

    def publish(self, top_hash: str, manifest: bytes) -> None:
        """Write the revision.

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
        self.store.write_manifest(top_hash, manifest)
        while True:
            second = self._free_second()
            if self.store.claim_pointer(self.package_name, str(second), top_hash):
                break
        self._move_latest(top_hash)

    def _free_second(self) -> int:
        """A second that no revision bears: now, after waiting for it where need be."""
        while True:
            listing = self.store.pointers(self.package_name)
            self._check(listing)
            now, newest = time.time(), listing.newest_second
            if newest < int(now):
                return int(now)
            if newest > int(now) + _FARTHEST_AHEAD:
                return newest + 1  # a clock far ahead wrote it: stay newer, do not wait for it
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
            raise ConflictError(
                f"{self.package_name} in {self.store.registry} has got another latest revision: "
                f"{actual or 'none'} instead of {self.started_from or 'none'}.",
                hint="Look at the new revision and write again, or give force=True.",
                expected=self.started_from,
                actual=actual,
            )

    def _move_latest(self, top_hash: str) -> None:
        try:
            self.store.move_pointer(self.package_name, LATEST, top_hash)
        except QuiltOpsError as error:
            # It may have arrived all the same, and the revision is there: look, do not guess.
            if self._latest_is(top_hash):
                return
            raise BackendError(
                f"The revision {top_hash} of {self.package_name} is written, but whether "
                f"`latest` points at it is not known: {error.message}",
                hint="list_package_versions() tells; writing again makes sure.",
                context={"top_hash": top_hash, "outcome": "unknown"},
            ) from error

    def _latest_is(self, top_hash: str) -> bool:
        try:
            return self.store.read_pointer(self.package_name, LATEST) == top_hash
        except QuiltOpsError:
            return False


def _etag(top_hash: str) -> str:
    return hashlib.md5(top_hash.encode(), usedforsecurity=False).hexdigest()
