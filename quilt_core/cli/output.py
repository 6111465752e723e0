"""Data on standard output: JSON for programs, tables for people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from quilt_core.cli.options import value
from quilt_core.cli.progress import counted
from quilt_core.cli.terminal import cell, console, json_line, line, note
from quilt_core.domain.base import to_plain
from quilt_core.printable import json_text


def show(item: Any, lines: Mapping[str, Any] | None = None) -> None:
    """Print one object: JSON, or its fields by name (`lines` instead, when given)."""
    if value("as_json"):
        json_line(to_plain(item))
        return
    fields = lines if lines is not None else to_plain(item)
    if not isinstance(fields, Mapping):
        line(str(fields))
        return
    from rich.table import Table

    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, field in fields.items():
        table.add_row(cell(name.replace("_", " ")), _cell(field))
    console().print(table)


def show_all(items: Iterable[Any] | Callable[[], Iterable[Any]], columns: Sequence[str]) -> None:
    """Print a listing: JSON Lines as it comes, or a table with these fields as columns.

    When `items` is what gets them, the time that this takes counts as progress, too.
    """
    coming = counted(items, "reading", printed=bool(value("as_json")))
    if value("as_json"):
        for item in coming:
            json_line(to_plain(item))
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        right = column in ("size", "total_entries", "total_bytes", "relevance_score")
        table.add_column(
            column.replace("_", " "), justify="right" if right else "left", overflow="fold"
        )
    count = 0
    for item in coming:
        fields = {columns[0]: item} if isinstance(item, str) else to_plain(item)
        table.add_row(*(_cell(fields.get(column), column) for column in columns))
        count += 1
    if count:
        console().print(table)
    else:
        note("Nothing found.")


def _cell(field: Any, column: str = "") -> str:
    if field is None:
        return ""
    if isinstance(field, bool):
        return "yes" if field else "no"
    if isinstance(field, str) and column.endswith("hash"):
        return cell(field[:12])
    if isinstance(field, (Mapping, list)):
        if isinstance(field, list) and all(isinstance(one, str) for one in field):
            return cell(", ".join(field))
        return cell(json_text(field)) if field else ""
    return cell(str(field))
