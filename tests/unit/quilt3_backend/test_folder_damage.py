"""A folder as a registry, when the machine or its disk fails."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from quilt3_backend.stores.local_errors import local_errors, local_write_errors

from quilt_core import (
    BackendError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
    QuiltOps,
    QuiltOpsError,
    Registry,
    TransportError,
    ValidationError,
)
from quilt_core.cli.main import run
from quilt_core.domain import FileUri

Write = Callable[[str, str], str]

KILLED = """
import os, pathlib, signal, sys
import quilt_core

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

registry, uri, step = sys.argv[1:]
with quilt_core.connect("quilt3", registry=registry) as ops:
    setattr(pathlib.Path, step, die)
    ops.create_package_revision("a/b", {"x": uri})
"""


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
@pytest.mark.parametrize("step", ["replace", "hardlink_to"])
def test_a_writer_that_is_killed_leaves_nothing_visible(
    ops: QuiltOps, write: Write, folder: Path, step: str
) -> None:
    """Killed before the manifest, or the first pointer, gets its final name."""
    uri = write("x", "1")
    done = subprocess.run(
        [sys.executable, "-c", KILLED, folder.as_uri(), uri, step], check=False, timeout=60
    )
    assert done.returncode == -signal.SIGKILL
    assert any(name.startswith(".quilt/drafts/") for name in _files(folder))
    assert ops.list_all_packages() == []
    with pytest.raises(NotFoundError):
        ops.list_package_versions("a/b")
    with pytest.raises(NotFoundError):
        ops.delete_package("a/b")

    made = ops.create_package_revision("c/d", {"x": uri})

    assert not any(name.startswith(".quilt/drafts/") for name in _files(folder))
    assert ops.list_all_packages() == ["c/d"]
    assert ops.list_package_versions("c/d")[0].top_hash == made.top_hash


def test_other_files_among_the_pointers_are_not_revisions(
    ops: QuiltOps, write: Write, folder: Path
) -> None:
    made = ops.create_package_revision("a/b", {"x": write("x", "1")})
    package = folder / ".quilt/named_packages/a/b"
    (package / ".latest.7.1f2e").write_text("0" * 64)  # a former name of drafts
    (package / "1600000000").mkdir()
    os.mkfifo(package / "1500000000")
    (package.parent / "stray").mkdir()
    (package.parent / "stray" / ".latest.7.1f2e").write_text("0" * 64)
    (package.parent / "file").write_text("")
    assert ops.list_all_packages() == ["a/b"]
    assert [one.top_hash for one in ops.list_package_versions("a/b")] == [made.top_hash]


def test_everything_is_on_the_disk_when_a_write_returns(
    ops: QuiltOps, write: Write, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each file before it gets its final name, and each folder after a name was created in it."""
    steps: list[str] = []
    fsync, replace, link = os.fsync, Path.replace, Path.hardlink_to

    def syncing(handle: int) -> None:
        path = Path(f"/proc/self/fd/{handle}").readlink()
        steps.append(f"sync {path.relative_to(folder).as_posix()}")
        fsync(handle)

    def replacing(self: Path, target: Path) -> Path:
        steps.append(f"{self.relative_to(folder)} -> {target.relative_to(folder)}")
        return replace(self, target)

    def linking(self: Path, target: Path) -> None:
        steps.append(f"{Path(target).relative_to(folder)} -> {self.relative_to(folder)}")
        link(self, target)

    monkeypatch.setattr(os, "fsync", syncing)
    monkeypatch.setattr(Path, "replace", replacing)
    monkeypatch.setattr(Path, "hardlink_to", linking)
    top_hash = ops.create_package_revision("a/b", {"x": write("x", "1")}).top_hash

    moves = [n for n, step in enumerate(steps) if " -> " in step]
    targets = [steps[n].partition(" -> ")[2] for n in moves]
    second = targets[1].rpartition("/")[2]
    assert second.isdigit()
    assert targets == [
        f".quilt/packages/{top_hash}",
        f".quilt/named_packages/a/b/{second}",
        ".quilt/named_packages/a/b/latest",
    ]
    for n, end in zip(moves, [*moves[1:], len(steps)], strict=True):
        draft, _, target = steps[n].partition(" -> ")
        assert steps[n - 1] == f"sync {draft}"
        assert f"sync {target.rpartition('/')[0]}" in steps[n:end]
    assert "sync .quilt/named_packages/a" in steps  # names of new folders must be synced too
    assert "sync .quilt/named_packages" in steps


