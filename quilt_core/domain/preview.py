"""A preview of the beginning of a file in a package."""

from __future__ import annotations

from enum import Enum

import attrs

from quilt_core.domain.base import DomainObject
from quilt_core.printable import printable

_WIDEST = 40
"""The number of characters of a cell that a plain-text table shows."""
_LONGEST = 1000
"""The maximum number of characters of a cell or line that are shown."""


class PreviewKind(Enum):
    """The format as which a file was read."""

    TABLE = "table"
    TEXT = "text"
    BINARY = "binary"


@attrs.frozen(kw_only=True, repr=False)
class ContentPreview(DomainObject):
    """The first rows or lines of a file; a notebook shows it as a table or as text.

    The bytes are those of the revision, but they are not compared with the entry's hash, because
    most of them were not read.
    """

    path: str
    """The logical key."""
    kind: PreviewKind
    size: int
    """The size of the whole file in bytes."""
    columns: tuple[str, ...] = ()
    """The names of a table's columns; empty for text."""
    rows: tuple[tuple[str, ...], ...] = ()
    """The first rows of a table, with every value as text; missing values are empty."""
    text: str = ""
    """The first lines of a text; of a file that is neither table nor text, its first bytes in
    hexadecimal digits."""
    truncated: bool
    """Whether the file contains more than is shown."""

    @property
    def note(self) -> str:
        """How much of what is shown, in words."""
        count, thing = {
            PreviewKind.TABLE: (len(self.rows), "row"),
            PreviewKind.TEXT: (len(self.text.splitlines()), "line"),
            PreviewKind.BINARY: (len(self.text) // 2, "byte"),
        }[self.kind]
        what = f"{count} {thing}" if count == 1 else f"{count} {thing}s"
        whole = f"{self.path}, {self.size:,} bytes"
        return f"{whole}: the first {what}" if self.truncated else f"{whole}: {what}"

    def _lines(self) -> str:
        return "\n".join(_cut(line, _LONGEST) for line in self.text.splitlines())

    def __str__(self) -> str:
        if self.kind is not PreviewKind.TABLE:
            return f"{printable(self.note)}\n{printable(self._lines(), lines=True)}"
        table = [self.columns, *self.rows] if self.columns else [*self.rows]
        shown = [[_cut(printable(value), _WIDEST) for value in row] for row in table]
        widths = [
            max(len(row[number]) for row in shown if number < len(row))
            for number in range(max(map(len, shown), default=0))
        ]
        lines = (
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip()
            for row in shown
        )
        return "\n".join([printable(self.note), *lines])

    def _repr_html_(self) -> str:
        from quilt_core.domain.html import escaped

        caption = escaped(self.note)
        if self.kind is not PreviewKind.TABLE:
            return f"<div>{caption}</div><pre>{escaped(self._lines(), lines=True)}</pre>"
        head = "".join(f"<th>{escaped(_cut(name, _LONGEST))}</th>" for name in self.columns)
        body = "".join(
            f"<tr>{''.join(f'<td>{escaped(_cut(value, _LONGEST))}</td>' for value in row)}</tr>"
            for row in self.rows
        )
        return (
            f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead>"
            f"<tbody>{body}</tbody></table>"
        )


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
