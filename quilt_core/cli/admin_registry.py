"""`quiltops admin buckets`, `api-keys` and `sso`."""

from __future__ import annotations

from typing import Any

import click

from quilt_core import (
    Acknowledgement,
    ApiKey,
    BucketConfig,
    BucketSettings,
    SsoConfig,
    administration,
)
from quilt_core.cli.answers import listing, one
from quilt_core.cli.api_keys import COLUMNS
from quilt_core.cli.options import Group, connect
from quilt_core.cli.output import show, show_all
from quilt_core.cli.text_input import TextFile
from quilt_core.cli.writing import Delete, Write, write
from quilt_core.domain.api_keys import ApiKeyStatusName


@click.group(cls=Group)
def buckets() -> None:
    """The catalog's buckets."""


@buckets.command("list", answers=listing(BucketConfig))
def list_buckets() -> None:
    """List all buckets of the catalog.

    Example: quiltops admin buckets list
    """
    show_all(connect().admin.list_buckets, ("name", "title", "browsable", "relevance_score"))


@buckets.command("get", answers=one(BucketConfig))
@click.argument("name")
def get_bucket(name: str) -> None:
    """Show a bucket's configuration.

    Example: quiltops admin buckets get demo-data
    """
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


@buckets.command("add", cls=Write, answers=one(BucketConfig))
@click.argument("name")
@_settings_options
def add_bucket(name: str, **options: Any) -> None:
    """Add an S3 bucket to the catalog.

    Example: quiltops admin buckets add demo-new --title "New data"
    """
    admin = connect().admin
    write(admin.add_bucket, name, _settings(options), taken=lambda: admin.get_bucket(name))


@buckets.command("update", cls=Write, answers=one(BucketConfig))
@click.argument("name")
@_settings_options
def update_bucket(name: str, **options: Any) -> None:
    """Change a bucket's configuration.

    Example: quiltops admin buckets update demo-data --title "Demo data" --tag penguins
    """
    admin = connect().admin
    write(admin.update_bucket, name, _settings(options), now=lambda: admin.get_bucket(name))


@buckets.command("remove", cls=Delete, answers=one(Acknowledgement))
@click.argument("name")
def remove_bucket(name: str) -> None:
    """Remove a bucket from the catalog, but keep its objects.

    Example: quiltops admin buckets remove demo-new --yes
    """
    admin = connect().admin
    ask = f"Remove {name} from the catalog?"
    write(admin.remove_bucket, name, now=lambda: admin.get_bucket(name), ask=ask)


@buckets.command("test", cls=Write, answers=one(BucketConfig))
@click.argument("name")
def try_bucket(name: str) -> None:
    """Send a bucket's current configuration again, so that the registry checks it.

    Example: quiltops admin buckets test demo-data
    """
    ops = connect()

    def resubmit(name: str) -> BucketConfig:
        return administration.resubmit_bucket(ops, name)

    write(resubmit, name, now=lambda: ops.admin.get_bucket(name))


@buckets.command("reindex", cls=Write, answers=one(Acknowledgement))
@click.argument("name")
@click.argument("prefix", required=False)
def reindex_bucket(name: str, prefix: str | None) -> None:
    """Start to reindex a bucket, or the objects below PREFIX.

    Example: quiltops admin buckets reindex demo-data penguins/
    """
    admin = connect().admin
    write(admin.reindex_bucket, name, prefix, now=lambda: admin.get_bucket(name))


@click.group(cls=Group)
def api_keys() -> None:
    """API keys of all users."""


@api_keys.command("list", answers=listing(ApiKey))
@click.option("--email", help="Only keys of the user with this address.")
@click.option("--name", help="Only keys with this name.")
@click.option("--fingerprint", help="Only keys with this fingerprint.")
@click.option("--status", type=click.Choice(["ACTIVE", "EXPIRED"]), help="Only keys in this state.")
def list_keys(
    email: str | None, name: str | None, fingerprint: str | None, status: ApiKeyStatusName | None
) -> None:
    """List API keys, newest first.

    Example: quiltops admin api-keys list --email ada@example.com
    """
    show_all(lambda: connect().admin.list_api_keys(email, name, fingerprint, status), COLUMNS)


@api_keys.command("get", answers=one(ApiKey))
@click.argument("key_id")
def get_key(key_id: str) -> None:
    """Show an API key.

    Example: quiltops admin api-keys get 7d9c1f
    """
    show(connect().admin.get_api_key(key_id))


@api_keys.command("revoke", cls=Delete, answers=one(Acknowledgement))
@click.argument("key_id")
def revoke_key(key_id: str) -> None:
    """Revoke an API key.

    Example: quiltops admin api-keys revoke 7d9c1f --yes
    """
    admin = connect().admin
    ask = f"Revoke the key {key_id}?"
    write(admin.revoke_api_key, key_id, now=lambda: admin.get_api_key(key_id), ask=ask)


@click.group(cls=Group)
def sso() -> None:
    """The single sign-on configuration."""


@sso.command("get", answers=one(SsoConfig))
def get_sso() -> None:
    """Show the configuration.

    Example: quiltops admin sso get
    """
    show(connect().admin.get_sso_config())


@sso.command("set", cls=Write, answers=one(SsoConfig))
@click.argument("config", type=TextFile())
def set_sso(config: str) -> None:
    """Set the configuration from the file CONFIG (- is standard input).

    Example: quiltops admin sso set sso.yaml
    """
    admin = connect().admin
    write(admin.set_sso_config, config, now=admin.get_sso_config)


@sso.command("remove", cls=Delete, answers=one(SsoConfig))
def remove_sso() -> None:
    """Remove the configuration.

    Example: quiltops admin sso remove --yes
    """
    admin = connect().admin
    ask = "Remove the SSO configuration?"
    write(admin.remove_sso_config, now=admin.get_sso_config, ask=ask)
