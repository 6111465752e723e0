"""Further behaviours of queries: started ones, rights, tabulator tables (Q-…)."""

# ruff: noqa: S608 - the texts are the tests' own

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from quilt_core import (
    NotFoundError,
    NotSupportedError,
    QueryEngine,
    QueryState,
    QueryStatus,
    QuiltOps,
    TransportError,
    ValidationError,
)
from quilt_core.testing.conformance.behaviour import behaviour
from quilt_core.testing.conformance.environment import Environment, TestUser
from quilt_core.testing.conformance.querying import MANY, PackageOfTwo, rows_of, tables_of
from quilt_core.testing.conformance.rights import second_registry

ENDLESS = (
    f"SELECT count(*) FROM {MANY} AS a(x) CROSS JOIN {MANY} AS b(x) CROSS JOIN {MANY} AS c(x) "
    f"CROSS JOIN {MANY} AS d(x) WHERE a.x * b.x + c.x * d.x < 0"
)
_TABLE = """schema:
- {name: x, type: INT}
- {name: y, type: STRING}
- {name: z, type: DATE}
source: {type: quilt-packages, package_name: "^(?<team>[^/]+)/data$", logical_key: "(?<day>[0-9]+)[.]csv$"}
parser: {format: csv, header: true}
continue_on_error: true
"""  # noqa: E501


def final(ops: QuiltOps, status: QueryStatus) -> QueryStatus:
    """The status of a query that has ended."""
    for _ in range(600):
        if status.is_final:
            return status
        time.sleep(0.1)
        status = ops.get_query(status.query_id)
    raise AssertionError(f"{status} has not ended within a minute")


