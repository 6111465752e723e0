# mypy: disable-error-code="empty-body"
"""Administration operations: users."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from quilt_core.hookspecs.markers import hookspec

if TYPE_CHECKING:
    from quilt_core.domain.acknowledgement import Acknowledgement

if TYPE_CHECKING:  # a start does without administration
    from quilt_core.domain.admin import User


@hookspec(firstresult=True)
def admin_list_users() -> Iterable[User]:
    """List all users; called for `ops.admin.list_users()`.

    Arguments: none.

    Returns: the users.

    Raises: `PermissionDeniedError` unless the user is an administrator; `AuthenticationError`,
    `TransportError`, `ProtocolError`.

    Ordering and completeness: by name; all of them, including users who are not active.

    Since: 1. Source: GraphQL `admin.user.list`.

    Example: ``[User(name="ada", email="ada@example.com", …)]``.
    """


@hookspec(firstresult=True)
def admin_get_user(name: str) -> User:
    """Read one user; called for `ops.admin.get_user()`.

    Arguments:
        name: the user's name.

    Returns: the user.

    Raises: `NotFoundError` for an unknown user; `PermissionDeniedError` unless the user is an
    administrator; `AuthenticationError`, `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `admin.user.get`.

    Example: ``admin_get_user("ada")``.
    """


@hookspec(firstresult=True)
def admin_create_user(name: str, email: str, role: str, extra_roles: tuple[str, ...] = ()) -> User:
    """Create a user; called for `ops.admin.create_user()`.

    Arguments:
        name: a name that is not taken.
        email: an email address that is not taken.
        role: name of the active role.
        extra_roles: names of further roles; the active role among them is ignored.

    Returns: the user, as it is now in the registry: active, and not an administrator. In all
    answers, `extra_roles` is sorted by name and does not contain the active role.

    Raises: `ConflictError` if the name or the address is taken; `ValidationError` for a malformed
    name or address or an unknown role; `BackendError` if the registry cannot send mail or has no
    subscription; `PermissionDeniedError` unless the user is an administrator;
    `AuthenticationError`, `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `admin.user.create`.

    Example: ``admin_create_user("ada", "ada@example.com", "ReadWrite", ())``.
    """


@hookspec(firstresult=True)
def admin_delete_user(name: str) -> Acknowledgement:
    """Delete a user; called for `ops.admin.delete_user()`.

    The user can no longer do anything, and the user's API keys are deleted. The name and the
    address are free again.

    Arguments:
        name: the user's name.

    Returns: an `Acknowledgement`.

    Raises: `NotFoundError` for an unknown user; `ValidationError` if it is the calling user;
    `PermissionDeniedError` unless the user is an administrator; `AuthenticationError`,
    `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `admin.user.mutate.delete`.

    Example: ``Acknowledgement(action="admin_delete_user", subject="ada")``.
    """


@hookspec(firstresult=True)
def admin_set_user_email(name: str, email: str) -> User:
    """Change a user's email address; called for `ops.admin.set_user_email()`.

    Arguments:
        name: the user's name.
        email: the new address; the present one changes nothing.

    Returns: the user, as it is now in the registry.

    Raises: `NotFoundError` for an unknown user; `ConflictError` if another user has that address;
    `ValidationError` for a malformed address; `PermissionDeniedError` unless the user is an
    administrator; `AuthenticationError`, `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `admin.user.mutate.setEmail`.

    Example: ``admin_set_user_email("ada", "ada@example.org")``.
    """


@hookspec(firstresult=True)
def admin_set_user_admin(name: str, admin: bool) -> User:
    """Grant or revoke a user's administrator rights; called for `ops.admin.set_user_admin()`.

    Whether administrators can revoke their own rights is the registry's decision; if not, it raises
    `ValidationError`.

    Arguments:
        name: the user's name.
        admin: True to make the user an administrator, False to revoke it.

    Returns: the user, as it is now in the registry.

    Raises: `NotFoundError` for an unknown user; `PermissionDeniedError` unless the user is an
    administrator; `AuthenticationError`, `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `admin.user.mutate.setAdmin`.

    Example: ``admin_set_user_admin("ada", True)``.
    """


@hookspec(firstresult=True)
def admin_set_user_active(name: str, active: bool) -> User:
    """Activate a user, or lock the user out; called for `ops.admin.set_user_active()`.

    A user who is locked out keeps the roles, the rights of an administrator and everything else,
    and is listed, but can no longer do anything: operations of that user, also `get_auth_status`,
    raise `AuthenticationError` or `PermissionDeniedError`. Whether administrators can lock
    themselves out is the registry's decision; if not, it raises `ValidationError`.

    Arguments:
        name: the user's name.
        active: whether the user can log in.

    Returns: the user, as it is now in the registry.

    Raises: `NotFoundError` for an unknown user; `PermissionDeniedError` unless the user is an
    administrator; `AuthenticationError`, `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `admin.user.mutate.setActive`.

    Example: ``admin_set_user_active("ada", False)``.
    """


@hookspec(firstresult=True)
def admin_reset_user_password(name: str) -> Acknowledgement:
    """Reset a user's password; called for `ops.admin.reset_user_password()`.

    The user's roles and rights stay as they are, and so does whether the user is active.

    Arguments:
        name: the user's name.

    Returns: an `Acknowledgement`; the registry sends the user an email.

    Raises: `NotFoundError` for an unknown user; `PermissionDeniedError` unless the user is an
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
        role: name of the new active role, which the user need not have.
        extra_roles: names of the further roles; None and () for none. The active role among them is
            ignored.
        append: True to keep all current roles as well: the active role so far becomes an extra
            role. False to replace them.

    Returns: the user, as it is now in the registry.

    Raises: `NotFoundError` for an unknown user; `ValidationError` or `NotFoundError` if one of the
    roles is unknown, and then nothing is changed; `PermissionDeniedError` unless the user is an
    administrator; `AuthenticationError`, `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `admin.user.mutate.setRole`.

    Example: ``admin_set_user_role("ada", "ReadWrite", None, False)``.
    """


@hookspec(firstresult=True)
def admin_add_user_roles(name: str, roles: tuple[str, ...]) -> User:
    """Add roles to a user; called for `ops.admin.add_user_roles()`.

    Arguments:
        name: the user's name.
        roles: names of roles, at least one. They become extra roles; a role that the user has
            already, also as the active role, stays what it is.

    Returns: the user, as it is now in the registry. The active role is the same as before.

    Raises: `NotFoundError` for an unknown user; `ValidationError` or `NotFoundError` if one of the
    roles is unknown, and then none is added; `PermissionDeniedError` unless the user is an
    administrator; `AuthenticationError`, `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `admin.user.mutate.addRoles`.

    Example: ``admin_add_user_roles("ada", ("ReadWrite",))``.
    """


@hookspec(firstresult=True)
def admin_remove_user_roles(name: str, roles: tuple[str, ...], fallback: str | None = None) -> User:
    """Remove roles from a user; called for `ops.admin.remove_user_roles()`.

    If the active role is removed, `fallback` becomes active. Without a fallback, one of the
    remaining roles becomes active, and the registry chooses which one. In both cases the role that
    becomes active is no longer an extra role. If the active role is not removed, it stays active,
    and `fallback` is only checked: it is not given to the user.

    Arguments:
        name: the user's name.
        roles: names of roles, at least one; roles that the user does not have are ignored.
        fallback: name of any role of the catalog that is not one of `roles` (the facade refuses
            that). The user need not have it, and then gets it if it is needed. None leaves the
            choice among the remaining roles to the registry.

    Returns: the user, as it is now in the registry.

    Raises: `NotFoundError` for an unknown user; `ValidationError` or `NotFoundError` for an unknown
    role, including a `fallback` that is not needed; `ValidationError` if no role would remain,
    where a fallback that is needed counts as a role that remains; `PermissionDeniedError` unless
    the user is an administrator; `AuthenticationError`, `TransportError`, `ProtocolError`. In all
    of these cases no role is removed.

    Since: 1. Source: GraphQL `admin.user.mutate.removeRoles`.

    Example: ``admin_remove_user_roles("ada", ("ReadWrite",), "ReadOnly")``.
    """
