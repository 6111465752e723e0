"""Write a generated page, or check that the one in the tree is up to date."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

REFERENCE = Path(__file__).resolve().parent.parent / "reference"
NOTE = "<!-- Generated: `make docs-reference` writes this page. -->\n\n"


def format_blocks(text: str) -> str:
    """A page whose Python blocks are formatted by ruff, which formats the whole repository."""
    done = subprocess.run(  # noqa: S603 - our own text and tool
        [str(Path(sys.executable).parent / "ruff"), "format", "--quiet", "--stdin-filename",
         str(REFERENCE / "page.md"), "-"],
        input=text, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


def write_page(name: str, text: str) -> int:
    """Write `text` to the page `name`; with `--check`, return 1 if it differs instead."""
    path = REFERENCE / name
    wanted = NOTE + text
    if "--check" in sys.argv:
        if path.exists() and path.read_text(encoding="utf-8") == wanted:
            return 0
        print(f"{path.name} is out of date: run `make docs-reference`.", file=sys.stderr)
        return 1
    REFERENCE.mkdir(exist_ok=True)
    path.write_text(wanted, encoding="utf-8")
    return 0
