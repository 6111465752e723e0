"""`/tabular-preview`: the head of a table as Arrow IPC, or as CSV where pyarrow is missing."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import attrs

from local_registry.previews.source import MAX_INPUT, PreviewError

SIZES: dict[str, int] = {"small": 100_000, "medium": 500_000, "large": MAX_INPUT}
_ARROW = "application/vnd.apache.arrow.file"
_DELIMITERS = {"csv": ",", "tsv": "\t"}
_OTHER_INPUTS = ("excel", "h5ad")


@attrs.frozen(kw_only=True)
class Table:
    """A preview: its media type, its body and what `X-Quilt-Info` says about it."""

    media_type: str
    body: bytes
    info: dict[str, Any]


def preview(body: bytes, kind: str, limit: int) -> Table:
    """The rows of an object that lie wholly within its first `limit` bytes.

    `body` has one byte more than `limit` when there are more; Parquet is read whole.
    Raises `PreviewError` for what cannot be read, and for kinds that are not made here.
    """
    if kind in _OTHER_INPUTS:
        raise PreviewError.bad("Not previewed", f"The local registry makes no previews of {kind}")
    if kind == "parquet":
        return _parquet(body, limit)
    if kind not in (*_DELIMITERS, "jsonl"):
        raise PreviewError.bad("Unexpected input= value", f"{kind!r} is not one of the known kinds")
    truncated = len(body) > limit
    whole = body[:limit].rpartition(b"\n")[0] if truncated else body
    if kind == "jsonl":
        return _from_rows(_records(whole), truncated=truncated)
    return _delimited(whole, _DELIMITERS[kind], truncated=truncated)


def _delimited(body: bytes, delimiter: str, *, truncated: bool) -> Table:
    try:
        import pyarrow as arrow
        import pyarrow.csv
    except ImportError:
        rows = csv.reader(io.StringIO(body.decode("utf-8", "replace")), delimiter=delimiter)
        return _from_rows(rows, truncated=truncated)
    skipped: list[object] = []

    def skip(row: object) -> str:
        skipped.append(row)
        return "skip"

    options = arrow.csv.ParseOptions(delimiter=delimiter, invalid_row_handler=skip)
    try:
        table = arrow.csv.read_csv(arrow.BufferReader(body), parse_options=options)
    except arrow.ArrowInvalid as error:
        raise PreviewError.bad("The table cannot be read", str(error)) from None
    sink = arrow.BufferOutputStream()
    with arrow.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    info = {"truncated": truncated, "rows_skipped": len(skipped)}
    return Table(media_type=_ARROW, body=sink.getvalue().to_pybytes(), info=info)


def _parquet(body: bytes, limit: int) -> Table:
    try:
        import pyarrow as arrow
        import pyarrow.csv
        import pyarrow.parquet
    except ImportError:
        raise PreviewError(
            501, {"title": "Not previewed", "detail": "Previews of Parquet need pyarrow"}
        ) from None
    try:
        file = arrow.parquet.ParquetFile(arrow.BufferReader(body))
        table = file.read()
        sink = arrow.BufferOutputStream()
        arrow.csv.write_csv(table, sink)
    except arrow.ArrowException as error:
        raise PreviewError.bad("The table cannot be read", str(error)) from None
    meta, text = file.metadata, sink.getvalue().to_pybytes()
    truncated = len(text) > limit
    info = {
        "truncated": truncated,
        "meta": {
            "created_by": meta.created_by,
            "format_version": meta.format_version,
            "num_row_groups": meta.num_row_groups,
            "schema": {"names": list(meta.schema.names)},
            "serialized_size": meta.serialized_size,
            "shape": [meta.num_rows, meta.num_columns],
        },
    }
    whole = text[:limit].rpartition(b"\n")[0] if truncated else text
    return Table(media_type="text/csv", body=whole, info=info)


def _records(body: bytes) -> list[list[str]]:
    """JSON lines as rows: the names of all columns, then a row for each line."""
    try:
        records = [json.loads(line) for line in body.splitlines() if line.strip()]
    except (ValueError, RecursionError) as error:
        raise PreviewError.bad("The lines cannot be read", str(error)) from None
    if not all(isinstance(record, dict) for record in records):
        raise PreviewError.bad("The lines cannot be read", "Each line is a JSON object")
    names = list(dict.fromkeys(name for record in records for name in record))
    return [names, *([_cell(record.get(name)) for name in names] for record in records)]


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _from_rows(rows: Any, *, truncated: bool) -> Table:
    text = io.StringIO()
    try:
        csv.writer(text, lineterminator="\n").writerows(rows)
    except csv.Error as error:
        raise PreviewError.bad("The table cannot be read", str(error)) from None
    return Table(
        media_type="text/csv", body=text.getvalue().encode(), info={"truncated": truncated}
    )
