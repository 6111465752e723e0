"""The results of query operations: streams of rows, states of queries, and tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from enum import Enum
from itertools import chain, islice
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import attrs

from quilt_core.domain.base import DomainObject, aware
from quilt_core.errors import ValidationError

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

_SHOWN = 20

QueryRow = tuple[Any, ...]
"""The values of a row, in the order of the columns: None, bool, int, float, `Decimal`, str, bytes,
`date`, `datetime`, and lists and dictionaries for nested types.
"""


class QueryEngine(Enum):
    """The engine that executes a query."""

    LOCAL = "local"
    """DuckDB in this process, on the data that this identity can read."""
    ATHENA = "athena"
    """Amazon Athena, on the tables that the registry maintains."""


QueryEngineName = Literal["local", "athena"]
"""The values of `QueryEngine`, which facade methods also accept."""


class QueryState(Enum):
    """The state of a query; the names are Athena's."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"

    @property
    def is_final(self) -> bool:
        """Whether the query has ended."""
        return self in (QueryState.SUCCEEDED, QueryState.FAILED, QueryState.CANCELLED)


@attrs.frozen(kw_only=True, repr=False)
class QueryColumn(DomainObject):
    """A column of a table or of a result."""

    name: str
    type: str
    """Trino's name of the type, in lower case: `varchar`, `bigint`, `timestamp(3)`,
    `array(bigint)`, `decimal(10,2)`.
    """


@attrs.frozen(kw_only=True, repr=False)
class QueryTable(DomainObject):
    """A table that queries can use."""

    name: str
    """The table's own name, such as `my-bucket_package_tag`."""
    columns: tuple[QueryColumn, ...]
    description: str
    """What a row represents."""
    database: str | None = None
    """The database that contains it; None if queries do not need it."""
    catalog: str | None = None
    """The data catalog that contains the database; None if queries do not need it."""
    bucket: str | None = None
    """The bucket whose packages it covers; None for a folder."""

    @property
    def sql_name(self) -> str:
        """The quoted name for use in a query: `"quilt-x-tabulator"."bucket"."table"`."""
        parts = [part for part in (self.catalog, self.database, self.name) if part is not None]
        return ".".join(quote_identifier(part) for part in parts)


def quote_identifier(name: str) -> str:
    """A name in double quotes, for SQL."""
    return '"' + name.replace('"', '""') + '"'


