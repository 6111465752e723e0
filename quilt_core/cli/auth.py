"""`quiltops auth`: the commands that need no registry client. The registry client has an `auth
status` that shows more than this one.
"""

from __future__ import annotations

import click

from quilt_core import AuthStatus, NotFoundError, QuiltOps
from quilt_core.auth_context import not_logged_in
from quilt_core.cli.answers import one
from quilt_core.cli.options import Command, connect
from quilt_core.cli.output import show
from quilt_core.cli.writing import Write, write


@click.command(cls=Command, answers=one(AuthStatus))
def status() -> None:
    """Show the user, the role and when the token expires.

    Example: quiltops auth status
    """
    found = connect().get_auth_status()
    show(found)
    if not found.is_authenticated:
        raise not_logged_in()


@click.command("switch-role", cls=Write, answers=one(AuthStatus))
@click.argument("role")
def switch_role(role: str) -> None:
    """Make ROLE your active role, for all of your logins.

    Example: quiltops auth switch-role DemoReader
    """
    ops = connect()
    write(ops.switch_role, role, now=lambda: _status_before(ops, role))


def _status_before(ops: QuiltOps, role: str) -> AuthStatus:
    """The status before a switch; raises `NotFoundError` for a role that the user does not have."""
    found = ops.get_auth_status()
    if not found.is_authenticated:
        raise not_logged_in("Only a user has roles to switch between.")
    if role not in (found.role, *found.roles):
        raise NotFoundError(
            f"{found.user_name!r} has no role {role!r}.",
            hint=f"The roles are {', '.join(found.roles) or 'none'}.",
            context={"role": role},
        )
    return found
