"""The operations of the group `query` that the core implements: the local engine, for one
connection.

They are registered beside a backend's own operations, which leave to them the queries that its
engine does not execute.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from quilt_core import auth_context, domain
from quilt_core.domain.names import Registry
from quilt_core.errors import NotSupportedError
from quilt_core.hookspecs import hookimpl

if TYPE_CHECKING:
    from quilt_core.composition.calls import Calls
    from quilt_core.domain.query import QueryEngine, QueryResult, QueryStatus, QueryTable
    from quilt_core.query.engine import LocalEngine
    from quilt_core.query.jobs import Jobs, User


class QueryComposition:
    """The operations of the group `query`; their implementations are imported when they are called.

    Parameters
    ----------
    calls:
        The connection's own operations.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._lock = threading.Lock()
        self._jobs: Jobs | None = None

    @hookimpl(trylast=True)
    def query(
        self, sql: str, registry: Registry, engine: QueryEngine | None, prefix: str | None
    ) -> QueryResult:
        return self._engine("query", registry, engine, prefix).query(sql)

    @hookimpl(trylast=True)
    def start_query(
        self, sql: str, registry: Registry, engine: QueryEngine | None, prefix: str | None
    ) -> QueryStatus:
        local = self._engine("start_query", registry, engine, prefix)
        identity = self._calls.dispatch.identity
        return self._started().start(local, sql, registry, identity, self._user())

    @hookimpl(trylast=True)
    def get_query(self, query_id: str, registry: Registry) -> QueryStatus:
        return self._started().get(query_id, registry, self._calls.dispatch.identity, self._user)

    @hookimpl(trylast=True)
    def cancel_query(self, query_id: str, registry: Registry) -> QueryStatus:
        return self._started().cancel(query_id, registry, self._calls.dispatch.identity, self._user)

    @hookimpl(trylast=True)
    def list_query_tables(
        self, registry: Registry, engine: QueryEngine | None, prefix: str | None
    ) -> Iterable[QueryTable]:
        from quilt_core.composition.query_source import prefix_of

        local = self._engine("list_query_tables", registry, engine, prefix)
        return local.tables(prefix_of(registry, prefix), bucket=registry.bucket)

    def close(self) -> None:
        """Cancel the queries that were started, and remove their results."""
        with self._lock:
            jobs, self._jobs = self._jobs, None
        if jobs is not None:
            jobs.close()

    def _engine(
        self, operation: str, registry: Registry, engine: QueryEngine | None, prefix: str | None
    ) -> LocalEngine:
        if engine not in (None, domain.QueryEngine.LOCAL):
            raise NotSupportedError(
                operation,
                None,
                f"{registry} has no engine {engine.value!r} here",
                hint="engine='local' executes the query in this process.",
            )
        from quilt_core.composition.query_source import OperationsSource
        from quilt_core.query.engine import LocalEngine

        return LocalEngine(OperationsSource(self._calls, registry, prefix))

    def _user(self) -> User | None:
        """The user of a call whose token comes from the application, which may renew it, as the
        registry names them.
        """
        dispatch = self._calls.dispatch
        if auth_context.current() is None or not dispatch.has("get_auth_status"):
            return None
        status = dispatch.call("get_auth_status", domain.AuthStatus)
        return (status.registry_url, status.user_name) if status.user_name else None

    def _started(self) -> Jobs:
        from quilt_core.query.jobs import Jobs

        with self._lock:
            if self._jobs is None:
                self._jobs = Jobs()
            return self._jobs
