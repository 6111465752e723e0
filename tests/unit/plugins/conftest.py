"""Fake installed distributions: folders on the path with metadata and entry points."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from quilt_core import plugins

Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Install a distribution for this test: `install("name", backends={...}, modules={...})`."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))
    before = set(sys.modules)

    def make(
        name: str,
        *,
        version: str = "1.0",
        backends: dict[str, str] | None = None,
        extensions: dict[str, str] | None = None,
        commands: dict[str, str] | None = None,
        modules: dict[str, str] | None = None,
    ) -> None:
        info = site / f"{name.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        lines = []
        groups = {"backends": backends, "extensions": extensions, "commands": commands}
        for group, points in groups.items():
            lines.append(f"[quilt_core.{group}]")
            lines.extend(f"{key} = {value}" for key, value in (points or {}).items())
        (info / "entry_points.txt").write_text("\n".join(lines) + "\n")
        for module, source in (modules or {}).items():
            (site / f"{module}.py").write_text(source)
        plugins.clear_cache()

    plugins.clear_cache()
    yield make
    for module in set(sys.modules) - before:
        file = getattr(sys.modules[module], "__file__", None) or ""
        if file.startswith(str(site)):
            del sys.modules[module]
    plugins.clear_cache()


GOOD_BACKEND = """
from quilt_core import BackendPlugin, hookimpl

class Catalog:
    @hookimpl
    def get_registry_url(self):
        return "https://registry.example.com"

def create(settings):
    return BackendPlugin(name="{name}", hook_version=1, implementers=[Catalog()])
"""
