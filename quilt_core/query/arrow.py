"""Results as Arrow, pandas and polars; and Trino's types as Arrow's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from quilt_core.frames import missing_library

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

    from quilt_core.domain.query import QueryColumn

_DECIMAL = re.compile(r"decimal\((\d+),\s*(\d+)\)")
_TIME = re.compile(r"(timestamp|time)(?:\((\d+)\))?( with time zone)?")
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_SIMPLE = {
    "tinyint": "int8",
    "smallint": "int16",
    "integer": "int32",
    "int": "int32",
    "bigint": "int64",
    "boolean": "bool_",
    "real": "float32",
    "float": "float32",
    "double": "float64",
    "date": "date32",
    "varbinary": "binary",
    "unknown": "null",
}


def schema_of(columns: Iterable[QueryColumn]) -> pyarrow.Schema:
    """The Arrow schema of a result's columns.

    Raises `NotSupportedError` when pyarrow is not installed.
    """
    pa = _pyarrow()
    return pa.schema([pa.field(column.name, arrow_type(column.type)) for column in columns])


def arrow_type(name: str) -> pyarrow.DataType:
    """The Arrow type for a Trino type; text for types without a counterpart, such as `json` and
    `uuid`.
    """
    pa = _pyarrow()
    name = name.strip()
    lower = name.lower()
    if lower in _SIMPLE:
        return getattr(pa, _SIMPLE[lower])()
    if found := _DECIMAL.fullmatch(lower):
        return pa.decimal128(int(found[1]), int(found[2]))
    if found := _TIME.fullmatch(lower):
        return _time_type(pa, *found.groups())
    kind, _, inner = name.partition("(")  # the names of a row's fields keep their case
    return _nested_type(pa, kind.lower(), type_parts(inner.removesuffix(")")) if inner else [])


def _nested_type(pa: Any, kind: str, parts: list[str]) -> pyarrow.DataType:
    if kind == "array" and len(parts) == 1:
        return pa.list_(arrow_type(parts[0]))
    if kind == "map" and len(parts) == 2:
        return pa.map_(*map(arrow_type, parts))
    if kind == "row" and parts:
        return pa.struct([_field(pa, part) for part in parts])
    return pa.string()


def _time_type(pa: Any, kind: str, digits: str | None, zone: str | None) -> pyarrow.DataType:
    precision = 3 if digits is None else int(digits)
    if kind == "time":
        return pa.string() if zone else pa.time64("us")
    unit = next(unit for most, unit in ((3, "ms"), (6, "us"), (12, "ns")) if precision <= most)
    return pa.timestamp(unit, tz="UTC" if zone else None)


def _field(pa: Any, text: str) -> pyarrow.Field:
    name, kind = field_parts(text)
    return pa.field(name if text.startswith('"') else name.lower(), arrow_type(kind))


def type_parts(text: str) -> list[str]:
    """The parts between commas, except for commas in brackets or quotation marks."""
    parts, depth, begin, quoted = [], 0, 0, False
    for place, letter in enumerate(text):
        if letter == '"':
            quoted = not quoted  # twice for a doubled quotation mark, which stands for itself
        elif not quoted:
            depth += (letter in "(<") - (letter in ")>")
            if letter == "," and not depth:
                parts.append(text[begin:place].strip())
                begin = place + 1
    return [*parts, text[begin:].strip()]


def field_parts(text: str) -> tuple[str, str]:
    """The name of a row's field, without quotation marks, and its type: `"a b" bigint`."""
    if found := _QUOTED.match(text):
        return found[1].replace('""', '"'), text[found.end() :].strip()
    name, _, kind = text.partition(" ")
    return name, kind


def record_batch(batch: Any, schema: pyarrow.Schema) -> pyarrow.RecordBatch:
    """A batch of a result, of tuples or an Arrow one, in the schema of its columns."""
    pa = _pyarrow()
    if isinstance(batch, Sequence):
        columns = zip(*batch, strict=True) if batch else ([] for _ in schema)
        arrays = [
            pa.array(list(values), field.type)
            for values, field in zip(columns, schema, strict=True)
        ]
        return pa.RecordBatch.from_arrays(arrays, schema=schema)
    return batch


def table(batches: Iterable[pyarrow.RecordBatch], schema: pyarrow.Schema) -> pyarrow.Table:
    """All batches as one table."""
    return _pyarrow().Table.from_batches(batches, schema)


def to_pandas(to_arrow: Callable[[], pyarrow.Table]) -> pandas.DataFrame:
    """A result as a data frame with Arrow types; nothing is read if pandas is not installed."""
    try:
        import pandas
    except ModuleNotFoundError as error:
        raise missing_library("to_pandas", error, "pandas") from error
    frame: pandas.DataFrame = to_arrow().to_pandas(types_mapper=pandas.ArrowDtype)
    return frame


def to_polars(to_arrow: Callable[[], pyarrow.Table]) -> polars.DataFrame:
    """A result as a polars data frame; nothing is read if polars is not installed."""
    try:
        import polars
    except ModuleNotFoundError as error:
        raise missing_library("to_polars", error, "polars") from error
    frame = polars.from_arrow(to_arrow())
    assert isinstance(frame, polars.DataFrame)  # noqa: S101 - of a table it is one
    return frame


def _pyarrow() -> Any:
    try:
        import pyarrow
    except ModuleNotFoundError as error:
        raise missing_library("query", error, '"quiltops[query]"') from error
    return pyarrow
