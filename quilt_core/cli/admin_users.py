"""`quiltops admin users`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import click

from quilt_core import Acknowledgement, User
from quilt_core.cli.answers import listing, one
from quilt_core.cli.options import Group, connect
from quilt_core.cli.output import show, show_all
from quilt_core.cli.writing import Delete, Write, write

_ROLE = click.option("--role", "roles", multiple=True, required=True, help="May be given again.")


@click.group(cls=Group)
def users() -> None:
    """The registry's users."""


def _change(method: Callable[..., Any], name: str, *args: Any, ask: str | None = None) -> None:
    """Change attributes of a user."""
    write(method, name, *args, now=lambda: connect().admin.get_user(name), ask=ask)


@users.command("list", answers=listing(User))
def list_users() -> None:
    """List all users.

    Example: quiltops admin users list
    """
    columns = ("name", "email", "role", "extra_roles", "is_active", "is_admin", "last_login")
    show_all(connect().admin.list_users, columns)


@users.command(answers=one(User))
@click.argument("name")
def get(name: str) -> None:
    """Show a user.

    Example: quiltops admin users get reader
    """
    show(connect().admin.get_user(name))


@users.command(cls=Write, answers=one(User))
@click.argument("name")
@click.argument("email")
@click.option("--role", required=True, help="The active role.")
@click.option("--extra-role", multiple=True, help="A further role; may be given again.")
def create(name: str, email: str, role: str, extra_role: tuple[str, ...]) -> None:
    """Create a user.

    Example: quiltops admin users create ada ada@example.com --role DemoReader
    """
    admin = connect().admin
    taken = partial(admin.get_user, name)
    write(admin.create_user, name, email, role, extra_role, taken=taken)


@users.command(cls=Delete, answers=one(Acknowledgement))
@click.argument("name")
def delete(name: str) -> None:
    """Delete a user.

    Example: quiltops admin users delete ada --yes
    """
    _change(connect().admin.delete_user, name, ask=f"Delete the user {name}?")


@users.command("set-email", cls=Write, answers=one(User))
@click.argument("name")
@click.argument("email")
def set_email(name: str, email: str) -> None:
    """Change a user's email address.

    Example: quiltops admin users set-email ada ada@example.org
    """
    _change(connect().admin.set_user_email, name, email)


@users.command("set-admin", cls=Write, answers=one(User))
@click.argument("name")
@click.argument("admin", type=bool)
def set_admin(name: str, admin: bool) -> None:
    """Grant (true) or revoke (false) a user's administrator rights.

    Example: quiltops admin users set-admin ada true
    """
    _change(connect().admin.set_user_admin, name, admin)


@users.command("set-active", cls=Write, answers=one(User))
@click.argument("name")
@click.argument("active", type=bool)
def set_active(name: str, active: bool) -> None:
    """Activate a user (true), or lock the user out (false).

    Example: quiltops admin users set-active ada false
    """
    _change(connect().admin.set_user_active, name, active)


@users.command("reset-password", cls=Write, answers=one(Acknowledgement))
@click.argument("name")
def reset_password(name: str) -> None:
    """Reset a user's password.

    Example: quiltops admin users reset-password ada
    """
    _change(connect().admin.reset_user_password, name)


@users.command("set-role", cls=Write, answers=one(User))
@click.argument("name")
@click.argument("role")
@click.option("--extra-role", multiple=True, help="A further role; may be given again.")
@click.option("--append", is_flag=True, help="Add to the current roles.")
def set_role(name: str, role: str, extra_role: tuple[str, ...], append: bool) -> None:
    """Set a user's active role.

    Example: quiltops admin users set-role ada DemoWriter --extra-role DemoReader
    """
    _change(connect().admin.set_user_role, name, role, extra_role or None, append)


@users.command("add-roles", cls=Write, answers=one(User))
@click.argument("name")
@_ROLE
def add_roles(name: str, roles: tuple[str, ...]) -> None:
    """Add roles to a user.

    Example: quiltops admin users add-roles ada --role DemoWriter
    """
    _change(connect().admin.add_user_roles, name, roles)


@users.command("remove-roles", cls=Write, answers=one(User))
@click.argument("name")
@_ROLE
@click.option("--fallback", help="The new active role if the active one is removed.")
def remove_roles(name: str, roles: tuple[str, ...], fallback: str | None) -> None:
    """Remove roles from a user.

    Example: quiltops admin users remove-roles ada --role DemoReader --fallback DemoWriter
    """
    _change(connect().admin.remove_user_roles, name, roles, fallback)
