"""The existing tables, from Athena's metadata."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from quilt_core.domain.query import QueryTable
from quilt_core.query.package_tables import package_tables as described
from quilt_registry.query.values import table_column

_OF_FILES = "A row per row of the files that the patterns of the table match."


def package_tables(bucket: str, found: Iterable[Mapping[str, Any]]) -> Iterator[QueryTable]:
    """The tables about a bucket's packages, by name, with their columns in Athena.

    Tables that the core does not know are left out.
    """
    by_name = {str(one["Name"]): one for one in found}
    for table in described(bucket, bucket):
        if table.name in by_name:
            columns = by_name[table.name].get("Columns", ())
            yield attrs.evolve(table, columns=tuple(map(table_column, columns)))


def tabulator_tables(
    bucket: str, catalog: str, found: Iterable[Mapping[str, Any]]
) -> Iterator[QueryTable]:
    """The tabulator tables of a bucket, by name."""
    for one in sorted(found, key=lambda table: str(table["Name"])):
        yield QueryTable(
            name=str(one["Name"]),
            columns=tuple(map(table_column, one.get("Columns", ()))),
            description=str((one.get("Parameters") or {}).get("comment") or _OF_FILES),
            catalog=catalog,
            database=bucket,
            bucket=bucket,
        )
