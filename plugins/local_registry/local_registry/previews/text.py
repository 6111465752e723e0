"""`/preview`: the head of a text, and of a table as HTML."""

from __future__ import annotations

import csv
from html import escape
from typing import Any

from local_registry.previews.source import PreviewError

MAX_LINES = 512
MAX_BYTES = 1024 * 1024
TEXT_INPUTS = ("bed", "txt")
_OTHER_INPUTS = ("excel", "fcs", "ipynb", "parquet", "vcf")
_TRUNCATED = "Rows and columns truncated for preview. S3 object contains more data than shown."


def head_lines(body: bytes, line_count: int) -> list[str]:
    """The first lines of a text; bytes that are not UTF-8 are left out."""
    return body.decode("utf-8", "ignore").splitlines()[:line_count]


def preview(body: bytes, kind: str, line_count: int, separator: str) -> dict[str, Any]:
    """The document `{info, html}` for the head of an object.

    Raises `PreviewError` for a kind that is not made here.
    """
    if kind in TEXT_INPUTS:
        return {"info": {"data": {"head": head_lines(body, line_count), "tail": []}}, "html": ""}
    if kind == "csv":
        html = _table(head_lines(body, line_count), separator)
        return {"info": {"note": _TRUNCATED, "warnings": ""}, "html": html}
    if kind in _OTHER_INPUTS:
        raise PreviewError.bad("Not previewed", f"The local registry makes no previews of {kind}")
    raise PreviewError.bad("Unexpected input= value", f"{kind!r} is not one of the known kinds")


def _table(lines: list[str], separator: str) -> str:
    try:
        rows = list(csv.reader(lines, delimiter=separator))
    except csv.Error as error:
        raise PreviewError.bad("The table cannot be read", str(error)) from None
    header, *body = rows or [[]]
    head = "".join(f"<th>{escape(cell)}</th>" for cell in header)
    html = [f'<table class="dataframe"><thead><tr>{head}</tr></thead><tbody>']
    for row in body:
        html.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>")
    return "".join([*html, "</tbody></table>"])
