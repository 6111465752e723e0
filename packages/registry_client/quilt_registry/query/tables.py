"""The tables that there are, from Athena's metadata of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from quilt_core.domain.query import QueryTable
from quilt_registry.query.values import table_column

_KINDS = {
    "entry": "A row per file of each revision.",
    "manifest": "A row per revision: its message, and its metadata as JSON.",
    "revision": "A row per revision of each package, with the time when it was published.",
    "tag": "A row per tag of each package; there is one, 'latest'.",
}


def package_tables(bucket: str, found: Iterable[Mapping[str, Any]]) -> Iterator[QueryTable]:
    """The tables about a bucket's packages, by name; others are left out."""
    by_name = {str(one["Name"]): one for one in found}
    for kind, description in sorted(_KINDS.items()):
        name = f"{bucket}_package_{kind}"
        if name in by_name:
            yield QueryTable(
                name=name,
                columns=tuple(map(table_column, by_name[name].get("Columns", ()))),
                description=description,
                bucket=bucket,
            )


def tabulator_tables(
    bucket: str, catalog: str, found: Iterable[Mapping[str, Any]]
) -> Iterator[QueryTable]:
    """The tabulator tables of a bucket, by name."""
    for one in sorted(found, key=lambda table: str(table["Name"])):
        yield QueryTable(
            name=str(one["Name"]),
            columns=tuple(map(table_column, one.get("Columns", ()))),
            description="A row per row of the files that the table's patterns match.",
            catalog=catalog,
            database=bucket,
            bucket=bucket,
        )
