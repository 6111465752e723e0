"""The promises of SECURITY.md: each is listed in docs/security.md, with tests that exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[3]
PROMISES = re.findall(
    r"^- \*\*(.+?)\*\*",
    (ROOT / "SECURITY.md").read_text(encoding="utf-8"),
    re.MULTILINE | re.DOTALL,
)
ROWS = dict(
    re.findall(
        r"^\| ([^|]+) \| (`tests/[^|]+) \|$",
        (ROOT / "docs" / "security.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
)


@cache
def functions_of(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_every_promise_has_a_row_and_every_row_has_a_promise() -> None:
    assert len(PROMISES) >= 9
    assert [" ".join(promise.split()) for promise in PROMISES] == list(ROWS)


def test_every_row_names_existing_tests() -> None:
    for promise, cell in ROWS.items():
        named = re.findall(r"`([^`]+)::(test_\w+)`", cell)
        assert named, promise
        missing = [f"{path}::{test}" for path, test in named if test not in functions_of(path)]
        assert not missing, (promise, missing)
