"""Devices, pipes and sockets are never read: reading could last for ever or block."""

from __future__ import annotations

import io
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from quilt_core import NotFoundError, QuiltOps, ValidationError
from quilt_core.domain.names import PackageName
from quilt_core.manifest import ManifestEntry, ManifestHeader, hash_file, write_manifest
from quilt_core.manifest.layout import manifest_key, pointer_key

pytestmark = pytest.mark.timeout(20)
Write = Callable[[str, str], str]


def _pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe")
    return folder / "pipe"


def _socket(folder: Path) -> Path:
    address = folder / "s"
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(os.path.relpath(address))
    return address


SPECIAL: dict[str, Callable[[Path], Path]] = {
    "endless device": lambda _: Path("/dev/zero"),
    "pipe": _pipe,
    "socket": _socket,
}


def _given(folder: Path, entry: ManifestEntry) -> None:
    """Publishes an entry as old manifests contain it: without a hash."""
    manifest = io.BytesIO()
    top_hash = write_manifest(ManifestHeader(), [], [entry], manifest)
    for key, content in (
        (manifest_key(top_hash), manifest.getvalue()),
        (pointer_key(PackageName("a", "b"), "1600000000"), top_hash.encode()),
        (pointer_key(PackageName("a", "b"), "latest"), top_hash.encode()),
    ):
        (folder / key).parent.mkdir(parents=True, exist_ok=True)
        (folder / key).write_bytes(content)


@pytest.mark.parametrize("kind", SPECIAL)
def test_a_special_file_given_by_the_caller(
    ops: QuiltOps, folder: Path, tmp_path: Path, kind: str
) -> None:
    path = SPECIAL[kind](tmp_path)
    with pytest.raises(ValidationError, match="not a regular file"):
        ops.create_package_revision("a/b", {"x": path.as_uri()})
    assert not folder.exists()


@pytest.mark.parametrize("kind", SPECIAL)
def test_a_special_file_named_in_a_manifest(
    ops: QuiltOps, write: Write, folder: Path, tmp_path: Path, kind: str
) -> None:
    key = SPECIAL[kind](tmp_path).as_uri()
    entry = ManifestEntry(logical_key="x", physical_key=key, size=1, hash=None, meta={})
    _given(folder, entry)
    with pytest.raises(ValidationError, match="cannot be kept"):  # and it is not opened
        ops.update_package_revision("a/b", {"y": write("y", "1")})
    assert len(ops.list_package_versions("a/b")) == 1


@pytest.mark.parametrize("kind", SPECIAL)
def test_a_special_file_in_place_of_a_manifest_or_pointer(
    ops: QuiltOps, write: Write, folder: Path, tmp_path: Path, kind: str
) -> None:
    top_hash = ops.create_package_revision("a/b", {"x": write("x", "1")}).top_hash
    special = SPECIAL[kind](tmp_path)
    manifest = folder / manifest_key(top_hash)
    manifest.unlink()
    manifest.symlink_to(special)
    with pytest.raises(ValidationError, match="not a regular file"):
        ops.browse_content("a/b")
    latest = folder / pointer_key(PackageName("a", "b"), "latest")
    latest.unlink()
    latest.symlink_to(special)
    with pytest.raises((ValidationError, NotFoundError)):
        ops.browse_content("a/b")


def test_reading_a_growing_file_ends(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"x" * 100)

    class Growing(io.FileIO):
        def read(self, size: int = -1) -> bytes:  # type: ignore[override]
            return b"x" * size

    from quilt_core.manifest import checksums

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checksums, "open_regular", Growing)
        with pytest.raises(ValueError, match="not 100"):
            hash_file(path)