class QueryRuns(PackageOfTwo):
    """Queries that are started and cancelled, and the tables and queries of other users."""

    @behaviour("Q-13", "start_query", "get_query", "query")
    def test_a_started_query(self, ops: QuiltOps, package: str) -> None:
        """A query that was started has an id, its text and its engine. Once it has succeeded, each
        call of `get_query` returns a result that can be read independently of the others, and whose
        number of rows, if it is known, is right. A query that is wrong fails with a reason and has
        no result. An unknown id raises NotFoundError.
        """
        sql = f"SELECT top_hash FROM {tables_of(ops)['tag']}\n"
        began = datetime.now(UTC)
        status = ops.start_query(sql)
        assert status.sql == sql
        done = final(ops, status)
        assert (done.state, done.query_id) == (QueryState.SUCCEEDED, status.query_id)
        assert done.completed is not None
        assert (done.completed - began).total_seconds() > -60
        for _ in range(2):
            result = ops.get_query(status.query_id).result
            assert result is not None and result.row_count in (None, 1)
            assert list(result) == [(package,)]
        with pytest.raises(ValidationError):  # at once, or when it is looked at
            wrong = final(ops, ops.start_query("SELECT no_such_column"))
            assert wrong.state is QueryState.FAILED and wrong.error and wrong.result is None
            raise ValidationError(wrong.error)
        with pytest.raises(NotFoundError):
            ops.get_query("local-00000000000000000000000000000000")

    @behaviour("Q-14", "cancel_query", "start_query", "get_query")
    def test_a_query_is_cancelled(self, ops: QuiltOps) -> None:
        """A query that is cancelled ends in the state cancelled, without a result; a query that has
        already ended stays as it was. Only a query that has ended says when.
        """
        status = ops.start_query(ENDLESS)
        assert not status.is_final
        while status.state is QueryState.QUEUED:
            time.sleep(0.005)
            status = ops.get_query(status.query_id)
        assert (status.state, status.completed) == (QueryState.RUNNING, None)
        ops.cancel_query(status.query_id)
        ended = final(ops, ops.get_query(status.query_id))
        assert (ended.state, ended.result) == (QueryState.CANCELLED, None)
        assert ended.completed is not None
        done = final(ops, ops.start_query("SELECT 1"))
        assert ops.cancel_query(done.query_id).state is QueryState.SUCCEEDED

    @behaviour("Q-15", "query")
    def test_a_deadline_ends_a_query(self, ops: QuiltOps) -> None:
        """When the deadline of the operation passes, the query ends soon afterwards with
        TransportError, which names the deadline.
        """
        began = time.monotonic()
        with pytest.raises(TransportError, match="deadline"):
            ops.with_options(deadline=1.0).query(ENDLESS)
        assert time.monotonic() - began < 20

    @behaviour("Q-16", "query", "list_query_tables", users=(TestUser.READER,))
    def test_tables_of_others_are_not_there(self, environment: Environment, ops: QuiltOps) -> None:
        """A table about a registry that the identity cannot read looks like one that does not
        exist, even after another user of the same process has read it, and is not listed.
        """
        theirs = second_registry(environment)
        uri = environment.put_object("k", b"secret")
        ops.create_package_revision("their/data", {"k": uri}, {"n": 1}, theirs)
        tables = tables_of(ops, theirs)
        for sql_name in tables.values():
            assert len(list(ops.query(f"SELECT * FROM {sql_name}", theirs))) == 1
        with environment.connect(TestUser.READER) as reader:
            for sql_name in tables.values():
                for registry in (theirs, environment.registry):
                    with pytest.raises((ValidationError, NotFoundError)):
                        list(reader.query(f"SELECT * FROM {sql_name}", registry))

    @behaviour("Q-17", "start_query", "get_query", "cancel_query", users=(TestUser.READER,))
    def test_queries_of_others_are_not_there(self, environment: Environment, ops: QuiltOps) -> None:
        """A user who did not start a query can neither see nor cancel it: NotFoundError is
        raised.
        """
        status = final(ops, ops.start_query("SELECT 42"))
        with environment.connect(TestUser.READER) as reader:
            for call in (reader.get_query, reader.cancel_query):
                with pytest.raises(NotFoundError):
                    call(status.query_id)

    @behaviour("Q-18", "query", "create_package_revision")
    def test_a_manifest_that_was_written_again(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A top hash does not cover physical keys: if a revision is published again with the same
        top hash and other physical keys, a query returns the present ones.
        """
        uris = [environment.put_object(key, b"same") for key in ("first", "second")]
        sql = f"SELECT physical_key FROM {tables_of(ops)['entry']}"
        hashes = set()
        for uri in uris:
            made = ops.create_package_revision(environment.name, {"k": uri}, message="m")
            hashes.add(made.top_hash)
            shown = [one.physical_key for one in ops.browse_content(environment.name)]
            assert rows_of(ops, sql) == [(shown[0],)]
        assert len(hashes) == 1

    @behaviour("Q-21", "query", "rollback_package")
    def test_the_tag_after_a_rollback(
        self, environment: Environment, ops: QuiltOps, package: str
    ) -> None:
        """The table of tags names the revision that `latest` names, which after a rollback is not
        the newest one; the table of revisions still has all of them.
        """
        tables = tables_of(ops)
        (first,) = {one.top_hash for one in ops.list_package_versions(environment.name)} - {package}
        ops.rollback_package(environment.name, top_hash=first)
        assert rows_of(ops, f"SELECT tag_name, top_hash FROM {tables['tag']}") == [
            ("latest", first)
        ]
        assert rows_of(ops, f"SELECT count(*) FROM {tables['revision']}") == [(2,)]

    @behaviour("Q-22", "query", "start_query", "list_query_tables")
    @pytest.mark.parametrize("engine", list(QueryEngine))
    def test_the_engine_that_is_asked_for(self, ops: QuiltOps, engine: QueryEngine) -> None:
        """The engine that is asked for executes the query, and the result and the status name it.
        If there is no such engine here, executing, starting and listing tables raise
        NotSupportedError; another engine is not used instead.
        """
        try:
            with ops.query("SELECT 1", engine=engine.value) as result:
                assert (list(result), result.engine) == ([(1,)], engine)
        except NotSupportedError:
            for call in (
                lambda: ops.start_query("SELECT 1", engine=engine.value),
                lambda: ops.list_query_tables(engine=engine.value),
            ):
                with pytest.raises(NotSupportedError):
                    call()
        else:
            started = ops.start_query("SELECT 1", engine=engine.value)
            done = final(ops, started)
            assert (started.engine, done.engine) == (engine, engine)
            assert done.state is QueryState.SUCCEEDED
            assert ops.list_query_tables(engine=engine.value)

    @behaviour("Q-23", "query", "list_query_tables")
    def test_the_prefix_of_the_tables(
        self, environment: Environment, ops: QuiltOps, package: str
    ) -> None:
        """The tables of a bucket begin with the bucket's name: another prefix raises
        ValidationError, in a query and in the listing, and is not ignored. In a registry that is
        not a bucket, the tables have the prefix that is given.
        """
        sql = 'SELECT top_hash FROM "mine_package_tag"'
        if environment.registry.startswith("s3://"):
            for call in (
                lambda: ops.query(sql, prefix="mine"),
                lambda: ops.query("SELECT 1", prefix="mine"),
                lambda: ops.list_query_tables(prefix="mine"),
            ):
                with pytest.raises(ValidationError):
                    call()
        else:
            assert "mine_package_tag" in [one.name for one in ops.list_query_tables(prefix="mine")]
            assert list(ops.query(sql, prefix="mine")) == [(package,)]

    @behaviour("Q-24", "query")
    def test_a_table_has_all_entries(self, environment: Environment, ops: QuiltOps) -> None:
        """The table of entries is complete, however large a package is (2,501 entries here)."""
        entries = environment.many_entries(2501)
        environment.given(entries)
        name = environment.registry.rstrip("/").rpartition("/")[2]
        counted = rows_of(
            ops,
            f'SELECT count(*), count(DISTINCT logical_key), sum(size) FROM "{name}_package_entry"',
        )
        assert counted == [(2501, 2501, sum(one.size for one in entries))]

    @behaviour("Q-25", "query")
    def test_a_package_without_a_latest_revision(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A package that the tag `latest` does not name has its revisions in the tables, and no
        tag; other packages are not affected.
        """
        hidden, tagged = f"{environment.name}-hidden", environment.name
        environment.given([environment.entry("a", b"1")], name=hidden, latest=False)
        top_hash = environment.given([environment.entry("b", b"2")])
        tables = tables_of(ops)
        assert rows_of(ops, f"SELECT pkg_name, top_hash FROM {tables['tag']}") == [
            (tagged, top_hash)
        ]
        names = rows_of(ops, f"SELECT pkg_name FROM {tables['revision']} ORDER BY 1")
        assert names == [(tagged,), (hidden,)]
        assert rows_of(ops, f"SELECT logical_key FROM {tables['entry']} ORDER BY 1") == [
            ("a",), ("b",),
        ]  # fmt: skip

    @behaviour("Q-26", "list_query_tables", "create_tabulator_table")
    def test_the_order_of_tables(self, environment: Environment, ops: QuiltOps) -> None:
        """The tables of a bucket are its package tables, and then all of its tabulator tables, each
        by name.
        """
        if not environment.registry.startswith("s3://"):
            pytest.skip("not applicable: tabulator tables are of buckets")
        names = ["zebra", "a_first", "middle"]
        for name in names:
            ops.create_tabulator_table(environment.registry.removeprefix("s3://"), name, _TABLE)
        listed = [one.name for one in ops.list_query_tables()]
        assert len(listed) == 7
        assert listed[:4] == sorted(listed[:4])
        assert all("_package_" in one for one in listed[:4])
        assert listed[4:] == sorted(names)

    @behaviour("Q-27", "query", "start_query")
    def test_each_query_has_its_own_id(self, ops: QuiltOps) -> None:
        """Every query has an id of its own, the executed ones and the started ones."""
        ids = [ops.query("SELECT 1").query_id for _ in range(2)]
        ids += [ops.start_query("SELECT 1").query_id for _ in range(2)]
        assert len(set(ids)) == len(ids)
        assert all(ids)

    @behaviour("Q-40", "query")
    def test_what_functions_of_other_engines_mean_otherwise(self, ops: QuiltOps) -> None:
        r"""Functions mean what they mean in Trino, also those that have namesakes with another
        meaning in other engines: `$1` is the first group of a pattern, `split` has a limit, a
        decimal literal keeps its digits, halves are rounded up, a null among the elements of an
        array may be the one that is looked for, Sunday is the seventh day, and a date plus a span
        is a date. This also holds for the arguments of other functions.
        """
        values = {
            r"regexp_replace('2020-01-02', '(\d+)-(\d+)-(\d+)', '$3.$2.$1')": "02.01.2020",
            "regexp_extract('abc', '(b)|(x)', 2)": None,
            "split_part(regexp_extract('abc', 'x'), '/', 1)": None,
            "element_at(split('a.b.c', '.', 2), 2)": "b.c",
            "substr('hello', 0)": "",
            "substr('hello', -10)": "",
            "DECIMAL '1.23456'": Decimal("1.23456"),
            "CAST(2.7 AS decimal)": Decimal("3"),
            "CAST(2.5e0 AS integer)": 3,
            "TRY_CAST('2.5' AS integer)": None,
            "CAST('hello' AS varchar(2))": "he",
            "CAST(json_extract('{\"a\": \"x\"}', '$.a') AS varchar)": "x",
            "contains(ARRAY[1, NULL], 2)": None,
            "array_max(ARRAY[1, NULL])": None,
            "array_position(ARRAY[1], 5)": 0,
            "cardinality(array_distinct(ARRAY[1, NULL, 1]))": 2,
            "cardinality(repeat('a', 3))": 3,
            "element_at(slice(ARRAY[1, 2, 3, 4], 3, 2), 2)": 4,
            "json_array_length('{}')": None,
            "json_extract_scalar('no json', '$.a')": None,
            "date_trunc('month', DATE '2020-03-05')": date(2020, 3, 1),
            "DATE '2020-01-31' + INTERVAL '1' MONTH": date(2020, 2, 29),
            "extract(dow FROM DATE '2020-01-05')": 7,
            "(SELECT max_by(x, y) FROM (VALUES ('a', 1), (NULL, 2)) AS v(x, y))": None,
        }
        (row,) = ops.query(f"SELECT {', '.join(values)}")
        assert dict(zip(values, row, strict=True)) == values

    @behaviour("Q-41", "query")
    def test_columns_without_a_name(self, ops: QuiltOps) -> None:
        """Only a column of a table and an alias have a name; every other expression is called
        `_col` followed by its number, also a number, a text or a cast.
        """
        sql = "SELECT 1, CAST(x AS varchar), x, 'a', x AS y FROM (VALUES 2) AS v(x)"
        assert ops.query(sql).column_names == ("_col0", "_col1", "x", "_col3", "y")

    @behaviour("Q-19", "query", "create_tabulator_table", "list_query_tables")
    def test_tabulator_tables(self, environment: Environment, ops: QuiltOps) -> None:
        """A tabulator table has the rows of the files that its patterns match, in the latest
        revisions only: the columns of the files by position, the named groups of the patterns, and
        `$pkg_name`, `$logical_key`, `$physical_key`, `$top_hash` and `$issue`. A column that a file
        lacks is null, and a file that does not fit the schema is one row of nulls, with the reason
        in `$issue`.
        """
        if not environment.registry.startswith("s3://"):
            pytest.skip("not applicable: tabulator tables are of buckets")
        bucket = environment.registry.removeprefix("s3://")
        old = environment.put_object("old", b"x,y,z\n99,old,2026-01-01\n")
        files = {
            "1.csv": b'x,y,z\n1,one,2026-01-02\n,"",\n',
            "2.csv": b"x,y\n2,two\n",
            "3.csv": b"x,y,z\nthree,3,2026-01-02\n",
            "other.txt": b"nothing",
        }
        uris = {key: environment.put_object(key, data) for key, data in files.items()}
        ops.create_tabulator_table(bucket, "measured", _TABLE)
        ops.create_package_revision(environment.name, {"0.csv": old}, message="old")
        made = ops.create_package_revision(environment.name, uris, message="new")
        found = {one.name: one for one in ops.list_query_tables()}
        assert "measured" in found
        table = found["measured"]
        assert [column.name for column in table.columns] == [
            "x", "y", "z", "team", "day", "$pkg_name", "$logical_key", "$physical_key",
            "$top_hash", "$issue",
        ]  # fmt: skip
        result = ops.query(
            'SELECT x, y, z, team, day, "$logical_key" AS key, "$issue" AS issue '
            f"FROM {table.sql_name} ORDER BY day, x"
        )
        rows = [row[:3] + row[4:6] for row in result]
        assert rows == [
            (1, "one", date(2026, 1, 2), "1", "1.csv"),
            (None, "", None, "1", "1.csv"),
            (2, "two", None, "2", "2.csv"),
            (None, None, None, "3", "3.csv"),
        ]
        told = rows_of(
            ops,
            'SELECT "$logical_key", "$issue" IS NULL, "$pkg_name", "$top_hash", team '
            f"FROM {table.sql_name} ORDER BY 1",
        )
        team = environment.name.partition("/")[0]
        of_package = (environment.name, made.top_hash, team)
        assert told == [
            ("1.csv", True, *of_package),
            ("1.csv", True, *of_package),
            ("2.csv", False, *of_package),
            ("3.csv", False, *of_package),
        ]

    @behaviour("Q-20", "query", "list_query_tables")
    def test_statements_about_tables(self, ops: QuiltOps, package: str) -> None:
        """Common table expressions, unions, subqueries and joins work, even if a common table
        expression has the name of a table; names are not case-sensitive, and a table can be given
        by the last part of its name.
        """
        tables = tables_of(ops)
        tag, entry = tables["tag"], tables["entry"]
        last = tag.rpartition(".")[2]
        assert rows_of(
            ops,
            f"WITH latest AS (SELECT top_hash FROM {tag} WHERE tag_name = 'latest') "
            f"SELECT count(*) FROM {entry} e JOIN latest USING (top_hash) "
            f"UNION ALL SELECT count(*) FROM (SELECT DISTINCT top_hash FROM {entry}) ORDER BY 1",
        ) == [(2,), (2,)]
        assert rows_of(ops, f"WITH {last} AS (SELECT 7 AS seven) SELECT seven FROM {last}") == [
            (7,)
        ]
        assert rows_of(ops, f"SELECT {last}.TOP_HASH FROM {tag}") == [(package,)]
        assert rows_of(
            ops, f"SELECT EXISTS (SELECT 1 FROM {tag} WHERE top_hash = '{package}')"
        ) == [(True,)]
