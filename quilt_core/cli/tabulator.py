"""`quiltops tabulator`."""

from __future__ import annotations

from functools import partial

import click

from quilt_core import OpenQueryStatus, TabulatorTable
from quilt_core.cli.answers import listing, one
from quilt_core.cli.options import Group, completed, connect
from quilt_core.cli.output import show, show_all
from quilt_core.cli.text_input import TextFile
from quilt_core.cli.writing import Delete, Write, write


@click.group(cls=Group)
def group() -> None:
    """SQL tables over packages.

    A table is a YAML document: `schema` (columns, each with name and type), `source` (type:
    quilt-packages; package_name and logical_key: regular expressions, whose groups
    `(?<name>...)` become columns) and `parser` (format: csv or parquet).
    """


@group.command("list", answers=listing(TabulatorTable))
@click.argument("bucket", shell_complete=completed("buckets"))
def list_tables(bucket: str) -> None:
    """List the tables of BUCKET.

    Example: quiltops tabulator list demo-data
    """
    show_all(lambda: connect().list_tabulator_tables(bucket), ("name", "config"))


@group.command(answers=one(TabulatorTable))
@click.argument("bucket", shell_complete=completed("buckets"))
@click.argument("table")
def get(bucket: str, table: str) -> None:
    """Show a table's configuration.

    Example: quiltops tabulator get demo-data penguins
    """
    show(connect().get_tabulator_table(bucket, table))


@group.command(cls=Write, answers=one(TabulatorTable))
@click.argument("bucket", shell_complete=completed("buckets"))
@click.argument("table")
@click.argument("config", type=TextFile())
def create(bucket: str, table: str, config: str) -> None:
    """Create a table from the YAML file CONFIG (- is standard input).

    Example: quiltops tabulator create demo-data penguins table.yaml
    """
    ops = connect()
    taken = partial(ops.get_tabulator_table, bucket, table)
    write(ops.create_tabulator_table, bucket, table, config, taken=taken)


@group.command(cls=Write, answers=one(TabulatorTable))
@click.argument("bucket", shell_complete=completed("buckets"))
@click.argument("table")
@click.argument("config", type=TextFile())
def update(bucket: str, table: str, config: str) -> None:
    """Replace a table's configuration with the YAML file CONFIG (- is standard input).

    Example: quiltops tabulator update demo-data penguins table.yaml
    """
    ops = connect()
    now = partial(ops.get_tabulator_table, bucket, table)
    write(ops.update_tabulator_table, bucket, table, config, now=now)


@group.command(cls=Write, answers=one(TabulatorTable))
@click.argument("bucket", shell_complete=completed("buckets"))
@click.argument("old_name")
@click.argument("new_name")
def rename(bucket: str, old_name: str, new_name: str) -> None:
    """Rename a table.

    Example: quiltops tabulator rename demo-data penguins birds
    """
    ops = connect()
    now = partial(ops.get_tabulator_table, bucket, old_name)
    same = old_name == new_name  # which changes nothing
    taken = None if same else partial(ops.get_tabulator_table, bucket, new_name)
    write(ops.rename_tabulator_table, bucket, old_name, new_name, now=now, taken=taken)


@group.command(cls=Delete, answers=one(TabulatorTable))
@click.argument("bucket", shell_complete=completed("buckets"))
@click.argument("table")
def delete(bucket: str, table: str) -> None:
    """Delete a table.

    Example: quiltops tabulator delete demo-data penguins --yes
    """
    ops = connect()
    now = partial(ops.get_tabulator_table, bucket, table)
    ask = f"Delete the table {table} of {bucket}?"
    write(ops.delete_tabulator_table, bucket, table, now=now, ask=ask)


@group.command("open-query", cls=Write, answers=one(OpenQueryStatus))
@click.argument("state", required=False, type=click.Choice(["on", "off"]))
def open_query(state: str | None) -> None:
    """Show whether open query is on, or switch it.

    Example: quiltops tabulator open-query on
    """
    ops = connect()
    if state is None:
        show(ops.get_open_query_status())
    else:
        write(ops.set_open_query, state == "on", now=ops.get_open_query_status)
