"""The lock of a folder: waiting for it ends with the deadline, and its errors are told."""

from __future__ import annotations

import errno
import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from quilt_core import BackendError, QuiltOps, TransportError


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@pytest.mark.parametrize("which", [".quilt/named_packages", ".quilt/drafts"])
def test_waiting_for_another_writer_ends_with_the_deadline(
    ops: QuiltOps, folder: Path, write: Callable[[str, str], str], which: str
) -> None:
    uri = write("a", "1")
    ops.create_package_revision("a/b", {"a": uri})
    with (
        locked(folder / which),
        pytest.raises(TransportError, match="no time left"),
    ):
        ops.with_options(deadline=5).create_package_revision("a/c", {"a": uri})
    ops.create_package_revision("a/c", {"a": uri})


def test_a_file_system_without_locks(
    ops: QuiltOps, write: Callable[[str, str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    uri = write("a", "1")
    ops.create_package_revision("a/b", {"a": uri})
    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(BackendError, match="No locks available"):
        ops.delete_package("a/b")


def test_workflows_that_cannot_be_kept_for_quilt3(
    ops: QuiltOps, folder: Path, write: Callable[[str, str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    config = folder / ".quilt/workflows/config.yml"
    config.parent.mkdir(parents=True)
    config.write_text("version: '1'\nis_workflow_required: false\nworkflows: {w: {name: W}}\n")
    uri = write("a", "1")

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tempfile, "TemporaryDirectory", full)
    with pytest.raises(BackendError, match="could not be kept on disk") as caught:
        ops.create_package_revision("a/b", {"a": uri})
    assert caught.value.context["outcome"] == "not_written"
