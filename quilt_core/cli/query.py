"""`quiltops query`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click

from quilt_core.cli.answers import listing, one
from quilt_core.cli.options import Group, connect, value
from quilt_core.cli.output import is_for_programs, show, show_all
from quilt_core.cli.paths import LocalPath
from quilt_core.cli.query_output import FORMATS, print_table, write_file, write_rows
from quilt_core.cli.terminal import line, note
from quilt_core.cli.text_input import standard_input
from quilt_core.domain.query import (
    QueryEngine,
    QueryEngineName,
    QueryStatus,
    QueryTable,
    quote_identifier,
)
from quilt_core.errors import ValidationError

_ENGINE = click.option(
    "--engine", type=click.Choice(["local", "athena"]), help="The engine that executes the query."
)
_PREFIX = click.option("--prefix", help="The prefix of the names of a folder's tables.")


class _QueryGroup(Group):
    """A group that treats its arguments as those of a query if they do not name a command."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        named = any(arg in self.commands for arg in args)
        if args and not named and args != ["--help"]:
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_QueryGroup)
def group() -> None:
    """SQL over the packages of a registry, in Trino's dialect.

    `quiltops query "SQL"` runs a query; `quiltops query tables` lists the tables that it can use.

    Example: quiltops query "SELECT pkg_name FROM \\"demo-data_package_tag\\""
    """


@group.command()
@click.argument("sql")
@_ENGINE
@_PREFIX
@click.option("--format", "kind", type=click.Choice(FORMATS), help="The format; table by default.")
@click.option("--output", "-o", type=LocalPath(dir_okay=False), help="Write to a file.")
def run(
    sql: str,
    engine: QueryEngineName | None,
    prefix: str | None,
    kind: str | None,
    output: Path | None,
) -> None:
    """Run the query SQL (- is standard input), and print its rows.

    The format of a file is given by its name: .csv, .json, .jsonl, .arrow or .parquet. In CSV, null
    is an empty field, and empty text is "".

    Example: quiltops query run "SELECT count(*) FROM \\"demo-data_package_tag\\"" --format csv
    """
    text = standard_input() if sql == "-" else sql
    kind = _format(kind, output)
    with connect().query(text, engine=engine, prefix=prefix) as result:
        if output is not None:
            count = write_file(result, kind, output)
            show({"file": str(output), "rows": count, **_cost(result)})
        elif kind == "table":
            print_table(result)
        else:
            write_rows(result, kind)


def _format(kind: str | None, output: Path | None) -> str:
    if kind is None and value("as_json") and output is None:
        return "json"
    suffix = "" if output is None else output.suffix.removeprefix(".").lower()
    kind = kind or ("json" if suffix == "jsonl" else suffix) or "table"
    if kind not in FORMATS or (output is not None and kind == "table"):
        raise ValidationError(
            f"The format of {output} is not known.", hint="Give --format csv, json, arrow, parquet."
        )
    if kind == "parquet" and output is None:
        raise ValidationError("Parquet is written to a file.", hint="Name one: --output FILE.")
    return kind


def _cost(result: Any) -> dict[str, Any]:
    return {
        "engine": result.engine.value,
        "query_id": result.query_id,
        "bytes_scanned": result.bytes_scanned,
    }


@group.command(answers=listing(QueryTable))
@_ENGINE
@_PREFIX
def tables(engine: QueryEngineName | None, prefix: str | None) -> None:
    """List the tables that a query can use, with their columns.

    Example: quiltops query tables --registry s3://demo-data
    """
    found = partial(connect().list_query_tables, engine=engine, prefix=prefix)
    if is_for_programs():
        show_all(found, ())
        return
    for table in found():
        line(table.sql_name)
        line(f"  {table.description}")
        for column in table.columns:
            line(f"    {quote_identifier(column.name)} {column.type}")


@group.command(answers=one(QueryStatus))
@click.argument("sql")
@_ENGINE
@_PREFIX
def start(sql: str, engine: QueryEngineName | None, prefix: str | None) -> None:
    """Start the query SQL (- is standard input); `quiltops query status` shows its state.

    Example: quiltops query start "SELECT pkg_name FROM \\"demo-data_package_tag\\"" --engine athena
    """
    text = standard_input() if sql == "-" else sql
    status = connect().start_query(text, engine=engine, prefix=prefix)
    show(status)
    if status.engine is QueryEngine.LOCAL:
        note("A query in the local engine ends with this process; use `quiltops query run`.")


@group.command(answers=one(QueryStatus))
@click.argument("query_id")
def status(query_id: str) -> None:
    """Show the status of a query.

    Example: quiltops query status 0b1c2d3e
    """
    show(connect().get_query(query_id))


@group.command(answers=one(QueryStatus))
@click.argument("query_id")
def cancel(query_id: str) -> None:
    """Stop a query that was started.

    Example: quiltops query cancel 0b1c2d3e
    """
    show(connect().cancel_query(query_id))
