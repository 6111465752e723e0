"""`quiltops catalog`."""

from __future__ import annotations

import json
from typing import Any

import click

from quilt_core import CatalogConfig, Health
from quilt_core.cli.answers import one
from quilt_core.cli.options import Group, connect, given_settings, value
from quilt_core.cli.output import show
from quilt_core.cli.terminal import json_line, note
from quilt_core.cli.text_input import standard_input
from quilt_core.cli.writing import Write, write
from quilt_core.errors import TransportError, ValidationError
from quilt_core.settings import config_path, edit
from quilt_core.urls import parse_http_url, same_place


@click.group(cls=Group)
def group() -> None:
    """The catalog's configuration, and raw GraphQL."""


@group.command(answers=one(CatalogConfig))
@click.argument("catalog_url", required=False)
def config(catalog_url: str | None) -> None:
    """Show the configuration of CATALOG_URL, the configured catalog by default.

    Example: quiltops catalog config
    """
    show(connect().get_catalog_config(catalog_url))


@group.command(cls=Write, answers=one(CatalogConfig))
@click.argument("catalog_url")
def configure(catalog_url: str) -> None:
    """Use CATALOG_URL as the catalog from now on.

    It is stored in the profile in use. If there is none, a profile named after the catalog's host
    is created and becomes the default. The quilt3 backend also configures quilt3.

    Example: quiltops catalog configure https://catalog.example.com
    """
    ops = connect()
    if value("dry_run"):
        ops.get_catalog_config(catalog_url)  # as it is read before it is used
    write(ops.configure_catalog, catalog_url)
    if not value("dry_run"):
        keep_catalog(parse_http_url(catalog_url, "CATALOG_URL"))


def keep_catalog(catalog_url: str) -> None:
    """Write the catalog into the profile in use, and report settings that take precedence
    over it.
    """
    settings = given_settings()
    profile = settings.profile or catalog_url.partition("://")[2]
    with edit.changing() as config:
        entries = edit.table(edit.table(config, "profiles", is_super=True), profile)
        if not same_place(str(entries.get("catalog_url", "")), catalog_url):
            # They belong to the previous catalog, and would take precedence over the addresses of
            # the new one.
            for former in ("registry_url", "graphql_endpoint"):
                entries.pop(former, None)
        entries["catalog_url"] = catalog_url
        config.setdefault("default_profile", profile)
    source = settings.source("catalog_url")
    other = settings.catalog_url not in (None, catalog_url)
    if other and not source.startswith("profile "):
        note(f"It is not used yet: {settings.catalog_url} from {source} takes precedence.")
    note(f"The profile {profile!r} in {config_path()} has this catalog.")


@group.command("registry-url", answers=one(str))
def registry_url() -> None:
    """Show the registry's address.

    Example: quiltops catalog registry-url
    """
    show(connect().get_registry_url())


@group.command(answers=one(Health))
def health() -> None:
    """Check whether the registry responds; needs no login.

    Example: quiltops catalog health
    """
    found = connect().health()
    show(found)
    if not found.reachable:
        raise TransportError(f"The registry does not respond: {found.message}")


@group.command("graphql-endpoint", answers=one(str))
def graphql_endpoint() -> None:
    """Show the address of the GraphQL endpoint.

    Example: quiltops catalog graphql-endpoint
    """
    show(connect().get_graphql_endpoint())


@group.command(answers=one(dict[str, Any]))
@click.argument("query")
@click.option("--variables", metavar="JSON", help="The query's variables, a JSON object.")
def graphql(query: str, variables: str | None) -> None:
    """Send a GraphQL QUERY (- reads it from standard input) and print the response as JSON.

    Example: quiltops catalog graphql '{ me { name } }'
    """
    text = standard_input() if query == "-" else query
    try:
        given = None if variables is None else json.loads(variables)
    except json.JSONDecodeError as error:
        raise ValidationError(f"--variables is not JSON: {error}.") from error
    except RecursionError:
        raise ValidationError("--variables is nested too deeply.") from None
    answer = connect().execute_graphql_query(text, given)
    indent = None if value("as_json") else 2
    json_line(answer, indent=indent)
