"""docs/cassettes.md is right: its code blocks record, replay, and find leaks."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from local_registry.server import LocalRegistry
from local_registry.testing import shared_local_registry

__all__ = ["shared_local_registry"]

DOCS = Path(__file__).parents[3] / "docs" / "cassettes.md"


def _blocks() -> list[str]:
    return re.findall(r"^```python\n(.*?)^```$", DOCS.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def _pytest(project: Path, *options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options],
        cwd=project,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_blocks_are_python() -> None:
    for block in _blocks():
        compile(block, "cassettes.md", "exec")


@pytest.fixture(scope="module")
def recorded(
    shared_local_registry: LocalRegistry, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """An application's tests, as on the page, and what they recorded."""
    folder = tmp_path_factory.mktemp("application")
    conftest, test, leaks, _ = _blocks()
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -p no:xdist -q\n")
    (folder / "conftest.py").write_text(conftest)
    (folder / "test_catalog.py").write_text(test)
    (folder / "test_leaks.py").write_text(leaks)
    given = {
        "RECORD_REGISTRY_URL": shared_local_registry.endpoints.registry_url,
        "RECORD_TOKEN": shared_local_registry.token("writer"),
    }
    done = _pytest(folder, "--record-mode=rewrite", "test_catalog.py", **given)
    assert done.returncode == 0, done.stdout
    return folder


@pytest.fixture
def project(recorded: Path, tmp_path: Path) -> Path:
    return shutil.copytree(recorded, tmp_path / "copy")


def test_recorded_once_and_replayed_ever_after(project: Path) -> None:
    replayed = _pytest(project)
    assert replayed.returncode == 0, replayed.stdout
    assert "3 passed" in replayed.stdout


def test_a_changed_call_fails(project: Path) -> None:
    test = project / "test_catalog.py"
    test.write_text(test.read_text().replace("packages()", "packages(pattern='a*')"))
    changed = _pytest(project, "test_catalog.py")
    assert "1 failed, 1 passed" in changed.stdout
    assert "CannotOverwriteExistingCassetteException" in changed.stdout
    assert "variables:" in changed.stdout


def test_a_dead_interaction_fails(project: Path) -> None:
    test = project / "test_catalog.py"
    test.write_text(test.read_text().replace("assert ops.list_all_packages()", "assert ops"))
    dead = _pytest(project, "test_catalog.py")
    assert "1 error" in dead.stdout
    assert "1 of 1 recorded interactions were not played" in dead.stdout
    assert "listPackages" in dead.stdout
