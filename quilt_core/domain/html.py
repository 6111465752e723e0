"""How domain objects look in a notebook: small HTML tables, everything escaped."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from typing import Any

from quilt_core.printable import json_text, printable


def html_table(title: str, rows: Iterable[tuple[str, Any]]) -> str:
    """A titled table of names and values; values are escaped, mappings shown as JSON."""
    body = "".join(
        f"<tr><th style='text-align:left'>{_escape(name)}</th><td>{_cell(value)}</td></tr>"
        for name, value in rows
    )
    return f"<table><caption><b>{_escape(title)}</b></caption>{body}</table>"


def html_rows(
    title: str, names: Iterable[str], rows: Iterable[Iterable[Any]], note: str = ""
) -> str:
    """A titled table of columns and rows; `note` stands below it."""
    head = "".join(f"<th style='text-align:left'>{_escape(name)}</th>" for name in names)
    body = "".join(f"<tr>{''.join(f'<td>{_cell(one)}</td>' for one in row)}</tr>" for row in rows)
    below = f"<div>{_escape(note)}</div>" if note else ""
    caption = f"<caption><b>{_escape(title)}</b></caption>"
    return f"<table>{caption}<tr>{head}</tr>{body}</table>{below}"


def html_changes(title: str, groups: Mapping[str, tuple[str, Iterable[str]]]) -> str:
    """A list of changed paths: each group has a colour and its paths."""
    lines = "".join(
        f"<div style='color:{colour}'>{_escape(sign)} {_escape(path)}</div>"
        for sign, (colour, paths) in groups.items()
        for path in paths
    )
    return f"<div><b>{_escape(title)}</b>{lines or '<div>no difference</div>'}</div>"


def _cell(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"<code>{_escape(json_text(value, default=str))}</code>"
    return _escape("" if value is None else str(value))


def _escape(text: str) -> str:
    return html.escape(printable(text))
