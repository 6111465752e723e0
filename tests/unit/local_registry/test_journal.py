"""The journal: what was written is read back, and damage is reported."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest
from local_registry.s3.objects.journal import DamagedError, Journal

RECORDS = [b"first", b"", b"x" * 5000, b"last one"]


def _written(path: Path) -> bytes:
    journal = Journal(path)
    journal.append(RECORDS[:2])
    journal.append(RECORDS[2:])
    journal.close()
    return path.read_bytes()


def _read(path: Path) -> list[bytes]:
    journal = Journal(path)
    try:
        return list(journal.read())
    finally:
        journal.close()


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    _written(path)
    assert _read(path) == RECORDS
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_truncated_last_record_is_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "journal"
    whole = _written(path)
    for length in range(len(whole) - 23, len(whole)):
        path.write_bytes(whole[:length])
        with caplog.at_level(logging.WARNING):
            assert _read(path) == RECORDS[:-1]
        assert "was cut short" in caplog.text
        caplog.clear()
        journal = Journal(path)
        list(journal.read())
        journal.append([b"afterwards"])
        journal.close()
        assert _read(path) == [*RECORDS[:-1], b"afterwards"]


@pytest.mark.parametrize(
    "rest", [b"\0" * 4096, b"QLRj", os.urandom(100)], ids=["zeros", "a beginning", "random bytes"]
)
def test_a_tail_that_is_not_a_record_is_left_out(tmp_path: Path, rest: bytes) -> None:
    path = tmp_path / "journal"
    path.write_bytes(_written(path) + rest)
    assert _read(path) == RECORDS


@pytest.mark.slow
def test_damage_before_intact_records_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    whole = _written(path)
    last = whole.rindex(b"QLRj")
    for position in range(0, last, 7):
        changed = bytearray(whole)
        changed[position] ^= 0x10
        path.write_bytes(changed)
        with pytest.raises(DamagedError, match="is damaged at byte"):
            _read(path)
        assert path.read_bytes() == changed


def test_a_full_disk_leaves_the_journal_unchanged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "journal"
    whole = _written(path)
    journal = Journal(path)
    write = os.write

    def half(handle: int, data: bytes) -> int:
        if len(data) < 20:
            raise OSError(28, "No space left on device")
        return write(handle, data[: len(data) // 2])

    monkeypatch.setattr(os, "write", half)
    with pytest.raises(OSError, match="No space left"):
        journal.append([b"y" * 200])
    monkeypatch.undo()
    assert path.read_bytes() == whole
    journal.append([b"now"])
    journal.close()
    assert _read(path) == [*RECORDS, b"now"]


def test_nothing_is_accepted_once_the_disk_has_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path / "journal")
    end = journal.append([b"a"])

    def fail(_: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="Input/output"):
        journal.sync(end)
    monkeypatch.undo()
    with pytest.raises(OSError, match="takes nothing more"):
        journal.append([b"b"])
    with pytest.raises(OSError, match="takes nothing more"):
        journal.sync(end)


def test_rewriting_replaces_everything(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    _written(path)
    journal = Journal(path)
    journal.rewrite([b"short"])
    journal.append([b"more"])
    journal.close()
    assert _read(path) == [b"short", b"more"]
    assert [each.name for each in tmp_path.iterdir()] == ["journal"]
