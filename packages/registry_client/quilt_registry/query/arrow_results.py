"""Reading Athena's CSV with pyarrow, which is many times as fast as Python."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, BinaryIO

from quilt_core.domain.query import QueryColumn
from quilt_core.errors import ProtocolError
from quilt_core.query.arrow import arrow_type, schema_of
from quilt_registry.query.values import reader_of

if TYPE_CHECKING:
    import pyarrow

_BLOCK = 4 << 20
_BY_HAND = ("varbinary", "time")
"""Types whose texts pyarrow cannot read, or not all of them."""


def has_pyarrow() -> bool:
    """Whether pyarrow is installed; it is imported when a large result is read."""
    return find_spec("pyarrow") is not None


def arrow_batches(file: BinaryIO, columns: Sequence[QueryColumn]) -> Iterator[pyarrow.RecordBatch]:
    """The rows of a file in batches, in the schema of the columns.

    Parameters
    ----------
    file:
        A file with Athena's CSV, positioned at the beginning of a row; it is not closed.
    columns:
        The columns of the result.

    Raises
    ------
    ProtocolError
        For a file that ends within a row, and for anything that is not such a CSV file.
    """
    import pyarrow as pa
    from pyarrow import csv

    begin = file.tell()
    end = file.seek(0, io.SEEK_END)
    if end == begin:
        return
    file.seek(end - 1)
    if file.read(1) != b"\n":
        raise ProtocolError("A result is cut short: its last row does not end.")
    file.seek(begin)
    names = [str(number) for number in range(len(columns))]
    schema = schema_of(columns)
    try:
        with csv.open_csv(
            file,
            csv.ReadOptions(column_names=names, block_size=_BLOCK),
            csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
            csv.ConvertOptions(
                column_types=dict(zip(names, map(_read_as, columns), strict=True)),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        ) as reader:
            for batch in reader:
                arrays = map(_finish, batch.columns, columns)
                yield pa.RecordBatch.from_arrays(list(arrays), schema=schema)
    except (pa.ArrowInvalid, pa.ArrowTypeError, ValueError, LookupError) as error:
        raise ProtocolError(f"A result is not the CSV that Athena writes: {error}") from error


def _is_read_by_hand(column: QueryColumn) -> bool:
    return column.type.partition("(")[0] in _BY_HAND or column.type.endswith("with time zone")


def _read_as(column: QueryColumn) -> Any:
    return arrow_type("varchar" if _is_read_by_hand(column) else column.type)


def _finish(array: Any, column: QueryColumn) -> Any:
    if not _is_read_by_hand(column):
        return array
    import pyarrow as pa

    read = reader_of(column.type)
    values = [None if text is None else read(text) for text in array.to_pylist()]
    return pa.array(values, arrow_type(column.type))