class QueryResult:
    """The rows of a query, as a stream that can be read once.

    Iterating gives tuples; `records`, `to_arrow`, `to_pandas` and `to_polars` read the rest of the
    rows instead. Rows are fetched while they are read, and a result is never cut short without an
    error. If you do not read it to its end, close it or use it in a `with` statement, which stops a
    query that is still running.

    Parameters
    ----------
    columns:
        Names and types, in order; a name may occur twice or be empty.
    batches:
        The rows in batches, each a sequence of tuples or a `pyarrow.RecordBatch` with columns of
        the types of `columns`. Errors while reading must be `QuiltOpsError`.
    engine:
        The engine that executed the query.
    query_id:
        Its id at the engine.
    bytes_scanned:
        Bytes of data that the engine read, for which Athena charges; None if that is not known.
    row_count:
        The number of rows, if it is known before they are read.
    on_close:
        Called once, when the result is read to its end or closed.
    """

    def __init__(
        self,
        columns: Iterable[QueryColumn],
        batches: Iterable[Sequence[QueryRow] | pyarrow.RecordBatch],
        *,
        engine: QueryEngine,
        query_id: str,
        bytes_scanned: int | None = None,
        row_count: int | None = None,
        on_close: Callable[[], None] | None = None,
    ) -> None:
        self.columns = tuple(columns)
        self.engine = engine
        self.query_id = query_id
        self.bytes_scanned = bytes_scanned
        self._batches = iter(batches)
        self._row_count = row_count
        self._on_close = on_close
        self._read = 0
        self._ahead: list[Any] = []
        self._state: Literal["new", "reading", "done", "closed"] = "new"

    @property
    def row_count(self) -> int | None:
        """The number of rows; None if it is not known until all rows have been read."""
        return self._row_count

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    def __iter__(self) -> Iterator[QueryRow]:
        """The rows as tuples.

        Raises `ValidationError` if the result has already been read or closed, because a stream can
        be read only once.
        """
        return chain.from_iterable(map(_rows, self._take()))

    def records(self) -> Iterator[dict[str, Any]]:
        """The rows as dictionaries; `ValidationError` if two columns have the same name."""
        names = self.column_names
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise ValidationError(
                f"Two columns of the result are called {twice!r}.",
                hint="Name them apart: SELECT a.x AS first, b.x AS second.",
            )
        return (dict(zip(names, row, strict=True)) for row in self)

    def arrow_batches(self) -> Iterator[pyarrow.RecordBatch]:
        """The rows as `pyarrow.RecordBatch` objects, as they arrive.

        Raises `NotSupportedError` when pyarrow is not installed; otherwise as iterating.
        """
        from quilt_core.query.arrow import record_batch, schema_of

        schema = schema_of(self.columns)
        return (record_batch(batch, schema) for batch in self._take())

    def to_arrow(self) -> pyarrow.Table:
        """All rows as a `pyarrow.Table`; raises as `arrow_batches`."""
        from quilt_core.query.arrow import schema_of, table

        schema = schema_of(self.columns)
        return table(self.arrow_batches(), schema)

    def to_pandas(self) -> pandas.DataFrame:
        """All rows as a `pandas.DataFrame`, whose columns have pandas' Arrow types.

        An integer column with nulls keeps its integers, and a null differs from an empty text.
        Raises `NotSupportedError` when pandas or pyarrow is not installed.
        """
        from quilt_core.query.arrow import to_pandas

        return to_pandas(self.to_arrow)

    def to_polars(self) -> polars.DataFrame:
        """All rows as a `polars.DataFrame`.

        Raises `NotSupportedError` when polars or pyarrow is not installed.
        """
        from quilt_core.query.arrow import to_polars

        return to_polars(self.to_arrow)

    def close(self) -> None:
        """Stop reading and cancel the query; a second call does nothing."""
        if self._state in ("new", "reading"):
            self._state = "closed"
        self._ahead = []
        close = getattr(self._batches, "close", None)
        if close is not None:
            close()
        self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_on_close", None) is not None:
            self.close()

    def __repr__(self) -> str:
        count = "" if self._row_count is None else f", {self._row_count} rows"
        return (
            f"<QueryResult of {self.engine.value}: {len(self.columns)} columns{count}, "
            f"query_id={self.query_id!r}>"
        )

    def _repr_html_(self) -> str:
        """The first rows as a table, for notebooks; they can still be read afterwards."""
        from quilt_core.domain.html import html_rows

        if self._state == "new":
            self._look_ahead()
        rows = list(islice(chain.from_iterable(map(_rows, self._ahead)), _SHOWN + 1))
        count = "" if self._row_count is None else f", {self._row_count} rows"
        note = "…" if len(rows) > _SHOWN else ""
        if self._state in ("reading", "closed") or (self._state == "done" and not rows):
            note = "read"
        return html_rows(f"{self.engine.value}{count}", self.column_names, rows[:_SHOWN], note=note)

    def _look_ahead(self) -> None:
        """Fetch the rows that are shown, and keep them for reading."""
        found = sum(map(_length, self._ahead))
        while found <= _SHOWN:
            try:
                batch = next(self._batches, None)
            except BaseException:
                self.close()  # reading on would end here as if these were all rows
                raise
            if batch is None:
                break
            found += _length(batch)
            self._ahead.append(batch)

    def _take(self) -> Iterator[Any]:
        """The batches; raises `ValidationError` immediately if they have already been taken."""
        if self._state != "new":
            what = "closed" if self._state == "closed" else "read"
            raise ValidationError(
                f"The result of query {self.query_id} has already been {what}.",
                hint="A result is a stream, which is read once: keep list(result) or "
                "result.to_arrow(), or run the query again.",
                context={"query_id": self.query_id},
            )
        self._state = "reading"
        return self._stream()

    def _stream(self) -> Iterator[Any]:
        with closing(self):
            ahead, self._ahead = self._ahead, []
            for batch in chain(ahead, self._batches):
                self._read += _length(batch)
                yield batch
            self._row_count = self._read
            self._state = "done"

    def _end(self) -> None:
        on_close, self._on_close = self._on_close, None
        if on_close is not None:
            on_close()


def _length(batch: Any) -> int:
    return len(batch) if isinstance(batch, Sequence) else int(batch.num_rows)


def _rows(batch: Any) -> Iterable[QueryRow]:
    if isinstance(batch, Sequence):
        return batch
    if not batch.num_columns:
        return [()] * int(batch.num_rows)
    return zip(*(column.to_pylist() for column in batch.columns), strict=True)


@attrs.frozen(kw_only=True, repr=False)
class QueryStatus(DomainObject):
    """A query that was started: its state, its cost and its result."""

    _UNTOLD: ClassVar[frozenset[str]] = frozenset({"result"})

    query_id: str
    state: QueryState
    engine: QueryEngine
    sql: str
    """The SQL as it was passed."""
    submitted: datetime | None = attrs.field(default=None, validator=aware)
    completed: datetime | None = attrs.field(default=None, validator=aware)
    """When it ended; None until then."""
    bytes_scanned: int | None = None
    """Bytes of data read so far; None if that is not known."""
    error: str | None = None
    """Why it failed or was cancelled; None otherwise."""
    result: QueryResult | None = attrs.field(default=None, eq=False, repr=False)
    """The result; None until the query has succeeded. Each `get_query` returns a new stream."""

    @property
    def is_final(self) -> bool:
        """Whether the query has ended."""
        return self.state.is_final
