"""Entries that are kept on disk while a write processes them."""

from __future__ import annotations

import errno
import gc
import tempfile
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest

from quilt_core import BackendError
from quilt_core.manifest import EntryHash, ManifestEntry, merged, sort_key, spooled, with_replaced


def entry(key: str, **changes: Any) -> ManifestEntry:
    fields: dict[str, Any] = {
        "physical_key": f"s3://bucket/{key}?versionId=1",
        "size": 5,
        "hash": EntryHash("SHA256", "ab"),
        "meta": {},
    }
    return ManifestEntry(logical_key=key, **(fields | changes))


def many(count: int) -> Iterator[ManifestEntry]:
    return (entry(f"d{number // 100:05}/{number:08}.csv") for number in range(count))


def test_entries_come_back_unchanged_and_repeatedly() -> None:
    expected = list(many(2_000))
    kept = spooled(iter(expected))
    assert len(kept) == 2_000
    assert list(kept) == list(kept) == expected
    assert expected[-1] in kept
    assert entry("other") not in kept


def test_iterators_are_independent() -> None:
    kept = spooled(many(2_000))
    assert all(one == other for one, other in zip(kept, kept, strict=True))


@pytest.mark.parametrize("count", [3, 2_000])
def test_entries_out_of_order_are_sorted(count: int) -> None:
    expected = [*many(count), entry("d00000-x"), entry("d00000/~")]
    kept = spooled(reversed(expected))
    assert list(kept) == sorted(expected, key=lambda one: sort_key(one.logical_key))


@pytest.mark.parametrize(
    "odd",
    [
        {"size": 2**70},
        {"hash": None},
        {"meta": {"user_meta": {"n": 10**30, "x": [1.5, None, "ü\n"]}}},
        {"meta": {"half": "\ud800"}},
        {"physical_key": "file:///half/\udcff"},
    ],
)
def test_unusual_values_survive(odd: dict[str, Any]) -> None:
    expected = [*many(1_000), entry("x", **odd)]
    assert list(spooled(iter(expected))) == expected


@pytest.mark.slow
def test_memory_does_not_grow_with_the_number_of_entries() -> None:
    gc.collect()
    tracemalloc.start()
    try:
        kept = spooled(many(20_000))
        assert sum(1 for _ in kept) == 20_000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4_000_000  # in memory they would take 12 MB


def test_the_file_is_removed_with_the_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    files: list[Any] = []
    make = tempfile.SpooledTemporaryFile

    def remembered(*args: Any, **kwargs: Any) -> Any:
        files.append(make(*args, **kwargs))
        return files[-1]

    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", remembered)
    kept = spooled(many(10_000))
    assert not files[0].closed
    del kept
    gc.collect()
    assert files[0].closed


def test_a_full_disk_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(tempfile.SpooledTemporaryFile):  # type: ignore[type-arg]
        def write(self, text: Any) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", Full)
    with pytest.raises(BackendError, match="No space left on device") as raised:
        spooled(many(1_000))
    assert "TMPDIR" in str(raised.value.hint)


def test_two_sources_are_merged() -> None:
    first = [entry("a"), entry("b/c"), entry("d")]
    second = [entry("0"), entry("a/b"), entry("a/c"), entry("e"), entry("f")]
    keys = [one.logical_key for one in merged(first, second)]
    assert keys == ["0", "a", "a/b", "a/c", "b/c", "d", "e", "f"]
    assert list(merged(first, [])) == first
    assert list(merged([], second)) == second


def test_some_entries_are_replaced() -> None:
    kept = spooled(many(1_000))
    other = entry("d00000/00000007.csv", size=9)
    changed = with_replaced(kept, {other.logical_key: other})
    assert with_replaced(kept, {}) is kept
    assert len(changed) == 1_000
    assert [one for one in changed if one.size == 9] == [other]
    assert other in changed
    assert other not in kept
