"""Results of queries that break while they are read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from quilt_core.domain.query import QueryColumn, QueryEngine, QueryResult
from quilt_core.errors import TransportError, ValidationError


def breaking() -> Iterator[list[tuple[int]]]:
    yield [(1,)]
    raise TransportError("the connection broke")


def test_a_result_that_broke_while_it_was_shown_does_not_look_complete() -> None:
    closed: list[bool] = []
    result = QueryResult(
        (QueryColumn(name="x", type="bigint"),),
        breaking(),
        engine=QueryEngine.LOCAL,
        query_id="q",
        on_close=lambda: closed.append(True),
    )
    with pytest.raises(TransportError, match="broke"):
        result._repr_html_()
    assert closed
    with pytest.raises(ValidationError, match="already been closed"):
        list(result)
