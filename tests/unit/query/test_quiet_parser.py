"""sqlglot warns about statements that are refused anyway; its logger belongs to the application."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlglot

from quilt_core.errors import ValidationError
from quilt_core.query.statement import parse_statement


def _warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "sqlglot"]


def test_a_refused_statement_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ValidationError):
        parse_statement("ALTER SYSTEM x y z")
    assert _warnings(caplog) == []


def test_the_application_still_logs_during_and_after_parses_at_the_same_time(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    parse, both, first_ended = sqlglot.parse, threading.Barrier(2), threading.Event()

    def together(sql: str, **options: Any) -> Any:
        if both.wait(10) == 0:
            logging.getLogger("sqlglot").warning("ours")
            other = threading.Thread(target=logging.getLogger("sqlglot").warning, args=["theirs"])
            other.start()
            other.join()
        if sql == "SELECT 2":
            first_ended.wait(10)
        return parse(sql, **options)

    monkeypatch.setattr(sqlglot, "parse", together)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(parse_statement, "SELECT 1")
        second = threads.submit(parse_statement, "SELECT 2")
        first.result()
        first_ended.set()
        second.result()
    logging.getLogger("sqlglot").warning("later")
    assert _warnings(caplog) == ["theirs", "later"]
