"""What runs record for later ones, and that the loss or damage of records does no harm."""

from __future__ import annotations

import base64
import os
import sqlite3
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from quilt_core.manifest import SHA256, SHA256_CHUNKED, EntryHash, hash_bytes
from quilt_core.parallel import for_each
from quilt_core.transfer import records as transfer_records
from quilt_core.transfer.folders import FileState
from quilt_core.transfer.hash_records import HashRecords
from quilt_core.transfer.hashing import CRC64, can_hash, hash_blocks, hash_data, hash_path
from quilt_core.transfer.records import DownloadRecord, UploadRecord, Written

FOUND = EntryHash(SHA256_CHUNKED, "value")


def old_file(folder: Path, data: bytes = b"data") -> tuple[Path, FileState]:
    path = folder / "file"
    path.write_bytes(data)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    return path, FileState.of(path.stat())


def test_a_hash_is_remembered_only_for_the_same_state_of_a_file(tmp_path: Path) -> None:
    path, state = old_file(tmp_path)
    with HashRecords() as records:
        assert records.find(path, state, SHA256_CHUNKED) is None
        records.remember(path, state, FOUND)
    with HashRecords() as records:
        assert records.find(path, state, SHA256_CHUNKED) == FOUND
        assert records.find(path, state, SHA256) is None
        for other in (
            structs.replace(state, **{field: getattr(state, field) + 1})
            for field in state.__struct_fields__
        ):
            assert records.find(path, other, SHA256_CHUNKED) is None
    with HashRecords(enabled=False) as records:
        assert records.find(path, state, SHA256_CHUNKED) is None


