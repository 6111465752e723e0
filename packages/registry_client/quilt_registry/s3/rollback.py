"""Move `latest` to an earlier revision: a rollback changes only this pointer."""

from __future__ import annotations

from typing import Any, Protocol

import attrs

from quilt_core.domain.names import PackageName, Registry
from quilt_core.errors import ConflictError, QuiltOpsError, TransportError
from quilt_core.manifest.layout import LATEST
from quilt_core.outcome import Outcome, outcome_of, with_outcome
from quilt_core.revisions import moved_on
from quilt_registry.s3.pointers import (
    Pointer,
    PointerListing,
    list_pointers,
    read_pointer,
    replace_pointer,
)


class Pointers(Protocol):
    """The interface of a registry's store that a rollback needs."""

    @property
    def registry(self) -> Registry:
        """The registry."""

    def pointers(self, package_name: PackageName) -> PointerListing:
        """A package's pointers."""

    def read_pointer(self, package_name: PackageName, name: str) -> str:
        """The top hash in a pointer."""

    def replace_pointer(
        self, package_name: PackageName, name: str, top_hash: str, seen: Pointer | None
    ) -> None:
        """Write a pointer if it is still as in `seen`; otherwise raise `ConflictError`."""


@attrs.frozen(kw_only=True)
class BucketPointers:
    """The pointers of `s3://bucket`."""

    bucket: str
    s3: Any = attrs.field(repr=False)

    @property
    def registry(self) -> Registry:
        """The bucket as a registry."""
        return Registry(bucket=self.bucket)

    def pointers(self, package_name: PackageName) -> PointerListing:
        """See `list_pointers`."""
        return list_pointers(self.s3, self.bucket, package_name)

    def read_pointer(self, package_name: PackageName, name: str) -> str:
        """See `read_pointer`."""
        return read_pointer(self.s3, self.bucket, package_name, name)

    def replace_pointer(
        self, package_name: PackageName, name: str, top_hash: str, seen: Pointer | None
    ) -> None:
        """See `replace_pointer`."""
        replace_pointer(self.s3, self.bucket, package_name, name, top_hash, seen)


def roll_back(
    store: Pointers, package_name: PackageName, top_hash: str, expected: str | None
) -> str | None:
    """Make an existing revision the latest one.

    Parameters
    ----------
    store:
        The registry.
    package_name, top_hash:
        The revision.
    expected:
        The latest revision that the caller expects; None for any.

    Returns
    -------
    str or None
        The revision that was the latest; None if there was none.

    Raises
    ------
    ConflictError
        When `latest` is not the expected revision, or another writer changed it in the meantime.
    QuiltOpsError
        As the store's methods, with the outcome of the write in the context.
    """
    seen = store.pointers(package_name).latest
    before = None if seen is None else store.read_pointer(package_name, LATEST)
    if expected is not None and expected != before:
        raise moved_on(package_name, store.registry, expected, before, can_force=False)
    if before == top_hash:
        return before
    try:
        store.replace_pointer(package_name, LATEST, top_hash, seen)
    except QuiltOpsError as error:
        now = _latest(store, package_name)
        if now == top_hash:
            return before  # the answer was lost, or another writer did the same
        if isinstance(error, ConflictError):
            raise with_outcome(
                moved_on(package_name, store.registry, before, now, can_force=False),
                outcome_of(error) or Outcome.UNKNOWN,
            ) from error
        lost = isinstance(error, TransportError)
        raise with_outcome(error, Outcome.UNKNOWN if lost else Outcome.NOT_WRITTEN) from None
    return before


def _latest(store: Pointers, package_name: PackageName) -> str | None:
    try:
        return store.read_pointer(package_name, LATEST)
    except QuiltOpsError:
        return None
