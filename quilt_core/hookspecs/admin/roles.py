# mypy: disable-error-code="empty-body"
"""Administration operations: roles."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from quilt_core.domain.keep import KEEP, Keep
from quilt_core.hookspecs.markers import hookspec

if TYPE_CHECKING:
    from quilt_core.domain.acknowledgement import Acknowledgement

if TYPE_CHECKING:  # a start does without administration
    from quilt_core.domain.admin import Role, RoleSignup


@hookspec(firstresult=True)
def admin_list_roles() -> Iterable[Role]:
    """List all roles; called for `ops.admin.list_roles()`.

    Arguments: none.

    Returns: the roles.

    Raises: `PermissionDeniedError` unless the user is an administrator; `AuthenticationError`,
    `TransportError`, `ProtocolError`.

    Ordering and completeness: by name; all of them, managed and unmanaged.

    Since: 1. Source: GraphQL `roles`.

    Example: ``[Role(id="1", name="ReadWrite", managed=True, …)]``.
    """


@hookspec(firstresult=True)
def admin_get_role(id_or_name: str) -> Role:
    """Read one role; called for `ops.admin.get_role()`.

    Arguments:
        id_or_name: the role's id or name. It is first compared with the ids of all roles, and then
            with the names; this also holds for the other operations on roles.

    Returns: the role.

    Raises: `NotFoundError` for an unknown role; `PermissionDeniedError` unless the user is an
    administrator; `AuthenticationError`, `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `role`, `roles`.

    Example: ``admin_get_role("ReadWrite")``.
    """


@hookspec(firstresult=True)
def admin_get_default_role() -> Role:
    """Read the role that new users get; called for `ops.admin.get_default_role()`.

    Arguments: none.

    Returns: the role, as `admin_get_role` returns it.

    Raises: `NotFoundError` if no default role is set; `PermissionDeniedError` unless the user is an
    administrator; `AuthenticationError`, `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `defaultRole`.

    Example: ``admin_get_default_role()``.
    """


@hookspec(firstresult=True)
def admin_create_role(
    name: str,
    policies: tuple[str, ...] | None = None,
    arn: str | None = None,
    default_bucket: str | None = None,
    signup: RoleSignup | None = None,
) -> Role:
    """Create a role; called for `ops.admin.create_role()`.

    Arguments:
        name: a name that is not taken.
        policies: ids of the policies of a managed role, in any order; () for a managed role without
            policies; None for an unmanaged role.
        arn: the AWS role of an unmanaged role; None for a managed role. Exactly one of `policies`
            and `arn` is given.
        default_bucket: the bucket that the role's users see first; None for none. Whether it must
            exist is the registry's decision.
        signup: how the role is offered at sign-up; None if it is not offered. Its access code is a
            secret.

    Returns: the role, as it is now in the registry.

    Raises: `ConflictError` when the name or the signup page is taken; `ValidationError` for a
    reserved or malformed name, or too many policies; `ValidationError`, `NotFoundError` or
    `BackendError` for an unknown policy; `NotSupportedError`, without creating
    anything, for a default bucket or a signup if the registry does not support them;
    `PermissionDeniedError` unless the user is an administrator; `AuthenticationError`,
    `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `roleCreateManaged`, `roleCreateUnmanaged`.

    Example: ``admin_create_role("Readers", ("policy-1",), None)``.
    """


@hookspec(firstresult=True)
def admin_update_role(
    id_or_name: str,
    name: str | None = None,
    policies: tuple[str, ...] | None = None,
    arn: str | None = None,
    default_bucket: str | Keep | None = KEEP,
    signup: RoleSignup | Keep | None = KEEP,
) -> Role:
    """Change a role; called for `ops.admin.update_role()`.

    The role keeps its id. Users who have it still have it under its new name, and if it is the
    default role, it remains the default role. A managed role cannot become an unmanaged one, or the
    other way round.

    Arguments:
        id_or_name: the role's id or name.
        name: the new name; None keeps it, and so does the present name.
        policies: ids of all policies of a managed role; () for none; None keeps them.
        arn: the AWS role of an unmanaged role; None keeps it.
        default_bucket: the bucket that the role's users see first; None removes it, `KEEP` keeps
            it.
        signup: how the role is offered at sign-up; None stops offering it, `KEEP` keeps it. It is
            replaced as a whole.

    Returns: the role, as it is now in the registry.

    Raises: `NotFoundError` for an unknown role; `ConflictError` when the name or the signup page is
    taken, or when a role that the SSO configuration uses would get another name; `ValidationError`
    for policies of an unmanaged role (also for none), an ARN of a managed one (also its present
    one), or an invalid name; for an unknown policy as `admin_create_role`; `NotSupportedError`,
    without changing anything, for a default bucket or a signup if the registry does not support
    them; `PermissionDeniedError` unless the user is an administrator; `AuthenticationError`,
    `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `roleUpdateManaged`, `roleUpdateUnmanaged`.

    Example: ``admin_update_role("Readers", "Guests", None, None)``.
    """


@hookspec(firstresult=True)
def admin_delete_role(id_or_name: str) -> Acknowledgement:
    """Delete a role; called for `ops.admin.delete_role()`.

    This is the same for managed and unmanaged roles. The policies of a managed role are kept, and
    no longer name it. A role that is in use is never deleted and never taken from users. The
    `fallback` of `admin_remove_user_roles` is not stored; having been one does not prevent the
    deletion.

    Arguments:
        id_or_name: the role's id or name.

    Returns: an `Acknowledgement`.

    Raises: `NotFoundError` for an unknown role; `ConflictError` if a user has it, active or not, as
    the active role or as an extra role, if it is the default role (choose another one first), if
    the SSO configuration uses it, or if it owns data products; `PermissionDeniedError` unless the
    user is an administrator; `AuthenticationError`, `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `roleDelete`.

    Example: ``admin_delete_role("Guests")``.
    """


@hookspec(firstresult=True)
def admin_set_default_role(id_or_name: str) -> Role:
    """Choose the role that new users get; called for `ops.admin.set_default_role()`.

    The roles of existing users do not change.

    Arguments:
        id_or_name: the role's id or name.

    Returns: the role.

    Raises: `NotFoundError` for an unknown role; `ConflictError` if the SSO configuration determines
    it; `PermissionDeniedError` unless the user is an administrator; `AuthenticationError`,
    `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `roleSetDefault`.

    Example: ``admin_set_default_role("Readers")``.
    """
