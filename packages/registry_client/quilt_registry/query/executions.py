"""One query in Athena: starting it, waiting for it, stopping it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import attrs

from quilt_core import deadline
from quilt_core.domain.query import QueryState
from quilt_core.errors import BackendError, ProtocolError, QuiltOpsError, TransportError
from quilt_registry.query.discovery import AthenaPlace
from quilt_registry.query.errors import athena_errors, failed_query

_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0
_GROWTH = 1.5
_START_ATTEMPTS = 6
_START_PAUSE = 1.0
_STOP_SECONDS = 10.0
_BUSY = ("TooManyRequestsException", "ThrottlingException")


@attrs.frozen(kw_only=True)
class Execution:
    """A query as Athena describes it."""

    id: str
    sql: str
    state: QueryState
    reason: str | None
    error: dict[str, Any]
    """Athena's `AthenaError`: category, type, and whether to try again."""
    submitted: datetime | None
    completed: datetime | None
    bytes_scanned: int | None
    output: str | None
    """`s3://…`, not encoded; None if Athena keeps the result itself."""
    has_header: bool
    """Whether the result begins with the names of the columns, as for every query."""

    @classmethod
    def of(cls, document: dict[str, Any]) -> Execution:
        """From the answer to GetQueryExecution; raises `ProtocolError` if it makes no sense."""
        try:
            found = document["QueryExecution"]
            status = found["Status"]
            state = QueryState(status["State"])
            query_id = str(found["QueryExecutionId"])
        except (KeyError, TypeError, ValueError) as error:
            raise ProtocolError(f"Athena's description of a query lacks {error}.") from None
        scanned = (found.get("Statistics") or {}).get("DataScannedInBytes")
        return cls(
            id=query_id,
            sql=str(found.get("Query", "")),
            state=state,
            reason=status.get("StateChangeReason"),
            error=status.get("AthenaError") or {},
            submitted=_time(status.get("SubmissionDateTime")),
            completed=_time(status.get("CompletionDateTime")),
            bytes_scanned=scanned if isinstance(scanned, int) else None,
            output=(found.get("ResultConfiguration") or {}).get("OutputLocation") or None,
            has_header=found.get("StatementType", "DML") == "DML",
        )


def _time(value: object) -> datetime | None:
    """botocore returns times in this machine's time zone."""
    return value.astimezone(UTC) if isinstance(value, datetime) else None


def start(client: Any, sql: str, place: AthenaPlace) -> str:
    """Start a query exactly once, even if requests are repeated; returns its id.

    If Athena is busy, the request is repeated within the limits of the call.
    """
    token = str(uuid.uuid4())  # however often this is sent, only one query is started
    for attempt in range(1, _START_ATTEMPTS + 1):
        try:
            with athena_errors("start the query"):
                answer = client.start_query_execution(
                    QueryString=sql,
                    ClientRequestToken=token,
                    QueryExecutionContext={"Catalog": place.catalog, "Database": place.database},
                    WorkGroup=place.workgroup,
                )
        except TransportError as error:
            if attempt == _START_ATTEMPTS or error.context.get("code") not in _BUSY:
                raise
            deadline.pause(_START_PAUSE * attempt)
        else:
            query_id = answer.get("QueryExecutionId")
            if not isinstance(query_id, str) or not query_id:
                raise ProtocolError("Athena's answer to StartQueryExecution has no id of a query.")
            return query_id
    raise AssertionError("the loop above returns or raises")  # pragma: no cover


def describe(client: Any, query_id: str) -> Execution:
    """The state of a query; raises `NotFoundError` for an unknown id."""
    with athena_errors(f"look at the query {query_id}", query_id=query_id):
        return Execution.of(client.get_query_execution(QueryExecutionId=query_id))


def stop(client: Any, query_id: str) -> None:
    """Stop a query; a query that has ended is not changed."""
    with athena_errors(f"stop the query {query_id}", query_id=query_id):
        client.stop_query_execution(QueryExecutionId=query_id)


def wait(client: Any, query_id: str) -> Execution:
    """Wait until a query has succeeded.

    Raises the error of a query that failed, `BackendError` for one that was cancelled, and
    `TransportError` if the limits of the call end first.
    """
    pause = _FIRST_PAUSE
    while True:
        found = describe(client, query_id)
        if found.state is QueryState.SUCCEEDED:
            return found
        if found.state is QueryState.FAILED:
            raise failed_query(query_id, found.reason or "no reason is given", found.error)
        if found.state is QueryState.CANCELLED:
            raise BackendError(
                f"The query was cancelled in Athena: {found.reason or 'no reason is given'}",
                context={"query_id": query_id},
            )
        deadline.pause(pause)
        pause = min(pause * _GROWTH, _LONGEST_PAUSE)


@contextmanager
def stopped_unless_done(client: Any, query_id: str) -> Iterator[None]:
    """Stop a query when the block that waits for it is left for any reason."""
    try:
        yield
    except BaseException as error:
        # This request is sent although the call's time is over, because a running query costs
        # money.
        with deadline.unlimited(), deadline.within(_STOP_SECONDS):
            try:
                stop(client, query_id)
            except QuiltOpsError as unstopped:
                error.add_note(f"The query {query_id} could not be stopped: {unstopped}")
        raise
