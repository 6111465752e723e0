"""The check for phrases to avoid: it reads prose across line breaks, and ignores code."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from .distributions import ROOT  # type: ignore[import-not-found]

PAGE = """It
is no error, and `is no code` either.

```text
whoever
```
"""
MODULE = '''"""A file that
is no text."""
whoever = f"{whoever} is no name"  # whoever
'''


@pytest.fixture(scope="module")
def phrases() -> ModuleType:
    spec = importlib.util.spec_from_file_location("phrases", ROOT / "tools" / "phrases.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("name", "text", "lines"), [("page.md", PAGE, [2]), ("module.py", MODULE, [2, 3, 3])]
)
def test_phrases_are_found_in_prose_and_not_in_code(
    phrases: ModuleType, tmp_path: Path, name: str, text: str, lines: list[int]
) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    found = phrases.prose(tmp_path / name)
    places = [
        found.count("\n", 0, place.start()) + 1
        for pattern, _ in phrases.phrases(ROOT / "tools" / "phrases.txt")
        for place in pattern.finditer(found)
    ]
    assert sorted(places) == lines
