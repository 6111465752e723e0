"""Success of queries in Athena, through both backends."""

from __future__ import annotations

import time
from typing import Any

import pytest

from quilt_core import QueryEngine, QueryState, QueryStatus, QuiltOps

LONG = """SELECT count(*) FROM UNNEST(sequence(1, 10000)) a (x)
CROSS JOIN UNNEST(sequence(1, 10000)) b (y) CROSS JOIN UNNEST(sequence(1, 10000)) c (z)"""


@pytest.fixture(params=["platform", "quilt3"])
def backend(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def sql(place: Any) -> str:
    return (
        f'SELECT pkg_name, tag_name FROM "{place.bucket}_package_tag" '
        f"WHERE pkg_name = '{place.package}'"
    )


def _ended(ops: QuiltOps, query_id: str) -> QueryStatus:
    for _ in range(600):
        status = ops.get_query(query_id)
        if status.is_final:
            return status
        time.sleep(0.05)
    raise AssertionError(status)


def test_query(place: Any, ops: QuiltOps, sql: str) -> None:
    result = ops.query(sql, engine="athena")
    assert [column.name for column in result.columns] == ["pkg_name", "tag_name"]
    assert list(result) == [(place.package, "latest")]
    assert (result.engine, result.row_count) == (QueryEngine.ATHENA, 1)


def test_start_query(ops: QuiltOps, sql: str) -> None:
    status = ops.start_query(sql, engine="athena")
    assert (status.engine, status.sql) == (QueryEngine.ATHENA, sql)
    assert _ended(ops, status.query_id).state is QueryState.SUCCEEDED


def test_get_query(place: Any, ops: QuiltOps, sql: str) -> None:
    status = _ended(ops, ops.start_query(sql, engine="athena").query_id)
    assert status.result is not None
    assert list(status.result) == [(place.package, "latest")]


def test_cancel_query(ops: QuiltOps) -> None:
    started = ops.start_query(LONG, engine="athena")
    assert ops.cancel_query(started.query_id).query_id == started.query_id
    assert _ended(ops, started.query_id).state is QueryState.CANCELLED


def test_list_query_tables(place: Any, ops: QuiltOps) -> None:
    names = {table.name for table in ops.list_query_tables(engine="athena")}
    assert {f"{place.bucket}_package_{kind}" for kind in ("tag", "revision", "entry")} <= names
