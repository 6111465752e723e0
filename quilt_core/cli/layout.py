"""Tables of plain text that fit a terminal: columns get shorter, then fewer; names stay whole."""

from __future__ import annotations

import re
from collections.abc import Sequence

import attrs
from rich.cells import cell_len, chop_cells, set_cell_size

GAP = "  "
SHORTEST = 12
"""No text is shortened to fewer cells than this; a column that would have to be is left out."""
KEY_SHARE = 0.7
"""The share of the terminal's width that the first column may take if there are other columns."""
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d\S*")
_TIME_LENGTHS = (16, 10)
"""A time may be shortened to a time without seconds or to a date: the rest still makes sense."""


@attrs.frozen
class Layout:
    """The lines of a table, header first, and the columns that did not fit."""

    lines: list[str]
    left_out: list[str]


@attrs.define
class _Column:
    name: str
    cells: list[str]
    numeric: bool
    natural: int = attrs.field(init=False)
    """The width at which nothing is shortened."""
    width: int = attrs.field(init=False)
    is_time: bool = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.natural = self.width = max(map(cell_len, [self.name, *self.cells]))
        filled = [one for one in self.cells if one]
        self.is_time = bool(filled) and all(map(_TIME.fullmatch, filled))

    def shortest(self) -> int:
        """The width below which the text would be misleading."""
        if self.numeric or self.name.endswith("hash"):
            return self.width
        return min(self.width, max(SHORTEST, cell_len(self.name)))


def fit(
    names: Sequence[str],
    rows: Sequence[Sequence[str]],
    width: int | None,
    *,
    numeric: Sequence[str] = (),
    ellipsis: str = "…",
) -> Layout:
    """Lay out a table.

    Parameters
    ----------
    names:
        The columns, the most important first. The first one names the row: it is never shortened,
        and is continued on further lines if the terminal is too narrow.
    rows:
        One text per column; each is printable.
    width:
        The width of the terminal in cells; None for no limit, so that nothing is shortened.
    numeric:
        The columns of numbers, which are aligned to the right and never shortened.
    ellipsis:
        The text that replaces an omitted part.

    Returns
    -------
    Layout
        No line is wider than `width`.
    """
    columns = [
        _Column(name, [row[number] for row in rows], name in numeric)
        for number, name in enumerate(names)
    ]
    left_out: list[str] = []
    if width is not None:
        columns, left_out = _narrowed(columns, width)
    headers = [_lines_of_row(columns, None, ellipsis)]
    lines = [*headers, *(_lines_of_row(columns, number, ellipsis) for number in range(len(rows)))]
    return Layout([line for several in lines for line in several], left_out)


def _total(columns: Sequence[_Column]) -> int:
    return sum(column.width for column in columns) + len(GAP) * (len(columns) - 1)


def _narrowed(columns: list[_Column], width: int) -> tuple[list[_Column], list[str]]:
    """The columns that fit, with their widths, and the names of the others."""
    key, others = columns[0], columns[1:]
    key.width = min(key.natural, max(SHORTEST, int(width * KEY_SHARE)))
    left_out: list[str] = []
    while others:
        _shorten([one for one in others if not one.is_time], _total([key, *others]) - width)
        for length in _TIME_LENGTHS:
            if _total([key, *others]) > width:
                for one in others:
                    one.width = min(one.width, length) if one.is_time else one.width
        if _total([key, *others]) <= width:
            break
        left_out.insert(0, others.pop().name)
        for one in others:  # there is space again
            one.width = one.natural
    key.width = min(key.natural, key.width + width - _total([key, *others]))
    return [key, *others], left_out


def _shorten(columns: Sequence[_Column], excess: int) -> None:
    """Remove this many cells, always from the widest column that can be shortened."""
    while excess > 0:
        able = [one for one in columns if one.width > one.shortest()]
        if not able:
            return
        widest = max(able, key=lambda one: one.width)
        step = min(excess, widest.width - widest.shortest(), max(1, widest.width // 8))
        widest.width -= step
        excess -= step


def _lines_of_row(columns: Sequence[_Column], number: int | None, ellipsis: str) -> list[str]:
    """One row, in as many lines as its first cell needs; None for the header."""
    key = columns[0]
    first, *more = folded(key.name if number is None else key.cells[number], key.width)
    cells = [set_cell_size(first, key.width)]
    for column in columns[1:]:
        text = column.name if number is None else column.cells[number]
        cells.append(_padded(_shortened(text, column, ellipsis), column))
    return [GAP.join(cells).rstrip(), *more]


def _shortened(text: str, column: _Column, ellipsis: str) -> str:
    if cell_len(text) <= column.width:
        return text
    if column.is_time:
        return text[: column.width]
    return set_cell_size(text, column.width - cell_len(ellipsis)).rstrip() + ellipsis


def _padded(text: str, column: _Column) -> str:
    padding = " " * (column.width - cell_len(text))
    return padding + text if column.numeric else text + padding


def folded(text: str, width: int | None) -> list[str]:
    """The whole text in lines of at most `width` cells; None for one line."""
    if width is None or cell_len(text) <= width:
        return [text]
    return chop_cells(text, max(width, 2))


def fields(rows: Sequence[tuple[str, str]], width: int | None) -> list[str]:
    """Names and values in two columns; long values continue below, and nothing is left out."""
    names = max((cell_len(name) for name, _ in rows), default=0)
    lines = []
    for name, text in rows:
        columns = None if width is None else max(SHORTEST, width - names - len(GAP))
        first, *more = folded(text, columns)
        lines.append(f"{set_cell_size(name, names)}{GAP}{first}".rstrip())
        lines += [f"{' ' * names}{GAP}{one}" for one in more]
    return lines
