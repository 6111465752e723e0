"""A result of Athena as a stream: page by page, or from the file that Athena wrote."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import chain, islice
from typing import Any, BinaryIO

from quilt_core.domain.query import QueryColumn, QueryEngine, QueryResult
from quilt_core.domain.uris import S3Uri
from quilt_core.errors import (
    BackendError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
)
from quilt_registry.query.arrow_results import arrow_batches, has_pyarrow
from quilt_registry.query.csv_results import read_rows
from quilt_registry.query.errors import athena_errors
from quilt_registry.query.executions import Execution
from quilt_registry.query.values import result_column, row_reader
from quilt_registry.transfer import TransferEngine, open_for_reading

_PAGE = 1_000
_BLOCK = 1 << 20
_BATCH = 1_000

Texts = Sequence[str | None]


def read_result(
    client: Any, engine: Callable[[], TransferEngine], execution: Execution
) -> QueryResult:
    """The result of a query that has succeeded; one request is made now.

    A result of more than one page is read from its file, in parallel, if the identity may read it;
    otherwise page by page.

    Parameters
    ----------
    client:
        A boto3 client of Athena with the identity's rights.
    engine:
        Returns the transfer engine with these rights; called if there is more than one page.
    execution:
        The query.

    Raises
    ------
    ProtocolError
        For a description or a page that makes no sense, also while the rows are read.
    """
    page = _page(client, execution.id, None)
    columns = _columns(page)
    is_text = not execution.has_header
    rows = _rows(page, len(columns), is_text=is_text)
    if execution.has_header:
        _check_header(rows[0] if rows else (), columns)
        rows = rows[1:]
    token = page.get("NextToken")
    batches: Iterable[Any]
    count = None
    if not token:
        batches, count = [list(map(row_reader(columns), rows))] if rows else [], len(rows)
    else:
        file = _open(engine, execution)
        if file is None:
            pages = _pages(client, execution.id, columns, token)
            following = (_rows(one, len(columns), is_text=is_text) for one in pages)
            batches = (list(map(row_reader(columns), one)) for one in chain([rows], following))
        else:
            batches = _from_file(file, columns)
    return QueryResult(
        columns,
        batches,
        engine=QueryEngine.ATHENA,
        query_id=execution.id,
        bytes_scanned=execution.bytes_scanned,
        row_count=count,
    )


def _open(engine: Callable[[], TransferEngine], execution: Execution) -> BinaryIO | None:
    """The file of a result; None if it cannot be read or is not CSV."""
    place, _, key = (execution.output or "").removeprefix("s3://").partition("/")
    if not place or not key.endswith(".csv") or not execution.has_header:
        return None
    try:
        return open_for_reading(engine(), S3Uri(place, key), _BLOCK)
    except (PermissionDeniedError, NotFoundError):
        return None
    except BackendError as error:
        if isinstance(error, ProtocolError):
            raise
        return None  # reading page by page may still work


def _from_file(file: BinaryIO, columns: tuple[QueryColumn, ...]) -> Iterator[Any]:
    with closing(file):
        chunks = iter(lambda: file.read(_BLOCK), b"")
        header, end = next(read_rows(chunks, len(columns)), ((), 0))
        _check_header(header, columns)
        file.seek(end)
        if has_pyarrow():
            yield from arrow_batches(file, columns)
            return
        read = row_reader(columns)
        texts = (row for row, _ in read_rows(iter(lambda: file.read(_BLOCK), b""), len(columns)))
        while batch := [read(row) for row in islice(texts, _BATCH)]:
            yield batch


def _pages(
    client: Any, query_id: str, columns: tuple[QueryColumn, ...], token: str
) -> Iterator[dict[str, Any]]:
    """The pages from a token on."""
    seen: set[str] = set()
    following: str | None = token
    while following:
        if following in seen:
            raise ProtocolError(f"The pages of the result of query {query_id} make no progress.")
        seen.add(following)
        page = _page(client, query_id, following)
        if _columns(page) != columns:
            raise ProtocolError(f"The pages of the result of query {query_id} differ in columns.")
        yield page
        following = page.get("NextToken")


def _page(client: Any, query_id: str, token: str | None) -> dict[str, Any]:
    more = {} if token is None else {"NextToken": token}
    with athena_errors(f"read the result of query {query_id}", query_id=query_id):
        page: dict[str, Any] = client.get_query_results(
            QueryExecutionId=query_id, MaxResults=_PAGE, **more
        )
    return page


def _columns(page: dict[str, Any]) -> tuple[QueryColumn, ...]:
    described = (page.get("ResultSet") or {}).get("ResultSetMetadata") or {}
    return tuple(map(result_column, described.get("ColumnInfo") or ()))


def _rows(page: dict[str, Any], columns: int, *, is_text: bool) -> list[Texts]:
    """The texts of a page; a missing value is NULL.

    A listing statement, such as DESCRIBE, reports several columns but returns them as one text
    separated by tabs (`is_text`).
    """
    rows: list[Texts] = []
    for row in (page.get("ResultSet") or {}).get("Rows") or ():
        texts: Texts = [datum.get("VarCharValue") for datum in row.get("Data", ())]
        if is_text and columns > 1 and len(texts) == 1:
            texts = _split(texts[0], columns)
        if len(texts) != columns:
            raise ProtocolError(
                f"A row of a result has {len(texts)} values, and {columns} are expected."
            )
        rows.append(texts)
    return rows


def _split(text: str | None, columns: int) -> Texts:
    parts: list[str | None] = [part.strip() for part in (text or "").split("\t")]
    return parts + [None] * (columns - len(parts))


def _check_header(header: Texts, columns: tuple[QueryColumn, ...]) -> None:
    names = [column.name for column in columns]
    if not names or list(header) != names:
        raise ProtocolError(
            f"A result of Athena does not begin with the names of its columns ({names[:20]}).",
        )
