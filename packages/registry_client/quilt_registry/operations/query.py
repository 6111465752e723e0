"""Query operations: SQL in Amazon Athena, with the rights of the connection's identity."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from quilt_core.domain.names import Registry
from quilt_core.domain.query import (
    QueryEngine,
    QueryResult,
    QueryState,
    QueryStatus,
    QueryTable,
)
from quilt_core.errors import NotFoundError, PermissionDeniedError, ValidationError
from quilt_core.hookspecs import hookimpl
from quilt_registry.aws.credentials import NoAwsCredentialsError
from quilt_registry.endpoint import NoRegistryError
from quilt_registry.query import executions
from quilt_registry.query.access import AthenaAccess
from quilt_registry.query.discovery import AthenaPlace, list_tables
from quilt_registry.query.errors import NoAthenaError
from quilt_registry.query.executions import Execution
from quilt_registry.query.results import read_result
from quilt_registry.query.tables import package_tables, tabulator_tables

_LOCAL_ID = "local-"
_ABSENT = (NoAthenaError, NoAwsCredentialsError, NoRegistryError)
"""The reason why Athena is not available; the query is left to the core unless Athena was
requested.
"""


class QueryOperations:
    """Implements the hooks of `quilt_core.hookspecs.query` for buckets.

    Parameters
    ----------
    athena:
        Returns Athena with the rights of the current call's identity.
    """

    def __init__(self, athena: Callable[[], AthenaAccess]) -> None:
        self._athena = athena

    @hookimpl
    def query(
        self, sql: str, registry: Registry, engine: QueryEngine | None, prefix: str | None
    ) -> QueryResult | None:
        """`StartQueryExecution`, `GetQueryExecution` until it has ended, `GetQueryResults`; a
        result of more than 1,000 rows is read from its file if that is allowed.
        """
        found = self._started(sql, registry, engine, prefix)
        if found is None:
            return None
        athena, query_id = found
        with executions.stopped_unless_done(athena.client, query_id):
            execution = executions.wait(athena.client, query_id)
        return read_result(athena.client, athena.engine, execution)

    @hookimpl
    def start_query(
        self, sql: str, registry: Registry, engine: QueryEngine | None, prefix: str | None
    ) -> QueryStatus | None:
        """`StartQueryExecution`, `GetQueryExecution`."""
        found = self._started(sql, registry, engine, prefix)
        return None if found is None else _status(*found)

    @hookimpl
    def get_query(self, query_id: str, registry: Registry) -> QueryStatus | None:
        """`GetQueryExecution`, and `GetQueryResults` if it has succeeded."""
        athena = self._of(query_id, registry)
        return None if athena is None else _status(athena, query_id)

    @hookimpl
    def cancel_query(self, query_id: str, registry: Registry) -> QueryStatus | None:
        """`StopQueryExecution`, `GetQueryExecution`."""
        athena = self._of(query_id, registry)
        if athena is None:
            return None
        executions.stop(athena.client, query_id)
        return _status(athena, query_id)

    @hookimpl
    def list_query_tables(
        self, registry: Registry, engine: QueryEngine | None, prefix: str | None
    ) -> Iterable[QueryTable] | None:
        """`ListTableMetadata`, of the database of the packages' tables and of tabulator's."""
        found = self._placed(registry, engine, prefix)
        if found is None:
            return None
        athena, place = found
        bucket = registry.bucket or ""
        packages = list_tables(athena.client, place.catalog, place.database, f"{bucket}_package_")
        tables = list(package_tables(bucket, packages))
        stack = athena.stack()
        if stack is None:
            return tables
        catalog = f"quilt-{stack}-tabulator"
        try:
            of_bucket = list_tables(athena.client, catalog, bucket, "")
        except NotFoundError:  # a bucket without tables has no database there
            of_bucket = []
        return [*tables, *tabulator_tables(bucket, catalog, of_bucket)]

    def _started(
        self,
        sql: str,
        registry: Registry,
        engine: QueryEngine | None,
        prefix: str | None,
    ) -> tuple[AthenaAccess, str] | None:
        """Athena, and the id of the query that was started there; None leaves the query to the
        core.
        """
        found = self._placed(registry, engine, prefix)
        if found is None:
            return None
        athena, place = found
        try:
            return athena, executions.start(athena.client, sql, place)
        except (PermissionDeniedError, NotFoundError):
            athena.forget(place)
        # The role may have been changed since the workgroup was found.
        again = self._placed(registry, engine, prefix)
        if again is None:
            return None
        return athena, executions.start(athena.client, sql, again[1])

    def _placed(
        self, registry: Registry, engine: QueryEngine | None, prefix: str | None
    ) -> tuple[AthenaAccess, AthenaPlace] | None:
        """Athena, and the place where queries about this registry run; None leaves the query to the
        core.
        """
        wanted = engine is QueryEngine.ATHENA
        if registry.bucket is None or engine is QueryEngine.LOCAL:
            return None
        if prefix is not None and prefix != registry.bucket:
            raise ValidationError(
                f"The tables of {registry} begin with the bucket's name, not with {prefix!r}.",
                hint="A prefix can be chosen for a folder only.",
            )
        try:
            athena = self._athena()
            return athena, athena.place(registry.bucket)
        except _ABSENT:
            if wanted:
                raise
            return None

    def _of(self, query_id: str, registry: Registry) -> AthenaAccess | None:
        if registry.bucket is None or query_id.startswith(_LOCAL_ID):
            return None
        return self._athena()


def _status(athena: AthenaAccess, query_id: str) -> QueryStatus:
    execution = executions.describe(athena.client, query_id)
    return QueryStatus(
        query_id=execution.id,
        state=execution.state,
        engine=QueryEngine.ATHENA,
        sql=execution.sql,
        submitted=execution.submitted,
        completed=execution.completed,
        bytes_scanned=execution.bytes_scanned,
        error=_error(execution),
        result=_result(athena, execution),
    )


def _error(execution: Execution) -> str | None:
    if execution.state not in (QueryState.FAILED, QueryState.CANCELLED):
        return None
    return execution.reason or "no reason is given"


def _result(athena: AthenaAccess, execution: Execution) -> QueryResult | None:
    if execution.state is not QueryState.SUCCEEDED:
        return None
    return read_result(athena.client, athena.engine, execution)
