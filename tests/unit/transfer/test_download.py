"""Downloads: how many calls they make, what stops them, and that existing good files are kept."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import tracemalloc
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from quilt_core import (
    BackendError,
    NotFoundError,
    Progress,
    ProtocolError,
    QuiltOps,
    TransportError,
    ValidationError,
)
from quilt_core.composition import download as downloading
from quilt_core.domain import ContentInfo, ContentType, PackageName, Registry, RevisionRef
from quilt_core.hookspecs.around import OperationCall
from quilt_core.manifest import hash_bytes
from quilt_core.transfer import safe_paths

from .calls import Calls, catalog, connect  # type: ignore[import-not-found]

NAME = "team/data"
FILES = {f"d{number % 3}/{number:03}.txt": f"file {number:03}".encode() for number in range(30)}


def read(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def calls() -> Calls:
    return Calls()


@pytest.fixture
def ops(calls: Calls) -> QuiltOps:
    made: QuiltOps = connect(catalog(), calls)
    made.push_package(NAME, FILES)
    calls.count.clear()
    return made


def test_one_call_per_file_and_none_for_files_that_are_already_there(
    ops: QuiltOps, calls: Calls, tmp_path: Path
) -> None:
    target = tmp_path / "t"
    ops.download_package(NAME, target)
    assert calls.count["open_object"] == len(FILES)
    calls.count.clear()
    (target / "d0" / "000.txt").write_bytes(b"other 00")
    (target / "d1" / "001.txt").unlink()
    result = ops.download_package(NAME, target)
    assert result.downloaded == ("d0/000.txt", "d1/001.txt")
    assert calls.count == {
        "download_package": 1, "get_package_info": 1, "browse_content": 1, "open_object": 2,
    }  # fmt: skip
    assert read(target) == FILES


def test_each_object_is_read_in_its_own_version(
    ops: QuiltOps, calls: Calls, tmp_path: Path
) -> None:
    versions: list[Any] = []
    calls.before = lambda call: (
        versions.append(call.arguments["uri"].version_id)
        if call.operation == "open_object"
        else None
    )
    ops.download_package(NAME, tmp_path / "t")
    assert len(versions) == len(FILES)
    assert all(versions)


def test_errors_are_reported_together_and_the_next_run_finishes(
    ops: QuiltOps, calls: Calls, tmp_path: Path
) -> None:
    target = tmp_path / "t"
    (target / "d0").mkdir(parents=True)
    (target / "d0" / "000.txt").write_bytes(b"mine")

    def fail(call: OperationCall) -> None:
        if call.operation == "open_object" and call.arguments["uri"].key.endswith(
            ("000.txt", "001.txt")
        ):
            raise BackendError("in an archive")

    calls.before = fail
    with pytest.raises(BackendError) as caught:
        ops.download_package(NAME, target)
    assert set(caught.value.context["failures"]) == {"d0/000.txt", "d1/001.txt"}
    assert read(target) == {
        key: data for key, data in FILES.items() if key != "d1/001.txt"
    } | {"d0/000.txt": b"mine"}  # fmt: skip
    calls.before = None
    calls.count.clear()
    ops.download_package(NAME, target)
    assert calls.count["open_object"] == 2
    assert read(target) == FILES


def test_a_registry_that_is_down_stops_the_download(
    ops: QuiltOps, calls: Calls, tmp_path: Path
) -> None:
    ops.push_package(NAME, {f"{n:04}": str(n).encode() for n in range(500)})

    def fail(call: OperationCall) -> None:
        if call.operation == "open_object":
            raise TransportError("down")

    calls.before = fail
    calls.count.clear()
    with pytest.raises(TransportError):
        ops.download_package(NAME, tmp_path / "t")
    assert calls.count["open_object"] <= 64
    assert read(tmp_path / "t") == {}


class Cut:
    """Files that end too early, or fail in the middle."""

    def __init__(self, error: Exception | None) -> None:
        self.error = error

    def wrap(self) -> object:
        from quilt_core import hookimpl

        error = self.error

        class Extension:
            @hookimpl(wrapper=True)
            def open_object(self) -> Any:
                import io

                data = (yield).read()

                class File(io.BytesIO):
                    def read(self, size: int | None = -1) -> bytes:
                        found = super().read(size)
                        if error is not None and not found:
                            raise error
                        return found

                return File(data[: len(data) // 2])

        return Extension()


@pytest.mark.parametrize("error", [None, TransportError("cut"), NotFoundError("deleted since")])
def test_a_truncated_file_is_an_error(error: Exception | None, tmp_path: Path) -> None:
    made = catalog()
    connect(made).push_package(NAME, FILES)
    target = tmp_path / "t"
    (target / "d0").mkdir(parents=True)
    (target / "d0" / "000.txt").write_bytes(b"mine")
    with pytest.raises(type(error) if error else ProtocolError):
        connect(made, Cut(error).wrap()).download_package(NAME, target)
    assert read(target) == {"d0/000.txt": b"mine"}


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_folder_that_cannot_be_made_is_reported_before_anything_is_read(
    ops: QuiltOps,
    calls: Calls,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    dry_run: bool,
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    if os.geteuid() == 0:  # who can write to folders of any mode
        access = os.access

        def refusing(path: Any, mode: int, **options: Any) -> bool:
            return not (Path(path) == closed and mode & os.W_OK) and access(path, mode, **options)

        monkeypatch.setattr(os, "access", refusing)
    with pytest.raises(ValidationError, match="cannot be made") as caught:
        ops.download_package(NAME, closed / "a" / "b", dry_run=dry_run)
    assert dict(caught.value.context) == {"folder": str(closed)}
    assert calls.count["open_object"] == 0


@pytest.mark.parametrize("dry_run", [True, False])
def test_lack_of_space_is_reported_before_anything_is_written(
    ops: QuiltOps, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dry_run: bool
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(1000, 900, 100))
    with pytest.raises(ValidationError, match="has space for 100 bytes, but 240") as caught:
        ops.download_package(NAME, tmp_path / "t", dry_run=dry_run)
    assert dict(caught.value.context) == {"needed": 240, "free": 100}
    assert not (tmp_path / "t").exists()
    ops.download_package(NAME, tmp_path / "t", include=["000.txt"])


def test_a_disk_that_becomes_full_half_way(
    ops: QuiltOps, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = downloading._copy

    def full(item: Any, *rest: Any) -> Any:
        if item.path.endswith("5.txt"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "x")
        return copy(item, *rest)

    monkeypatch.setattr(downloading, "_copy", full)
    with pytest.raises(ValidationError, match="No space left") as caught:
        ops.download_package(NAME, tmp_path / "t")
    assert set(caught.value.context["failures"]) == {k for k in FILES if k.endswith("5.txt")}
    assert all(name.endswith(".txt") for name in read(tmp_path / "t"))


def test_a_folder_in_place_of_a_file(ops: QuiltOps, tmp_path: Path) -> None:
    (tmp_path / "t" / "d0" / "000.txt").mkdir(parents=True)
    for dry_run in (True, False):
        with pytest.raises(ValidationError) as caught:
            ops.download_package(NAME, tmp_path / "t", dry_run=dry_run)
        assert list(caught.value.context["failures"]) == ["d0/000.txt"]
    assert read(tmp_path / "t") == {}


def test_a_file_in_place_of_a_folder(ops: QuiltOps, tmp_path: Path) -> None:
    (tmp_path / "t").write_text("file")
    with pytest.raises(ValidationError, match="is a file"):
        ops.download_package(NAME, tmp_path / "t")
    (tmp_path / "u").mkdir()
    (tmp_path / "u" / "d0").write_text("file")
    with pytest.raises(ValidationError) as caught:
        ops.download_package(NAME, tmp_path / "u")
    assert sorted(caught.value.context["failures"]) == [k for k in sorted(FILES) if k[:2] == "d0"]
    assert read(tmp_path / "u") == {"d0": b"file"}


def test_names_that_are_the_same_file_here(
    ops: QuiltOps, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ops.push_package(NAME, {"Readme": b"1", "README": b"2", "d/x": b"3"})
    ops.download_package(NAME, tmp_path / "t")
    assert len(read(tmp_path / "t")) == 3
    monkeypatch.setattr(downloading, "ignores_case", lambda folder: True)
    with pytest.raises(ValidationError, match="same file as") as caught:
        ops.download_package(NAME, tmp_path / "u")
    assert set(caught.value.context["failures"]) & {"Readme", "README"}
    assert not (tmp_path / "u").exists()


def test_whether_case_matters_is_found_by_trying(tmp_path: Path) -> None:
    assert safe_paths.ignores_case(tmp_path) is (tmp_path.parent / tmp_path.name.upper()).exists()
    assert list(tmp_path.iterdir()) == []


def test_hidden_files_left_by_a_dead_run_are_removed(ops: QuiltOps, tmp_path: Path) -> None:
    from quilt_core.transfer.temporary import temporary_path

    (tmp_path / "t" / "d0").mkdir(parents=True)
    dead = temporary_path(tmp_path / "t" / "d0")
    dead = dead.with_name(dead.name.replace(f"-{os.getpid()}-", "-4194305-"))
    dead.write_bytes(b"half")
    ops.download_package(NAME, tmp_path / "t")
    assert read(tmp_path / "t") == FILES


def test_progress_counts_every_byte(ops: QuiltOps, tmp_path: Path) -> None:
    steps: list[Progress] = []
    result = ops.download_package(NAME, tmp_path / "t", progress=steps.append)
    [last] = [step for step in steps if step.phase == "downloading"][-1:]
    assert last.done == last.total == result.total_bytes


def test_delete_is_limited_to_the_requested_path(ops: QuiltOps, tmp_path: Path) -> None:
    target = tmp_path / "t"
    ops.download_package(NAME, target)
    ops.push_package(NAME, {"d0/000.txt": FILES["d0/000.txt"]})
    part = ops.download_package(NAME, target, path="d0", delete=True, exclude=["003.txt"])
    assert set(part.deleted) == {k for k in FILES if k.startswith("d0/")} - {
        "d0/000.txt", "d0/003.txt",
    }  # fmt: skip
    rest = ops.download_package(NAME, target, delete=True)
    assert set(rest.deleted) == {k for k in FILES if not k.startswith("d0/")} | {"d0/003.txt"}
    assert read(target) == {"d0/000.txt": FILES["d0/000.txt"]}
    assert sorted(path.name for path in target.iterdir()) == ["d0"]
    assert ops.download_package(NAME, target, delete=True).deleted == ()


def test_the_result_tells_which_edited_files_are_replaced(ops: QuiltOps, tmp_path: Path) -> None:
    target, keys = tmp_path / "t", sorted(FILES)
    ops.download_package(NAME, target, exclude=[keys[3]])
    (target / keys[0]).write_bytes(b"edited")
    (target / keys[1]).unlink()
    (target / keys[2]).unlink()
    (target / keys[2]).symlink_to(tmp_path)
    (target / keys[3]).write_bytes(b"mine")
    ops.push_package(NAME, {keys[4]: b"changed by somebody else"}, mode="merge")
    edited = (keys[0], keys[2], keys[3])
    for dry_run in (True, False):
        result = ops.download_package(NAME, target, dry_run=dry_run)
        assert result.downloaded == tuple(keys[:5])
        assert result.replaced == edited
    assert read(target) == {**FILES, keys[4]: b"changed by somebody else"}
    assert ops.download_package(NAME, target).replaced == ()


def test_delete_removes_only_files_of_this_package_and_folder(
    ops: QuiltOps, tmp_path: Path
) -> None:
    ops.push_package("team/other", {"mine.txt": b"1"})
    ops.download_package(NAME, tmp_path / "t")
    result = ops.download_package("team/other", tmp_path / "t", delete=True)
    assert (result.deleted, result.kept) == ((), ())
    assert len(read(tmp_path / "t")) == len(FILES) + 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps no time of the last change")
def test_delete_keeps_a_file_that_was_changed_and_its_time_set_back(
    ops: QuiltOps, tmp_path: Path
) -> None:
    ops.download_package(NAME, tmp_path / "t")
    mine, before = tmp_path / "t/d1/001.txt", (tmp_path / "t/d1/001.txt").stat()
    mine.write_bytes(b"x" * before.st_size)
    os.utime(mine, ns=(before.st_atime_ns, before.st_mtime_ns))
    ops.push_package(NAME, {"d0/000.txt": FILES["d0/000.txt"]})
    result = ops.download_package(NAME, tmp_path / "t", delete=True)
    assert result.kept == ("d1/001.txt",)
    assert mine.read_bytes() == b"x" * before.st_size


class Listing:
    """A package with very many files; only a listing of them is generated, and none is stored."""

    def __init__(self, count: int) -> None:
        self.count = count

    def package_info(self, *_: Any) -> Any:
        return SimpleNamespace(top_hash="0" * 64)

    def browse(self, *_: Any, **__: Any) -> Iterator[ContentInfo]:
        for number in range(self.count):
            key = f"folder{number // 1000:03}/{number:08}.bin"
            yield ContentInfo(
                path=key,
                type=ContentType.FILE,
                size=10,
                metadata={},
                physical_key=f"s3://bucket/team/data/{key}?versionId={number:032}",
                hash=hash_bytes(key.encode()),
            )


def peak(count: int, folder: Path) -> int:
    """The peak memory, in bytes, for finding out what a download would fetch."""
    request = downloading.DownloadRequest(
        package_name=PackageName.parse(NAME), registry=Registry(bucket="bucket"),
        destination=folder, path="", top_hash=RevisionRef.parse(None), include=(), exclude=(),
        dry_run=True, delete=False, progress=None,
    )  # fmt: skip
    tracemalloc.start()
    try:
        result = downloading.download(Listing(count), request)  # type: ignore[arg-type]
        assert len(result.downloaded) == count
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.slow
def test_a_large_package_takes_little_more_memory_than_its_names(tmp_path: Path) -> None:
    few, many = 8_000, 16_000
    peak(10, tmp_path)  # whatever is created only once is created now
    per_file = (peak(many, tmp_path) - peak(few, tmp_path)) / (many - few)
    # The names are the answer: 76 bytes each, plus 8 to 16 in a tuple. A file of the listing has
    # a kilobyte or more.
    assert per_file < 250
