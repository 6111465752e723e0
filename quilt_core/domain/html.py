"""How domain objects look in a notebook: small HTML tables, everything escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any


def html_table(title: str, rows: Iterable[tuple[str, Any]]) -> str:
    """A titled table of names and values; values are escaped, mappings shown as JSON."""
    body = "".join(
        f"<tr><th style='text-align:left'>{escape(name)}</th><td>{_cell(value)}</td></tr>"
        for name, value in rows
    )
    return f"<table><caption><b>{escape(title)}</b></caption>{body}</table>"


def html_changes(title: str, groups: Mapping[str, tuple[str, Iterable[str]]]) -> str:
    """A list of changed paths: each group has a colour and its paths."""
    lines = "".join(
        f"<div style='color:{colour}'>{escape(sign)} {escape(path)}</div>"
        for sign, (colour, paths) in groups.items()
        for path in paths
    )
    return f"<div><b>{escape(title)}</b>{lines or '<div>no difference</div>'}</div>"


def _cell(value: Any) -> str:
    if isinstance(value, Mapping):
        import json

        return f"<code>{escape(json.dumps(value, ensure_ascii=False, default=str))}</code>"
    return escape("" if value is None else str(value))
