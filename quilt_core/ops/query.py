"""Query operations of the facade."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quilt_core import domain
from quilt_core.domain.names import Registry
from quilt_core.ops.group import OperationGroup
from quilt_core.ops.parsing import parse_enum, parse_registry, parse_text

if TYPE_CHECKING:
    from quilt_core.domain.listing import Listing
    from quilt_core.domain.query import (
        QueryEngine,
        QueryEngineName,
        QueryResult,
        QueryStatus,
        QueryTable,
    )

_EXAMPLE = "SELECT * FROM \"my-bucket_package_tag\" WHERE tag_name = 'latest'"


def _engine(engine: QueryEngine | QueryEngineName | None) -> QueryEngine | None:
    return None if engine is None else parse_enum(domain.QueryEngine, engine, "engine")


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

        Examples
        --------
        >>> sql = 'SELECT pkg_name, tag_name FROM "demo-data_package_tag"'
        >>> for name, tag in ops.query(sql, engine="local"):
        ...     print(name, tag)
        palmer/penguins latest
        """
        return self._dispatch.call(
            "query",
            domain.QueryResult,
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

        Examples
        --------
        >>> started = ops.start_query(sql, engine="local")
        """
        return self._dispatch.call(
            "start_query",
            domain.QueryStatus,
            sql=parse_text(sql, "sql", _EXAMPLE),
            registry=parse_registry(registry, self._settings.registry),
            engine=_engine(engine),
            prefix=_prefix(prefix),
        )

    def get_query(self, query_id: str, registry: str | Registry | None = None) -> QueryStatus:
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

        Examples
        --------
        >>> print(ops.get_query(started.query_id).query_id == started.query_id)
        True
        """
        return self._dispatch.call(
            "get_query",
            domain.QueryStatus,
            query_id=parse_text(query_id, "query_id", "local-1a2b3c4d"),
            registry=parse_registry(registry, self._settings.registry),
        )

    def cancel_query(self, query_id: str, registry: str | Registry | None = None) -> QueryStatus:
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

        Examples
        --------
        >>> print(ops.cancel_query(started.query_id).query_id == started.query_id)
        True
        """
        return self._dispatch.call(
            "cancel_query",
            domain.QueryStatus,
            query_id=parse_text(query_id, "query_id", "local-1a2b3c4d"),
            registry=parse_registry(registry, self._settings.registry),
        )

    def list_query_tables(
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

        Examples
        --------
        >>> print([table.name for table in ops.list_query_tables(engine="local")][:1])
        ['demo-data_package_…']
        """
        return self._dispatch.collect(
            "list_query_tables",
            domain.QueryTable,
            registry=parse_registry(registry, self._settings.registry),
            engine=_engine(engine),
            prefix=_prefix(prefix),
        )
