"""The wheels hold what they should and nothing else, and a second build gives the same bytes."""

from __future__ import annotations

import email
import re
import zipfile
from pathlib import Path

import pytest

from ...unit.packaging.distributions import (  # type: ignore[import-not-found]
    RELEASED,
    build_wheel,
    import_name,
)

MOST_BYTES = 1_000_000
"""The core, with the conformance suite in it, is the largest; a data file would be far larger."""


@pytest.mark.parametrize("name", RELEASED)
def test_wheel(name: str, wheels: dict[str, Path], tmp_path: Path) -> None:
    first, package = wheels[name], import_name(name)
    again = build_wheel(name, tmp_path / "again")
    assert first.read_bytes() == again.read_bytes()
    with zipfile.ZipFile(first) as archive:
        files = {
            name for name in archive.namelist() if not name.split("/")[0].endswith(".dist-info")
        }
    assert {name.split("/")[0] for name in files} == {package}
    assert f"{package}/py.typed" in files
    source = RELEASED[name] / package
    assert files == {
        f"{package}/{path.relative_to(source).as_posix()}"
        for path in source.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert first.stat().st_size < MOST_BYTES


@pytest.mark.parametrize("name", RELEASED)
def test_what_an_index_shows(name: str, wheels: dict[str, Path]) -> None:
    """The licence, and a readme without anything that an index cannot resolve or display."""
    with zipfile.ZipFile(wheels[name]) as archive:
        [info] = {one.split("/")[0] for one in archive.namelist() if ".dist-info/" in one}
        licence = archive.read(f"{info}/licenses/LICENSE").decode()
        metadata = email.message_from_bytes(archive.read(f"{info}/METADATA"))
    assert licence.lstrip().startswith("Apache License")
    assert metadata["Description-Content-Type"] == "text/markdown"
    readme = metadata.get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert readme.startswith("# quiltops")
    assert "```mermaid" not in readme
    links = re.findall(r"\]\(([^)\s]+)\)", re.sub(r"^```.*?^```$", "", readme, flags=re.M | re.S))
    assert links or name == "quiltops-local-registry"
    assert [link for link in links if not re.match(r"https://|#", link)] == []