def test_hashes_of_many_files_are_read_ahead(tmp_path: Path) -> None:
    files = []
    for number in range(3):
        (tmp_path / str(number)).mkdir()
        files.append(old_file(tmp_path / str(number), bytes(number)))
    found = [EntryHash(SHA256_CHUNKED, f"value {number}") for number in range(3)]
    with HashRecords() as records:
        for (path, state), one in zip(files, found, strict=True):
            records.remember(path, state, one)
    paths = [str(path) for path, _ in files]
    with HashRecords() as records:
        records.read_ahead([paths[0], str(tmp_path / "not recorded")])
        records.read_ahead([paths[1]])
        records.close()  # what follows is known without asking
        for number in (0, 1):
            path, state = files[number]
            assert records.find(path, state, SHA256_CHUNKED) == found[number]
            assert records.find(path, state, SHA256) is None
            changed = structs.replace(state, modified=state.modified + 1)
            assert records.find(path, changed, SHA256_CHUNKED) is None
        assert records.find(tmp_path / "not recorded", state, SHA256_CHUNKED) is None
        records.read_ahead([])
        assert records.find(*files[0], SHA256_CHUNKED) is None  # of the call before the last one
    with HashRecords() as records:
        records.read_ahead(paths[:2])
        assert records.find(*files[2], SHA256_CHUNKED) == found[2]  # it was not read ahead
        records.remember(*files[0], FOUND)
        assert records.find(*files[0], SHA256_CHUNKED) == FOUND  # newer than what was read
    with HashRecords(enabled=False) as records:
        records.read_ahead(paths)
        assert records.find(*files[0], SHA256_CHUNKED) is None


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_nothing_is_remembered_in_a_folder_whose_name_is_not_unicode(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff"))
    folder.mkdir()
    path, state = old_file(folder)
    with HashRecords() as records:
        records.remember(path, state, FOUND)
    with HashRecords() as records:
        records.read_ahead([str(path)])
        assert records.find(path, state, SHA256_CHUNKED) is None
        path, state = old_file(tmp_path)
        records.remember(path, state, FOUND)
    with HashRecords() as records:
        assert records.find(path, state, SHA256_CHUNKED) == FOUND


def test_a_file_that_was_just_written_is_not_remembered(tmp_path: Path) -> None:
    path, _ = old_file(tmp_path)
    path.write_bytes(b"fresh")
    state = FileState.of(path.stat())
    with HashRecords() as records:
        records.remember(path, state, FOUND)
        assert records.find(path, state, SHA256_CHUNKED) is None


def test_damaged_records_are_ignored(tmp_path: Path, records: Path) -> None:
    path, state = old_file(tmp_path)
    records.mkdir()
    (records / "hashes.sqlite").write_bytes(b"no database at all" * 100)
    with HashRecords() as found:
        found.remember(path, state, FOUND)
        assert found.find(path, state, SHA256_CHUNKED) == FOUND


def test_damaged_records_that_cannot_be_removed_are_not_used(
    tmp_path: Path, records: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, state = old_file(tmp_path)
    records.mkdir()
    (records / "hashes.sqlite").write_bytes(b"no database at all" * 100)
    opened, closed = [], []

    class Watched(sqlite3.Connection):
        def close(self) -> None:
            closed.append(self)
            super().close()

    def connect(*args: Any, **options: Any) -> sqlite3.Connection:
        opened.append(real(*args, factory=Watched, **options))
        return opened[-1]

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("The folder is read-only.")

    real = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", connect)
    monkeypatch.setattr(Path, "unlink", refuse)
    with HashRecords() as found:
        found.remember(path, state, FOUND)
        assert found.find(path, state, SHA256_CHUNKED) is None
    assert opened and closed == opened


def test_a_folder_that_cannot_be_created_is_not_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, state = old_file(tmp_path)
    monkeypatch.setenv("QUILT_CORE_CACHE_DIR", str(path / "below a file"))
    with HashRecords() as records:
        records.remember(path, state, FOUND)
        assert records.find(path, state, SHA256_CHUNKED) is None
    uploads = UploadRecord("s3://bucket", "a/b")
    uploads.add("s3://bucket/k?versionId=1", 4, FOUND)
    assert list(uploads.uploads()) == []
    uploads.published()


def test_uploads_are_recorded_until_they_are_published(monkeypatch: pytest.MonkeyPatch) -> None:
    with UploadRecord("s3://bucket", "a/b") as record, UploadRecord("s3://bucket", "a/b") as again:
        record.add("s3://bucket/k?versionId=1", 4, FOUND)
        again.add("s3://bucket/l?versionId=2", 5, FOUND)
        assert [one.uri[-1] for one in again.uploads()] == ["1", "2"]
        assert list(UploadRecord("s3://bucket", "a/other").uploads()) == []
        assert list(UploadRecord("s3://bucket", "a/b", enabled=False).uploads()) == []
        now = transfer_records.time.time()
        with monkeypatch.context() as later:
            later.setattr(transfer_records.time, "time", lambda: now + 8 * 24 * 3600)
            assert list(again.uploads()) == []
            again.published()
        assert list(record.uploads()) == []


def test_a_record_removed_by_another_process_is_started_again(records: Path) -> None:
    with UploadRecord("s3://bucket", "a/b") as record:
        record.add("s3://bucket/k?versionId=1", 4, FOUND)
        UploadRecord("s3://bucket", "a/b").published()
        record.add("s3://bucket/l?versionId=2", 5, FOUND)
        assert [one.uri[-1] for one in record.uploads()] == ["2"]


def test_a_thread_does_not_wait_while_another_writes_the_record(
    records: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writing, go_on = threading.Event(), threading.Event()
    look = os.fstat

    def slow(file: int) -> os.stat_result:
        writing.set()
        assert go_on.wait(timeout=20)
        return look(file)

    with UploadRecord("s3://bucket", "a/b") as record:
        record.add("s3://bucket/k?versionId=0", 4, FOUND)
        with monkeypatch.context() as patch:
            patch.setattr(transfer_records.os, "fstat", slow)
            other = threading.Thread(target=record.add, args=("s3://b/k?versionId=1", 4, FOUND))
            other.start()
            assert writing.wait(timeout=20)
            record.add("s3://bucket/k?versionId=2", 4, FOUND)
            assert [one.uri[-1] for one in record.uploads()] == ["0"]
            go_on.set()
            other.join()
        assert [one.uri[-1] for one in record.uploads()] == ["0", "1", "2"]


def test_every_line_of_many_threads_is_recorded(records: Path) -> None:
    with UploadRecord("s3://bucket", "a/b") as record:
        for_each(lambda n: record.add(f"s3://b/k?versionId={n}", n, FOUND), range(2000), 16)
        assert sorted(one.size for one in record.uploads()) == list(range(2000))


def test_very_many_hashes_are_remembered(tmp_path: Path) -> None:
    _, state = old_file(tmp_path)
    paths = [str(tmp_path / str(number)) for number in range(2345)]
    with HashRecords() as records:
        for path in paths:
            records.remember(path, state, EntryHash(SHA256_CHUNKED, path))
    with HashRecords() as records:
        assert all(
            records.find(path, state, SHA256_CHUNKED) == EntryHash(SHA256_CHUNKED, path)
            for path in paths
        )


def test_a_line_truncated_by_a_crash_is_not_read(records: Path) -> None:
    with UploadRecord("s3://bucket", "a/b") as record:
        record.add("s3://bucket/k?versionId=1", 4, FOUND)
        [path] = (records / "uploads").iterdir()
        with path.open("ab") as file:
            file.write(b'\n{"uri":"s3://bucket/cut?versionId=9","si')
        record.add("s3://bucket/l?versionId=2", 5, FOUND)
        assert [one.uri[-1] for one in record.uploads()] == ["1", "2"]
    assert path.stat().st_mode & 0o077 == 0


def test_the_last_record_of_a_file_counts(tmp_path: Path) -> None:
    record = DownloadRecord("s3://bucket", "a/b", tmp_path)
    record.add(Written("x", FileState(1, 2, 3, 4)))
    record.add(Written("x", FileState(2, 3, 4, 5)))
    record.add(Written("y", FileState(1, 1, 1, 1)))
    assert record.files() == {
        "x": Written("x", FileState(2, 3, 4, 5)),
        "y": Written("y", FileState(1, 1, 1, 1)),
    }
    record.replace([Written("y", FileState(1, 1, 1, 1))])
    assert list(DownloadRecord("s3://bucket", "a/b", tmp_path).files()) == ["y"]


def test_each_type_of_hash(tmp_path: Path) -> None:
    assert hash_data(SHA256_CHUNKED, b"abc") == hash_bytes(b"abc")
    assert hash_data(SHA256, b"").value.startswith("e3b0c442")
    path, _ = old_file(tmp_path)
    assert hash_path(SHA256, path, 4) == hash_data(SHA256, b"data")
    for kind in (SHA256, SHA256_CHUNKED):
        with pytest.raises(ValueError, match="bytes"):
            hash_blocks(kind, [b"abc"], 4)
    assert not can_hash("MD5")
    with pytest.raises(KeyError):
        hash_data("MD5", b"")


def test_crc64_where_its_library_is_installed() -> None:
    if not can_hash(CRC64):
        pytest.skip("awscrt is not installed")
    value = base64.b64decode(hash_blocks(CRC64, [b"1234", b"56789"], 9).value)
    assert value.hex() == "ae8b14860a799888"
