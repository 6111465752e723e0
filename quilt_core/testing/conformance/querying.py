"""Behaviours of queries: SQL over packages (Q-…)."""

# ruff: noqa: S608 - the texts are the tests' own

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from quilt_core import (
    EntrySource,
    QuiltOps,
    ValidationError,
)
from quilt_core.testing.conformance.behaviour import BehaviourTests, behaviour
from quilt_core.testing.conformance.environment import Environment

_KINDS = {
    "entry": (
        "top_hash", "logical_key", "physical_key", "hash_type", "hash_value", "size", "metadata",
    ),
    "manifest": ("top_hash", "message", "metadata"),
    "revision": ("pkg_name", "timestamp", "top_hash"),
    "tag": ("pkg_name", "tag_name", "top_hash"),
}  # fmt: skip
MANY = "UNNEST(sequence(1, 9999))"


def tables_of(ops: QuiltOps, registry: str | None = None) -> dict[str, str]:
    """The package tables of a registry, as SQL writes them, by kind."""
    found = [one for one in ops.list_query_tables(registry) if "_package_" in one.name]
    return {one.name.rpartition("_")[2]: one.sql_name for one in found}


def rows_of(ops: QuiltOps, sql: str) -> list[tuple[Any, ...]]:
    """All rows of a query."""
    with ops.query(sql) as result:
        return list(result)


class PackageOfTwo(BehaviourTests):
    """What the classes about queries share."""

    @pytest.fixture
    def package(self, environment: Environment, ops: QuiltOps) -> str:
        """A package of two revisions, the later one with more metadata; its latest top hash."""
        first = environment.put_object("one", b"12345")
        second = environment.put_object("two", b"")
        ops.create_package_revision(environment.name, {"a.csv": first}, message="begun")
        return ops.create_package_revision(
            environment.name,
            {"a.csv": first, "é/b 1.csv": second},
            {"species": "Adélie", "n": 3, "nested": {"deep": [1, None]}},
            message="more",
        ).top_hash


