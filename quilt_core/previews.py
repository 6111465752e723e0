"""Make a preview of an open file: its first rows or lines, from a bounded number of bytes."""

from __future__ import annotations

import csv
import io
import json
import zlib
from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO

from quilt_core.domain.preview import ContentPreview, PreviewKind
from quilt_core.errors import NotSupportedError, ValidationError

_DELIMITERS = {".csv": ",", ".tsv": "\t"}
_JSON_LINES = (".jsonl", ".ndjson")
_PARQUET = (".parquet", ".pq")
_HEXADECIMAL = 64
"""The number of bytes shown of a file that is neither a table nor text."""
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r\f\x1b")


def preview(file: BinaryIO, path: str, rows: int, limit: int) -> ContentPreview:
    """Preview a file of a package.

    Parameters
    ----------
    file:
        The open file, seekable.
    path:
        Its logical key, whose suffix gives the format: `.csv`, `.tsv`, `.jsonl`, `.ndjson`, each
        optionally followed by `.gz`, or `.parquet`. Everything else is text or bytes.
    rows:
        The number of rows or lines to show.
    limit:
        The maximum number of bytes to read, and the maximum to decompress. Of a Parquet file, the
        footer and the first row group are read, if they are smaller.

    Raises
    ------
    ValidationError
        For a table that does not have the format in its name.
    NotSupportedError
        For Parquet without pyarrow.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    name = path.lower()
    if name.endswith(_PARQUET) and size:
        return _parquet(file, path, size, rows, limit)
    data, more = _head(file, limit, size, compressed=name.endswith(".gz"))
    ending = name.removesuffix(".gz")
    text = _as_text(data, cut=more)
    if text is None:
        shown = data[:_HEXADECIMAL]
        return ContentPreview(
            path=path,
            kind=PreviewKind.BINARY,
            size=size,
            text=shown.hex(),
            truncated=more or len(data) > len(shown),
        )
    delimiter = next((sign for end, sign in _DELIMITERS.items() if ending.endswith(end)), None)
    if delimiter is not None:
        found = _delimited(text, delimiter, path, cut=more)
        columns = tuple(next(found, ()))
        return _table(path, size, columns, found, rows, more=more)
    if ending.endswith(_JSON_LINES):
        whole = text[: text.rfind("\n") + 1] if more else text
        records = _records(whole, path)
        return _of_records(path, size, list(islice(records, rows + 1)), rows, more=more)
    lines = text.splitlines(keepends=True)
    return ContentPreview(
        path=path,
        kind=PreviewKind.TEXT,
        size=size,
        text="".join(lines[:rows]),
        truncated=more or len(lines) > rows,
    )


def _head(file: BinaryIO, limit: int, size: int, *, compressed: bool) -> tuple[bytes, bool]:
    """The first bytes, decompressed, and whether there are more."""
    data = file.read(limit)
    if compressed and data[:2] == b"\x1f\x8b":
        # Bounded, so that a small file that would expand to a huge one is not expanded.
        reader = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            expanded = reader.decompress(data, limit + 1)
        except zlib.error:
            return data, size > len(data)
        more = len(expanded) > limit or not reader.eof or bool(reader.unused_data)
        return expanded[:limit], more
    return data, size > len(data)


def _as_text(data: bytes, *, cut: bool) -> str | None:
    """The text, or None if it is not UTF-8; a character that the limit cut in two is left out."""
    if not _CONTROLS.isdisjoint(data):
        return None
    for missing in range(4 if cut else 1):
        try:
            return data[: len(data) - missing].decode("utf-8-sig")
        except UnicodeDecodeError:
            continue
    return None


def _delimited(text: str, delimiter: str, path: str, *, cut: bool) -> Iterator[list[str]]:
    """The rows, without the last one if the limit may have cut it, unless it is the only one."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    before: list[str] | None = None
    alone = True
    try:
        for row in reader:
            if before is not None:
                yield before
                alone = False
            before = row
    except csv.Error as error:
        raise _unreadable(path, f"line {reader.line_num}: {error}") from error
    if before is not None and (alone or not cut):
        yield before


def _records(text: str, path: str) -> Iterator[Any]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield json.loads(line)
            except (ValueError, RecursionError) as error:
                raise _unreadable(path, f"line {number}: {error}") from error


def _of_records(
    path: str, size: int, records: list[Any], rows: int, *, more: bool
) -> ContentPreview:
    """A table of JSON values: one column per key, or a single column for values that are not
    objects.
    """
    objects = [one if isinstance(one, dict) else {"value": one} for one in records]
    columns = tuple(dict.fromkeys(key for one in objects[:rows] for key in one))
    values = ([_shown(one[key]) if key in one else "" for key in columns] for one in objects)
    return _table(path, size, columns, values, rows, more=more)


def _table(
    path: str,
    size: int,
    columns: tuple[str, ...],
    values: Iterator[list[str]],
    rows: int,
    *,
    more: bool,
) -> ContentPreview:
    shown = tuple(tuple(row) for row in islice(values, rows))
    return ContentPreview(
        path=path,
        kind=PreviewKind.TABLE,
        size=size,
        columns=columns,
        rows=shown,
        truncated=more or next(values, None) is not None,
    )


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _parquet(file: BinaryIO, path: str, size: int, rows: int, limit: int) -> ContentPreview:
    try:
        import pyarrow as arrow
        import pyarrow.parquet
    except ModuleNotFoundError as error:
        raise NotSupportedError(
            "preview_content",
            reason=f"{error.name} is not installed, which is needed to read Parquet",
            hint='Install it: pip install "quiltops[arrow]".',
        ) from error
    found: list[tuple[Any, ...]] = []
    try:
        table = arrow.parquet.ParquetFile(file)
        metadata = table.metadata
        for number in range(metadata.num_row_groups):
            if len(found) >= rows or _bytes_of(metadata.row_group(number)) > limit:
                break
            for batch in table.iter_batches(batch_size=rows, row_groups=[number]):
                part = batch.slice(0, rows - len(found))
                # By position, because two columns may have the same name.
                found += zip(*(column.to_pylist() for column in part.columns), strict=True)
    except (arrow.ArrowException, OSError, ValueError, OverflowError) as error:
        raise _unreadable(path, str(error)) from error
    if metadata.num_rows and not found and metadata.num_columns:
        raise ValidationError(
            f"The first row group of {path!r} has more than {limit} bytes.",
            hint="Raise the limit, or read some of its columns with pandas or DuckDB.",
            context={"path": path, "limit": limit},
        )
    columns = tuple(table.schema_arrow.names)
    values = (list(map(_shown, row)) for row in found)
    more = metadata.num_rows > len(found)
    return _table(path, size, columns, values, rows, more=more)


def _bytes_of(group: Any) -> int:
    """The size of a row group in memory."""
    return sum(group.column(n).total_uncompressed_size for n in range(group.num_columns))


def _unreadable(path: str, reason: str) -> ValidationError:
    return ValidationError(
        f"{path!r} cannot be shown as the table that its name suggests: {reason}.",
        hint="read_content() and open_content() return its bytes.",
        context={"path": path},
    )
