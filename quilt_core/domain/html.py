"""How domain objects look in a notebook: small HTML tables, everything escaped."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from quilt_core.domain.base import DomainObject, to_plain
from quilt_core.printable import json_text, printable

_MOST_ROWS = 100
"""Rows of a listing that a notebook shows; a longer one says how many more there are."""
_WEB = re.compile(r"https?://[^\s]+\Z")
"""Only these become links, not `javascript:` or `data:`."""


def html_table(title: str, rows: Iterable[tuple[str, Any]]) -> str:
    """A titled table of names and values; values are escaped, mappings shown as JSON."""
    body = "".join(
        f"<tr><th style='text-align:left'>{escaped(name)}</th><td>{_cell(value, name)}</td></tr>"
        for name, value in rows
    )
    return f"<table><caption><b>{escaped(title)}</b></caption>{body}</table>"


def html_listing(listing: Sequence[Any]) -> str:
    """A table with one row per item; a column that is empty in every row is left out."""
    rows = [_shown(item) for item in listing[:_MOST_ROWS]]
    columns = [
        name
        for name in dict.fromkeys(name for row in rows for name in row)
        if any(row.get(name) not in (None, "", [], {}) for row in rows)
    ]
    more = f"… and {len(listing) - len(rows):,} more" if len(listing) > len(rows) else ""
    cells = ([row.get(name) for name in columns] for row in rows)
    return html_rows(f"{len(listing):,} in all", columns, cells, more)


def _shown(item: Any) -> dict[str, Any]:
    if not isinstance(item, DomainObject):
        return {"name": item}
    fields = attrs.fields(type(item))  # type: ignore[arg-type]
    return {one.name: to_plain(getattr(item, one.name)) for one in fields if one.repr}


def html_rows(
    title: str, names: Iterable[str], rows: Iterable[Iterable[Any]], note: str = ""
) -> str:
    """A titled table of columns and rows, with `note` below it."""
    names = list(names)
    head = "".join(f"<th style='text-align:left'>{escaped(name)}</th>" for name in names)
    body = "".join(
        f"<tr>{''.join(f'<td>{_cell(*one)}</td>' for one in zip(row, names, strict=True))}</tr>"
        for row in rows
    )
    below = f"<div>{escaped(note)}</div>" if note else ""
    caption = f"<caption><b>{escaped(title)}</b></caption>"
    return f"<table>{caption}<tr>{head}</tr>{body}</table>{below}"


def html_changes(title: str, groups: Mapping[str, tuple[str, Iterable[str]]]) -> str:
    """A list of changed paths: each group has a colour and its paths."""
    lines = "".join(
        f"<div style='color:{colour}'>{escaped(sign)} {escaped(path)}</div>"
        for sign, (colour, paths) in groups.items()
        for path in paths
    )
    return f"<div><b>{escaped(title)}</b>{lines or '<div>no difference</div>'}</div>"


def _cell(value: Any, name: str) -> str:
    if name == "catalog_url" and isinstance(value, str) and _WEB.match(value):
        address = escaped(value)
        return f"<a href='{address}' target='_blank' rel='noopener noreferrer'>{address}</a>"
    if isinstance(value, (Mapping, list)):
        return f"<code>{escaped(json_text(value, default=str))}</code>"
    return escaped("" if value is None else str(value))


def escaped(text: str, *, lines: bool = False) -> str:
    """Text escaped as HTML; with `lines`, line feeds and tabs are kept."""
    return html.escape(printable(text, lines=lines))
