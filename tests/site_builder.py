"""Build the documentation site, or a small one, with the generator that `make docs` uses."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def build_site(folder: Path) -> Path:
    """Build the site in the empty `folder`; a warning is a failure. Returns the folder of the
    pages."""
    shutil.copytree(ROOT / "docs", folder / "docs")
    shutil.copy(ROOT / "mkdocs.yml", folder)
    built = build(folder)
    assert built.returncode == 0, built.stdout + built.stderr
    return folder / "site"


def build(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the generator in a folder that contains `mkdocs.yml` and `docs`."""
    return subprocess.run(
        [sys.executable, "-m", "zensical", "build", "--strict"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
