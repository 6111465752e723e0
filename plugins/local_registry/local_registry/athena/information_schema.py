"""`information_schema`: the available tables, as tables that can be queried."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from local_registry.athena.model import Column, Place, Rows, Table
from quilt_core.query.statement import Statement, TableName, parse_statement

if TYPE_CHECKING:
    from quilt_core.query.session import Limits

_SCHEMA = "information_schema"
_COLUMNS = {
    "columns": {
        "table_catalog": "string",
        "table_schema": "string",
        "table_name": "string",
        "column_name": "string",
        "ordinal_position": "int64",
        "column_default": "string",
        "is_nullable": "string",
        "data_type": "string",
        "comment": "string",
        "extra_info": "string",
    },
    "schemata": {"catalog_name": "string", "schema_name": "string"},
    "tables": {
        "table_catalog": "string",
        "table_schema": "string",
        "table_name": "string",
        "table_type": "string",
    },
}


def asks_for_it(sql: str) -> Statement | None:
    """The statement, if all its tables are in `information_schema`; otherwise `None`.

    Raises the errors of `quilt_core.query.statement.parse_statement`.
    """
    statement = parse_statement(sql)
    if not isinstance(statement, Statement):
        return None
    names = statement.tables()
    return statement if names and all(map(_is_there, names)) else None


@contextmanager
def query(
    statement: Statement, place: Place, tables: Sequence[Table], limits: Limits
) -> Iterator[Rows]:
    """Run a statement; its rows are read within the block.

    tables: those that the caller may read, of all catalogs. Raises as
    `quilt_core.query.session.Session`.
    """
    from quilt_core.query.session import Session
    from quilt_core.query.types import trino_type

    names = {name: f"t{number}" for number, name in enumerate(statement.tables())}
    views: dict[str, Any] = {
        view: _view(name.name.lower(), _in_catalog(tables, name.catalog or place.catalog))
        for name, view in names.items()
    }
    sql = statement.duckdb_sql(names.__getitem__)
    session = Session(views, limits)
    try:
        found, kinds, reader = session.begin(sql)
        columns = tuple(
            Column(name=name, type=trino_type(kind, name))
            for name, kind in zip(statement.column_names(found), kinds, strict=True)
        )
        yield Rows(columns=columns, batches=_batches(session.reading, reader))
    finally:
        session.close()


def _batches(reading: Callable[[], Any], reader: Any) -> Iterator[list[tuple[Any, ...]]]:
    with reading():
        for batch in reader:
            yield list(zip(*(column.to_pylist() for column in batch.columns), strict=True))


def _is_there(name: TableName) -> bool:
    return (name.database or "").lower() == _SCHEMA and name.name.lower() in _COLUMNS


def _in_catalog(tables: Sequence[Table], catalog: str) -> list[Table]:
    return [one for one in tables if one.catalog.lower() == catalog.lower()]


def _view(kind: str, tables: Sequence[Table]) -> Any:
    import pyarrow as pa

    rows = {"columns": _columns, "schemata": _schemata, "tables": _tables}[kind](tables)
    schema = pa.schema([(name, getattr(pa, each)()) for name, each in _COLUMNS[kind].items()])
    return pa.Table.from_pylist(list(rows), schema=schema)


def _columns(tables: Sequence[Table]) -> Iterator[dict[str, object]]:
    for table in tables:
        for number, column in enumerate(table.columns, 1):
            yield {
                **_names(table),
                "column_name": column.name,
                "ordinal_position": number,
                "is_nullable": "YES",
                "data_type": column.type,
                "comment": column.comment or None,
            }


def _schemata(tables: Sequence[Table]) -> Iterator[dict[str, object]]:
    for catalog, database in sorted({(one.catalog.lower(), one.database) for one in tables}):
        yield {"catalog_name": catalog, "schema_name": database}


def _tables(tables: Sequence[Table]) -> Iterator[dict[str, object]]:
    for table in tables:
        yield {**_names(table), "table_type": "BASE TABLE"}


def _names(table: Table) -> dict[str, object]:
    return {
        "table_catalog": table.catalog.lower(),
        "table_schema": table.database,
        "table_name": table.name,
    }
