"""`quiltops admin users`."""

from __future__ import annotations

import click

from quilt_core.cli.options import Room, connect
from quilt_core.cli.output import show, show_all

_ROLE = click.option("--role", "roles", multiple=True, required=True, help="May be given again.")


@click.group(cls=Room)
def users() -> None:
    """The registry's users."""


@users.command("list")
def list_users() -> None:
    """List all users."""
    columns = ("name", "email", "role", "extra_roles", "is_active", "is_admin", "last_login")
    show_all(connect().admin.list_users(), columns)


@users.command()
@click.argument("name")
def get(name: str) -> None:
    """Show a user."""
    show(connect().admin.get_user(name))


@users.command()
@click.argument("name")
@click.argument("email")
@click.option("--role", required=True, help="The active role.")
@click.option("--extra-role", multiple=True, help="A further role; may be given again.")
def create(name: str, email: str, role: str, extra_role: tuple[str, ...]) -> None:
    """Create a user."""
    show(connect().admin.create_user(name, email, role, extra_role))


@users.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete(name: str, yes: bool) -> None:
    """Delete a user."""
    if not yes:
        click.confirm(f"Delete the user {name}?", abort=True, err=True)
    show(connect().admin.delete_user(name))


@users.command("set-email")
@click.argument("name")
@click.argument("email")
def set_email(name: str, email: str) -> None:
    """Change a user's address."""
    show(connect().admin.set_user_email(name, email))


@users.command("set-admin")
@click.argument("name")
@click.argument("admin", type=bool)
def set_admin(name: str, admin: bool) -> None:
    """Make a user an administrator (true), or no longer one (false)."""
    show(connect().admin.set_user_admin(name, admin))


@users.command("set-active")
@click.argument("name")
@click.argument("active", type=bool)
def set_active(name: str, active: bool) -> None:
    """Allow a user in (true), or lock the user out (false)."""
    show(connect().admin.set_user_active(name, active))


@users.command("reset-password")
@click.argument("name")
def reset_password(name: str) -> None:
    """Reset a user's password."""
    show(connect().admin.reset_user_password(name))


@users.command("set-role")
@click.argument("name")
@click.argument("role")
@click.option("--extra-role", multiple=True, help="A further role; may be given again.")
@click.option("--append", is_flag=True, help="Add to the present roles.")
def set_role(name: str, role: str, extra_role: tuple[str, ...], append: bool) -> None:
    """Set a user's active role."""
    show(connect().admin.set_user_role(name, role, extra_role or None, append))


@users.command("add-roles")
@click.argument("name")
@_ROLE
def add_roles(name: str, roles: tuple[str, ...]) -> None:
    """Give a user further roles."""
    show(connect().admin.add_user_roles(name, roles))


@users.command("remove-roles")
@click.argument("name")
@_ROLE
@click.option("--fallback", help="The active role when that one goes.")
def remove_roles(name: str, roles: tuple[str, ...], fallback: str | None) -> None:
    """Take roles from a user."""
    show(connect().admin.remove_user_roles(name, roles, fallback))
