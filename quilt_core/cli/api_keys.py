"""`quiltops api-keys`."""

from __future__ import annotations

from typing import Any

import click

from quilt_core import Acknowledgement, ApiKey, ApiKeyCreated
from quilt_core.cli.answers import listing, one
from quilt_core.cli.options import Group, connect
from quilt_core.cli.output import show, show_all
from quilt_core.cli.writing import Delete, Write, write
from quilt_core.domain.api_keys import ApiKeyStatusName

COLUMNS = ("id", "name", "fingerprint", "status", "created_at", "expires_at", "user_email")


@click.group(cls=Group)
def group() -> None:
    """The API keys of the connection's own user."""


@group.command("list", answers=listing(ApiKey))
@click.option("--name", help="Only keys with this name.")
@click.option("--fingerprint", help="Only keys with this fingerprint.")
@click.option("--status", type=click.Choice(["ACTIVE", "EXPIRED"]), help="Only keys in this state.")
def list_keys(name: str | None, fingerprint: str | None, status: ApiKeyStatusName | None) -> None:
    """List your API keys, newest first.

    Example: quiltops api-keys list --status ACTIVE
    """
    show_all(lambda: connect().list_api_keys(name, fingerprint, status), COLUMNS)


@group.command(answers=one(ApiKey))
@click.argument("key_id")
def get(key_id: str) -> None:
    """Show one of your API keys.

    Example: quiltops api-keys get 7d9c1f
    """
    show(connect().get_api_key(key_id))


@group.command(cls=Write, answers=one(ApiKeyCreated))
@click.argument("name")
@click.option("--days", default=90, show_default=True, help="Days until it expires, 1 to 365.")
def create(name: str, days: int) -> None:
    """Create a key and print its secret, which is shown only once.

    Example: quiltops api-keys create ci --days 30
    """
    write(connect().create_api_key, name, days, shown=_with_secret)


def _with_secret(created: ApiKeyCreated) -> dict[str, Any]:
    return {**created.api_key.to_dict(), "secret": created.secret}


@group.command(cls=Delete, answers=one(Acknowledgement))
@click.argument("key_id")
def revoke(key_id: str) -> None:
    """Revoke one of your API keys.

    Example: quiltops api-keys revoke 7d9c1f --yes
    """
    ops = connect()
    ask = f"Revoke the key {key_id}?"
    write(ops.revoke_api_key, key_id, now=lambda: ops.get_api_key(key_id), ask=ask)
