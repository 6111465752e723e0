"""Find the table that a statement names."""

from __future__ import annotations

import attrs

from quilt_core.domain.query import QueryColumn
from quilt_core.errors import NotFoundError, PermissionDeniedError, ValidationError
from quilt_core.query.package_tables import COLUMNS, kind_of
from quilt_core.query.source import Pointer, TableSource
from quilt_core.query.statement import TableName
from quilt_core.query.tabulator import TabulatorConfig, parse_config


@attrs.frozen
class PackageTable:
    """One of the four tables about the packages of a bucket."""

    bucket: str
    kind: str
    pointers: tuple[Pointer, ...]

    @property
    def columns(self) -> tuple[QueryColumn, ...]:
        """Its columns."""
        return COLUMNS[self.kind]


@attrs.frozen
class FileTable:
    """A tabulator table."""

    bucket: str
    config: TabulatorConfig
    pointers: tuple[Pointer, ...]

    @property
    def columns(self) -> tuple[QueryColumn, ...]:
        """Its columns."""
        return self.config.result_columns()


def find_table(
    source: TableSource, name: TableName, known: dict[str, tuple[Pointer, ...]] | None = None
) -> PackageTable | FileTable:
    """The table with a name, with the pointers of its bucket that this identity can read.

    A package table may be qualified with Athena's database and data catalog, whatever their names
    are: the local engine has only one of each.

    Parameters
    ----------
    source:
        The data that this identity can read.
    name:
        The name in the statement.
    known:
        The pointers of buckets that were already read for this statement.

    Raises
    ------
    ValidationError
        When this identity has no such table, with `line` and `column`.
    """
    known = {} if known is None else known
    found = kind_of(name.name.lower())
    try:
        if found is not None:
            prefix, kind = found
            return PackageTable(prefix, kind, _pointers(source, prefix, known))
        if name.database is not None:
            bucket = name.database
            for table, config in source.tabulator_tables(bucket):
                if table.lower() == name.name.lower():
                    parsed = parse_config(table, config)
                    return FileTable(bucket, parsed, _pointers(source, bucket, known))
    except (NotFoundError, PermissionDeniedError) as error:
        raise _unknown(name) from error
    raise _unknown(name)


def _pointers(
    source: TableSource, bucket: str, known: dict[str, tuple[Pointer, ...]]
) -> tuple[Pointer, ...]:
    if bucket not in known:
        known[bucket] = tuple(source.pointers(bucket))
    return known[bucket]


def _unknown(name: TableName) -> ValidationError:
    where = "" if name.line is None else f" (line {name.line}, column {name.column})"
    return ValidationError(
        f"There is no table {name.shown} that this identity can read{where}.",
        hint="list_query_tables() shows the tables; put names with hyphens in double quotes.",
        context={"table": name.shown, "line": name.line, "column": name.column},
    )
