"""Scripts of the repository, which Python runs with their folder first on the path."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from .distributions import ROOT  # type: ignore[import-not-found]

FOLDERS = ("benchmarks", "docs", "docs/generate", "tests/soak", "tools")
SCRIPTS = sorted(path for folder in FOLDERS for path in (ROOT / folder).glob("*.py"))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_script_hides_a_module_of_its_name(path: Path) -> None:
    """Its neighbours would import the script instead."""
    # Without an origin it is a folder that holds no package, such as packages/ here. Other tests
    # put folders with scripts on the path, so that scripts of one name may find each other.
    found = importlib.util.find_spec(path.stem)
    assert found is None or found.origin is None or Path(found.origin) in SCRIPTS


def test_a_benchmark_without_a_table_ends_the_run() -> None:
    spec = importlib.util.spec_from_file_location("run", ROOT / "benchmarks" / "run.py")
    assert spec is not None
    assert spec.loader is not None
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    with pytest.raises(SystemExit, match=r"no_such\.py printed no table"):
        program.run("no_such.py")
