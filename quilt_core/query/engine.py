"""Execute a statement over the data of a source: find its tables, make them, run it."""

from __future__ import annotations

from secrets import token_hex
from typing import TYPE_CHECKING

from quilt_core.domain.query import QueryColumn, QueryEngine, QueryResult, QueryTable
from quilt_core.frames import missing_library
from quilt_core.query.source import TableSource

if TYPE_CHECKING:  # they need the extra, and are imported when a query is made
    from quilt_core.query.cache import TableCache
    from quilt_core.query.session import Limits
    from quilt_core.query.statement import Describe, ShowTables

ID_PREFIX = "local-"


def new_query_id() -> str:
    """An id that no other query has."""
    return f"{ID_PREFIX}{token_hex(16)}"


def check_installed() -> None:
    """Raise `NotSupportedError`, with the pip command, when a library of the extra is missing."""
    try:
        import duckdb  # noqa: F401
        import pyarrow  # noqa: F401
        import sqlglot  # noqa: F401
        import yaml  # noqa: F401
    except ModuleNotFoundError as error:
        raise missing_library("query", error, '"quiltops[query]"') from error


class LocalEngine:
    """DuckDB over the packages of one identity; may be used from several threads.

    A query has the deadline of its caller (`quilt_core.deadline`): it ends when the deadline passes
    or the call is cancelled (`deadline.cancellable`). The same deadline applies to reading its
    result, where only the time spent reading counts.

    Parameters
    ----------
    source:
        The data to read.
    cache:
        The cache of revisions as Parquet files; in the user's cache folder by default.
    limits:
        The resource limits of one query.
    tabulator_catalog:
        The name of the data catalog of tabulator tables, for listings; a query may leave it out.
    """

    def __init__(
        self,
        source: TableSource,
        *,
        cache: TableCache | None = None,
        limits: Limits | None = None,
        tabulator_catalog: str | None = None,
    ) -> None:
        check_installed()
        from quilt_core.query.cache import TableCache
        from quilt_core.query.session import Limits

        self._source = source
        self._cache = TableCache() if cache is None else cache
        self._limits = Limits() if limits is None else limits
        self._catalog = tabulator_catalog

    def query(self, sql: str, *, query_id: str | None = None) -> QueryResult:
        """Execute a statement until its first rows are available.

        Parameters
        ----------
        sql:
            One statement that only reads, in Trino's dialect.
        query_id:
            The id of the result; a new one by default.

        Raises
        ------
        ValidationError
            For SQL that is wrong, does more than read, or names something that does not exist for
            this identity; `line` and `column` are in the context if they are known.
        BackendError
            When it fails during execution or exceeds its resource limits.
        TransportError
            When the deadline passes, or the call is cancelled.
        QuiltOpsError
            Errors of the source while tables are read.
        """
        from quilt_core.query.statement import Describe, ShowTables, parse_statement

        query_id = query_id or new_query_id()
        statement = parse_statement(sql)
        if isinstance(statement, (Describe, ShowTables)):
            return self._told(statement, query_id)
        from quilt_core.query.run import Run

        run = Run(self._source, self._cache, self._limits)
        try:
            return run.begin(statement, query_id)
        except BaseException:
            run.close()
            raise

    def tables(self, prefix: str, *, bucket: str | None) -> list[QueryTable]:
        """The tables about the packages of a bucket: package tables, then tabulator tables.

        Parameters
        ----------
        prefix:
            The prefix of the names of its package tables: the name of the bucket or folder.
        bucket:
            Its name; None for a folder.

        A tabulator table whose configuration cannot be parsed is listed without columns.

        Raises the source's errors for a bucket that does not exist or may not be read.
        """
        from quilt_core.query.package_tables import package_tables
        from quilt_core.query.tabulator import list_table

        configured = sorted(self._source.tabulator_tables(prefix))
        told = [list_table(name, text, prefix, self._catalog) for name, text in configured]
        return [*package_tables(prefix, bucket), *told]

    def _told(self, statement: Describe | ShowTables, query_id: str) -> QueryResult:
        """The answer to a statement that asks for tables, or for the columns of one."""
        from quilt_core.query.resolve import find_table
        from quilt_core.query.statement import Describe

        if isinstance(statement, Describe):
            found = find_table(self._source, statement.table)
            names: tuple[str, ...] = ("Column", "Type")
            rows: list[tuple[str, ...]] = [(column.name, column.type) for column in found.columns]
        else:
            names = ("tab_name",)
            rows = [(table.name,) for table in self._shown(statement.database)]
        return QueryResult(
            [QueryColumn(name=name, type="varchar") for name in names],
            [rows] if rows else [],
            engine=QueryEngine.LOCAL,
            query_id=query_id,
            row_count=len(rows),
        )

    def _shown(self, database: str | None) -> list[QueryTable]:
        """The tables of a database: of a bucket its tabulator tables, else all package tables."""
        buckets = list(self._source.buckets())
        tables = [table for bucket in buckets for table in self.tables(bucket, bucket=bucket)]
        if database is not None and database in buckets:
            return [table for table in tables if table.database == database]
        return [table for table in tables if table.database is None]
