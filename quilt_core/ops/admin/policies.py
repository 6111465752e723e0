"""Administration operations of the facade: policies."""

from __future__ import annotations

from collections.abc import Iterable

from quilt_core.domain.acknowledgement import Acknowledgement
from quilt_core.domain.admin import BucketPermission, Policy
from quilt_core.domain.listing import Listing
from quilt_core.errors import ValidationError
from quilt_core.ops.admin.group import AdminOperationGroup
from quilt_core.ops.parsing import parse_ids, parse_list, parse_text


def _policy(policy_id: str) -> str:
    return parse_text(policy_id, "policy_id", "0b1e…")


def _permissions(
    permissions: Iterable[BucketPermission] | None,
) -> tuple[BucketPermission, ...] | None:
    if permissions is None:
        return None
    checked = tuple(parse_list(permissions, "permissions", "[BucketPermission(…)]"))
    for permission in checked:
        if not isinstance(permission, BucketPermission):
            raise ValidationError(f"{permission!r} is not a BucketPermission.")
    buckets = [permission.bucket for permission in checked]
    twice = sorted({bucket for bucket in buckets if buckets.count(bucket) > 1})
    if twice:
        raise ValidationError(
            f"There is more than one permission for {', '.join(twice)}.",
            hint="Give one permission per bucket; READ_WRITE includes READ.",
        )
    return checked


def _ids(roles: Iterable[str]) -> tuple[str, ...]:
    return parse_ids(roles, "roles")


def _optional(value: str | None, name: str, example: str) -> str | None:
    return None if value is None else parse_text(value, name, example)


class PolicyOps(AdminOperationGroup):
    """Policies; each operation raises `PermissionDeniedError` unless the identity is an
    administrator.
    """

    def list_policies(self) -> Listing[Policy]:
        """List all policies, by title.

        Returns
        -------
        Listing[Policy]
            All policies, by title, then by id.

        Raises
        ------
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> policies = ops.admin.list_policies()
        >>> print(len(policies) > 0)
        True
        """
        return self._dispatch.collect("admin_list_policies", Policy)

    def get_policy(self, policy_id: str) -> Policy:
        """Read one policy.

        Parameters
        ----------
        policy_id:
            The policy's id.

        Returns
        -------
        Policy
            The policy, with its permissions, or with the ARN of an unmanaged policy.

        Raises
        ------
        NotFoundError
            When there is no such policy.
        ValidationError
            When the id is empty.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> print(ops.admin.get_policy(policies[0].id) == policies[0])
        True
        """
        return self._dispatch.call("admin_get_policy", Policy, policy_id=_policy(policy_id))

    def create_policy(
        self,
        title: str,
        *,
        permissions: Iterable[BucketPermission] | None = None,
        arn: str | None = None,
        roles: Iterable[str] = (),
    ) -> Policy:
        """Create a managed policy from permissions, or an unmanaged one from an ARN.

        Parameters
        ----------
        title:
            A title that no policy has.
        permissions, arn:
            One of the two: `BucketPermission` objects, or the ARN of a policy in AWS.
        roles:
            Ids of the managed roles to attach it to.

        Returns
        -------
        Policy
            The policy that the registry has now.

        Raises
        ------
        ConflictError
            When the title or the ARN is taken.
        ValidationError
            When not exactly one of `permissions` and `arn` is given, there are several permissions
            for one bucket, or the registry refuses the policy.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> from quilt_core import BucketPermission, BucketPermissionLevel
        >>> permission = BucketPermission(bucket="demo-data", level=BucketPermissionLevel.READ)
        >>> policy = ops.admin.create_policy("Read data", permissions=[permission])
        >>> print(policy.title)
        Read data
        """
        if (permissions is None) == (arn is None):
            raise ValidationError(
                "Give either `permissions` (a managed policy) or `arn`, not both."
            )
        return self._dispatch.call(
            "admin_create_policy",
            Policy,
            title=parse_text(title, "title", "Read open data"),
            permissions=_permissions(permissions),
            arn=_optional(arn, "arn", "arn:aws:iam::…:policy/…"),
            roles=_ids(roles),
        )

    def update_policy(
        self,
        policy_id: str,
        *,
        title: str | None = None,
        permissions: Iterable[BucketPermission] | None = None,
        arn: str | None = None,
        roles: Iterable[str] | None = None,
    ) -> Policy:
        """Change a policy; arguments that are left out change nothing.

        Parameters
        ----------
        policy_id:
            The policy's id.
        title, permissions, arn, roles:
            The new values, as in `create_policy`; None keeps the present value.

        Returns
        -------
        Policy
            The policy that the registry has now.

        Raises
        ------
        NotFoundError
            When there is no such policy.
        ConflictError
            When the title or the ARN is taken.
        ValidationError
            When there is nothing to change, permissions are given for an unmanaged policy or an ARN
            for a managed one, there are several permissions for one bucket, or the registry
            refuses the policy.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> print(ops.admin.update_policy(policy.id, title="Read the data").title)
        Read the data
        """
        if title is None and permissions is None and arn is None and roles is None:
            raise ValidationError(
                "There is nothing to update.", hint="Give title, permissions, arn or roles."
            )
        return self._dispatch.call(
            "admin_update_policy",
            Policy,
            policy_id=_policy(policy_id),
            title=_optional(title, "title", "Read open data"),
            permissions=_permissions(permissions),
            arn=_optional(arn, "arn", "arn:aws:iam::…:policy/…"),
            roles=None if roles is None else _ids(roles),
        )

    def delete_policy(self, policy_id: str) -> Acknowledgement:
        """Delete a policy.

        Parameters
        ----------
        policy_id:
            The policy's id.

        Returns
        -------
        Acknowledgement
            A confirmation that it was done.

        Raises
        ------
        NotFoundError
            When there is no such policy.
        ConflictError
            When roles use it.
        ValidationError
            When the id is empty.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> done = ops.admin.delete_policy(policy.id)
        """
        return self._dispatch.call(
            "admin_delete_policy", Acknowledgement, policy_id=_policy(policy_id)
        )
