"""Athena's results are read exactly as written, or not at all."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from quilt_registry.query import results
from quilt_registry.query.arrow_results import arrow_batches
from quilt_registry.query.csv_results import read_rows
from quilt_registry.query.executions import Execution
from quilt_registry.query.values import result_column, row_reader, trino_type
from quilt_registry.transfer.engine import Begun, Chunks

from quilt_core import PermissionDeniedError, ProtocolError
from quilt_core.domain.query import QueryColumn, QueryRow, QueryState

TYPES = (
    "bigint",
    "double",
    "decimal(10,2)",
    "date",
    "timestamp(6)",
    "timestamp(6) with time zone",
    "time(6)",
    "boolean",
    "varbinary",
    "varchar",
    "array",
)
COLUMNS = tuple(QueryColumn(name=f"c{number}", type=kind) for number, kind in enumerate(TYPES))
CSV = (
    '"9223372036854775807","1.0E10","12.30","2026-01-02","2026-01-02 03:04:05.678",'
    '"2026-01-02 03:04:05.678 UTC","01:02:03.000","true","61 62","q""x"", \nü","[1, 2]"\n'
    '"-1","Infinity","-0.01","1969-12-31","1900-01-01 00:00:00.000001",'
    '"2026-07-02 03:04:05.000 Europe/Berlin","00:00:00.000","false","","",""\n'
    ",,,,,,,,,,\n"
).encode()
ROWS: list[QueryRow] = [
    (
        9223372036854775807,
        1e10,
        Decimal("12.30"),
        dt.date(2026, 1, 2),
        dt.datetime(2026, 1, 2, 3, 4, 5, 678_000),
        dt.datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=dt.UTC),
        dt.time(1, 2, 3),
        True,
        b"ab",
        'q"x", \nü',
        "[1, 2]",
    ),
    (
        -1,
        float("inf"),
        Decimal("-0.01"),
        dt.date(1969, 12, 31),
        dt.datetime(1900, 1, 1, 0, 0, 0, 1),
        dt.datetime(2026, 7, 2, 1, 4, 5, tzinfo=dt.UTC),
        dt.time(0, 0),
        False,
        b"",
        "",
        "",
    ),
    (None,) * len(TYPES),
]


def _by_python(data: bytes, columns: tuple[QueryColumn, ...]) -> list[QueryRow]:
    read = row_reader(columns)
    return [read(row) for row, _ in read_rows([data], len(columns))]


def _by_pyarrow(data: bytes, columns: tuple[QueryColumn, ...]) -> list[QueryRow]:
    batches = arrow_batches(io.BytesIO(data), columns)
    return [
        row
        for batch in batches
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True)
    ]


BOTH = pytest.mark.parametrize("read", [_by_python, _by_pyarrow])
Read = Callable[[bytes, tuple[QueryColumn, ...]], list[QueryRow]]


@BOTH
def test_every_type_and_null(read: Read) -> None:
    assert read(CSV, COLUMNS) == ROWS


@BOTH
def test_null_is_distinguished_from_empty_text(read: Read) -> None:
    one = (QueryColumn(name="x", type="varchar"),)
    assert read(b'\n""\n"a"\n\n', one) == [(None,), ("",), ("a",), (None,)]
    assert read(b"", one) == []


@BOTH
@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b'"a","1"\n"b","2"', id="cut short after a value"),
        pytest.param(b'"a","1"\n"b', id="cut short within a value"),
        pytest.param(b'"a","1"\n"b"\n', id="a row that is too short"),
        pytest.param(b'"a","1","2"\n', id="a row that is too long"),
        pytest.param(b'"a","x"\n', id="text for a number"),
        pytest.param(b'"\xff","1"\n', id="no UTF-8"),
        pytest.param(b'"a",""\n', id="empty text for a number"),
    ],
)
def test_a_malformed_result_is_refused(read: Read, data: bytes) -> None:
    columns = (QueryColumn(name="x", type="varchar"), QueryColumn(name="y", type="bigint"))
    with pytest.raises(ProtocolError):
        read(data, columns)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_chunks_of_any_size(size: int) -> None:
    pieces = (CSV[start : start + size] for start in range(0, len(CSV), size))
    found = list(read_rows(pieces, len(TYPES)))
    read = row_reader(COLUMNS)
    assert [read(row) for row, _ in found] == ROWS
    assert [CSV[:end].count(b"\n") for _, end in found] == [2, 3, 4]
    assert found[-1][1] == len(CSV)


def test_precision_finer_than_a_microsecond_is_refused() -> None:
    read = row_reader([QueryColumn(name="t", type="timestamp(6)")])
    assert read(["2026-01-02 03:04:05.123456000"]) == (dt.datetime(2026, 1, 2, 3, 4, 5, 123456),)
    with pytest.raises(ProtocolError, match=r"CAST it AS timestamp\(6\)"):
        read(["2026-01-02 03:04:05.123456789"])


def test_types() -> None:
    info = {"Name": "m", "Type": "decimal", "Precision": 12, "Scale": 3}
    assert result_column(info).type == "decimal(12,3)"
    assert trino_type("array<struct<a:int,b:map<string,double>>>") == (
        "array(row(a integer, b map(varchar, double)))"
    )
    with pytest.raises(ProtocolError):
        result_column({"Name": "m"})


class Athena:
    """Answers GetQueryResults with the pages of a test."""

    def __init__(self, *pages: dict[str, Any]) -> None:
        self.pages = {page.pop("Token", None): page for page in pages}
        self.asked: list[str | None] = []

    def get_query_results(self, **given: Any) -> dict[str, Any]:
        assert given["QueryExecutionId"] == "q"
        self.asked.append(given.get("NextToken"))
        return self.pages[given.get("NextToken")]


class Objects:
    """Reads objects as a transfer engine does, or is denied access."""

    def __init__(self, content: bytes | None) -> None:
        self.content = content

    def get(self, uri: Any, count: int) -> Begun:
        if self.content is None:
            raise PermissionDeniedError("Access Denied")
        size = len(self.content)
        return Begun(uri=uri, size=size, etag='"e"', chunks=self.range(uri, 0, count, '"e"'))

    def range(self, uri: Any, start: int, stop: int, etag: str) -> Chunks:
        assert self.content is not None
        yield self.content[start:stop]


def _page(*rows: list[str | None], **more: Any) -> dict[str, Any]:
    return {
        "ResultSet": {
            "ResultSetMetadata": {
                "ColumnInfo": [{"Name": "a", "Type": "bigint"}, {"Name": "b", "Type": "varchar"}]
            },
            "Rows": [
                {"Data": [{} if value is None else {"VarCharValue": value} for value in row]}
                for row in rows
            ],
        },
        **more,
    }


def _execution(**given: Any) -> Execution:
    known: dict[str, Any] = {
        "id": "q",
        "sql": "SELECT 1",
        "state": QueryState.SUCCEEDED,
        "reason": None,
        "error": {},
        "submitted": None,
        "completed": None,
        "bytes_scanned": 7,
        "output": "s3://results/a/q.csv",
        "has_header": True,
    }
    return Execution(**{**known, **given})


def _read(athena: Athena, content: bytes | None = None, **given: Any) -> Any:
    objects: Any = Objects(content)
    return results.read_result(athena, lambda: objects, _execution(**given))


def test_a_small_result_is_one_page() -> None:
    athena = Athena(_page(["a", "b"], ["1", None], ["2", ""]))
    result = _read(athena)
    assert (result.row_count, result.bytes_scanned, result.query_id) == (2, 7, "q")
    assert list(result) == [(1, None), (2, "")]
    assert athena.asked == [None]
    assert list(_read(Athena(_page(["a", "b"])))) == []


def test_a_large_result_is_read_from_its_file() -> None:
    athena = Athena(_page(["a", "b"], ["1", None], NextToken="t"))
    result = _read(athena, b'"a","b"\n"1",\n"2",""\n')
    assert list(result) == [(1, None), (2, "")]
    assert athena.asked == [None]


def test_pages_are_used_where_the_file_may_not_be_read() -> None:
    athena = Athena(
        _page(["a", "b"], ["1", None], NextToken="t"),
        _page(["2", ""], Token="t", NextToken="u"),
        _page(Token="u"),
    )
    assert list(_read(athena, None)) == [(1, None), (2, "")]
    assert athena.asked == [None, "t", "u"]


def test_the_text_output_of_a_listing_statement() -> None:
    page = _page(["x                   \tstring    \t  "])
    page["ResultSet"]["ResultSetMetadata"]["ColumnInfo"] = [
        {"Name": name, "Type": "string"} for name in ("col_name", "data_type", "comment")
    ]
    assert list(_read(Athena(page), has_header=False)) == [("x", "string", "")]


@pytest.mark.parametrize(
    "pages",
    [
        pytest.param([_page()], id="no header"),
        pytest.param([{}], id="nothing"),
        pytest.param([_page(["a", "c"], ["1", "x"])], id="another header"),
        pytest.param([_page(["a", "b"], ["1"])], id="a row that is too short"),
        pytest.param([_page(["a", "b"], ["1", "x", "y"])], id="a row that is too long"),
        pytest.param([_page(["a", "b"], ["one", "x"])], id="text for a number"),
        pytest.param(
            [_page(["a", "b"], NextToken="t"), _page(["1", "x"], Token="t", NextToken="t")],
            id="a token that comes again",
        ),
        pytest.param(
            [_page(["a", "b"], NextToken="t"), {"Token": "t", "ResultSet": {}}],
            id="other columns on the next page",
        ),
    ],
)
def test_inconsistent_pages_are_refused(pages: list[dict[str, Any]]) -> None:
    with pytest.raises(ProtocolError):
        list(_read(Athena(*(dict(page) for page in pages))))


@pytest.mark.parametrize("pyarrow", [True, False])
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b'"a","c"\n"1","x"\n', id="another header"),
        pytest.param(b'"a","b"\n"1","x"', id="cut short"),
        pytest.param(b"<html>Sign in</html>\n", id="a page"),
    ],
)
def test_inconsistent_files_are_refused(
    monkeypatch: pytest.MonkeyPatch, content: bytes, pyarrow: bool
) -> None:
    monkeypatch.setattr(results, "has_pyarrow", lambda: pyarrow)
    athena = Athena(_page(["a", "b"], ["1", None], NextToken="t"))
    with pytest.raises(ProtocolError):
        list(_read(athena, content))


def test_without_pyarrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "has_pyarrow", lambda: False)
    athena = Athena(_page(["a", "b"], ["0", ""], NextToken="t"))
    rows = b"".join(b'"%d",\n' % number for number in range(2_500))
    found = list(_read(athena, b'"a","b"\n' + rows))
    assert found == [(number, None) for number in range(2_500)]


@pytest.mark.parametrize(
    "document",
    [{}, {"QueryExecution": {}}, {"QueryExecution": {"Status": {"State": "DONE"}}}, {"x": 1}],
)
def test_a_description_that_makes_no_sense_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(ProtocolError):
        Execution.of(document)
