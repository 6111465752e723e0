"""Transfers from and to folders end with the time of their call, and when it is cancelled."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import quilt_core
from quilt_core import NotFoundError, QuiltOps, TransportError, deadline
from quilt_core.deadline import Cancellation
from quilt_core.outcome import Outcome, outcome_of

NAME = "team/data"
BLOCK = 1 << 20


class CancelledAt(Cancellation):
    """A call that is cancelled when it looks for the nth time whether it was."""

    __slots__ = ("_left", "looks")

    def __init__(self, look: int) -> None:
        super().__init__()
        self._left = look
        self.looks = 0

    @property
    def is_cancelled(self) -> bool:
        self.looks += 1
        return self.looks > self._left


@pytest.fixture(autouse=True)
def _records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is remembered from one test to the next."""
    monkeypatch.setenv("QUILT_CORE_CACHE_DIR", str(tmp_path / "records"))


def large(folder: Path, blocks: int) -> Path:
    """A folder with one file of so many mebibytes."""
    folder.mkdir()
    (folder / "large").write_bytes(os.urandom(blocks * BLOCK))
    return folder


def test_a_cancelled_download_copies_no_further_block(ops: QuiltOps, tmp_path: Path) -> None:
    ops.push_package(NAME, large(tmp_path / "source", 8))
    flag, done = Cancellation(), []

    def progress(step: quilt_core.Progress) -> None:
        if step.phase == "downloading":
            done.append(step.done)
            flag.cancel()

    with deadline.cancellable(flag), pytest.raises(TransportError, match="cancelled"):
        ops.download_package(NAME, tmp_path / "copy", progress=progress)
    assert done == [BLOCK]
    assert list((tmp_path / "copy").iterdir()) == []


def test_a_deadline_ends_a_download(
    ops: QuiltOps, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ops.push_package(NAME, large(tmp_path / "source", 8))
    done = []

    def progress(step: quilt_core.Progress) -> None:
        if step.phase == "downloading":
            done.append(step.done)
            monkeypatch.setattr(deadline, "clock", lambda: 1e9)

    with pytest.raises(TransportError, match="no time left"):
        ops.with_options(deadline=60).download_package(NAME, tmp_path / "copy", progress=progress)
    assert done == [BLOCK]


def test_reading_and_writing_one_file_ends(ops: QuiltOps, tmp_path: Path) -> None:
    ops.push_package(NAME, large(tmp_path / "source", 4))
    flag = Cancellation()
    with ops.open_content(NAME, "large") as file, deadline.cancellable(flag):
        assert len(file.read(10)) == 10
        flag.cancel()
        with pytest.raises(TransportError, match="cancelled"):
            file.read(BLOCK)
        with pytest.raises(TransportError, match="cancelled"):
            file.read()


@pytest.mark.parametrize("is_known", [False, True])
def test_a_push_that_ends_early_has_written_nothing(
    ops: QuiltOps, tmp_path: Path, is_known: bool
) -> None:
    """It is cancelled at each of its looks in turn, also while it hashes what the package has."""
    source = large(tmp_path / "source", 3)
    ended = 0
    for look in range(1000):
        name, flag = f"team/n{look}", CancelledAt(look)
        if is_known:
            ops.push_package(name, source)
        try:
            with deadline.cancellable(flag):
                ops.push_package(name, source, metadata={"n": 1}, use_cache=False)
        except TransportError as error:
            assert outcome_of(error) is Outcome.NOT_WRITTEN
            assert versions(ops, name) == is_known
            ended += 1
        else:
            break
    assert versions(ops, name) == is_known + 1
    assert ended >= (9 if is_known else 6)


def versions(ops: QuiltOps, name: str) -> int:
    """How many revisions a package has."""
    try:
        return len(ops.list_package_versions(name))
    except NotFoundError:
        return 0


def test_a_cancelled_upload_leaves_nothing(ops: QuiltOps, tmp_path: Path) -> None:
    source = large(tmp_path / "source", 17) / "large"  # more than two parts
    flag = Cancellation()
    target = tmp_path / "there"

    def progress(step: quilt_core.Progress) -> None:
        flag.cancel()

    with deadline.cancellable(flag), pytest.raises(TransportError) as caught:
        ops.put_object(source, f"file://{target}/large", progress=progress)
    assert outcome_of(caught.value) is Outcome.NOT_WRITTEN
    assert list(target.iterdir()) == []
