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
        """Execute a query and wait for its result.

        Parameters
        ----------
        sql:
            One statement that reads, in Trino's dialect. The tables of a bucket are
            `"<bucket>_package_revision"`, `_tag`, `_manifest` and `_entry`, and
            `"quilt-<stack>-tabulator"."<bucket>"."<table>"`.
        registry:
            Where the package is: `s3://bucket`, `file:///folder`, or a `Registry`; the configured
            one by default.
        engine:
            "athena", or "local": DuckDB in this process, over what this identity can read. None
            chooses Athena where the backend has it for this registry. The result says which it
            was.
        prefix:
            What the names of the registry's tables begin with; None for the name of the bucket or
            folder. Only the local engine takes another one.

        Returns
        -------
        QueryResult
            Columns, and rows that are fetched while they are read.

        Raises
        ------
        ValidationError
            When the SQL cannot be understood, names what is not there, or does more than read;
            `context` has `line` and `column` where the engine tells.
        NotFoundError
            When the registry is not there.
        PermissionDeniedError
            When this identity may not read what the query names.
        NotSupportedError
            When the engine is not there; the message says what to install.
        BackendError
            When the query fails while it is executed, or exceeds a limit.
        AuthenticationError, TransportError
            As every operation that asks the registry.
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
        """Begin to execute a query, without waiting; `get_query` tells where it stands.

        A query of the local engine lives as long as this connection.

        Parameters
        ----------
        sql, registry, engine, prefix:
            As in `query`.

        Returns
        -------
        QueryStatus
            With the id that `get_query` and `cancel_query` take.

        Raises
        ------
        ValidationError, NotFoundError, PermissionDeniedError, NotSupportedError
            As `query`; what is only found out while it is executed is in the status.
        AuthenticationError, TransportError
            As every operation that asks the registry.
        """
        return await self._calls.run(
            self._ops.start_query, sql, registry, engine=engine, prefix=prefix
        )

    async def get_query(self, query_id: str, registry: str | Registry | None = None) -> QueryStatus:
        """Tell where a query stands, with its result when it has succeeded.

        Parameters
        ----------
        query_id:
            The id that `start_query` gave.
        registry:
            The registry that `start_query` was given; the configured one by default.

        Returns
        -------
        QueryStatus
            Its state, and the result of a query that has succeeded. A query that failed is a
            status and not an error.

        Raises
        ------
        NotFoundError
            When there is no such query, or no longer.
        ValidationError
            When the id is empty.
        AuthenticationError, TransportError, ProtocolError
            As every operation that asks the registry.
        """
        return await self._calls.run(self._ops.get_query, query_id, registry)

    async def cancel_query(
        self, query_id: str, registry: str | Registry | None = None
    ) -> QueryStatus:
        """Stop a query; one that has ended stays as it is.

        Parameters
        ----------
        query_id:
            The id that `start_query` gave.
        registry:
            The registry that `start_query` was given; the configured one by default.

        Returns
        -------
        QueryStatus
            Of a query that has ended or soon will.

        Raises
        ------
        NotFoundError
            When there is no such query, or no longer.
        ValidationError
            When the id is empty.
        AuthenticationError, TransportError, ProtocolError
            As every operation that asks the registry.
        """
        return await self._calls.run(self._ops.cancel_query, query_id, registry)

    async def list_query_tables(
        self,
        registry: str | Registry | None = None,
        *,
        engine: QueryEngine | QueryEngineName | None = None,
        prefix: str | None = None,
    ) -> list[QueryTable]:
        """List the tables of a registry that queries can name.

        Parameters
        ----------
        registry, engine, prefix:
            As in `query`.

        Returns
        -------
        list[QueryTable]
            Names and columns of the tables.

        Raises
        ------
        NotFoundError
            When the registry is not there.
        NotSupportedError
            When the engine is not there; the message says what to install.
        ValidationError
            When no registry is given and none is configured, or the engine or prefix is none.
        AuthenticationError, TransportError, ProtocolError
            As every operation that asks the registry.
        """
        return await self._calls.run(
            self._ops.list_query_tables, registry, engine=engine, prefix=prefix
        )
