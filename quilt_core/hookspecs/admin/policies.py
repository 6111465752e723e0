# mypy: disable-error-code="empty-body"
"""Administration operations: policies."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from quilt_core.hookspecs.markers import hookspec

if TYPE_CHECKING:
    from quilt_core.domain.acknowledgement import Acknowledgement

if TYPE_CHECKING:  # a start does without administration
    from quilt_core.domain.admin import BucketPermission, Policy


@hookspec(firstresult=True)
def admin_list_policies() -> Iterable[Policy]:
    """List all policies; called for `ops.admin.list_policies()`.

    Arguments: none.

    Returns: the policies.

    Raises: `PermissionDeniedError` unless the user is an administrator; `AuthenticationError`,
    `TransportError`, `ProtocolError`.

    Ordering and completeness: by title, then id; all of them.

    Since: 1. Source: GraphQL `policies`.

    Example: ``[Policy(id="1", title="Read open data", …)]``.
    """


@hookspec(firstresult=True)
def admin_get_policy(policy_id: str) -> Policy:
    """Read one policy; called for `ops.admin.get_policy()`.

    Arguments:
        policy_id: the policy's id.

    Returns: the policy.

    Raises: `NotFoundError` for an unknown policy; `PermissionDeniedError` unless the user is an
    administrator; `AuthenticationError`, `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `policy`.

    Example: ``admin_get_policy("policy-1")``.
    """


@hookspec(firstresult=True)
def admin_create_policy(
    title: str,
    permissions: tuple[BucketPermission, ...] | None = None,
    arn: str | None = None,
    roles: tuple[str, ...] = (),
) -> Policy:
    """Create a policy; called for `ops.admin.create_policy()`.

    Arguments:
        title: a title that is not taken.
        permissions: of a managed policy, at most one for each bucket of the catalog; () for none;
            None for an unmanaged policy.
        arn: the AWS policy of an unmanaged policy; None for a managed one. Exactly one of
            `permissions` and `arn` is given.
        roles: ids of the managed roles to which it is attached; () for none.

    Returns: the policy, as it is now in the registry: its permissions by bucket, and the ids of its
    roles sorted.

    Raises: `ConflictError` if the title or the ARN is taken; `ValidationError` with all reasons,
    such as a bucket that the catalog does not have, or an unmanaged role; `ValidationError` or
    `NotFoundError` for an unknown role; `PermissionDeniedError` unless the user is an
    administrator; `AuthenticationError`, `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `policyCreateManaged`, `policyCreateUnmanaged`.

    Example: ``admin_create_policy("Read", (BucketPermission(bucket="b", level=READ),), None,
    ())``.
    """


@hookspec(firstresult=True)
def admin_update_policy(
    policy_id: str,
    title: str | None = None,
    permissions: tuple[BucketPermission, ...] | None = None,
    arn: str | None = None,
    roles: tuple[str, ...] | None = None,
) -> Policy:
    """Change a policy; called for `ops.admin.update_policy()`.

    What changes takes effect at once: users of its roles have the new rights from then on.

    Arguments:
        policy_id: the policy's id.
        title: the new title; None keeps it, and so does the present title.
        permissions: all permissions of a managed policy; () for none; None keeps them.
        arn: of an unmanaged policy; None keeps it.
        roles: ids of all managed roles to which it is attached; () for none; None keeps them.

    Returns: the policy, as it is now in the registry.

    Raises: `NotFoundError` for an unknown policy; otherwise as `admin_create_policy`;
    `ValidationError` for permissions of an unmanaged policy (also for none) or an ARN of a managed
    one (also its present one); `PermissionDeniedError` unless the user is an administrator;
    `AuthenticationError`, `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `policyUpdateManaged`, `policyUpdateUnmanaged`.

    Example: ``admin_update_policy("policy-1", "Read all", None, None, None)``.
    """


@hookspec(firstresult=True)
def admin_delete_policy(policy_id: str) -> Acknowledgement:
    """Delete a policy; called for `ops.admin.delete_policy()`.

    Arguments:
        policy_id: the policy's id.

    Returns: an `Acknowledgement`.

    Raises: `NotFoundError` for an unknown policy; `ConflictError` if it is attached to a role;
    `PermissionDeniedError` unless the user is an administrator; `AuthenticationError`,
    `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `policyDelete`.

    Example: ``admin_delete_policy("policy-1")``.
    """
