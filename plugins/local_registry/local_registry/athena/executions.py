"""The submitted queries, and the threads that run them."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import attrs

from local_registry.athena import results
from local_registry.athena.errors import AthenaError, invalid
from local_registry.athena.model import (
    Column,
    Place,
    QueryEngine,
    QueryFailedError,
    State,
    Table,
)
from local_registry.athena.statements import Kind, Listing, kind_of, listing_of
from local_registry.clock import Clock
from local_registry.config import QueryLimits
from local_registry.identity.model import Identity
from local_registry.s3.client import S3Client
from quilt_core import deadline
from quilt_core.deadline import Cancellation
from quilt_core.domain.uris import S3Uri
from quilt_core.errors import TransportError

_LOGGER = logging.getLogger("local_registry")


@attrs.frozen(kw_only=True)
class Asked:
    """A client's request; two requests with the same token must be equal."""

    sql: str
    place: Place
    group: str
    location: str
    """`s3://bucket/prefix/`."""


@attrs.define(kw_only=True)
class Execution:
    """One query; the fields are written by the thread that runs it."""

    id: str
    asked: Asked
    identity: Identity
    kind: Kind
    submitted: float
    token: str | None = None
    started: float | None = None
    completed: float | None = None
    state: State = "QUEUED"
    reason: str | None = None
    category: int | None = None
    columns: tuple[Column, ...] = ()
    rows: int = 0
    size: int = 0
    scanned: int = 0
    flag: Cancellation = attrs.field(factory=Cancellation)

    @property
    def is_text(self) -> bool:
        """Whether the result is plain text, as that of SHOW TABLES."""
        return self.kind.type != "DML"

    @property
    def output(self) -> S3Uri:
        """The object that holds the result."""
        bucket, _, prefix = self.asked.location.removeprefix("s3://").partition("/")
        prefix = f"{prefix.rstrip('/')}/" if prefix else ""
        return S3Uri(bucket, f"{prefix}{self.id}.{'txt' if self.is_text else 'csv'}")

    @property
    def has_ended(self) -> bool:
        """Whether it is in a final state."""
        return self.state in ("SUCCEEDED", "FAILED", "CANCELLED")


