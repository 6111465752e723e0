# mypy: disable-error-code="empty-body"
"""Query operations: SQL over the packages of a registry.

The dialect is Trino's, which Athena speaks; the tables are those of docs/guides/query.md. A backend
implements these where it has an engine of its own, such as Athena. What that engine does not
execute it leaves to the core, which has one in this process: this is the one group in which a hook
answers None, for `engine=QueryEngine.LOCAL`, for a registry that its engine does not reach (a
folder), for an id that is not one of its own, and for `engine=None` where it has no engine to
offer. The core's own ids begin with `local-`.
"""

from __future__ import annotations

from collections.abc import Iterable

from quilt_core.domain.names import Registry
from quilt_core.domain.query import QueryEngine, QueryResult, QueryStatus, QueryTable
from quilt_core.hookspecs.markers import hookspec


@hookspec(firstresult=True)
def query(
    sql: str, registry: Registry, engine: QueryEngine | None = None, prefix: str | None = None
) -> QueryResult | None:
    """Execute a query and wait for its result; called for `ops.query()`.

    Arguments:
        sql: one statement that reads, in Trino's dialect; not empty.
        registry: whose packages the tables are about; it decides where the query is executed. The
            statement may name the tables of other buckets as well.
        engine: what shall execute it; None for the backend's choice: its own engine where it has
            one for this registry, otherwise the core's.
        prefix: what the names of the registry's package tables begin with; None for the bucket's
            name, or the name of the folder. Only the core's engine takes another one.

    Returns: a `QueryResult`, which says its engine; rows are fetched while it is read. Or None,
    where this is left to the core.

    Raises: `ValidationError` for SQL that cannot be understood or names what is not there, with
    `line` and `column` in the context where the engine tells; also for a statement that does more
    than read; `PermissionDeniedError`; `NotFoundError` for a registry that is not there;
    `NotSupportedError` for an engine that this backend or registry does not have; `BackendError`
    when the engine's limits are exceeded, and for a query that failed while it was executed;
    `AuthenticationError`, `TransportError`. When the deadline passes, or the caller leaves or
    closes the result, the query is cancelled at the engine.

    Ordering and completeness: as the statement says; all rows, or an error while they are read.

    Since: 1. Source: Athena StartQueryExecution, GetQueryResults; docs/protocol.md, P.7.

    Example: ``query('SELECT count(*) FROM "b_package_tag"', Registry(bucket="b"), None, None)``.
    """


@hookspec(firstresult=True)
def start_query(
    sql: str, registry: Registry, engine: QueryEngine | None = None, prefix: str | None = None
) -> QueryStatus | None:
    """Begin to execute a query; called for `ops.start_query()`.

    Arguments:
        sql, registry, engine, prefix: as `query`.

    Returns: a `QueryStatus` with the id that `get_query` takes. Or None, where this is left to the
    core.

    Raises: as `query`; what is only found out while it is executed, `get_query` tells.

    Since: 1. Source: Athena StartQueryExecution.

    Example: ``QueryStatus(query_id="…", state=QueryState.QUEUED, …)``.
    """


@hookspec(firstresult=True)
def get_query(query_id: str, registry: Registry) -> QueryStatus | None:
    """Tell where a query stands; called for `ops.get_query()`.

    Arguments:
        query_id: what `start_query` or `query` gave.
        registry: the one that the query was started for.

    Returns: a `QueryStatus`; of one that has succeeded, with a result that can be read. Or None,
    where this is left to the core.

    Raises: `NotFoundError` for an id that is not known, or no longer; `PermissionDeniedError`,
    `AuthenticationError`, `TransportError`. A query that failed is a status, no error.

    Since: 1. Source: Athena GetQueryExecution.

    Example: ``QueryStatus(query_id="…", state=QueryState.SUCCEEDED, result=…, …)``.
    """


@hookspec(firstresult=True)
def cancel_query(query_id: str, registry: Registry) -> QueryStatus | None:
    """Stop a query; called for `ops.cancel_query()`.

    Arguments:
        query_id: what `start_query` gave.
        registry: the one that the query was started for.

    Returns: a `QueryStatus` of a query that has ended or soon will; one that had ended before stays
    as it was. Or None, where this is left to the core.

    Raises: as `get_query`.

    Since: 1. Source: Athena StopQueryExecution.

    Example: ``QueryStatus(query_id="…", state=QueryState.CANCELLED, …)``.
    """


@hookspec(firstresult=True)
def list_query_tables(
    registry: Registry, engine: QueryEngine | None = None, prefix: str | None = None
) -> Iterable[QueryTable] | None:
    """List the tables of a registry that queries can name; called for `ops.list_query_tables()`.

    Arguments:
        registry, engine, prefix: as `query`.

    Returns: the tables about this registry's packages: four package tables, and its tabulator
    tables. Or None, where this is left to the core.

    Raises: as `query`.

    Ordering and completeness: package tables, then tabulator tables, each by name; all of them.

    Since: 1. Source: Athena ListTableMetadata; GraphQL `bucketConfig.tabulatorTables`.

    Example: ``[QueryTable(name="b_package_entry", columns=(…), description="…", bucket="b"), …]``.
    """
