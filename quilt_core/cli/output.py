"""Data on standard output: JSON, CSV or TSV for programs, tables for people."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import redirect_stdout, suppress
from typing import Any

import click

from quilt_core.cli.answers import answer_of
from quilt_core.cli.options import value
from quilt_core.cli.progress import counted
from quilt_core.cli.streams import OutputError
from quilt_core.cli.terminal import ellipsis, json_line, line, note, use_colour, width
from quilt_core.domain.base import to_plain
from quilt_core.printable import json_text, printable

_NUMBERS = ("size", "total entries", "total bytes", "relevance score", "score")
_HASH_DIGITS = 12


def is_for_programs() -> bool:
    """Whether JSON, CSV or TSV is printed instead of a table."""
    return bool(value("as_json")) or value("output") in ("csv", "tsv")


def show(item: Any, lines: Mapping[str, Any] | None = None) -> None:
    """Print one object: as JSON, or its fields by name (or `lines`, if given).

    If standard output cannot be written, what a command has written is told on standard error.
    """
    try:
        _show(item, lines)
    except OutputError as error:
        if _has_written():
            with suppress(OSError), redirect_stdout(sys.stderr):
                _show(item, lines)
                error.is_told_elsewhere = True
        raise


def _has_written() -> bool:
    """Whether the command writes and is not a dry run: commands that write can be tried."""
    context = click.get_current_context()
    can_be_tried = any(one.name == "dry_run" for one in context.command.params)
    return can_be_tried and not (context.params.get("dry_run") or value("dry_run"))


def _show(item: Any, lines: Mapping[str, Any] | None) -> None:
    if value("as_json"):
        json_line(to_plain(item))
        return
    fields = lines if lines is not None else to_plain(item)
    if not isinstance(fields, Mapping):
        line(str(fields))
        return
    from quilt_core.cli import layout
    from quilt_core.cli.pager import print_lines

    rows = [(printable(name.replace("_", " ")), _cell(field)) for name, field in fields.items()]
    print_lines(layout.fields(rows, width()))


def show_all(items: Iterable[Any] | Callable[[], Iterable[Any]], columns: Sequence[str]) -> None:
    """Print a listing: JSON Lines, CSV or TSV row by row as it arrives, or a table with these
    columns.

    If `items` is a function that fetches them, the progress bar covers its duration, too. The first
    column names the row, and on a narrow terminal the last columns are left out first.
    """
    kind = value("output")
    coming = counted(items, "reading", printed=is_for_programs())
    if value("as_json"):
        for item in coming:
            json_line(to_plain(item))
    elif kind in ("csv", "tsv"):
        from quilt_core.cli.separated import print_separated

        answer = answer_of(click.get_current_context().command)
        fields = (answer.fields() if answer is not None else ()) or tuple(columns)
        print_separated((_row(item, fields[0]) for item in coming), fields, kind)
    else:
        _show_table([_row(item, columns[0]) for item in coming], columns)


def _row(item: Any, key: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = {key: item} if isinstance(item, str) else to_plain(item)
    return found


def _show_table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    if not rows:
        note("Nothing found.")
        return
    from quilt_core.cli import layout
    from quilt_core.cli.pager import print_lines

    names = [column.replace("_", " ") for column in columns]
    cells = [[_cell(row.get(column), column) for column in columns] for row in rows]
    table = layout.fit(names, cells, width(), numeric=_NUMBERS, ellipsis=ellipsis())
    print_lines(_with_header(table.lines))
    if table.left_out:
        said = f"No room for {', '.join(table.left_out)}: --json has everything."
        note(textwrap.fill(said, width() or len(said)), lines=True)


def _with_header(lines: Sequence[str]) -> Iterator[str]:
    first, *others = lines
    yield click.style(first, bold=True) if use_colour() else first
    yield from others


def _cell(field: Any, column: str = "") -> str:
    if field is None:
        return ""
    if isinstance(field, bool):
        return "yes" if field else "no"
    if isinstance(field, str) and column.endswith("hash") and width() is not None:
        return printable(field[:_HASH_DIGITS])  # as much as a person compares; a pipe has all
    if isinstance(field, (Mapping, list)):
        if isinstance(field, list) and all(isinstance(one, str) for one in field):
            return printable(", ".join(field))
        return printable(json_text(field)) if field else ""
    return printable(str(field))
