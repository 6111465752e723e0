"""The files of tabulator tables: CSV and Parquet as rows of the table's types."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from quilt_core.errors import BackendError, NotFoundError, PermissionDeniedError
from quilt_core.query.arrow import arrow_type, schema_of
from quilt_core.query.tabulator import TabulatorColumn, TabulatorConfig, TabulatorFile

if TYPE_CHECKING:
    import pyarrow

_MOST_COLUMNS = 4096
_DEFAULTS: dict[str, Any] = {"varchar": "", "varbinary": b"", "boolean": False}
"""The value for columns that are not nullable; otherwise 0, which as a date is 1970-01-01."""


class _FileError(Exception):
    """The error for a file that does not fit its table, with the reason."""


def copy_rows(path: Path, config: TabulatorConfig, file: TabulatorFile, source: BinaryIO) -> None:
    """Write the rows of a file, with the table's further columns, as Parquet.

    Parameters
    ----------
    path:
        The path of the Parquet file.
    config, file:
        The table's configuration, and the file.
    source:
        The file, open; it is read in batches.

    Raises
    ------
    BackendError
        When it does not fit the table. If the table continues on errors, there is one row with the
        reason instead.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = schema_of(config.result_columns())
    try:
        with pq.ParquetWriter(path, schema, compression="zstd") as writer:
            for batch, issue in _batches(config, source):
                writer.write_batch(_completed(batch, config, file, issue, schema))
    except (pa.ArrowException, _FileError, UnicodeDecodeError) as error:
        reason = str(error).partition("\n")[0]
        write_issue(path, config, file, reason, error)


def write_issue(
    path: Path,
    config: TabulatorConfig,
    file: TabulatorFile,
    reason: str,
    error: Exception,
) -> None:
    """Write one row with the reason why a file could not be read, or raise `BackendError`
    instead.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not config.continue_on_error:
        if isinstance(error, (NotFoundError, PermissionDeniedError)):
            raise error
        raise BackendError(
            f"{file.logical_key!r} of {file.package} does not fit the table {config.name!r}: "
            f"{reason}.",
            hint="Set `continue_on_error: true` in the table's configuration to skip such files.",
            context={"table": config.name, "physical_key": file.physical_key},
        ) from error
    schema = schema_of(config.result_columns())
    arrays = [pa.array([_default(column)], arrow_type(column.type)) for column in config.columns]
    names = [column.name for column in config.columns]
    batch = pa.RecordBatch.from_arrays(arrays, names=names)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        writer.write_batch(_completed(batch, config, file, reason, schema))


def _default(column: TabulatorColumn) -> Any:
    """The value of a column in a row that exists only to report an issue."""
    if column.nullable:
        return None
    return _DEFAULTS.get(column.type, 0)


def _completed(
    batch: pyarrow.RecordBatch,
    config: TabulatorConfig,
    file: TabulatorFile,
    issue: str | None,
    schema: pyarrow.Schema,
) -> pyarrow.RecordBatch:
    """A batch of the table's own columns, with the further ones."""
    import pyarrow as pa

    further = (
        *file.groups,
        file.package,
        file.logical_key,
        file.physical_key,
        file.top_hash,
        issue,
    )
    added = [pa.repeat(pa.scalar(value, pa.string()), batch.num_rows) for value in further]
    return pa.RecordBatch.from_arrays([*batch.columns, *added], schema=schema)


def _batches(
    config: TabulatorConfig, source: BinaryIO
) -> Iterator[tuple[pyarrow.RecordBatch, str | None]]:
    """The batches of the table's own columns, each with the problem of the file."""
    import pyarrow as pa

    raw = _csv(config, source) if config.format == "csv" else _parquet(config, source)
    for columns in raw:
        arrays: list[Any] = []
        missing = []
        for column, found in zip(config.columns, columns.found, strict=True):
            kind = arrow_type(column.type)
            name = repr(column.name)
            if config.format == "csv":  # the names in the file do not count, also if it has some
                name += f" (number {len(arrays) + 1} of the CSV, by position)"
            if found is None:
                if not column.nullable:
                    raise _FileError(f"it has no column {name}, which is not nullable")
                missing.append(column.name)
                arrays.append(pa.nulls(columns.rows, kind))
                continue
            array = _cast(found, kind, name)
            if array.null_count and not column.nullable:
                raise _FileError(f"the column {name}, which is not nullable, has nulls")
            arrays.append(array)
        names = [column.name for column in config.columns]
        issue = f"missing columns: {', '.join(missing)}" if missing else None
        yield pa.RecordBatch.from_arrays(arrays, names=names), issue


class _Columns:
    """The columns of a batch in the table's order; None for a column that the file does
    not have.
    """

    __slots__ = ("found", "rows")

    def __init__(self, found: list[Any], rows: int) -> None:
        self.found = found
        self.rows = rows


def _csv(config: TabulatorConfig, source: BinaryIO) -> Iterator[_Columns]:
    """Reads CSV by position; an empty field is null, and "" is an empty text."""
    import pyarrow as pa
    from pyarrow import csv

    names = [f"f{number}" for number in range(_MOST_COLUMNS)]
    try:
        reader = csv.open_csv(
            pa.PythonFile(source, mode="r"),
            read_options=csv.ReadOptions(
                autogenerate_column_names=True,
                skip_rows_after_names=int(config.header),
                use_threads=False,
            ),
            parse_options=csv.ParseOptions(delimiter=config.delimiter, newlines_in_values=True),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid as error:
        if "Empty CSV" in str(error):
            return
        raise
    for batch in reader:
        columns = batch.columns[: len(config.columns)]
        missing = len(config.columns) - len(columns)
        yield _Columns([*columns, *[None] * missing], batch.num_rows)


def _parquet(config: TabulatorConfig, source: BinaryIO) -> Iterator[_Columns]:
    """Reads Parquet by name, ignoring case."""
    import pyarrow.parquet as pq

    file = pq.ParquetFile(source)
    by_name = {name.lower(): name for name in file.schema_arrow.names}
    wanted = [by_name.get(column.name.lower()) for column in config.columns]
    for batch in file.iter_batches(columns=[name for name in wanted if name is not None]):
        found = [None if name is None else batch.column(name) for name in wanted]
        yield _Columns(found, batch.num_rows)


def _cast(array: pyarrow.Array, kind: pyarrow.DataType, name: str) -> pyarrow.Array:
    import pyarrow as pa

    try:
        if pa.types.is_timestamp(kind):
            return _timestamps(array, kind)
        return array.cast(kind)
    except pa.ArrowException as error:
        reason = str(error).partition("\n")[0]
        raise _FileError(f"the column {name} does not have its type ({reason})") from error


def _timestamps(array: pyarrow.Array, kind: pyarrow.DataType) -> pyarrow.Array:
    """Times without a zone; times with a zone are converted to UTC."""
    import pyarrow as pa

    micro = pa.timestamp("us")
    if pa.types.is_string(array.type):
        try:
            array = array.cast(micro)
        except pa.ArrowInvalid:
            array = array.cast(pa.timestamp("us", tz="UTC"))
    return array.cast(pa.timestamp("us", tz=array.type.tz)).cast(micro).cast(kind, safe=False)
