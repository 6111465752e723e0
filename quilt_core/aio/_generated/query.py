# Generated from the synchronous facade: `make docs-reference` writes this module.
"""Asynchronous form of `QueryOps`, a part of the facade."""

from __future__ import annotations

from quilt_core.aio.calls import AsyncGroup
from quilt_core.domain.listing import Listing
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
            One statement that only reads, in Trino's dialect. The tables of a bucket are
            `"<bucket>_package_revision"`, `_tag`, `_manifest` and `_entry`, and
            `"quilt-<stack>-tabulator"."<bucket>"."<table>"`.
        registry:
            The registry whose packages are queried, which also determines where the query is
            executed: `s3://bucket`, `file:///folder`, or a `Registry`; the configured one by
            default.
        engine:
            "athena", or "local", which is DuckDB in this process with the data that this identity
            can read. None chooses Athena if the backend has it for this registry, and otherwise
            "local". The result names the engine.
        prefix:
            The prefix of the names of the registry's tables; None for the name of the bucket or
            folder. Only the local engine accepts another one.

        Returns
        -------
        QueryResult
            The columns, and the rows, which are fetched while they are read.

        Raises
        ------
        ValidationError
            When the SQL cannot be parsed, names something that does not exist, or does more than
            read; `context` has `line` and `column` if the engine reports them.
        NotFoundError
            When the registry does not exist.
        PermissionDeniedError
            When this identity may not read what the query names.
        NotSupportedError
            When the engine is not available; the message says what to install.
        BackendError
            When the query fails while it is executed, or exceeds a limit.
        AuthenticationError, TransportError
            As for every operation that sends requests to the registry.
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
        """Start a query without waiting for it; `get_query` returns its state.

        A query of the local engine exists as long as this connection.

        Parameters
        ----------
        sql, registry, engine, prefix:
            As in `query`.

        Returns
        -------
        QueryStatus
            The state of the query, with the id for `get_query` and `cancel_query`.

        Raises
        ------
        ValidationError, NotFoundError, PermissionDeniedError, NotSupportedError
            As `query`. Errors that occur only during the execution are in the status.
        AuthenticationError, TransportError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(
            self._ops.start_query, sql, registry, engine=engine, prefix=prefix
        )

    async def get_query(self, query_id: str, registry: str | Registry | None = None) -> QueryStatus:
        """Return the state of a query, and its result if it has succeeded.

        Parameters
        ----------
        query_id:
            The id that `start_query` returned.
        registry:
            The registry that was passed to `start_query`; the configured one by default.

        Returns
        -------
        QueryStatus
            The state, and the result of a query that has succeeded. A query that failed is reported
            in the status and raises no error.

        Raises
        ------
        NotFoundError
            When there is no such query, or it no longer exists.
        ValidationError
            When the id is empty.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.get_query, query_id, registry)

    async def cancel_query(
        self, query_id: str, registry: str | Registry | None = None
    ) -> QueryStatus:
        """Stop a query; one that has ended stays as it is.

        Parameters
        ----------
        query_id:
            The id that `start_query` returned.
        registry:
            The registry that was passed to `start_query`; the configured one by default.

        Returns
        -------
        QueryStatus
            The state of a query that has ended or is about to end.

        Raises
        ------
        NotFoundError
            When there is no such query, or it no longer exists.
        ValidationError
            When the id is empty.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.cancel_query, query_id, registry)

    async def list_query_tables(
        self,
        registry: str | Registry | None = None,
        *,
        engine: QueryEngine | QueryEngineName | None = None,
        prefix: str | None = None,
    ) -> Listing[QueryTable]:
        """List the tables of a registry that queries can name.

        Parameters
        ----------
        registry, engine, prefix:
            As in `query`.

        Returns
        -------
        Listing[QueryTable]
            Names and columns of the tables.

        Raises
        ------
        NotFoundError
            When the registry does not exist.
        NotSupportedError
            When the engine is not available; the message says what to install.
        ValidationError
            When no registry is given and none is configured, or the engine or prefix is not valid.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(
            self._ops.list_query_tables, registry, engine=engine, prefix=prefix
        )
