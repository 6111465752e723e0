"""Records that are kept in a file and iterated over repeatedly."""

from __future__ import annotations

import errno
import tempfile
from typing import Any

import msgspec
import pytest

from quilt_core.errors import BackendError
from quilt_core.transfer.spool import NumberedSpool, Spool


class Record(msgspec.Struct, array_like=True):
    name: str
    number: int | None


@pytest.mark.parametrize("count", [0, 1, 30_000])
def test_records_come_back_unchanged(count: int) -> None:
    records = [Record(f"name {number} \u2603\n", number or None) for number in range(count)]
    with Spool(Record) as spool:
        for record in records:
            spool.add(record)
        assert len(spool) == count
        for _ in range(2):
            assert list(spool) == records
        if count > 1:
            assert next(iter(spool)) == records[0]  # not read to the end
            assert list(spool) == records


def test_numbers_and_text_beyond_what_is_usual_come_back_unchanged() -> None:
    records = [Record("a", 1), Record("\ud800", 2), Record("b", 10**30), Record("c", -(10**30))]
    numbered = NumberedSpool(Record, 4)
    with Spool(Record) as spool:
        for number, record in enumerate(records):
            spool.add(record)
            numbered.add(number, record)
        assert list(spool) == list(numbered) == records


def test_a_full_disk_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "write", full)
    with Spool(Record) as spool, pytest.raises(BackendError, match="No space left"):
        for number in range(1000):  # the first ones are in memory
            spool.add(Record("a", number))


def test_large_records_are_not_collected_in_memory() -> None:
    with Spool(Record) as spool:
        records = [Record("x" * 300_000, number) for number in range(5)]
        for record in records:
            spool.add(record)
            assert len(spool._batch) < 300_000
        assert list(spool) == records


def test_a_spool_can_be_read_by_two_readers_in_turns() -> None:
    records = [Record("x" * 100, number) for number in range(2000)]
    with Spool(Record) as spool:
        for record in records:
            spool.add(record)
        assert list(zip(spool, spool, strict=True)) == list(zip(records, records, strict=True))


@pytest.mark.parametrize("size", [0, 50, 200_000], ids=["tiny", "small", "large"])
@pytest.mark.parametrize("places", ["B", "I"], ids=["over the limit", "below the limit"])
def test_numbered_records_come_back_in_the_order_of_their_numbers(
    size: int, places: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However late some of them were added, whatever is missing, and however many bytes there
    are."""
    monkeypatch.setattr("quilt_core.transfer.spool._SMALL", places)
    numbers = [number for number in range(3000 if size < 1000 else 30) if number % 7]
    records = {number: Record("x" * (size * (number % 3)), number) for number in numbers}
    added = sorted(numbers, key=lambda number: (number % 11 == 3, number // 64, -number))
    spool = NumberedSpool(Record, max(numbers) + 5)
    for number in added:
        spool.add(number, records[number])
    for _ in range(2):
        assert list(spool) == [records[number] for number in numbers]
    first, second = iter(spool), iter(spool)
    assert next(first) == next(second) == records[numbers[0]]
    assert list(NumberedSpool(Record, 3)) == []
