"""DuckDB itself, without the checks that precede it, reaches nothing but what it was given."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from quilt_core.errors import QuiltOpsError, ValidationError
from quilt_core.query.session import Limits, Session
from quilt_core.query.statement import Statement, parse_statement

FORBIDDEN = [
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('/etc/*')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM glob('/*')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM parquet_metadata('{other}')",
    "SELECT * FROM read_parquet('{other}')",
    "SELECT * FROM '{other}'",
    "SELECT * FROM read_parquet('{folder}/*.parquet')",
    "SELECT * FROM read_parquet('{mine}/../other.parquet')",
    "SELECT * FROM read_csv('https://example.com/a.csv')",
    "SELECT * FROM read_parquet('s3://bucket/a.parquet')",
    "SELECT getenv('PATH')",
    "COPY (SELECT 1) TO '{folder}/written.csv'",
    "EXPORT DATABASE '{folder}/exported'",
    "ATTACH '{folder}/attached.db'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET memory_limit = '64GB'",
    "SET enable_external_access = true",
    "SET allowed_paths = ['/etc/passwd']",
    "SET threads = 64",
    "RESET memory_limit",
    "CREATE SECRET (TYPE s3)",
    "SELECT * FROM secret_of_caller",
]


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    for name in ("mine", "other"):
        pq.write_table(pa.table({"name": [name]}), tmp_path / f"{name}.parquet")
    with_one = Session({"t0": (tmp_path / "mine.parquet",)}, Limits(threads=1))
    yield with_one
    with_one.close()


@pytest.mark.parametrize("sql", FORBIDDEN)
def test_nothing_else_can_be_reached(session: Session, tmp_path: Path, sql: str) -> None:
    secret_of_caller = pa.table({"name": ["a table of Python's"]})
    before = sorted(os.listdir(tmp_path))  # noqa: PTH208
    text = sql.format(
        other=tmp_path / "other.parquet", folder=tmp_path, mine=tmp_path / "mine.parquet"
    )
    with pytest.raises(QuiltOpsError):
        for _ in session.begin(text)[2]:
            pass
    assert secret_of_caller.num_rows == 1
    assert sorted(os.listdir(tmp_path)) == before  # noqa: PTH208


def test_the_tables_it_was_given_can_be_read(session: Session) -> None:
    names, types, reader = session.begin("SELECT * FROM t0")
    assert (names, types) == (["name"], ["VARCHAR"])
    assert reader.read_all().to_pydict() == {"name": ["mine"]}


def test_memory_is_bounded(tmp_path: Path) -> None:
    session = Session({}, Limits(memory=64 << 20, disk=1 << 20, threads=1))
    try:
        with pytest.raises(QuiltOpsError, match="memory or disk"):
            session.begin("SELECT list(x) FROM range(100000000) AS t(x)")
    finally:
        session.close()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT " + "(" * 5000 + "1" + ")" * 5000,
        "SELECT " + "NOT " * 5000 + "TRUE",
        "SELECT " + " + ".join(["1"] * 5000),
        "SELECT 1" + " OR 1" * 20_000,
        "SELECT '" + "x" * 300_000 + "'",
        "SELECT '\ud800'",
        "SELECT (SELECT content FROM read_text('/etc/passwd'))",
        "SELECT * FROM (VALUES 1) AS t(x) CROSS JOIN LATERAL read_csv('/etc/passwd')",
        "WITH duckdb_settings AS (SELECT * FROM duckdb_settings) SELECT 1 FROM duckdb_settings",
        "EXPLAIN COPY (SELECT 1) TO '/no-such-folder/x'",
        "EXPLAIN SELECT * FROM duckdb_settings()",
        "SELECT main.getenv('HOME')",
        "SELECT 1 INTO x",
        "SELECT ?",
    ],
    ids=lambda sql: sql[:40].encode("ascii", "replace").decode(),
)
def test_what_is_refused_before_duckdb_sees_it(sql: str) -> None:
    with pytest.raises(ValidationError):
        statement = parse_statement(sql)
        assert isinstance(statement, Statement)
        if statement.tables():  # which do not exist here
            raise ValidationError("There is no such table.")
        statement.duckdb_sql(lambda name: "t0")