class Executions:
    """The queries of all users, each visible only to its own user; the newest are kept."""

    def __init__(
        self, engine: QueryEngine, s3: S3Client, bucket: str, clock: Clock, limits: QueryLimits
    ) -> None:
        """`bucket` is the registry's own bucket for results, which is emptied."""
        self._engine = engine
        self._s3 = s3
        self._bucket = bucket
        results.delete_all(s3, bucket)
        self._clock = clock
        self._limits = limits
        self._lock = Lock()
        self._all: dict[str, Execution] = {}
        self._threads = ThreadPoolExecutor(
            max_workers=limits.at_once, thread_name_prefix="athena-query"
        )

    def close(self) -> None:
        """Stop running queries and accept no more."""
        with self._lock:
            for one in self._all.values():
                one.flag.cancel()
        self._threads.shutdown(cancel_futures=True)

    def start(self, identity: Identity, asked: Asked, token: str | None) -> Execution:
        """Accept a query; for a token that was used before, return the query for which it was used.

        Raises `AthenaError`: InvalidRequestException (no SQL; the token belongs to another
        query), TooManyRequestsException.
        """
        kind = kind_of(asked.sql)
        if kind.type != "UTILITY":
            try:
                self._engine.check(asked.sql)
            except QueryFailedError as error:
                raise invalid(str(error), "MALFORMED_QUERY") from error
        made = Execution(
            id=str(uuid.uuid4()),
            asked=asked,
            identity=identity,
            kind=kind,
            submitted=self._clock(),
            token=token,
        )
        with self._lock:
            known = self._with_token(identity, token)
            if known is not None:
                if known.asked != asked:
                    raise invalid("Idempotent parameters do not match")
                return known
            waiting = sum(
                not one.has_ended and one.identity.user_id == identity.user_id
                for one in self._all.values()
            )
            if waiting >= self._limits.per_user:
                raise AthenaError(
                    "TooManyRequestsException",
                    "You have exceeded the limit for the number of queries that run concurrently",
                    details={"Reason": "CONCURRENT_QUERY_LIMIT_EXCEEDED"},
                )
            self._all[made.id] = made
            gone = self._too_many()
        for old in gone:
            if old.output.bucket == self._bucket:  # others belong to the bucket's owner
                results.delete(self._s3, old.output)
        self._threads.submit(self._run, made)
        return made

    def get(self, identity: Identity, query_id: str) -> Execution:
        """A query of this user in this role; raises InvalidRequestException for any other."""
        found = self._all.get(query_id)
        if found is None or not _is_of(found, identity):
            raise invalid(f"QueryExecution {query_id} was not found")
        return found

    def of(self, identity: Identity, group: str) -> list[Execution]:
        """The queries of this user in this role in a workgroup, newest first."""
        with self._lock:
            every = list(self._all.values())
        return [one for one in every[::-1] if _is_of(one, identity) and one.asked.group == group]

    def stop(self, execution: Execution) -> None:
        """Cancel a query, if it has not ended."""
        with self._lock:
            execution.flag.cancel()
            if execution.state == "QUEUED":
                self._end(execution, "CANCELLED", "Query cancelled by user")

    def _with_token(self, identity: Identity, token: str | None) -> Execution | None:
        if token is None:
            return None
        same = (one for one in self._all.values() if one.token == token and _is_of(one, identity))
        return next(same, None)

    def _too_many(self) -> Sequence[Execution]:
        """Remove the oldest finished queries if there are too many; the lock must be held."""
        ended = [one for one in self._all.values() if one.has_ended]
        gone = ended[: max(0, len(self._all) - self._limits.kept)]
        for old in gone:
            del self._all[old.id]
        return [old for old in gone if old.state == "SUCCEEDED"]

    def _run(self, execution: Execution) -> None:
        with self._lock:
            if execution.has_ended:
                return
            execution.state, execution.started = "RUNNING", self._clock()
        seconds = self._limits.seconds
        try:
            with deadline.cancellable(execution.flag), deadline.within(seconds, "deadline"):
                self._carry_out(execution)
            self._finish(execution, "SUCCEEDED", None)
        except QueryFailedError as error:
            self._finish(execution, "FAILED", str(error), error.category)
        except TransportError:  # there is no time left
            message = f"Query exhausted resources: it took more than {seconds:g} seconds"
            self._finish(execution, "FAILED", message)
        except Exception:
            # The last resort of the thread: the client is told that there is a bug, and the log has
            # the details.
            _LOGGER.exception("query %s failed", execution.id)
            self._finish(execution, "FAILED", "GENERIC_INTERNAL_ERROR: Internal error", 1)

    def _carry_out(self, execution: Execution) -> None:
        asked, identity = execution.asked, execution.identity
        if execution.kind.type == "DML":
            with self._engine.run(identity, asked.sql, asked.place) as rows:
                execution.columns = rows.columns
                written = results.write_csv(
                    self._s3, execution.output, rows, self._limits.result_bytes
                )
                execution.scanned = rows.scanned
        else:
            listing = self._listing(asked, lambda: self._engine.tables(identity))
            execution.columns = listing.columns
            written = results.write_text(self._s3, execution.output, listing.columns, listing.lines)
        execution.rows, execution.size = written.rows, written.size

    @staticmethod
    def _listing(asked: Asked, tables: Callable[[], Sequence[Table]]) -> Listing:
        found = listing_of(asked.sql, asked.place, tables)
        if found is None:
            raise QueryFailedError(
                "NOT_SUPPORTED", "The local Quilt registry reads: SELECT, SHOW and DESCRIBE"
            )
        return found

    def _finish(
        self, execution: Execution, state: State, reason: str | None, category: int | None = None
    ) -> None:
        with self._lock:
            if execution.flag.is_cancelled:
                state, reason, category = "CANCELLED", "Query cancelled by user", None
            self._end(execution, state, reason, category)

    def _end(
        self, execution: Execution, state: State, reason: str | None, category: int | None = None
    ) -> None:
        execution.completed = self._clock()
        execution.reason, execution.category = reason, category
        execution.state = state


def _is_of(execution: Execution, identity: Identity) -> bool:
    """Whether an identity owns the query and has the role in which it was submitted."""
    whose = execution.identity
    return (whose.user_id, whose.role) == (identity.user_id, identity.role)
