"""Listings as CSV (RFC 4180) and as tab-separated values."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from quilt_core.cli import terminal
from quilt_core.printable import plain_json, printable

_TSV_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def print_separated(rows: Iterable[Mapping[str, Any]], fields: Sequence[str], kind: str) -> None:
    """Print a header and one record per row, each as it arrives.

    Parameters
    ----------
    rows:
        Plain JSON types by field.
    fields:
        The columns.
    kind:
        `csv`: records end in CR LF, and a field is in quotation marks where it needs them. `tsv`:
        records end in a line feed; tabs, line breaks and backslashes in a field are written as
        `\\t`, `\\n`, `\\r` and two backslashes.

    Null is an empty field, `true` and `false` are these words, lists and objects are JSON text.
    Nothing else is changed, even if a spreadsheet would interpret a field as a formula; on a
    terminal, characters that would move its cursor are shown escaped.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(newline="")
    for text in _records(rows, fields, kind):
        sys.stdout.write(text)  # click would remove sequences that look like colours
    sys.stdout.flush()


def _records(rows: Iterable[Mapping[str, Any]], fields: Sequence[str], kind: str) -> Iterator[str]:
    on_terminal = terminal.is_terminal()
    yield _record(list(fields), kind)
    for row in rows:
        texts = [_field(row.get(name)) for name in fields]
        yield _record([printable(text) for text in texts] if on_terminal else texts, kind)


def _record(texts: list[str], kind: str) -> str:
    if kind == "tsv":
        return "\t".join(text.translate(_TSV_ESCAPES) for text in texts) + "\n"
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerow(texts)
    return written.getvalue()


def _field(found: Any) -> str:
    if found is None:
        return ""
    text = found if isinstance(found, str) else plain_json(found)
    return text.encode("utf-8", "backslashreplace").decode()  # lone surrogates cannot be encoded
