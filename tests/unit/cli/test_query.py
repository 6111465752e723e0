"""`quiltops query`: output formats, files and errors."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow.ipc as ipc
import pyarrow.parquet as pq
import pytest

from quilt_core.testing import memory

from ...command_line import Ended  # type: ignore[import-not-found]

Cli = Callable[..., Ended]
SQL = "SELECT x, text FROM (VALUES (1, 'a,\"b\"'), (2, ''), (3, NULL)) AS v(x, text) ORDER BY x"


def test_csv_distinguishes_null_from_empty_text(good: Cli) -> None:
    assert good("query", SQL, "--format", "csv").out.replace("\r\n", "\n") == (
        'x,text\n1,"a,""b"""\n2,""\n3,\n'
    )


def test_csv_escapes_quotation_marks(good: Cli) -> None:
    out = good("query", "SELECT ARRAY['a'] AS one, 1 AS two", "--format", "csv").out
    assert out.replace("\r\n", "\n") == 'one,two\n"[""a""]",1\n'


def test_json_is_one_object_per_row(good: Cli) -> None:
    for form in (("--json",), ("--format", "json")):
        lines = good("query", SQL, *form).out.splitlines()
        assert [json.loads(line)["text"] for line in lines] == ['a,"b"', "", None]


def test_json_has_no_numbers_that_json_does_not_have(good: Cli, tmp_path: Path) -> None:
    sql = (
        "SELECT CAST('nan' AS double) AS a, CAST('-infinity' AS double) AS b, "
        "ARRAY[CAST('infinity' AS double)] AS c, 1.5e0 AS d"
    )
    wanted = {"a": "NaN", "b": "-Infinity", "c": ["Infinity"], "d": 1.5}

    def refused(text: str) -> float:
        raise AssertionError(f"{text} is not JSON")

    good("query", sql, "-o", str(tmp_path / "x.json"))
    for text in (good("query", sql, "--json").out, (tmp_path / "x.json").read_text()):
        assert json.loads(text, parse_constant=refused) == wanted
    assert '"[""Infinity""]"' in good("query", sql, "--format", "csv").out


def test_the_format_of_a_file_follows_from_its_name(good: Cli, tmp_path: Path) -> None:
    for name in ("rows.parquet", "rows.arrow", "rows.csv", "rows.jsonl"):
        done = good("query", SQL, "-o", str(tmp_path / name), "--json")
        assert (done.row["rows"], done.row["engine"]) == (3, "local")
    wanted = [(1, 'a,"b"'), (2, ""), (3, None)]
    for table in (
        pq.read_table(tmp_path / "rows.parquet"),
        ipc.open_stream(tmp_path / "rows.arrow").read_all(),
    ):
        assert [tuple(row.values()) for row in table.to_pylist()] == wanted
    assert len((tmp_path / "rows.csv").read_text().splitlines()) == 4
    assert len((tmp_path / "rows.jsonl").read_text().splitlines()) == 3
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []


def test_a_query_that_fails_leaves_the_file_unchanged(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("as it was")
    ended = cli("query", "SELECT CAST('x' AS bigint)", "-o", str(file))
    assert ended.code == 8
    assert file.read_text() == "as it was"


def test_the_table_and_its_note(good: Cli) -> None:
    ended = good("query", SQL)
    assert ended.out.split()[:2] == ["x", "text"]
    assert "3 rows (local" in ended.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("SELEC 1",), 2),
        (("SELECT * FROM nothing",), 2),
        (("SELECT 1", "--format", "parquet"), 2),
        (("SELECT 1", "-o", "rows.xlsx"), 2),
        (("SELECT 1", "--engine", "athena"), 7),
        (("SELECT 1", "--prefix", "other"), 2),
        (("status", "local-0"), 5),
        (("cancel", "local-0"), 5),
    ],
)
def test_errors(cli: Cli, arguments: tuple[str, ...], code: int) -> None:
    assert cli("query", *arguments).code == code


def test_tables(good: Cli, catalog: memory.MemoryCatalog) -> None:
    rows = good("query", "tables", "--json").rows
    assert [row["name"] for row in rows] == [
        f"bucket_package_{kind}" for kind in ("entry", "manifest", "revision", "tag")
    ]
    assert '"pkg_name" varchar' in good("query", "tables").out


def test_standard_input(good: Cli) -> None:
    assert good("query", "-", "--json", stdin="SELECT 7 AS seven").row == {"seven": 7}
