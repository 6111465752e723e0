"""Folders that cannot be read, looked up or made: an error or a difference, and never a crash."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from quilt_core import QuiltOps, ValidationError

from ...privileges import obeying_modes  # type: ignore[import-not-found]
from .calls import catalog, connect  # type: ignore[import-not-found]

NAME = "team/data"


@pytest.fixture
def ops() -> QuiltOps:
    made = connect(catalog())
    made.push_package(NAME, {"a": b"1", "d/x": b"2"})
    assert isinstance(made, QuiltOps)
    return made


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Path]:
    """A folder with two files that nobody may look into."""
    folder = tmp_path / "closed"
    (folder / "in").mkdir(parents=True)
    (folder / "in" / "x").write_bytes(b"2")
    folder.chmod(0)
    with obeying_modes():
        yield folder
    folder.chmod(0o700)


USES: dict[str, Callable[[QuiltOps, Path], object]] = {
    "push": lambda ops, folder: ops.push_package("team/new", folder),
    "install": lambda ops, folder: ops.download_package(NAME, folder),
    "dry install": lambda ops, folder: ops.download_package(NAME, folder, dry_run=True),
    "verify": lambda ops, folder: ops.verify_package(NAME, folder),
}
every_use = pytest.mark.parametrize("use", USES.values(), ids=USES)


@every_use
def test_a_folder_in_a_closed_one(
    ops: QuiltOps, closed: Path, use: Callable[[QuiltOps, Path], object]
) -> None:
    with pytest.raises(ValidationError, match="Permission denied"):
        use(ops, closed / "in")


@every_use
def test_a_name_that_is_too_long(
    ops: QuiltOps, tmp_path: Path, use: Callable[[QuiltOps, Path], object]
) -> None:
    with pytest.raises(ValidationError, match="too long"):
        use(ops, tmp_path / ("x" * 300))


@every_use
def test_a_name_with_a_nul(
    ops: QuiltOps, tmp_path: Path, use: Callable[[QuiltOps, Path], object]
) -> None:
    with pytest.raises(ValidationError, match="NUL character"):
        use(ops, tmp_path / "a\0b")


@every_use
@pytest.mark.parametrize("below", ["", "x"])
def test_a_link_to_itself(
    ops: QuiltOps, tmp_path: Path, use: Callable[[QuiltOps, Path], object], below: str
) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises(ValidationError, match="symbolic links"):
        use(ops, loop / below)


@every_use
@pytest.mark.skipif(os.name == "nt", reason="the current folder cannot be removed")
def test_a_current_folder_that_was_removed(
    ops: QuiltOps,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    use: Callable[[QuiltOps, Path], object],
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(ValidationError, match="current folder, which cannot be found"):
        use(ops, Path("x"))


def test_a_file_below_a_file_is_no_destination(ops: QuiltOps, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for below in ("", "in", "in/it"):
        with pytest.raises(ValidationError, match="file' is a file"):
            ops.download_package(NAME, tmp_path / "file" / below)
    with pytest.raises(ValidationError, match="is not there"):
        ops.verify_package(NAME, tmp_path / "file" / "in")


def test_verify_names_files_in_a_closed_folder(ops: QuiltOps, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    ops.download_package(NAME, folder)
    (folder / "d").chmod(0)
    try:
        with obeying_modes():
            result = ops.verify_package(NAME, folder)
    finally:
        (folder / "d").chmod(0o700)
    assert (result.matching, result.missing, result.extra) == (1, (), ())
    [one] = result.differing
    assert (one.path, one.reason) == ("d/x", "it cannot be read: Permission denied")


def test_verify_names_files_below_a_link_to_itself(ops: QuiltOps, tmp_path: Path) -> None:
    (tmp_path / "d").symlink_to("d")
    (tmp_path / "a").write_bytes(b"1")
    [one] = ops.verify_package(NAME, tmp_path).differing
    assert one.path == "d/x"
    assert "symbolic links" in one.reason


IN_THE_WAY: dict[str, Callable[[Path], object]] = {
    "a file": lambda place: place.write_text("mine", encoding="utf-8"),
    "a link to nothing": lambda place: place.symlink_to("nothing"),
    "a link to itself": lambda place: place.symlink_to("d"),
}


@pytest.mark.parametrize("make", IN_THE_WAY.values(), ids=IN_THE_WAY)
def test_something_is_in_the_way_of_a_folder(
    ops: QuiltOps, tmp_path: Path, make: Callable[[Path], object]
) -> None:
    make(tmp_path / "d")
    for dry_run in (True, False):
        with pytest.raises(ValidationError, match="Nothing was written") as caught:
            ops.download_package(NAME, tmp_path, dry_run=dry_run)
        assert caught.value.context["failures"] == {
            "d/x": f"{str(tmp_path / 'd')!r} is not a folder, where the package has one"
        }
        assert not (tmp_path / "a").exists()
    assert ops.download_package(NAME, tmp_path, exclude=["d/"]).downloaded == ("a",)


@pytest.mark.skipif(os.name == "nt", reason="folders have no such modes")
@pytest.mark.parametrize("mode", [0, 0o555])
@pytest.mark.parametrize("key", ["d/x", "d/new", "d/e/new"])
def test_a_folder_that_may_not_be_written_to(
    ops: QuiltOps, tmp_path: Path, mode: int, key: str
) -> None:
    ops.push_package(NAME, {"a": b"1", key: b"new"})
    target = tmp_path / "t"
    (target / "d").mkdir(parents=True)
    (target / "d" / "x").write_bytes(b"mine")
    (target / "d").chmod(mode)
    try:
        with obeying_modes():
            for dry_run in (True, False):
                with pytest.raises(ValidationError, match="Nothing was written") as caught:
                    ops.download_package(NAME, target, dry_run=dry_run)
                failures = {key: f"you may not write to {str(target / 'd')!r}"}
                assert caught.value.context["failures"] == failures
    finally:
        (target / "d").chmod(0o700)
    assert [path.name for path in target.rglob("*")] == ["d", "x"]


def test_what_is_there_in_a_closed_folder_needs_no_right_to_write(
    ops: QuiltOps, tmp_path: Path
) -> None:
    ops.download_package(NAME, tmp_path)
    (tmp_path / "d").chmod(0o555)
    try:
        with obeying_modes():
            (tmp_path / "a").unlink()
            assert ops.download_package(NAME, tmp_path).downloaded == ("a",)
    finally:
        (tmp_path / "d").chmod(0o700)


def test_a_relative_folder(ops: QuiltOps, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in (Path(), Path("new/folder"), Path("..", tmp_path.name, "other")):
        assert ops.download_package(NAME, folder).downloaded == ("a", "d/x")