@pytest.mark.parametrize(
    ("code", "error", "words"),
    [
        (errno.ENOSPC, BackendError, "the disk is full"),
        (errno.EDQUOT, BackendError, "the disk is full"),
        (errno.EROFS, PermissionDeniedError, "permission denied"),
        (errno.EIO, BackendError, os.strerror(errno.EIO)),
    ],
)
@pytest.mark.parametrize("first", [True, False], ids=["first package", "update"])
def test_a_disk_error_is_reported(
    ops: QuiltOps,
    write: Write,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    code: int,
    error: type[QuiltOpsError],
    words: str,
    first: bool,
) -> None:
    uri = write("x", "1")
    if not first:
        ops.create_package_revision("a/b", {"x": uri})
    before = _files(folder)

    def failing(handle: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(error, match=words) as raised:
        ops.create_package_revision("a/b", {"y": uri}, message="other")
    assert not isinstance(raised.value, TransportError)
    assert raised.value.context["outcome"] == "not_written"
    assert _files(folder) == before
    monkeypatch.undo()
    assert ops.list_all_packages() == ([] if first else ["a/b"])


@pytest.mark.parametrize("name", ["a/" + "b" * 300, "a" * 300 + "/b", "a/" + "ü" * 200])
def test_a_name_that_is_too_long(ops: QuiltOps, write: Write, folder: Path, name: str) -> None:
    calls: tuple[Callable[[], object], ...] = (
        lambda: ops.create_package_revision(name, {"x": uri}),
        lambda: ops.update_package_revision(name, metadata={"a": 1}),
        lambda: ops.get_package_info(name),
        lambda: ops.delete_package(name),
    )
    uri = write("x", "1")
    for call in calls:
        with pytest.raises(ValidationError, match="too long for the file system"):
            call()
    assert _files(folder) == set()


@pytest.mark.parametrize("text", ["file:///a%00b", "file:///%00"])
def test_paths_with_a_nul_are_refused(ops: QuiltOps, text: str) -> None:
    with pytest.raises(ValidationError):
        Registry.parse(text)
    with pytest.raises(ValidationError):
        FileUri.parse(text)
    with pytest.raises(ValidationError):
        ops.create_package_revision("a/b", {"x": text})
    with pytest.raises(ValidationError):
        ops.list_all_packages(text)


@pytest.mark.parametrize(
    "place", ["", ".quilt", ".quilt/named_packages", ".quilt/named_packages/a", ".quilt/packages",
              ".quilt/named_packages/a/b", ".quilt/drafts"]
)  # fmt: skip
def test_a_file_in_place_of_a_folder(ops: QuiltOps, write: Write, folder: Path, place: str) -> None:
    uri = write("x", "1")
    path = folder / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("in the way")
    with pytest.raises(BackendError, match="a file is where a folder should be") as raised:
        ops.create_package_revision("a/b", {"x": uri})
    assert not isinstance(raised.value, TransportError)
    assert path.read_text() == "in the way"
    with pytest.raises(NotFoundError):
        ops.get_package_info("a/b")
    if folder.is_dir():
        assert ops.list_all_packages() == []


def test_a_folder_in_place_of_a_file(ops: QuiltOps, write: Write, folder: Path) -> None:
    ops.create_package_revision("a/b", {"x": write("x", "1")})
    latest = folder / ".quilt/named_packages/a/b/latest"
    latest.unlink()
    latest.mkdir()
    with pytest.raises(BackendError, match="a folder where a file should be"):
        ops.create_package_revision("a/b", {"y": write("y", "2")}, force=True)


@pytest.mark.parametrize("size", [0, 100, 4000])
def test_a_file_of_another_size_is_not_read(
    ops: QuiltOps, folder: Path, size: int, capsys: pytest.CaptureFixture[str]
) -> None:
    ops.push_package("a/b", {"n.csv": b"1\n" * 1000}, allow_unversioned=True)
    os.truncate(folder / "a" / "b" / "n.csv", size)
    for read in (ops.open_content, ops.read_content, ops.preview_content):
        with pytest.raises(ProtocolError, match=f"has {size} bytes, but the package says 2000"):
            read("a/b", "n.csv")
    for options in ((), ("--json",)):
        arguments = ["--backend", "quilt3", "--registry", folder.as_uri(), "cat", "a/b", "n.csv"]
        assert run([*arguments, *options]) == 10
        printed = capsys.readouterr()
        assert f"has {size} bytes" in printed.out + printed.err


@pytest.mark.parametrize("below", ["object", "folder/object"])
def test_a_file_in_place_of_the_folder_of_an_object(
    ops: QuiltOps, tmp_path: Path, below: str
) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(BackendError, match="a file is where a folder should be") as raised:
        ops.put_object(b"1", FileUri(tmp_path / "file" / below).url)
    assert raised.value.context["outcome"] == "not_written"


def test_an_object_name_that_is_too_long(ops: QuiltOps, tmp_path: Path) -> None:
    uri = FileUri(tmp_path / ("n" * 300)).url
    with pytest.raises(ValidationError, match="too long"):
        ops.put_object(b"1", uri)
    with pytest.raises(ValidationError, match="too long"):
        list(ops.list_objects(f"{uri}/"))


@pytest.mark.parametrize("errors", [local_errors, local_write_errors])
@pytest.mark.parametrize("code", sorted(errno.errorcode))
def test_every_error_of_the_file_system_becomes_ours(
    errors: Callable[..., object], code: int
) -> None:
    with pytest.raises(QuiltOpsError) as raised, errors("read", Path("/x")):  # type: ignore[attr-defined]
        raise OSError(code, os.strerror(code))
    assert not isinstance(raised.value, TransportError)
    assert "file:///x" in raised.value.message
