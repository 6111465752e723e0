"""The page of defects: each is answered, by tests that exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "defects.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE)


@cache
def functions_of(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_all_defects_are_answered() -> None:
    assert [int(number) for number, *_ in ROWS] == list(range(1, 50))
    assert all(text.strip() for row in ROWS for text in row)


def test_every_answer_names_existing_tests() -> None:
    for number, _, _, cell in ROWS:
        named = re.findall(r"`([^`]+)::(test_\w+)`", cell)
        assert named, number
        missing = [f"{path}::{test}" for path, test in named if test not in functions_of(path)]
        assert not missing, (number, missing)
