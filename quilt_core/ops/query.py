"""Query operations of the facade."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quilt_core import domain
from quilt_core.domain.names import Registry
from quilt_core.ops.group import OperationGroup
from quilt_core.ops.parsing import parse_enum, parse_registry, parse_text

if TYPE_CHECKING:
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
