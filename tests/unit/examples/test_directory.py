"""The example of a backend: its writers wait for each other, and it reads a file once."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import pytest

import quilt_core
from quilt_core import NotFoundError, Registry, ValidationError

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "directory_backend"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a registry, which is not there yet."""
    return tmp_path / "registry"


@pytest.fixture
def ops(folder: Path, monkeypatch: pytest.MonkeyPatch) -> quilt_core.QuiltOps:
    """The example on a folder; it is not installed here."""
    monkeypatch.syspath_prepend(str(EXAMPLE))
    from directory_backend import create_backend

    settings = quilt_core.Settings(registry=Registry(path=folder))
    return quilt_core.connect(create_backend(settings), registry=folder.as_uri())


def _file(tmp_path: Path, name: str) -> str:
    path = tmp_path / name
    path.write_text(name)
    return path.as_uri()


def test_a_deletion_waits_for_a_writer(
    ops: quilt_core.QuiltOps, folder: Path, tmp_path: Path
) -> None:
    """The tag moved to a revision that was listed before another one was published."""
    from directory_backend.store import Folder

    first = ops.create_package_revision("a/b", [_file(tmp_path, "1")]).top_hash
    store = Folder(Registry(path=folder))
    deletion = threading.Thread(target=ops.delete_package, args=("a/b",), daemon=True)
    with store.one_writer():
        deletion.start()
        deletion.join(0.2)
        assert deletion.is_alive()
        assert ops.get_package_info("a/b").top_hash == first
    deletion.join(10)
    assert list(ops.iter_all_packages()) == []


def test_a_deletion_makes_no_folder(ops: quilt_core.QuiltOps, folder: Path) -> None:
    with pytest.raises(NotFoundError) as caught:
        ops.delete_package("a/b")
    assert caught.value.context["outcome"] == "not_written"
    assert not folder.exists()


def test_a_file_that_changes_while_it_is_read(
    ops: quilt_core.QuiltOps, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = _file(tmp_path, "growing")
    asked = os.fstat

    def before(handle: int) -> Any:
        found = asked(handle)
        with (tmp_path / "growing").open("a") as file:
            file.write("more")
        return found

    with monkeypatch.context() as patched:
        patched.setattr("directory_backend.writing.os.fstat", before)
        with pytest.raises(ValidationError, match="changed while it was being read") as caught:
            ops.create_package_revision("a/b", [uri])
    assert caught.value.context["outcome"] == "not_written"
    assert not folder.exists()
