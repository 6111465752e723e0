"""Listings as pandas, polars or pyarrow tables, when one of those is installed.

import quilt_core
from quilt_core import frames

frames.to_pandas(ops.browse_content("palmer/penguins", recursive=True))
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from quilt_core.domain.base import DomainObject
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
    rows = _flat_rows(listing)
    schema = None if rows else _columns(listing)
    return polars.DataFrame(rows, schema=schema, infer_schema_length=None)


def to_arrow(listing: Iterable[DomainObject | str]) -> pyarrow.Table:
    """A listing as a `pyarrow.Table`, one row per object; metadata is JSON text.

    Raises `NotSupportedError` when pyarrow is not installed.
    """
    try:
        import pyarrow
    except ModuleNotFoundError as error:
        raise missing_library("to_arrow", error, "pyarrow") from error
    rows = _flat_rows(listing)
    if not rows:
        return pyarrow.Table.from_pydict({name: [] for name in _columns(listing)})
    return pyarrow.Table.from_pylist(rows)


def _flat_rows(listing: Iterable[DomainObject | str]) -> list[dict[str, Any]]:
    """Rows without nested objects: metadata has no common structure, so it is kept as JSON text."""
    rows = to_rows(listing)
    for row in rows:
        row.update({key: json.dumps(row[key]) for key in row if isinstance(row[key], dict)})
    return rows


def _columns(listing: Iterable[DomainObject | str]) -> list[str]:
    """The columns of an empty listing's frame; none if the type of its items is not known."""
    of = getattr(listing, "of", None)
    if of is str:
        return ["name"]
    if isinstance(of, type) and issubclass(of, DomainObject):
        return list(of.told_fields())
    return []


def missing_library(name: str, error: ModuleNotFoundError, package: str) -> NotSupportedError:
    """The error for a library that is not installed, with the command that installs it."""
    reason = f"{error.name} is not installed"
    return NotSupportedError(name, None, reason, hint=f"Install it: pip install {package}.")
