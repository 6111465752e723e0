"""How domain objects look in a notebook: small HTML tables, everything escaped."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from typing import Any

from quilt_core.printable import json_text, printable


def html_table(title: str, rows: Iterable[tuple[str, Any]]) -> str:
    """A titled table of names and values; values are escaped, mappings shown as JSON."""
    body = "".join(
        f"<tr><th style='text-align:left'>{escaped(name)}</th><td>{_cell(value)}</td></tr>"
        for name, value in rows
    )
    return f"<table><caption><b>{escaped(title)}</b></caption>{body}</table>"


def html_changes(title: str, groups: Mapping[str, tuple[str, Iterable[str]]]) -> str:
    """A list of changed paths: each group has a colour and its paths."""
    lines = "".join(
        f"<div style='color:{colour}'>{escaped(sign)} {escaped(path)}</div>"
        for sign, (colour, paths) in groups.items()
        for path in paths
    )
    return f"<div><b>{escaped(title)}</b>{lines or '<div>no difference</div>'}</div>"


def _cell(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"<code>{escaped(json_text(value, default=str))}</code>"
    return escaped("" if value is None else str(value))


def escaped(text: str, *, lines: bool = False) -> str:
    """Text as HTML that shows it and does nothing; with `lines`, line feeds and tabs stay."""
    return html.escape(printable(text, lines=lines))
