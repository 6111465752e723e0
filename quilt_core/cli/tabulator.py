"""`quiltops tabulator`."""

from __future__ import annotations

from typing import TextIO

import click

from quilt_core.cli.options import Room, connect
from quilt_core.cli.output import show, show_all


@click.group(cls=Room)
def group() -> None:
    """SQL tables over packages."""


@group.command("list")
@click.argument("bucket")
def list_tables(bucket: str) -> None:
    """List the tables of BUCKET."""
    show_all(connect().list_tabulator_tables(bucket), ("name", "config"))


@group.command()
@click.argument("bucket")
@click.argument("table")
def get(bucket: str, table: str) -> None:
    """Show a table's configuration."""
    show(connect().get_tabulator_table(bucket, table))


@group.command()
@click.argument("bucket")
@click.argument("table")
@click.argument("config", type=click.File())
def create(bucket: str, table: str, config: TextIO) -> None:
    """Create a table from the YAML file CONFIG (- is standard input)."""
    show(connect().create_tabulator_table(bucket, table, config.read()))


@group.command()
@click.argument("bucket")
@click.argument("table")
@click.argument("config", type=click.File())
def update(bucket: str, table: str, config: TextIO) -> None:
    """Replace a table's configuration by the YAML file CONFIG (- is standard input)."""
    show(connect().update_tabulator_table(bucket, table, config.read()))


@group.command()
@click.argument("bucket")
@click.argument("old_name")
@click.argument("new_name")
def rename(bucket: str, old_name: str, new_name: str) -> None:
    """Rename a table."""
    show(connect().rename_tabulator_table(bucket, old_name, new_name))


@group.command()
@click.argument("bucket")
@click.argument("table")
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete(bucket: str, table: str, yes: bool) -> None:
    """Delete a table."""
    if not yes:
        click.confirm(f"Delete the table {table} of {bucket}?", abort=True, err=True)
    show(connect().delete_tabulator_table(bucket, table))


@group.command("open-query")
@click.argument("state", required=False, type=click.Choice(["on", "off"]))
def open_query(state: str | None) -> None:
    """Show whether open query is on, or switch it."""
    ops = connect()
    show(ops.get_open_query_status() if state is None else ops.set_open_query(state == "on"))
