"""Installs the example extensions: their folders are on the path, with their entry points."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from quilt_core import plugins
from quilt_core.testing.memory import MemoryCatalog

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Install an example for this test, and require it: `install("audit")`."""
    before = set(sys.modules)

    def make(name: str) -> None:
        folder = EXAMPLES / f"{name}_extension"
        project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
        info = tmp_path / f"{name}-0.1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: 0.1.0\n"
            f"Summary: {project['description']}\n"
        )
        lines = []
        for group, points in project["entry-points"].items():
            lines += [f"[{group}]", *(f"{key} = {value}" for key, value in points.items())]
        (info / "entry_points.txt").write_text("\n".join(lines))
        monkeypatch.syspath_prepend(str(tmp_path))
        monkeypatch.syspath_prepend(str(folder))
        monkeypatch.setenv("QUILT_CORE_EXTENSIONS", name)
        plugins.clear_cache()

    yield make
    for module in set(sys.modules) - before:
        if module.partition(".")[0].endswith("_extension"):
            del sys.modules[module]
    plugins.clear_cache()


@pytest.fixture
def catalog() -> MemoryCatalog:
    """A catalog with one bucket."""
    catalog = MemoryCatalog()
    catalog.add_bucket("my-bucket")
    return catalog
