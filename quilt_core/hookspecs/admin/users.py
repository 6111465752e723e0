# mypy: disable-error-code="empty-body"
"""Administration operations: users."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from quilt_core.domain.acknowledgement import Acknowledgement
from quilt_core.hookspecs.markers import hookspec

if TYPE_CHECKING:  # a start does without administration
    from quilt_core.domain.admin import User


@hookspec(firstresult=True)
def admin_list_users() -> Iterable[User]:
    """List all users; called for `ops.admin.list_users()`.

    Arguments: none.

    Returns: the users.

    Raises: `PermissionDeniedError` for anyone who is not an administrator; `AuthenticationError`,
    `TransportError`, `ProtocolError`.

    Ordering and completeness: by name; all of them.

    Since: 1. Source: GraphQL `admin.user.list`.

    Example: ``[User(name="ada", email="ada@example.com", …)]``.
    """


@hookspec(firstresult=True)
def admin_get_user(name: str) -> User:
    """Read one user; called for `ops.admin.get_user()`.

    Arguments:
        name: the user's name.

    Returns: the user.

    Raises: `NotFoundError` for an unknown user; `PermissionDeniedError` for anyone who is not an
    administrator; `AuthenticationError`, `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `admin.user.get`.

    Example: ``admin_get_user("ada")``.
    """


@hookspec(firstresult=True)
def admin_create_user(name: str, email: str, role: str, extra_roles: tuple[str, ...] = ()) -> User:
    """Create a user; called for `ops.admin.create_user()`.

    Arguments:
        name: a name that no user has.
        email: an address that no user has.
        role: name of the active role.
        extra_roles: names of further roles.

    Returns: the user, as the registry has it now.

    Raises: `ConflictError` when the name or the address is taken; `ValidationError` for a malformed
    one or an unknown role; `BackendError` when the registry cannot send its mail or has no
    subscription; `PermissionDeniedError` for anyone who is not an administrator;
    `AuthenticationError`, `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `admin.user.create`.

    Example: ``admin_create_user("ada", "ada@example.com", "ReadWrite", ())``.
    """


@hookspec(firstresult=True)
def admin_delete_user(name: str) -> Acknowledgement:
    """Delete a user; called for `ops.admin.delete_user()`.

    Arguments:
        name: the user's name.

    Returns: an `Acknowledgement`.

    Raises: `NotFoundError` for an unknown user; `ValidationError` for oneself;
    `PermissionDeniedError` for anyone who is not an administrator; `AuthenticationError`,
    `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `admin.user.mutate.delete`.

    Example: ``Acknowledgement(action="admin_delete_user", subject="ada")``.
    """


@hookspec(firstresult=True)
def admin_set_user_email(name: str, email: str) -> User:
    """Change a user's address; called for `ops.admin.set_user_email()`.

    Arguments:
        name: the user's name.
        email: the new address.

    Returns: the user, as the registry has it now.

    Raises: `NotFoundError` for an unknown user; `ConflictError` when another user has that address;
    `ValidationError` for a malformed one; `PermissionDeniedError` for anyone who is not an
    administrator; `AuthenticationError`, `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `admin.user.mutate.setEmail`.

    Example: ``admin_set_user_email("ada", "ada@example.org")``.
    """


@hookspec(firstresult=True)
def admin_set_user_admin(name: str, admin: bool) -> User:
    """Make a user an administrator, or no longer one; called for `ops.admin.set_user_admin()`.

    Arguments:
        name: the user's name.
        admin: whether the user shall be one.

    Returns: the user, as the registry has it now.

    Raises: `NotFoundError` for an unknown user; `PermissionDeniedError` for anyone who is not an
    administrator; `AuthenticationError`, `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `admin.user.mutate.setAdmin`.

    Example: ``admin_set_user_admin("ada", True)``.
    """


@hookspec(firstresult=True)
def admin_set_user_active(name: str, active: bool) -> User:
    """Allow a user in, or lock the user out; called for `ops.admin.set_user_active()`.

    Arguments:
        name: the user's name.
        active: whether the user may log in.

    Returns: the user, as the registry has it now.

    Raises: `NotFoundError` for an unknown user; `PermissionDeniedError` for anyone who is not an
    administrator; `AuthenticationError`, `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `admin.user.mutate.setActive`.

    Example: ``admin_set_user_active("ada", False)``.
    """


@hookspec(firstresult=True)
def admin_reset_user_password(name: str) -> Acknowledgement:
    """Reset a user's password; called for `ops.admin.reset_user_password()`.

    Arguments:
        name: the user's name.

    Returns: an `Acknowledgement`; the registry mails the user.

    Raises: `NotFoundError` for an unknown user; `PermissionDeniedError` for anyone who is not an
    administrator; `AuthenticationError`, `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `admin.user.mutate.resetPassword`.

    Example: ``admin_reset_user_password("ada")``.
    """


@hookspec(firstresult=True)
def admin_set_user_role(
    name: str, role: str, extra_roles: tuple[str, ...] | None = None, append: bool = False
) -> User:
    """Set a user's roles; called for `ops.admin.set_user_role()`.

    Arguments:
        name: the user's name.
        role: name of the new active role.
        extra_roles: names of the further roles; None leaves out the argument.
        append: True to add to the present roles, False to replace them.

    Returns: the user, as the registry has it now.

    Raises: `NotFoundError` for an unknown user; `ValidationError` for an unknown role;
    `PermissionDeniedError` for anyone who is not an administrator; `AuthenticationError`,
    `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `admin.user.mutate.setRole`.

    Example: ``admin_set_user_role("ada", "ReadWrite", None, False)``.
    """


@hookspec(firstresult=True)
def admin_add_user_roles(name: str, roles: tuple[str, ...]) -> User:
    """Give a user further roles; called for `ops.admin.add_user_roles()`.

    Arguments:
        name: the user's name.
        roles: names of roles, at least one.

    Returns: the user, as the registry has it now.

    Raises: `NotFoundError` for an unknown user; `ValidationError` for an unknown role;
    `PermissionDeniedError` for anyone who is not an administrator; `AuthenticationError`,
    `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `admin.user.mutate.addRoles`.

    Example: ``admin_add_user_roles("ada", ("ReadWrite",))``.
    """


@hookspec(firstresult=True)
def admin_remove_user_roles(name: str, roles: tuple[str, ...], fallback: str | None = None) -> User:
    """Take roles from a user; called for `ops.admin.remove_user_roles()`.

    Arguments:
        name: the user's name.
        roles: names of roles, at least one.
        fallback: name of the role that becomes active when the active one goes; None for
            none.

    Returns: the user, as the registry has it now.

    Raises: `NotFoundError` for an unknown user; `ValidationError` for an unknown role, or when no
    role would remain; `PermissionDeniedError` for anyone who is not an administrator;
    `AuthenticationError`, `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `admin.user.mutate.removeRoles`.

    Example: ``admin_remove_user_roles("ada", ("ReadWrite",), "ReadOnly")``.
    """
