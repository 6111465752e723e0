"""The generated reference is what its generators would write today."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

GENERATORS = sorted(
    path
    for path in (Path(__file__).resolve().parents[3] / "docs" / "generate").glob("*.py")
    if path.name not in ("page.py", "python_pages.py")
)


@pytest.mark.parametrize("generator", GENERATORS, ids=lambda path: path.stem)
def test_page_is_up_to_date(generator: Path) -> None:
    run = subprocess.run(
        [sys.executable, str(generator), "--check"], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
