"""Tables at every width: nothing wider than the terminal; names, numbers and hashes stay intact."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from quilt_core.cli.layout import fields, fit, folded

NAMES = ("name", "top hash", "modified", "size", "message", "metadata")
LONG = "team/" + "a-very-long-name-" * 8
ROWS = [
    ["palmer/penguins", "0123456789ab", "2026-01-01T00:00:00+00:00", "15407", "m" * 90, "{}"],
    [LONG, "ffffffffffff", "2026-11-26T23:00:09+00:00", "1", "", '{"a": 1}' * 9],
    ["ペンギン/🐧🐧", "000000000000", "2026-11-26T23:00:09+00:00", "9" * 15, "é" * 30, ""],
]
WIDTHS = [60, 80, 120, 200]


def whole(lines: list[str]) -> str:
    return "".join("".join(line.split()) for line in lines)


@pytest.mark.parametrize("width", [1, 7, 20, *WIDTHS])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    lines = fit(NAMES, ROWS, width, numeric=("size",)).lines
    assert max(map(cell_len, lines)) <= max(width, 2)  # a wide character needs two cells


@pytest.mark.parametrize("width", WIDTHS)
def test_names_hashes_and_numbers_stay_intact(width: int) -> None:
    table = fit(NAMES, ROWS, width, numeric=("size",))
    text = "\n".join(table.lines)
    assert "palmer/penguins" in text
    if width >= 120:
        assert "0123456789ab" in text
    key_lines = [line.split("  ")[0] for line in table.lines]
    assert LONG in "".join(key_lines)
    for name, column in (("top hash", "0123456789ab"), ("size", "15407"), ("size", "9" * 15)):
        assert (name in table.left_out) or column in text
    assert set(table.left_out) < {*NAMES[1:]}
    assert all(name in table.lines[0] or name in table.left_out for name in NAMES)


def test_a_shortened_time_is_still_a_time() -> None:
    rows = [["n" * 30, "2026-01-01T10:20:30+00:00"]]
    assert fit(("name", "modified"), rows, 50).lines[1].endswith("  2026-01-01T10:20")
    assert fit(("name", "modified"), rows, 44).lines[1].endswith("  2026-01-01")


def test_without_a_terminal_nothing_is_shortened() -> None:
    table = fit(NAMES, ROWS, None, numeric=("size",))
    assert len(table.lines) == 1 + len(ROWS)
    assert table.left_out == []
    for row, line in zip(ROWS, table.lines[1:], strict=True):
        assert all(text in line for text in row)


def test_omitted_text_is_marked() -> None:
    rows = [["name", "m" * 100]]
    assert fit(("name", "message"), rows, 40).lines[1] == f"name  {'m' * 33}…"
    assert fit(("name", "message"), rows, 40, ellipsis="...").lines[1] == f"name  {'m' * 31}..."


@given(
    st.lists(st.lists(st.text(max_size=40), min_size=3, max_size=3), min_size=1, max_size=4),
    st.integers(2, 90),
)
def test_any_text_fits_the_width(rows: list[list[str]], width: int) -> None:
    rows = [["".join(c for c in text if c.isprintable()) for text in row] for row in rows]
    table = fit(("first", "second", "third"), rows, width, numeric=("third",))
    assert max(map(cell_len, table.lines)) <= width
    shown = fields([("name", row[0]) for row in rows], width)
    assert whole(shown).count("name") >= len(rows)


@pytest.mark.parametrize("width", [14, 60])
def test_long_fields_continue_on_the_next_line(width: int) -> None:
    text = "x" * 100 + "🐧" * 20
    lines = fields([("message", text), ("size", "1")], width)
    assert "".join(line[9:] for line in lines[:-1]) == text
    assert lines[-1] == "size     1"
    assert fields([("message", text)], None) == [f"message  {text}"]


def test_folding_loses_nothing() -> None:
    found: Any = folded("ab🐧cd", 3)
    assert "".join(found) == "ab🐧cd"
    assert all(cell_len(one) <= 3 for one in found)
