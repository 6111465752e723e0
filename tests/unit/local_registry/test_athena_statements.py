"""Statements that the local registry's Athena answers itself, and how it writes values."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from local_registry.athena.model import GLUE, Column, Place, QueryFailedError, Table
from local_registry.athena.statements import hive_type, kind_of, listing_of
from local_registry.athena.values import text_of

HERE = Place(catalog=GLUE, database="ice-berg")
TABLES = [
    Table(
        catalog=catalog,
        database=database,
        name=name,
        columns=(Column(name="a", type="varchar"), Column(name="b", type="bigint", comment="c")),
    )
    for catalog, database, name in (
        (GLUE, "ice-berg", "x_package_tag"),
        (GLUE, "ice-berg", "x_package_entry"),
        ("quilt-s-tabulator", "bucket", "runs"),
    )
]


@pytest.mark.parametrize(
    ("sql", "lines"),
    [
        ("SHOW DATABASES", ["default", "ice-berg"]),
        ("  -- all of them\n/* really */ show schemas;", ["default", "ice-berg"]),
        ("SHOW DATABASES IN `quilt-s-tabulator`", ["bucket"]),
        ("SHOW DATABASES LIKE 'ice*'", ["ice-berg"]),
        ("SHOW TABLES", ["x_package_entry", "x_package_tag"]),
        ("SHOW TABLES '*tag'", ["x_package_tag"]),
        ("SHOW TABLES LIKE 'y*|*entry'", ["x_package_entry"]),
        ("SHOW TABLES IN `default`", []),
        ("SHOW TABLES FROM `quilt-s-tabulator`.`bucket`", ["runs"]),
        ("SHOW COLUMNS IN x_package_tag", ["a                   ", "b                   "]),
        ("SHOW COLUMNS FROM `x_package_tag` IN `ice-berg`", ["a" + " " * 19, "b" + " " * 19]),
        (
            "DESCRIBE `ice-berg`.`X_package_tag`",
            [
                f"{'a':<20}\t{'string':<20}\t{'':<20}",
                f"{'b':<20}\t{'bigint':<20}\t{'c':<20}",
            ],
        ),
    ],
)
def test_listings(sql: str, lines: list[str]) -> None:
    found = listing_of(sql, HERE, lambda: TABLES)
    assert found is not None
    assert found.lines == lines


@pytest.mark.parametrize(
    "sql", ["SHOW TABLES IN nowhere", "DESCRIBE nothing", "DESC `bucket`.`runs`"]
)
def test_a_missing_schema_or_table_is_an_error(sql: str) -> None:
    with pytest.raises(QueryFailedError, match="NOT_FOUND"):
        listing_of(sql, HERE, lambda: TABLES)


@pytest.mark.parametrize("sql", ["SELECT 1", "SHOW TABLES; SELECT 1", "SHOW PARTITIONS x", ""])
def test_other_statements_are_not_listings(sql: str) -> None:
    assert listing_of(sql, HERE, lambda: TABLES) is None


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("select 1", ("DML", "SELECT")),
        ("/* x */ WITH a AS (SELECT 1) SELECT * FROM a", ("DML", "SELECT")),
        ("(SELECT 1)", ("DML", "SELECT")),
        ("INSERT INTO x VALUES (1)", ("DML", "INSERT")),
        ("SHOW SCHEMAS", ("UTILITY", "SHOW_DATABASES")),
        ("SHOW TABLES", ("UTILITY", "SHOW_TABLES")),
        ("DESC x", ("UTILITY", "DESCRIBE_TABLE")),
        ("DROP TABLE x", ("DDL", "DROP")),
    ],
)
def test_kinds(sql: str, kind: tuple[str, str]) -> None:
    found = kind_of(sql)
    assert (found.type, found.substatement) == kind


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("", ""),
        (True, "true"),
        (7, "7"),
        (1.0, "1.0"),
        (0.001, "0.001"),
        (1e7, "1.0E7"),
        (1.25e-7, "1.25E-7"),
        (-123456.5, "-123456.5"),
        (float("nan"), "NaN"),
        (float("-inf"), "-Infinity"),
        (Decimal("1.50"), "1.50"),
        (Decimal("1E+3"), "1000"),
        (dt.date(2026, 1, 2), "2026-01-02"),
        (dt.datetime(2026, 1, 2, 3, 4, 5), "2026-01-02 03:04:05.000"),
        (dt.datetime(2026, 1, 2, 3, 4, 5, 1), "2026-01-02 03:04:05.000001"),
        (dt.datetime(2026, 1, 2, tzinfo=dt.UTC), "2026-01-02 00:00:00.000 UTC"),
        (
            dt.datetime(2026, 1, 2, tzinfo=dt.timezone(dt.timedelta(hours=-5))),
            "2026-01-02 00:00:00.000 -05:00",
        ),
        (dt.time(1, 2, 3), "01:02:03.000"),
        (b"ab", "61 62"),
        ([1, None, "x"], "[1, null, x]"),
        ({"a": 1, "b": [True]}, "{a=1, b=[true]}"),
    ],
)
def test_values(value: Any, text: str | None) -> None:
    assert text_of(value) == text


def test_types() -> None:
    assert hive_type("varchar") == "string"
    assert hive_type("varchar(10)") == "string"
    assert hive_type("timestamp(6) with time zone") == "timestamp"
    assert hive_type("decimal(10,2)") == "decimal(10,2)"
    assert hive_type("array(array(integer))") == "array<array<int>>"
    assert Column(name="x", type="timestamp(6) with time zone").base == "timestamp with time zone"
    assert Column(name="x", type="array(row(a varchar))").base == "array"
    assert Column(name="x", type="decimal(10,2)").base == "decimal"
