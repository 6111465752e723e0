"""Expressions that DuckDB reads as something else than Trino: what Trino's documentation says."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from quilt_core.errors import BackendError, ValidationError
from quilt_core.query.engine import LocalEngine

NEW_YEAR = "TIMESTAMP '2020-01-01 00:00:00'"

VALUES = {
    # texts
    r"regexp_replace('2020-01-02', '(\d+)-(\d+)-(\d+)', '$3.$2.$1')": "02.01.2020",
    r"regexp_replace('abc', 'b', '\$1')": "a$1c",
    r"regexp_replace('abc', 'b', '\\1')": r"a\1c",
    "regexp_replace('abca', 'a')": "bc",
    "regexp_extract('abc', '(b)|(x)', 2)": None,
    "regexp_extract('abc', '(x*)b', 1)": "",
    "split_part(regexp_extract('abc', 'x'), '/', 1)": None,
    "split('a.b.c', '.', 2)": ["a", "b.c"],
    "split('a.b.c', '.', 9)": ["a", "b", "c"],
    "split('a', NULL)": None,
    "substr('hello', 0)": "",
    "substr('hello', -10)": "",
    "substr('hello', -3, 2)": "ll",
    "substr('hello', 2, -1)": "",
    "substr('hello', NULL)": None,
    "repeat('a', 3)": ["a", "a", "a"],
    # numbers
    "DECIMAL '1.23456'": Decimal("1.23456"),
    "DECIMAL '12345678901234567890.123456789'": Decimal("12345678901234567890.123456789"),
    "DECIMAL '-0.50'": Decimal("-0.50"),
    "CAST(2.7 AS decimal)": Decimal("3"),
    "CAST(2.5e0 AS integer)": 3,
    "CAST(-0.5e0 AS bigint)": -1,
    "CAST(REAL '2.5' AS smallint)": 3,
    "CAST(9223372036854775807 AS bigint)": 9223372036854775807,
    "CAST('-5' AS tinyint)": -5,
    "TRY_CAST('2.5' AS integer)": None,
    "TRY_CAST(' 5' AS bigint)": None,
    "TRY_CAST('yes' AS boolean)": None,
    "TRY_CAST(split_part('5/a', '/', 1) AS bigint)": 5,
    "TRY_CAST((SELECT 'x') AS integer)": None,
    "TRY_CAST(1e30 AS integer)": None,
    "CAST('T' AS boolean)": True,
    "CAST('hello' AS varchar(2))": "he",
    "CAST(json_extract('{\"a\": \"x\"}', '$.a') AS varchar)": "x",
    "json_format(CAST('a' AS json))": '"a"',
    # arrays
    "contains(ARRAY[1, NULL], 2)": None,
    "contains(ARRAY[1, NULL], 1)": True,
    "array_max(ARRAY[1, NULL])": None,
    "array_min(ARRAY[1, NULL])": None,
    "array_position(ARRAY[1], 5)": 0,
    "array_position(ARRAY[1], NULL)": None,
    "array_distinct(ARRAY[3, 1, NULL, 3, NULL])": [3, 1, None],
    "array_union(ARRAY[3, 1], ARRAY[2, 1, NULL])": [3, 1, 2, None],
    "array_intersect(ARRAY[3, 1, NULL], ARRAY[NULL, 1])": [1, None],
    "array_except(ARRAY[3, 1, NULL], ARRAY[1])": [3, None],
    "array_remove(ARRAY[1, 2, NULL], 2)": [1, None],
    "slice(ARRAY[1, 2, 3, 4], 2, 2)": [2, 3],
    "slice(ARRAY[1, 2, 3, 4], -2, 2)": [3, 4],
    # JSON
    "json_array_length('{}')": None,
    "json_array_length('[1, 2]')": 2,
    "json_size('{\"a\": 1}', '$.b')": None,
    "json_extract_scalar('no json', '$.a')": None,
    "json_format(json_extract('no json', '$.a'))": None,
    # times
    "date_trunc('month', DATE '2020-03-05')": date(2020, 3, 1),
    "date_add('day', 1, DATE '2020-01-31')": date(2020, 2, 1),
    "DATE '2020-01-31' + INTERVAL '1' MONTH": date(2020, 2, 29),
    "INTERVAL '1' DAY + DATE '2020-01-31'": date(2020, 2, 1),
    "DATE '2020-03-31' - INTERVAL '1' MONTH": date(2020, 2, 29),
    f"{NEW_YEAR} - INTERVAL '1' HOUR": datetime(2019, 12, 31, 23),
    f"{NEW_YEAR} AT TIME ZONE 'UTC' = TIMESTAMP '2020-01-01 00:00:00 UTC'": True,
    "extract(dow FROM DATE '2020-01-05')": 7,
    "extract(year_of_week FROM DATE '2021-01-01')": 2020,
    "millisecond(TIMESTAMP '2020-01-01 00:00:05.9')": 900,
    "CAST('2020-01-01 00:00:00.123456' AS timestamp)": datetime(2020, 1, 1, 0, 0, 0, 123000),
    "TIMESTAMP '2020-01-01 00:00:00.123456'": datetime(2020, 1, 1, 0, 0, 0, 123456),
    "TRY_CAST('2020-01-02 03:04:05' AS date)": None,
    "date_format(TIMESTAMP '2020-01-02 03:04:05.123456', '%i %f %v')": "04 123000 01",
    "to_iso8601(DATE '2020-01-02')": "2020-01-02",
    "element_at(sequence(DATE '2020-01-01', CAST('2020-01-02' AS date), INTERVAL '1' DAY), 2)": (
        date(2020, 1, 2)
    ),
    # the greatest row, whatever is in it
    "(SELECT max_by(x, y) FROM (VALUES ('a', 1), (NULL, 2)) AS v(x, y))": None,
}

REFUSED = {
    "regexp_replace('abc', 'b', x)": "regexp_replace",
    "regexp_replace('abc', 'b', '$')": "regexp_replace",
    "regexp_replace('abc', 'b', '$10')": "regexp_replace",
    "regexp_replace('abc', '(?<n>b)', '${n}')": "regexp_replace",
    "typeof(1)": "typeof",
    "format('%s', 1)": "format",
    "parse_datetime('2020', 'yyyy')": "parse_datetime",
    "json_query('{}', 'lax $.a')": "json_query",
    "json_value('{}', 'lax $.a')": "json_value",
    "json_extract('[]', '$[*].a')": "several values",
    "entropy(1)": "entropy",
    "skewness(1)": "skewness",
    f"{NEW_YEAR} AT TIME ZONE 'America/New_York'": "time zone",
    "from_unixtime(0, 'America/New_York')": "time zone",
    "CAST('a' AS char(3))": "char",
    "date_format(current_timestamp, x)": "date_format",
    "date_parse('01:05', '%i:%s')": "year",
    "1 FETCH FIRST 1 ROW WITH TIES": "WITH TIES",
    "DECIMAL '1e3'": "1e3",
    f"DECIMAL '{'9' * 39}'": "38 digits",
}

FAILING = [
    "CAST('2.5' AS integer)",
    "CAST('' AS integer)",
    "CAST('yes' AS boolean)",
    "split('abc', '')",
    "split('abc', 'b', 0)",
    "split_part('abc', 'b', 0)",
    "slice(ARRAY[1], 0, 1)",
    "repeat('a', 10001)",
]


def only(engine: LocalEngine, sql: str) -> Any:
    ((value,),) = engine.query(f"SELECT {sql}")
    return value


@pytest.mark.parametrize("sql", VALUES)
def test_values_are_those_of_trino(engine: LocalEngine, sql: str) -> None:
    value = only(engine, sql)
    assert (value, type(value)) == (VALUES[sql], type(VALUES[sql]))


@pytest.mark.parametrize("sql", REFUSED)
def test_what_would_mean_something_else_is_refused(engine: LocalEngine, sql: str) -> None:
    with pytest.raises(ValidationError, match=REFUSED[sql].replace("$", r"\$")):
        engine.query(f"SELECT {sql}")


@pytest.mark.parametrize("sql", FAILING)
def test_what_fails_in_trino_fails(engine: LocalEngine, sql: str) -> None:
    with pytest.raises(BackendError):
        only(engine, sql)


def test_functions_are_translated_wherever_they_are(engine: LocalEngine) -> None:
    sql = """
        WITH words AS (SELECT substr(x, 0 - 1) AS s FROM UNNEST(ARRAY['ab', 'cb']) AS t(x))
        SELECT substr(s, 1, 1), count(*), sum(CAST(length(substr(s, 1)) AS bigint)) OVER ()
        FROM words WHERE contains(ARRAY[substr(s, 1)], 'b') GROUP BY substr(s, 1, 1), s
    """
    assert list(engine.query(sql)) == [("b", 2, 1)]


def test_columns_without_a_name_are_numbered(engine: LocalEngine) -> None:
    result = engine.query(
        "SELECT 1, CAST(x AS varchar), count(*), (x), v.x, x AS y, -x, 'a', (SELECT 1 AS z) "
        "FROM (VALUES 2) AS v(x) GROUP BY x"
    )
    names = ("_col0", "_col1", "_col2", "x", "x", "y", "_col6", "_col7", "_col8")
    assert result.column_names == names


def test_calls_in_calls_do_not_take_long(engine: LocalEngine) -> None:
    sql = "'5'"
    for _ in range(30):
        sql = f"CAST({sql} AS integer)"
    with pytest.raises(ValidationError, match="nested too deeply"):
        engine.query(f"SELECT {sql}")
