"""Started queries of the local engine, which run in their own threads."""

from __future__ import annotations

import contextvars
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from quilt_core import deadline
from quilt_core.deadline import Cancellation
from quilt_core.domain.names import Registry
from quilt_core.domain.query import (
    QueryColumn,
    QueryEngine,
    QueryResult,
    QueryState,
    QueryStatus,
)
from quilt_core.errors import BackendError, NotFoundError, QuiltOpsError
from quilt_core.query.arrow import schema_of
from quilt_core.query.cache import file_errors
from quilt_core.query.engine import LocalEngine, new_query_id

if TYPE_CHECKING:
    import pyarrow

User = tuple[str | None, str]
"""The address of a registry, and the name of one of its users."""
_AT_ONCE = 4
_KEPT = 100


class Jobs:
    """The queries that one connection has started; thread-safe.

    The results of the last 100 finished queries are kept in a temporary folder.
    """

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._turn = threading.Semaphore(_AT_ONCE)
        self._lock = threading.Lock()
        self._jobs: dict[str, _Job] = {}

    def start(
        self,
        engine: LocalEngine,
        sql: str,
        registry: Registry,
        identity: str | None,
        user: User | None = None,
    ) -> QueryStatus:
        """Start executing a query in a thread, with the caller's context variables.

        Parameters
        ----------
        engine, sql:
            The query.
        registry:
            The registry with which it is looked up.
        identity:
            The key of the caller's credential.
        user:
            The caller, if the credential may be renewed.
        """
        query_id = new_query_id()
        with self._lock:
            if self._folder is None:
                with file_errors():
                    self._folder = tempfile.TemporaryDirectory(
                        prefix="quiltops-queries-", ignore_cleanup_errors=True
                    )
            path = Path(self._folder.name) / f"{query_id}.arrow"
            job = _Job(query_id, sql, (registry, identity), user, path)
            self._jobs[query_id] = job
            ended = [one for one in self._jobs.values() if one.status.is_final]
            for old in ended[:-_KEPT]:
                del self._jobs[old.status.query_id]
                with suppress(OSError):  # the folder is removed at the end
                    old.path.unlink()
        context = contextvars.copy_context()
        threading.Thread(
            target=context.run,
            args=(job.run, engine, self._turn),
            name=f"quiltops-{query_id}",
            daemon=True,
        ).start()
        return job.status

    def get(
        self,
        query_id: str,
        registry: Registry,
        identity: str | None,
        user: Callable[[], User | None] = lambda: None,
    ) -> QueryStatus:
        """The status of a query; raises `NotFoundError` for a query that this user did not start.

        `user` returns the caller. It is called only for a query that was started with another
        credential.
        """
        return self._find(query_id, registry, identity, user).current_status()

    def cancel(
        self,
        query_id: str,
        registry: Registry,
        identity: str | None,
        user: Callable[[], User | None] = lambda: None,
    ) -> QueryStatus:
        """Stop a query; raises `NotFoundError` as `get` does."""
        job = self._find(query_id, registry, identity, user)
        job.cancel()
        return job.current_status()

    def close(self) -> None:
        """Cancel all queries, and remove their results."""
        with self._lock:
            jobs = list(self._jobs.values())
            self._jobs.clear()
        for job in jobs:
            job.cancel()
        for job in jobs:
            job.ended.wait()
        if self._folder is not None:
            self._folder.cleanup()

    def _find(
        self,
        query_id: str,
        registry: Registry,
        identity: str | None,
        user: Callable[[], User | None],
    ) -> _Job:
        with self._lock:
            job = self._jobs.get(query_id)
        if job is None or not (
            job.owner == (registry, identity)
            or (job.owner[0] == registry and job.user is not None and job.user == user())
        ):
            raise NotFoundError(
                f"There is no query {query_id!r}.",
                hint="A query in the local engine is found only by the connection that started "
                "it, for the user and with the registry that start_query had.",
                context={"query_id": query_id},
            )
        return job


class _Job:
    """One query: its status, and the file with its result."""

    def __init__(
        self,
        query_id: str,
        sql: str,
        owner: tuple[Registry, str | None],
        user: User | None,
        path: Path,
    ) -> None:
        self.owner = owner
        self.user = user
        self.path = path
        self.ended = threading.Event()
        self._flag = Cancellation()
        self._lock = threading.Lock()
        self._columns: tuple[QueryColumn, ...] = ()
        self._rows: int | None = None
        self.status = QueryStatus(
            query_id=query_id,
            state=QueryState.QUEUED,
            engine=QueryEngine.LOCAL,
            sql=sql,
            submitted=datetime.now(UTC),
        )

    def run(self, engine: LocalEngine, turn: threading.Semaphore) -> None:
        """Execute it, and write its result to the file."""
        try:
            with deadline.unlimited(), deadline.cancellable(self._flag), turn:
                deadline.check()
                self._become(QueryState.RUNNING)
                scanned = self._execute(engine)
            self._become(QueryState.SUCCEEDED, bytes_scanned=scanned)
        except QuiltOpsError as error:
            cancelled = self._flag.is_cancelled
            state = QueryState.CANCELLED if cancelled else QueryState.FAILED
            self._become(state, error=None if cancelled else str(error))
        except BaseException as error:
            self._become(QueryState.FAILED, error=f"{type(error).__name__}: {error}")
            raise  # a bug, which the thread's exception hook reports
        finally:
            self.ended.set()

    def cancel(self) -> None:
        """Ask it to stop; a query that has ended stays as it was."""
        with self._lock:
            if not self.status.is_final:
                self._flag.cancel()
                self._set(QueryState.CANCELLED)

    def current_status(self) -> QueryStatus:
        """Its status, with a new result object if it has succeeded."""
        with self._lock:
            status = self.status
        if status.state is not QueryState.SUCCEEDED:
            return status
        result = QueryResult(
            self._columns,
            self._read(),
            engine=QueryEngine.LOCAL,
            query_id=status.query_id,
            bytes_scanned=status.bytes_scanned,
            row_count=self._rows,
        )
        return attrs.evolve(status, result=result)

    def _execute(self, engine: LocalEngine) -> int | None:
        import pyarrow as pa

        with engine.query(self.status.sql, query_id=self.status.query_id) as result:
            self._columns = result.columns
            try:
                with pa.OSFile(str(self.path), "wb") as sink:
                    schema = schema_of(result.columns)
                    with pa.ipc.new_stream(sink, schema) as writer:
                        for batch in result.arrow_batches():
                            writer.write_batch(batch)
            except OSError as error:
                raise BackendError(f"The result cannot be written: {error}.") from error
            self._rows = result.row_count
            return result.bytes_scanned

    def _read(self) -> Iterator[pyarrow.RecordBatch]:
        import pyarrow as pa

        try:
            with pa.OSFile(str(self.path), "rb") as source:
                yield from pa.ipc.open_stream(source)
        except OSError as error:
            raise NotFoundError(
                f"The result of query {self.status.query_id} is no longer available: {error}.",
                hint="Start the query again.",
            ) from error

    def _become(
        self, state: QueryState, error: str | None = None, bytes_scanned: int | None = None
    ) -> None:
        with self._lock:
            if not self.status.is_final:
                self._set(state, error, bytes_scanned)

    def _set(
        self, state: QueryState, error: str | None = None, bytes_scanned: int | None = None
    ) -> None:
        self.status = attrs.evolve(
            self.status,
            state=state,
            error=error,
            bytes_scanned=bytes_scanned,
            completed=datetime.now(UTC) if state.is_final else None,
        )
