"""`quiltops admin buckets`, `api-keys` and `sso`."""

from __future__ import annotations

from typing import Any

import click

from quilt_core import BucketSettings
from quilt_core.cli.api_keys import COLUMNS
from quilt_core.cli.options import Room, connect
from quilt_core.cli.output import show, show_all


@click.group(cls=Room)
def buckets() -> None:
    """The catalog's buckets."""


@buckets.command("list")
def list_buckets() -> None:
    """List all buckets of the catalog."""
    show_all(connect().admin.list_buckets(), ("name", "title", "browsable", "relevance_score"))


@buckets.command("get")
@click.argument("name")
def get_bucket(name: str) -> None:
    """Show a bucket's configuration."""
    show(connect().admin.get_bucket(name))


def _settings_options(command: Any) -> Any:
    for option in reversed(
        [
            click.option("--title", required=True),
            click.option("--description"),
            click.option("--icon-url"),
            click.option("--overview-url"),
            click.option("--tag", "tags", multiple=True, help="May be given again."),
            click.option("--relevance-score", type=int),
            click.option("--browsable/--not-browsable", default=None),
            click.option("--prefix", "prefixes", multiple=True, help="May be given again."),
        ]
    ):
        command = option(command)
    return command


def _settings(options: dict[str, Any]) -> BucketSettings:
    given = {**options, "tags": options["tags"] or None, "prefixes": options["prefixes"] or None}
    return BucketSettings(**given)


@buckets.command("add")
@click.argument("name")
@_settings_options
def add_bucket(name: str, **options: Any) -> None:
    """Add an S3 bucket to the catalog."""
    show(connect().admin.add_bucket(name, _settings(options)))


@buckets.command("update")
@click.argument("name")
@_settings_options
def update_bucket(name: str, **options: Any) -> None:
    """Change a bucket's configuration."""
    show(connect().admin.update_bucket(name, _settings(options)))


@buckets.command("remove")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove_bucket(name: str, yes: bool) -> None:
    """Take a bucket out of the catalog; its objects stay."""
    if not yes:
        click.confirm(f"Take {name} out of the catalog?", abort=True, err=True)
    show(connect().admin.remove_bucket(name))


@click.group(cls=Room)
def api_keys() -> None:
    """API keys of all users."""


@api_keys.command("list")
@click.option("--email", help="Only keys of the user with this address.")
@click.option("--name", help="Only keys of this name.")
@click.option("--fingerprint", help="Only keys with this fingerprint.")
@click.option("--status", type=click.Choice(["ACTIVE", "EXPIRED"]), help="Only keys in this state.")
def list_keys(**wanted: str | None) -> None:
    """List API keys, newest first."""
    show_all(connect().admin.list_api_keys(**wanted), COLUMNS)


@api_keys.command("get")
@click.argument("key_id")
def get_key(key_id: str) -> None:
    """Show an API key."""
    show(connect().admin.get_api_key(key_id))


@api_keys.command("revoke")
@click.argument("key_id")
def revoke_key(key_id: str) -> None:
    """Revoke an API key."""
    show(connect().admin.revoke_api_key(key_id))


@click.group(cls=Room)
def sso() -> None:
    """The single sign-on configuration."""


@sso.command("get")
def get_sso() -> None:
    """Show the configuration."""
    show(connect().admin.get_sso_config())


@sso.command("set")
@click.argument("config", type=click.File())
def set_sso(config: Any) -> None:
    """Set the configuration from the file CONFIG (- is standard input)."""
    show(connect().admin.set_sso_config(config.read()))


@sso.command("remove")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove_sso(yes: bool) -> None:
    """Remove the configuration."""
    if not yes:
        click.confirm("Remove the SSO configuration?", abort=True, err=True)
    show(connect().admin.remove_sso_config())
