# Generated from the synchronous facade: `make docs-reference` writes this module.
"""Asynchronous form of `QueryOps`, a part of the facade."""

from __future__ import annotations

from quilt_core.aio.calls import AsyncGroup
from quilt_core.domain.names import Registry
from quilt_core.domain.query import (
    QueryEngine,
    QueryEngineName,
    QueryResult,
    QueryStatus,
    QueryTable,
)
from quilt_core.ops.query import QueryOps


class AsyncQueryOps(AsyncGroup):
    """SQL over the packages of a registry, in Trino's dialect (docs/guides/query.md)."""

    _ops: QueryOps

    async def query(
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
        return await self._calls.run(self._ops.query, sql, registry, engine=engine, prefix=prefix)

    async def start_query(
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
        return await self._calls.run(
            self._ops.start_query, sql, registry, engine=engine, prefix=prefix
        )

    async def get_query(self, query_id: str, registry: str | Registry | None = None) -> QueryStatus:
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
        return await self._calls.run(self._ops.get_query, query_id, registry)

    async def cancel_query(
        self, query_id: str, registry: str | Registry | None = None
    ) -> QueryStatus:
        """Stop a query; one that has ended stays as it is. Parameters as `get_query`."""
        return await self._calls.run(self._ops.cancel_query, query_id, registry)

    async def list_query_tables(
        self,
        registry: str | Registry | None = None,
        *,
        engine: QueryEngine | QueryEngineName | None = None,
        prefix: str | None = None,
    ) -> list[QueryTable]:
        """The tables of a registry that queries can name; parameters as `query`."""
        return await self._calls.run(
            self._ops.list_query_tables, registry, engine=engine, prefix=prefix
        )