class Querying(PackageOfTwo):
    """Queries: SQL over the packages of a registry."""

    @behaviour("Q-1", "list_query_tables")
    def test_the_tables_of_a_registry(self, environment: Environment, ops: QuiltOps) -> None:
        """A registry has four package tables: entries, manifests, revisions and tags, listed in
        this order. The name of each consists of the registry's name (that of the bucket or the
        folder) and the kind of table. Each has its columns in a fixed order, with Trino's types,
        and a description.
        """
        found = [one for one in ops.list_query_tables() if "_package_" in one.name]
        assert [one.name.rpartition("_package_")[2] for one in found] == list(_KINDS)
        prefix = environment.registry.rstrip("/").rpartition("/")[2]
        for table, (kind, columns) in zip(found, _KINDS.items(), strict=True):
            assert table.name == f"{prefix}_package_{kind}"
            assert tuple(column.name for column in table.columns) == columns
            assert table.description
            assert table.bucket == (prefix if environment.registry.startswith("s3://") else None)
        types = {column.name: column.type for table in found for column in table.columns}
        assert types["size"] == "bigint" and types["logical_key"] == "varchar"
        assert types["timestamp"].startswith("timestamp")

    @behaviour("Q-2", "query", "create_package_revision")
    def test_the_rows_of_the_package_tables(
        self, environment: Environment, ops: QuiltOps, package: str
    ) -> None:
        """The tables of revisions and tags have one row per pointer. The table of manifests has the
        message and the metadata (as JSON text) of all revisions, and the table of entries has the
        logical key, physical key, size, hash and metadata of each of their files (the JSON text of
        the manifest's `meta`, in which the user's part is `user_meta`). Missing values are null. A
        revision that is published later is in the next query.
        """
        tables = tables_of(ops)
        assert rows_of(ops, f"SELECT pkg_name, tag_name, top_hash FROM {tables['tag']}") == [
            (environment.name, "latest", package)
        ]
        revisions = rows_of(ops, f"SELECT * FROM {tables['revision']} ORDER BY timestamp")
        known = {one.top_hash: one.modified for one in ops.list_package_versions(environment.name)}
        assert {row[2]: row[1] for row in revisions} == known
        manifests = rows_of(
            ops,
            "SELECT message, json_extract_scalar(metadata, '$.species'), "
            f"json_extract_scalar(metadata, '$.n') FROM {tables['manifest']} ORDER BY message",
        )
        assert manifests == [("begun", None, None), ("more", "Adélie", "3")]
        entries = rows_of(
            ops,
            f"SELECT logical_key, physical_key, size, hash_value, metadata FROM {tables['entry']} "
            f"WHERE top_hash = '{package}' ORDER BY logical_key",
        )
        wanted = [
            (one.path, one.physical_key, one.size, one.hash and one.hash.value, None)
            for one in ops.browse_content(environment.name, recursive=True)
        ]
        assert entries == sorted(wanted)
        later = EntrySource(str(entries[0][1]), "k", {"stage": "raw"})
        made = ops.create_package_revision("later/one", [later], message=None)
        assert rows_of(ops, f"SELECT count(*) FROM {tables['tag']}") == [(2,)]
        assert rows_of(
            ops, f"SELECT message FROM {tables['manifest']} WHERE top_hash = '{made.top_hash}'"
        ) == [(None,)]
        assert rows_of(
            ops,
            "SELECT json_extract_scalar(metadata, '$.user_meta.stage') "
            f"FROM {tables['entry']} WHERE top_hash = '{made.top_hash}'",
        ) == [("raw",)]

    @behaviour("Q-3", "query")
    def test_types_and_values(self, ops: QuiltOps) -> None:
        """A result has the name and the type of each column, and its values have these types:
        integers of 64 bits to the last digit, exact decimals, booleans, dates, times, and any
        Unicode text. A column without a name is called `_col` followed by its number, counted from
        0.
        """
        result = ops.query(
            "SELECT 9223372036854775807 AS large, CAST(-5 AS bigint) AS negative, "
            "CAST('1.50' AS decimal(10,2)) AS exact, 1.5e0 AS inexact, 1 = 1, "
            "DATE '1969-07-20' AS day, CAST('2026-01-02 03:04:05.678' AS timestamp) AS moment, "
            "'naïve ☃ \U0001f427' AS words"
        )
        names = ("large", "negative", "exact", "inexact", "_col4", "day", "moment", "words")
        assert result.column_names == names
        kinds = [column.type.partition("(")[0] for column in result.columns]
        assert kinds == [
            "bigint", "bigint", "decimal", "double", "boolean", "date", "timestamp", "varchar",
        ]  # fmt: skip
        (row,) = result
        assert row == (
            9223372036854775807, -5, Decimal("1.50"), 1.5, True, date(1969, 7, 20),
            datetime(2026, 1, 2, 3, 4, 5, 678000),
            "naïve ☃ \U0001f427",
        )  # fmt: skip
        assert [type(one) for one in row[:5]] == [int, int, Decimal, float, bool]

    @behaviour("Q-4", "query")
    def test_null_is_not_an_empty_text(self, ops: QuiltOps) -> None:
        """A null differs from an empty text, from the text "NULL" and from 0, in rows and in Arrow
        tables, and text keeps its quotation marks, commas and line breaks.
        """
        odd = 'say "no", \\N\r\nnever'
        sql = (
            "SELECT text, number FROM (VALUES (1, CAST(NULL AS varchar), CAST(NULL AS bigint)), "
            f"(2, '', 0), (3, 'NULL', 1), (4, '{odd}', 2)) AS v(place, text, number) ORDER BY place"
        )
        wanted = [(None, None), ("", 0), ("NULL", 1), (odd, 2)]
        assert rows_of(ops, sql) == wanted
        arrow = ops.query(sql).to_arrow()
        assert [tuple(row.values()) for row in arrow.to_pylist()] == wanted

    @behaviour("Q-5", "query")
    def test_order_is_kept(self, ops: QuiltOps) -> None:
        """Rows come in the order that the statement asks for, through all batches: nulls last, and
        text by its code points.
        """
        sql = f"SELECT a.x * 10 + b.x FROM {MANY} AS a(x) CROSS JOIN UNNEST(sequence(0, 9)) AS b(x)"
        numbers = [row[0] for row in ops.query(f"{sql} ORDER BY 1 DESC")]
        assert numbers == list(range(99999, 9, -1))
        words = "SELECT x FROM (VALUES 'b', 'B', NULL, 'é', 'a', '') AS v(x) ORDER BY x"
        assert [row[0] for row in ops.query(words)] == ["", "B", "a", "b", "é", None]

    @behaviour("Q-6", "query", "list_query_tables")
    def test_nothing_found(self, environment: Environment, ops: QuiltOps) -> None:
        """A query that finds nothing has its columns with their types and no rows. The tables of a
        registry without packages are there, and empty."""
        for kind, sql_name in tables_of(ops).items():
            result = ops.query(f"SELECT * FROM {sql_name}")
            assert result.column_names == _KINDS[kind]
            assert list(result) == []
            assert result.row_count == 0
        assert ops.query("SELECT 1 AS x WHERE 1 = 0").to_arrow().num_rows == 0

    @behaviour("Q-7", "query")
    def test_a_result_is_read_once(self, ops: QuiltOps) -> None:
        """A result is complete, whatever its size, and can be read only once: reading it again
        raises ValidationError and does not give an empty result. It names its engine and the number
        of its rows.
        """
        sql = f"SELECT a.x FROM {MANY} AS a(x) CROSS JOIN UNNEST(sequence(1, 25)) AS b(x)"
        result = ops.query(sql)
        assert sum(row[0] for row in result) == 25 * sum(range(10_000))
        assert result.row_count == 25 * 9999
        assert result.engine.value in ("local", "athena")
        with pytest.raises(ValidationError):
            list(result)
        with ops.query(sql) as closed:
            next(iter(closed))
        with pytest.raises(ValidationError):
            list(closed)

    @behaviour("Q-8", "query")
    @pytest.mark.parametrize(
        ("sql", "line"),
        [("SELECT\n  1 FRM x y", 2), ("SELEC 1", 1), ("SELECT 1,\n\nFROM x", 3), ("SELECT (1", 1)],
    )
    def test_wrong_sql_says_where(self, ops: QuiltOps, sql: str, line: int) -> None:
        """SQL that cannot be parsed raises ValidationError with the line and the column, counted
        from 1, in its context.
        """
        with pytest.raises(ValidationError) as raised:
            ops.query(sql)
        assert raised.value.context["line"] == line
        assert raised.value.context["column"] >= 1

    @behaviour("Q-9", "query", "list_query_tables")
    def test_unknown_names(self, ops: QuiltOps) -> None:
        """A table, a column or a function that does not exist raises ValidationError; so does a
        database that holds nothing of this catalog.
        """
        table = tables_of(ops)["tag"]
        for sql in (
            'SELECT * FROM "nobody-has-this_package_tag"',
            "SELECT * FROM nothing",
            'SELECT * FROM "nowhere"."nothing"',
            f"SELECT no_such_column FROM {table}",
            f"SELECT no_such_function(pkg_name) FROM {table}",
        ):
            with pytest.raises(ValidationError):
                rows_of(ops, sql)

    @behaviour("Q-10", "query", "list_query_tables")
    @pytest.mark.parametrize(
        "sql",
        [
            "DROP TABLE {tag}",
            "DELETE FROM {tag}",
            "INSERT INTO {tag} VALUES ('a/b', 'latest', 'x')",
            "UPDATE {tag} SET tag_name = 'x'",
            "CREATE TABLE mine AS SELECT * FROM {tag}",
            "SELECT 1; SELECT 2",
            "SELECT 1; DROP TABLE {tag}",
            "",
            "-- nothing",
        ],
    )
    def test_a_query_only_reads(self, ops: QuiltOps, package: str, sql: str) -> None:
        """A statement that does more than read, more than one statement, and an empty text raise
        ValidationError, and nothing is changed.
        """
        table = tables_of(ops)["tag"]
        with pytest.raises(ValidationError):
            rows_of(ops, sql.format(tag=table))
        assert rows_of(ops, f"SELECT top_hash FROM {table}") == [(package,)]

    @behaviour("Q-11", "query")
    @pytest.mark.parametrize(
        "sql",
        [
            "SELECT * FROM read_csv('/etc/passwd')",
            "SELECT * FROM read_text('/etc/passwd')",
            'SELECT * FROM "/etc/passwd"',
            "SELECT * FROM glob('/*')",
            "SELECT getenv('PATH')",
            "SELECT current_setting('temp_directory')",
            "SELECT * FROM duckdb_settings()",
            "COPY (SELECT 1) TO '/no-such-folder/quiltops-conformance.csv'",
            "ATTACH '/no-such-folder/quiltops-conformance.db'",
            "INSTALL httpfs",
            "LOAD httpfs",
            "PRAGMA database_list",
            "SET threads = 64",
        ],
    )
    def test_a_query_reads_tables_only(self, ops: QuiltOps, sql: str) -> None:
        """A query cannot read files, environment variables or settings of the machine that executes
        it, change its settings, or load code: it raises ValidationError.
        """
        with pytest.raises(ValidationError):
            rows_of(ops, sql)

    @behaviour("Q-12", "query")
    def test_what_functions_mean(self, ops: QuiltOps) -> None:
        """Expressions mean what they mean in Trino: dividing integers gives an integer, a pattern
        that does not match gives null, only JSON scalars are extracted as text, the difference of
        two dates counts whole units, and null is not equal to null.
        """
        values = {
            "7 / 2": 3,
            "-7 / 2": -3,
            "regexp_extract('abc', 'x')": None,
            "regexp_extract('abc', '(b)(c)', 2)": "c",
            "regexp_like('abc', 'b')": True,
            "split_part('a/b', '/', 3)": None,
            "json_extract_scalar('{\"a\": {\"b\": 1}}', '$.a')": None,
            "json_extract_scalar('{\"a\": {\"b\": true}}', '$.a.b')": "true",
            'json_extract_scalar(\'{"a b": "x"}\', \'$["a b"]\')': "x",
            "json_extract_scalar('{}', '$.a')": None,
            "date_diff('month', DATE '2026-01-15', DATE '2026-02-14')": 0,
            "date_diff('day', DATE '2026-01-31', DATE '2026-03-01')": 29,
            "element_at(split('a/b/c', '/'), 2)": "b",
            "substr('penguin', 1, 4)": "peng",
            "strpos('penguin', 'g')": 4,
            "length('é☃')": 2,
            "coalesce(NULL, 'x')": "x",
            "CASE WHEN NULL = NULL THEN 1 ELSE 2 END": 2,
            "TRY_CAST('x' AS bigint)": None,
            "lower('ÄB')": "äb",
        }
        (row,) = ops.query(f"SELECT {', '.join(values)}")
        assert dict(zip(values, row, strict=True)) == values
