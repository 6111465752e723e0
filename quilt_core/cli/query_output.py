"""The rows of a query: on a terminal, for programs and in files."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO, Any, TextIO

from quilt_core.cli.drafts import draft_of
from quilt_core.cli.terminal import cell, console, note
from quilt_core.domain.query import QueryResult
from quilt_core.printable import json_text, plain_json

FORMATS = ("table", "csv", "json", "arrow", "parquet")
_SHOWN = 1000


def print_table(result: QueryResult) -> None:
    """Print the first 1,000 rows as a table, and say so if there are more."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in result.columns:
        number = column.type in ("bigint", "integer", "double", "real") or "decimal" in column.type
        table.add_column(cell(column.name), justify="right" if number else "left", overflow="fold")
    rows = iter(result)
    count = 0
    for row in islice(rows, _SHOWN):
        table.add_row(*("" if one is None else cell(_text(one)) for one in row))
        count += 1
    console().print(table)
    more = next(rows, None) is not None
    shown = f"The first {count} rows; there are more: --format csv prints all" if more else (
        f"{count} row{'' if count == 1 else 's'}"
    )  # fmt: skip
    scanned = result.bytes_scanned
    cost = "" if scanned is None else f", {scanned:,} bytes scanned"
    note(f"{shown} ({result.engine.value}{cost}).")


def write_rows(result: QueryResult, kind: str) -> int:
    """Write all rows to standard output; returns their number."""
    if kind in ("arrow", "parquet"):
        return _binary(result, kind, sys.stdout.buffer)
    return _lines(result, kind, sys.stdout)


def write_file(result: QueryResult, kind: str, file: Path) -> int:
    """Write all rows to a file, which is written completely or stays as it was; returns their
    number.

    Raises `ValidationError` if it cannot be written.
    """
    with draft_of(file) as draft:
        if kind in ("arrow", "parquet"):
            with draft.open("wb") as target:
                return _binary(result, kind, target)
        with draft.open("w", encoding="utf-8", newline="") as target:
            return _lines(result, kind, target)


def _binary(result: QueryResult, kind: str, target: IO[bytes]) -> int:
    """Arrow's stream format, or Parquet."""
    from quilt_core.query.arrow import schema_of

    schema = schema_of(result.columns)
    writer: Any
    if kind == "arrow":
        import pyarrow.ipc

        writer = pyarrow.ipc.new_stream(target, schema)
    else:
        import pyarrow.parquet

        writer = pyarrow.parquet.ParquetWriter(target, schema)
    count = 0
    with writer:
        for batch in result.arrow_batches():
            writer.write_batch(batch)
            count += batch.num_rows
    return count


def _lines(result: QueryResult, kind: str, target: TextIO) -> int:
    count = 0
    for text in _csv(result) if kind == "csv" else _json(result, target.encoding):
        target.write(text)
        count += 1
    return count - (kind == "csv")


def _csv(result: QueryResult) -> Iterator[str]:
    """A header, and the rows; nulls are empty fields, empty texts are in quotation marks."""
    yield ",".join(map(_field, result.column_names)) + "\r\n"
    for row in result:
        yield ",".join(map(_field, row)) + "\r\n"


def _field(one: Any) -> str:
    if one is None:
        return ""
    text = _text(one)
    in_doubt = isinstance(one, str) and (not text or text.strip() != text)
    if in_doubt or set(text) & set(',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


def _json(result: QueryResult, encoding: str | None) -> Iterator[str]:
    for row in result.records():
        yield json_text(row, encoding=encoding, default=_text) + "\n"


def _text(one: Any) -> str:
    """A value as text: times in ISO 8601, bytes as hexadecimal digits, nested ones as JSON."""
    if isinstance(one, bool):
        return "true" if one else "false"
    if isinstance(one, bytes):
        return one.hex()
    if isinstance(one, (list, dict, tuple)):
        return plain_json(one, default=_text)
    return one.isoformat() if hasattr(one, "isoformat") else str(one)
