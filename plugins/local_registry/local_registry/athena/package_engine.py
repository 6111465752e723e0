"""Queries by the core's own engine: DuckDB, over the data that the identity's role may read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from local_registry.athena.model import GLUE, Column, Place, QueryFailedError, Rows, Table
from local_registry.athena.names import iceberg_database, tabulator_catalog
from local_registry.athena.source import PointerCache, RegistrySource
from local_registry.context import RegistryContext
from local_registry.identity.model import Identity
from quilt_core.domain.query import QueryColumn, QueryResult, QueryTable
from quilt_core.errors import (
    NotSupportedError,
    PermissionDeniedError,
    QuiltOpsError,
    TransportError,
    ValidationError,
)
from quilt_core.query.engine import LocalEngine, check_installed

if TYPE_CHECKING:
    from quilt_core.query.session import Limits

_INSTALL = 'Queries need DuckDB: pip install "quiltops-local-registry[query]"'


class PackageEngine:
    """Implements `QueryEngine` over the packages of one registry.

    The data that it has read is kept in a folder until the registry stops.
    """

    def __init__(self, context: RegistryContext, stack: ExitStack) -> None:
        """`stack` removes the folder when the registry stops."""
        self._context = context
        self._known = PointerCache()
        self._stack = stack
        self._database = iceberg_database(context.config)
        self._tabulator = tabulator_catalog(context.config)
        self._folder = Path(
            stack.enter_context(
                TemporaryDirectory(prefix="local-registry-query-", ignore_cleanup_errors=True)
            )
        )

    def tables(self, identity: Identity) -> list[Table]:
        """The package tables and the tabulator tables of the buckets that the role reads."""
        source = RegistrySource(self._context, identity, self._known)
        try:
            engine = self._engine(source)
            return [
                self._table(one)
                for name in source.buckets()
                for one in engine.tables(name, bucket=name)
            ]
        except NotSupportedError as error:
            raise QueryFailedError("NOT_SUPPORTED", _INSTALL, category=1) from error

    def check(self, sql: str) -> None:
        """Parse the text."""
        try:
            check_installed()
        except NotSupportedError:
            return  # running it will say so
        from quilt_core.query.statement import parse_statement

        try:
            parse_statement(sql)
        except ValidationError as error:
            raise QueryFailedError("", _with_place(error)) from error

    @contextmanager
    def run(self, identity: Identity, sql: str, place: Place) -> Iterator[Rows]:
        """Run a statement; the result is closed at the end of the block."""
        try:
            check_installed()
            with self._rows(identity, sql, place) as rows:
                yield rows
        except TransportError:
            raise
        except QuiltOpsError as error:
            raise _failure(error) from error

    @contextmanager
    def _rows(self, identity: Identity, sql: str, place: Place) -> Iterator[Rows]:
        from local_registry.athena import information_schema

        statement = information_schema.asks_for_it(sql)
        if statement is not None:
            tables = self.tables(identity)
            with information_schema.query(statement, place, tables, self._limits()) as rows:
                yield rows
            return
        source = RegistrySource(self._context, identity, self._known)
        with self._engine(source).query(self._qualified(sql, place, source)) as result:
            yield Rows(
                columns=tuple(_column(column) for column in result.columns),
                batches=_batches(result),
                scanned=result.bytes_scanned or 0,
            )

    def _engine(self, source: RegistrySource) -> LocalEngine:
        check_installed()
        from quilt_core.query.cache import TableCache

        return LocalEngine(
            source,
            cache=TableCache(self._folder),
            limits=self._limits(),
            tabulator_catalog=self._tabulator,
        )

    def _limits(self) -> Limits:
        from quilt_core.query.session import Limits

        given = self._context.config.query_limits
        return Limits(memory=given.memory_bytes, seconds=given.seconds)

    def _table(self, table: QueryTable) -> Table:
        return Table(
            catalog=table.catalog or GLUE,
            database=table.database or self._database,
            name=table.name,
            columns=tuple(_column(column) for column in table.columns),
            description=table.description,
        )

    def _qualified(self, sql: str, place: Place, source: RegistrySource) -> str:
        """The statement with the place of its query before the names of tables that have none.

        The engine finds the tables about packages wherever they are said to be; those of a bucket
        in tabulator's catalog it finds by their bucket alone.
        """
        if (
            place.catalog.lower() != self._tabulator.lower()
            or place.database not in source.buckets()
        ):
            return sql
        import sqlglot
        from sqlglot import exp
        from sqlglot.optimizer.qualify_tables import qualify_tables

        from quilt_core.query.statement import Dialect

        tree: Any = qualify_tables(
            sqlglot.parse_one(sql, read=Dialect),
            db=exp.to_identifier(place.database, quoted=True),
            dialect="trino",
        )
        return str(tree.sql("trino"))


def _column(column: QueryColumn) -> Column:
    return Column(name=column.name, type=column.type)


def _batches(result: QueryResult) -> Iterator[Sequence[Sequence[Any]]]:
    is_map = [column.type.startswith("map(") for column in result.columns]
    for batch in result.arrow_batches():
        columns = (
            map(_as_map, column.to_pylist()) if maps else column.to_pylist()
            for column, maps in zip(batch.columns, is_map, strict=True)
        )
        yield list(zip(*columns, strict=True))


def _as_map(pairs: Any) -> Any:
    """Arrow gives a map as a list of its pairs."""
    return None if pairs is None else dict(pairs)


def _failure(error: QuiltOpsError) -> QueryFailedError:
    """Athena's words for an error of the engine."""
    if isinstance(error, ValidationError):
        code = "TABLE_NOT_FOUND" if "table" in error.context else "SYNTAX_ERROR"
        return QueryFailedError(code, _with_place(error))
    if isinstance(error, PermissionDeniedError):
        return QueryFailedError("PERMISSION_DENIED", error.message)
    if isinstance(error, NotSupportedError):
        return QueryFailedError("NOT_SUPPORTED", _INSTALL, category=1)
    return QueryFailedError("GENERIC_USER_ERROR", error.message)


def _with_place(error: ValidationError) -> str:
    line, column = error.context.get("line"), error.context.get("column")
    return error.message if line is None else f"line {line}:{column}: {error.message}"
