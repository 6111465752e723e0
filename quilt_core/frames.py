"""Listings as pandas, polars or pyarrow tables, when one of those is installed.

import quilt_core
from quilt_core import frames

frames.to_pandas(ops.browse_content("palmer/penguins", recursive=True))
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from types import UnionType
from typing import TYPE_CHECKING, Any, Union, cast, get_args, get_origin

from quilt_core.domain.base import DomainObject
from quilt_core.domain.hints import field_types
from quilt_core.errors import NotSupportedError

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow


def to_rows(listing: Iterable[DomainObject | str]) -> list[dict[str, Any]]:
    """The objects of a listing as dictionaries; times stay `datetime`, names get a column."""
    rows = []
    for item in listing:
        if isinstance(item, str):
            rows.append({"name": item})
        else:
            row = item.to_dict()
            for key in row:
                value = getattr(item, key)
                if hasattr(value, "tzinfo"):
                    row[key] = value
            rows.append(row)
    return rows


def to_pandas(listing: Iterable[DomainObject | str]) -> pandas.DataFrame:
    """A listing as a `pandas.DataFrame`, one row per object.

    Raises `NotSupportedError` when pandas is not installed.
    """
    try:
        import pandas
    except ModuleNotFoundError as error:
        raise missing_library("to_pandas", error, "pandas") from error
    rows = to_rows(listing)
    return pandas.DataFrame(rows, columns=None if rows else _columns(listing))


def to_polars(listing: Iterable[DomainObject | str]) -> polars.DataFrame:
    """A listing as a `polars.DataFrame`, one row per object; metadata is JSON text.

    Raises `NotSupportedError` when polars is not installed.
    """
    try:
        import polars
    except ModuleNotFoundError as error:
        raise missing_library("to_polars", error, "polars") from error
    rows, columns = _flat_rows(listing)
    schema = {name: None if kind is None else _in_polars(kind) for name, kind in columns.items()}
    return polars.DataFrame(rows, schema=schema, infer_schema_length=None)


def to_arrow(listing: Iterable[DomainObject | str]) -> pyarrow.Table:
    """A listing as a `pyarrow.Table`, one row per object; metadata is JSON text.

    Raises `NotSupportedError` when pyarrow is not installed.
    """
    try:
        import pyarrow
    except ModuleNotFoundError as error:
        raise missing_library("to_arrow", error, "pyarrow") from error
    rows, columns = _flat_rows(listing)
    return pyarrow.table(
        {
            name: pyarrow.array(
                [row[name] for row in rows], None if kind is None else _in_arrow(kind)
            )
            for name, kind in columns.items()
        }
    )


def _flat_rows(
    listing: Iterable[DomainObject | str],
) -> tuple[list[dict[str, Any]], dict[str, _Kind | None]]:
    """Rows without nested objects, and their columns with the types: metadata has no common
    structure, so it is kept as JSON text.
    """
    items = list(listing)
    rows = to_rows(items)
    for row in rows:
        row.update({key: json.dumps(row[key]) for key in row if isinstance(row[key], dict)})
    kinds = _kinds(_type_of(listing, items))
    return rows, kinds or dict.fromkeys(rows[0] if rows else ())


def _type_of(listing: Iterable[Any], items: Sequence[Any]) -> type | None:
    """The type of all items of a listing; None if it is not known, or they have several."""
    kinds: set[type | None] = {type(item) for item in items} or {getattr(listing, "of", None)}
    return kinds.pop() if len(kinds) == 1 else None


def _columns(listing: Iterable[DomainObject | str]) -> list[str]:
    """The columns of an empty listing's frame; none if the type of its items is not known."""
    return list(_kinds(_type_of(listing, ())))


_Kind = type | list[Any] | dict[str, Any]
"""The type of a column's values: `str`, `bool`, `int`, `float` or `datetime`; a list of such a type
in a list; or the types of the fields of an object."""


def _kinds(of: type | None) -> dict[str, _Kind | None]:
    """The columns of the frame of such items, with their types; None for one that depends on the
    values.
    """
    if of is str:
        return {"name": str}
    if not (isinstance(of, type) and issubclass(of, DomainObject)):
        return {}
    hints = field_types(of)
    kinds = {name: _kind(hints[name]) for name in of.told_fields()}
    return {name: str if isinstance(kind, dict) else kind for name, kind in kinds.items()}


def _kind(hint: Any) -> _Kind | None:
    """The type of the values of a field with this annotation, as they are in a row."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (UnionType, Union):
        others = [one for one in inner if one is not type(None)]
        return _kind(others[0]) if len(others) == 1 else None
    if origin is tuple and inner[1:] == (...,):
        kind = _kind(inner[0])
        return None if kind is None else [kind]
    if origin in (Mapping, dict) or hasattr(hint, "__struct_fields__"):
        return {}  # metadata and the like, which a row has as JSON text
    if hint in (str, bool, int, float, datetime):
        return cast("type", hint)
    return _kind_of_class(hint) if isinstance(hint, type) else None


def _kind_of_class(of: type) -> _Kind | None:
    if issubclass(of, Enum):
        return str
    if not issubclass(of, DomainObject):
        return None
    kinds = {name: _kind(hint) for name, hint in field_types(of).items()}
    # Inside of others, times are text.
    return {name: str if kinds[name] is datetime else kinds[name] for name in of.told_fields()}


def _in_arrow(kind: _Kind) -> pyarrow.DataType | None:
    """The type of a column in Arrow; None if it depends on the values."""
    import pyarrow

    scalars = {
        str: pyarrow.string(),
        bool: pyarrow.bool_(),
        int: pyarrow.int64(),
        float: pyarrow.float64(),
        datetime: pyarrow.timestamp("us", tz="UTC"),
    }
    return _built(kind, scalars, pyarrow.list_, lambda fields: pyarrow.struct([*fields.items()]))


def _in_polars(kind: _Kind) -> Any:
    """The type of a column in polars; None if it depends on the values."""
    import polars

    scalars = {
        str: polars.String(),
        bool: polars.Boolean(),
        int: polars.Int64(),
        float: polars.Float64(),
        datetime: polars.Datetime("us", "UTC"),
    }
    return _built(kind, scalars, polars.List, polars.Struct)


def _built(
    kind: _Kind,
    scalars: Mapping[type, Any],
    list_of: Callable[[Any], Any],
    struct_of: Callable[[dict[str, Any]], Any],
) -> Any:
    if isinstance(kind, list):
        inner = _built(kind[0], scalars, list_of, struct_of)
        return None if inner is None else list_of(inner)
    if isinstance(kind, dict):
        # Only an object in a list: that of a column itself is JSON text.
        fields = {
            name: None if one is None else _built(one, scalars, list_of, struct_of)
            for name, one in kind.items()
        }
        return None if not fields or None in fields.values() else struct_of(fields)
    return scalars[kind]


def missing_library(name: str, error: ModuleNotFoundError, package: str) -> NotSupportedError:
    """The error for a library that is not installed, with the command that installs it."""
    reason = f"{error.name} is not installed"
    return NotSupportedError(name, None, reason, hint=f"Install it: pip install {package}.")
