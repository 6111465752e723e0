"""`make release` refuses what is not ready, and writes the version everywhere."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from types import ModuleType

import pytest

from .distributions import ALL, ROOT  # type: ignore[import-not-found]

CHANGELOG = """# Changelog

## 1.3.0 (unreleased)

### Added

- Something.

## 1.2.0 (2026-01-02)

- Older.
"""


@pytest.fixture(scope="module")
def release() -> ModuleType:
    spec = importlib.util.spec_from_file_location("release", ROOT / "tools" / "release.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The files of the repository that a release touches."""
    paths = [*(folder / "pyproject.toml" for folder in ALL.values()),
             ROOT / "quilt_core" / "_version.py", ROOT / "docs" / "extensions.md"]  # fmt: skip
    for path in paths:
        target = tmp_path / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG, encoding="utf-8")
    return tmp_path


def contents(folder: Path) -> dict[Path, str]:
    return {path: path.read_text("utf-8") for path in folder.rglob("*") if path.is_file()}


def test_the_version_and_the_changelog_are_written(release: ModuleType, copy: Path) -> None:
    release.prepare("1.3.0", copy, "2026-12-01")
    after = contents(copy)
    assert '\n__version__ = "1.3.0"\n' in after[copy / "quilt_core" / "_version.py"]
    assert "## 1.3.0 (2026-12-01)\n" in after[copy / "CHANGELOG.md"]
    for name, folder in ALL.items():
        text = after[copy / folder.relative_to(ROOT) / "pyproject.toml"]
        assert ">=1.3,<1.4" in text, name
        assert ">=0.2,<0.3" not in text.replace("hatch", ""), name
    assert '"quiltops>=1.3,<1.4"' in after[copy / "docs" / "extensions.md"]
    release.prepare("1.3.0", copy, "2027-01-01")
    assert contents(copy) == after, "a second time changes nothing, the date neither"


@pytest.mark.parametrize(
    ("version", "message"),
    [
        ("1.4.0", "no section '## 1.4.0"),
        ("1.3", "not a version"),
        ("v1.3.0", "not a version"),
        ("1.2.1", "no section"),
    ],
)
def test_a_repository_that_is_not_ready_is_left_unchanged(
    release: ModuleType, copy: Path, version: str, message: str
) -> None:
    before = contents(copy)
    with pytest.raises(release.ReleaseError, match=message):
        release.prepare(version, copy)
    assert contents(copy) == before


def test_an_empty_section_is_refused(release: ModuleType) -> None:
    with pytest.raises(release.ReleaseError, match="lists no change"):
        release.dated_changelog(
            "## 1.0.0 (unreleased)\n\n## 0.9.0 (2026-01-01)\n\n- x\n", "1.0.0", "t"
        )
