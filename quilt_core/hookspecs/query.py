# mypy: disable-error-code="empty-body"
"""Query operations: SQL over the packages of a registry.

The dialect is Trino's, which Athena uses; docs/guides/query.md describes the tables. A backend
implements these operations if it has its own engine, such as Athena. It leaves what that engine
does not execute to the core, which has an engine in this process. This is the only group in which a
hook may return None: for `engine=QueryEngine.LOCAL`, for a registry that its engine cannot access
(a folder), for an id that is not its own, and for `engine=None` if it has no engine. The ids of the
core begin with `local-`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from quilt_core.domain.names import Registry
from quilt_core.hookspecs.markers import hookspec

if TYPE_CHECKING:
    from quilt_core.domain.query import QueryEngine, QueryResult, QueryStatus, QueryTable


@hookspec(firstresult=True)
def query(
    sql: str, registry: Registry, engine: QueryEngine | None = None, prefix: str | None = None
) -> QueryResult | None:
    """Execute a query and wait for its result; called for `ops.query()`.

    Arguments:
        sql: one read-only statement in Trino's dialect, not empty.
        registry: the registry whose packages are queried; it determines where the query is
            executed. The statement may also use tables of other buckets.
        engine: the engine that executes the query; None for the backend's choice: its own engine if
            it has one for this registry, otherwise the core's.
        prefix: the prefix of the names of the registry's package tables; None for the name of the
            bucket or folder. Only the tables of a folder can have another prefix; for a bucket it
            raises `ValidationError`.

    Returns: a `QueryResult`, which contains the engine; rows are fetched while it is read. Or None,
    to leave the query to the core.

    Raises: `ValidationError` for SQL that is invalid or uses unknown names, with `line` and
    `column` in the context if the engine reports them; also for a statement that does more than
    read; `PermissionDeniedError`; `NotFoundError` for a registry that does not exist;
    `NotSupportedError` for an engine that this backend or registry does not have; `BackendError` if
    the engine's limits are exceeded or the query fails while it is executed; `AuthenticationError`,
    `TransportError`. If the deadline passes, the call is cancelled, or the caller closes the
    result, the engine cancels the query.

    Ordering and completeness: as given by the statement; all rows, or an error while they are read.

    Since: 1. Source: Athena StartQueryExecution, GetQueryResults; docs/protocol.md, P.7.

    Example: ``query('SELECT count(*) FROM "b_package_tag"', Registry(bucket="b"), None, None)``.
    """


@hookspec(firstresult=True)
def start_query(
    sql: str, registry: Registry, engine: QueryEngine | None = None, prefix: str | None = None
) -> QueryStatus | None:
    """Start a query; called for `ops.start_query()`.

    Arguments:
        sql, registry, engine, prefix: as `query`.

    Returns: a `QueryStatus` with the id for `get_query`. Or None, to leave the query to the core.

    Raises: as `query`; errors that occur only during execution are reported by `get_query`.

    Since: 1. Source: Athena StartQueryExecution.

    Example: ``QueryStatus(query_id="…", state=QueryState.QUEUED, …)``.
    """


@hookspec(firstresult=True)
def get_query(query_id: str, registry: Registry) -> QueryStatus | None:
    """Return the status of a query; called for `ops.get_query()`.

    Arguments:
        query_id: an id from `start_query` or `query`.
        registry: the registry that the query was started for.

    Returns: a `QueryStatus`, with a readable result if the query has succeeded. Or None, to leave
    the query to the core.

    Raises: `NotFoundError` for an id that is not or no longer known; `PermissionDeniedError`,
    `AuthenticationError`, `TransportError`. A failed query is a status and not an error.

    Since: 1. Source: Athena GetQueryExecution.

    Example: ``QueryStatus(query_id="…", state=QueryState.SUCCEEDED, result=…, …)``.
    """


@hookspec(firstresult=True)
def cancel_query(query_id: str, registry: Registry) -> QueryStatus | None:
    """Stop a query; called for `ops.cancel_query()`.

    Arguments:
        query_id: an id from `start_query`.
        registry: the registry that the query was started for.

    Returns: the `QueryStatus` of a query that has ended or soon will; a query that had already
    ended is not changed. Or None, to leave the query to the core.

    Raises: as `get_query`.

    Since: 1. Source: Athena StopQueryExecution.

    Example: ``QueryStatus(query_id="…", state=QueryState.CANCELLED, …)``.
    """


@hookspec(firstresult=True)
def list_query_tables(
    registry: Registry, engine: QueryEngine | None = None, prefix: str | None = None
) -> Iterable[QueryTable] | None:
    """List the tables that queries can use in a registry; called for `ops.list_query_tables()`.

    Arguments:
        registry, engine, prefix: as `query`.

    Returns: the tables of this registry: the four package tables and its tabulator tables. Or None,
    to leave the listing to the core.

    Raises: as `query`.

    Ordering and completeness: package tables, then tabulator tables, each by name; all of them.

    Since: 1. Source: Athena ListTableMetadata; GraphQL `bucketConfig.tabulatorTables`.

    Example: ``[QueryTable(name="b_package_entry", columns=(…), description="…", bucket="b"), …]``.
    """
