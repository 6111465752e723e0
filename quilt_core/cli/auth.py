"""`quiltops auth status` without the registry client, whose command of that name knows more."""

from __future__ import annotations

import click

from quilt_core.auth_context import not_logged_in
from quilt_core.cli.options import Command, connect
from quilt_core.cli.output import show


@click.command(cls=Command)
def status() -> None:
    """Show user, role and the token's end."""
    found = connect().get_auth_status()
    show(found)
    if not found.is_authenticated:
        raise not_logged_in()
