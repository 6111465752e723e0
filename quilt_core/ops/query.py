"""Query operations of the facade."""

from __future__ import annotations

from quilt_core.domain.names import Registry
from quilt_core.domain.query import (
    QueryEngine,
    QueryEngineName,
    QueryResult,
    QueryStatus,
    QueryTable,
)
from quilt_core.ops.group import OperationGroup
from quilt_core.ops.parsing import parse_enum, parse_registry, parse_text

_EXAMPLE = "SELECT * FROM \"my-bucket_package_tag\" WHERE tag_name = 'latest'"


def _engine(engine: QueryEngine | QueryEngineName | None) -> QueryEngine | None:
    return None if engine is None else parse_enum(QueryEngine, engine, "engine")


def _prefix(prefix: str | None) -> str | None:
    return None if prefix is None else parse_text(prefix, "prefix", "my-data")


class QueryOps(OperationGroup):
    """SQL over the packages of a registry, in Trino's dialect (docs/guides/query.md)."""

    def query(
        self,
        sql: str,
        registry: str | Registry | None = None,
        *,
        engine: QueryEngine | QueryEngineName | None = None,
        prefix: str | None = None,
    ) -> QueryResult:
        """Execute a query and wait for its result, whose rows are fetched while it is read.

        Parameters
        ----------
        sql:
            One statement that reads. The tables of a bucket are `"<bucket>_package_revision"`,
            `_tag`, `_manifest` and `_entry`, and `"quilt-<stack>-tabulator"."<bucket>"."<table>"`.
        registry:
            Whose packages it is about; the configured one by default.
        engine:
            "athena", or "local": DuckDB in this process, over what this identity can read. By
            default Athena where the backend has it for this registry. The result says which.
        prefix:
            What the names of a folder's tables begin with; the folder's name by default.

        Raises
        ------
        ValidationError
            For SQL that cannot be understood, names what is not there, or does more than read;
            `context` has `line` and `column` where the engine tells.
        PermissionDeniedError
            When this identity may not read what the query names.
        NotSupportedError
            When the engine is not there; the message says what to install.
        BackendError
            When the query fails while it is executed, or exceeds a limit.
        """
        return self._dispatch.call(
            "query",
            QueryResult,
            sql=parse_text(sql, "sql", _EXAMPLE),
            registry=parse_registry(registry, self._settings.registry),
            engine=_engine(engine),
            prefix=_prefix(prefix),
        )

    def start_query(
        self,
        sql: str,
        registry: str | Registry | None = None,
        *,
        engine: QueryEngine | QueryEngineName | None = None,
        prefix: str | None = None,
    ) -> QueryStatus:
        """Begin to execute a query, for `get_query` to look after; parameters as `query`.

        A query of the local engine lives as long as this connection.
        """
        return self._dispatch.call(
            "start_query",
            QueryStatus,
            sql=parse_text(sql, "sql", _EXAMPLE),
            registry=parse_registry(registry, self._settings.registry),
            engine=_engine(engine),
            prefix=_prefix(prefix),
        )

    def get_query(self, query_id: str, registry: str | Registry | None = None) -> QueryStatus:
        """Where a query stands, with its result when it has succeeded.

        Parameters
        ----------
        query_id:
            As `start_query` gave it.
        registry:
            As it was given to `start_query`.

        Raises
        ------
        NotFoundError
            When there is no such query, or no longer.
        """
        return self._dispatch.call(
            "get_query",
            QueryStatus,
            query_id=parse_text(query_id, "query_id", "local-1a2b3c4d"),
            registry=parse_registry(registry, self._settings.registry),
        )

    def cancel_query(self, query_id: str, registry: str | Registry | None = None) -> QueryStatus:
        """Stop a query; one that has ended stays as it is. Parameters as `get_query`."""
        return self._dispatch.call(
            "cancel_query",
            QueryStatus,
            query_id=parse_text(query_id, "query_id", "local-1a2b3c4d"),
            registry=parse_registry(registry, self._settings.registry),
        )

    def list_query_tables(
        self,
        registry: str | Registry | None = None,
        *,
        engine: QueryEngine | QueryEngineName | None = None,
        prefix: str | None = None,
    ) -> list[QueryTable]:
        """The tables of a registry that queries can name; parameters as `query`."""
        return self._dispatch.collect(
            "list_query_tables",
            QueryTable,
            registry=parse_registry(registry, self._settings.registry),
            engine=_engine(engine),
            prefix=_prefix(prefix),
        )
