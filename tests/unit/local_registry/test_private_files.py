"""Files that contain keys are readable only by their owner, wherever they are."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from local_registry.cli import _write_exports
from local_registry.state.store import FILE_NAME, State

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(autouse=True)
def _generous_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.parametrize("existing", [False, True])
def test_the_database_and_its_journals(tmp_path: Path, existing: bool) -> None:
    folder = tmp_path / "data"
    if existing:
        folder.mkdir(mode=0o755)
    state = State(folder)
    try:
        state.database.run("CREATE TABLE written_to (a)")
        made = sorted(file.name for file in folder.iterdir())
        assert FILE_NAME in made
        assert {file.name: mode(file) for file in folder.iterdir()} == dict.fromkeys(made, 0o600)
        assert mode(folder) == (0o755 if existing else 0o700)
    finally:
        state.close()


def test_permissions_of_files_from_an_earlier_version_are_corrected(tmp_path: Path) -> None:
    State(tmp_path).close()
    files = [tmp_path / FILE_NAME, tmp_path / f"{FILE_NAME}-journal"]
    for file in files:
        file.touch()
        file.chmod(0o644)
    state = State(tmp_path)
    try:
        assert {mode(file) for file in files} == {0o600}
    finally:
        state.close()


def test_the_file_of_variables(tmp_path: Path) -> None:
    file = tmp_path / "env.sh"
    _write_exports(file, {"QUILT_API_KEY": "qk_x"})
    assert mode(file) == 0o600
