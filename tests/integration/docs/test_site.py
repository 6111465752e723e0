"""The site builds without a warning, and screenshots can be made anew."""

from __future__ import annotations

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

ROOT = Path(__file__).parents[3]
# Not `demo`: tests/e2e/demo runs it, and it takes as long as all of these.
MADE = ("diff", "doctor", "tree")


def test_the_site_builds_strictly(tmp_path: Path) -> None:
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-d", str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    for page in (ROOT / "docs").rglob("*.md"):
        name = page.relative_to(ROOT / "docs").with_suffix("").as_posix()
        assert (tmp_path / ("" if name == "index" else name) / "index.html").is_file()
    assert not list(tmp_path.rglob("*.py"))


def test_screenshots_are_made_of_what_commands_print(tmp_path: Path) -> None:
    made = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "screenshots.py"), str(tmp_path), *MADE],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    pictures = {path.stem: text_of(path) for path in tmp_path.iterdir()}
    assert set(pictures) == set(MADE)
    assert "by-island" in pictures["tree"]
    assert "new.md" in pictures["diff"]
    assert "platform" in pictures["doctor"]
    assert str(Path.home()) not in "".join(pictures.values())


def test_the_pictures_show_success() -> None:
    images = ROOT / "docs" / "images"
    assert text_of(images / "demo.svg").count("identical") >= 10
    assert {path.stem for path in images.iterdir()} == {*MADE, "demo"}


def text_of(path: Path) -> str:
    """What can be read in a picture; its text is valid XML."""
    root = ET.fromstring(path.read_text("utf-8"))
    return "\n".join("".join(one.itertext()) for one in root.iter() if one.tag.endswith("text"))
