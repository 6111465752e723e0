"""`quiltops catalog`."""

from __future__ import annotations

import json
import sys

import click

from quilt_core.cli.options import Group, connect, value
from quilt_core.cli.output import show
from quilt_core.cli.terminal import json_line
from quilt_core.cli.writing import Write, write
from quilt_core.errors import TransportError, ValidationError


@click.group(cls=Group)
def group() -> None:
    """The catalog's configuration, and raw GraphQL."""


@group.command()
@click.argument("catalog_url", required=False)
def config(catalog_url: str | None) -> None:
    """Show the configuration of CATALOG_URL, the configured catalog by default."""
    show(connect().get_catalog_config(catalog_url))


@group.command(cls=Write)
@click.argument("catalog_url")
def configure(catalog_url: str) -> None:
    """Make CATALOG_URL the catalog in use, where the backend keeps one."""
    write(connect().configure_catalog, catalog_url)


@group.command("registry-url")
def registry_url() -> None:
    """Show the registry's address."""
    show(connect().get_registry_url())


@group.command()
def health() -> None:
    """Show whether the registry is there; needs no login."""
    found = connect().health()
    show(found)
    if not found.reachable:
        raise TransportError(f"The registry is not there: {found.message}")


@group.command("graphql-endpoint")
def graphql_endpoint() -> None:
    """Show where GraphQL queries go."""
    show(connect().get_graphql_endpoint())


@group.command()
@click.argument("query")
@click.option("--variables", metavar="JSON", help="The query's variables, a JSON object.")
def graphql(query: str, variables: str | None) -> None:
    """Send a GraphQL QUERY (- reads it from standard input) and print the response as JSON."""
    text = sys.stdin.read() if query == "-" else query
    try:
        given = None if variables is None else json.loads(variables)
    except json.JSONDecodeError as error:
        raise ValidationError(f"--variables is not JSON: {error}.") from error
    answer = connect().execute_graphql_query(text, given)
    indent = None if value("as_json") else 2
    json_line(answer, indent=indent)
