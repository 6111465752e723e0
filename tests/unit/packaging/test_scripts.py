"""Scripts of the repository; Python runs them with their folder first on the path."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from .distributions import ROOT  # type: ignore[import-not-found]

FOLDERS = ("benchmarks", "docs", "docs/generate", "tests/soak", "tools")
SCRIPTS = sorted(path for folder in FOLDERS for path in (ROOT / folder).glob("*.py"))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_script_hides_a_module_of_the_same_name(path: Path) -> None:
    """Scripts in the same folder would import the script instead."""
    # Without an origin it is a folder that is not a package, such as packages/ here. Other tests
    # put folders with scripts on the path, so scripts of the same name may find each other.
    found = importlib.util.find_spec(path.stem)
    assert found is None or found.origin is None or Path(found.origin) in SCRIPTS
