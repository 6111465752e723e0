# Generated from the synchronous facade: `make docs-reference` writes this module.
"""Asynchronous form of `PolicyOps`, a part of `ops.admin`."""

from __future__ import annotations

from collections.abc import Iterable

from quilt_core.aio.calls import AsyncGroup
from quilt_core.domain.acknowledgement import Acknowledgement
from quilt_core.domain.admin import BucketPermission, Policy
from quilt_core.domain.listing import Listing
from quilt_core.ops.admin.policies import PolicyOps


class AsyncPolicyOps(AsyncGroup):
    """Policies; each operation raises `PermissionDeniedError` unless the identity is an
    administrator.
    """

    _ops: PolicyOps

    async def list_policies(self) -> Listing[Policy]:
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
        """
        return await self._calls.run(self._ops.list_policies)

    async def get_policy(self, policy_id: str) -> Policy:
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
        """
        return await self._calls.run(self._ops.get_policy, policy_id)

    async def create_policy(
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
        """
        return await self._calls.run(
            self._ops.create_policy, title, permissions=permissions, arn=arn, roles=roles
        )

    async def update_policy(
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
        """
        return await self._calls.run(
            self._ops.update_policy,
            policy_id,
            title=title,
            permissions=permissions,
            arn=arn,
            roles=roles,
        )

    async def delete_policy(self, policy_id: str) -> Acknowledgement:
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
        """
        return await self._calls.run(self._ops.delete_policy, policy_id)
