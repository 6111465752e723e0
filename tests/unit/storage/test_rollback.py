"""Moving `latest` back: conflicts, lost answers, and how they are reported."""

from __future__ import annotations

from datetime import UTC, datetime

import attrs
import pytest
from quilt_registry.s3 import Pointer, PointerListing, roll_back

from quilt_core import (
    ConflictError,
    PackageName,
    PermissionDeniedError,
    QuiltOpsError,
    Registry,
    TransportError,
)

NAME = PackageName("ns", "name")
OLD, NEW, OTHER = "a" * 64, "b" * 64, "c" * 64
NOT_WRITTEN = {"outcome": "not_written"}


@attrs.define
class Store:
    """A registry with one package, whose next write may fail in a chosen way."""

    latest: str | None = NEW
    between: str | None = None
    """What another writer puts there just before the write."""
    error: QuiltOpsError | None = None
    arrives: bool = True
    """Whether a write that fails has arrived all the same."""
    readable: bool = True
    """Whether pointers can be read after the write."""
    writes: int = 0

    registry = Registry(bucket="my-bucket")

    def pointers(self, package_name: PackageName) -> PointerListing:
        assert package_name == NAME
        now = datetime.now(UTC)
        found = [] if self.latest is None else [Pointer(name="latest", etag="e", modified=now)]
        return PointerListing.of(package_name, found)

    def read_pointer(self, package_name: PackageName, name: str) -> str:
        if self.writes and not self.readable:
            raise TransportError("No answer.")
        assert (package_name, name) == (NAME, "latest")
        assert self.latest is not None
        return self.latest

    def replace_pointer(
        self, package_name: PackageName, name: str, top_hash: str, seen: Pointer | None
    ) -> None:
        self.writes += 1
        if self.between is not None:
            self.latest = self.between
            raise ConflictError("Somebody else.", context=NOT_WRITTEN)
        if self.error is None or self.arrives:
            self.latest = top_hash
        if self.error is not None:
            raise self.error


def test_latest_moves() -> None:
    store = Store()
    assert roll_back(store, NAME, OLD, NEW) == NEW
    assert store.latest == OLD
    assert roll_back(store, NAME, OLD, None) == OLD
    assert store.writes == 1
    assert roll_back(Store(latest=None), NAME, OLD, None) is None


def test_latest_is_left_alone_if_it_is_not_the_expected_one() -> None:
    store = Store()
    with pytest.raises(ConflictError):
        roll_back(store, NAME, OLD, OTHER)
    assert (store.writes, store.latest) == (0, NEW)


def test_another_writer_is_not_overwritten() -> None:
    store = Store(between=OTHER)
    with pytest.raises(ConflictError) as caught:
        roll_back(store, NAME, OLD, None)
    assert (caught.value.expected, caught.value.actual) == (NEW, OTHER)
    assert caught.value.context["outcome"] == "not_written"
    assert roll_back(Store(between=OLD), NAME, OLD, None) == NEW  # which did the same


@pytest.mark.parametrize(
    ("error", "arrives", "readable", "outcome"),
    [
        (TransportError("Cut."), True, True, None),
        (TransportError("Cut."), False, True, "unknown"),
        (TransportError("Cut."), True, False, "unknown"),
        (PermissionDeniedError("No."), False, True, "not_written"),
    ],
)
def test_a_lost_answer_is_looked_up(
    error: QuiltOpsError, arrives: bool, readable: bool, outcome: str | None
) -> None:
    store = Store(error=error, arrives=arrives, readable=readable)
    if outcome is None:
        assert roll_back(store, NAME, OLD, None) == NEW
        return
    with pytest.raises(type(error)) as caught:
        roll_back(store, NAME, OLD, None)
    assert caught.value.context["outcome"] == outcome
