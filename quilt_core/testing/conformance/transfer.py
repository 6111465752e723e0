"""What the behaviours of pushes and downloads (T-20 to T-47) share."""

from __future__ import annotations

from pathlib import Path

import pytest

from quilt_core.testing.conformance.behaviour import BehaviourTests

FILES = {
    "a.csv": b"1,2\n",
    "d/b.csv": b"",
    "d/e/\u00fc \u2603+%.txt": b"odd",
    "z.bin": bytes(range(256)) * 64,
}


def write_files(folder: Path, files: dict[str, bytes]) -> Path:
    """Write files below a folder."""
    for key, data in files.items():
        path = folder.joinpath(*key.split("/"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def read_files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


class TransferTests(BehaviourTests):
    """What the classes of transfers share."""

    @pytest.fixture(autouse=True)
    def _own_records(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Keep the records of transfers away from those of the user who runs the suite."""
        monkeypatch.setenv("QUILT_CORE_CACHE_DIR", str(tmp_path / "records"))

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        """A folder with files."""
        return write_files(tmp_path / "source", FILES)

    @pytest.fixture
    def target(self, tmp_path: Path) -> Path:
        """A folder that is not there."""
        return tmp_path / "target"
