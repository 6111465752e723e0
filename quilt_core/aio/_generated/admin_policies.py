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
    """Policies; each operation raises `PermissionDeniedError` for everybody but administrators."""

    _ops: PolicyOps

    async def list_policies(self) -> Listing[Policy]:
        """All policies, by title."""
        return await self._calls.run(self._ops.list_policies)

    async def get_policy(self, policy_id: str) -> Policy:
        """One policy; `NotFoundError` when it is not there."""
        return await self._calls.run(self._ops.get_policy, policy_id)

    async def create_policy(
        self,
        title: str,
        *,
        permissions: Iterable[BucketPermission] | None = None,
        arn: str | None = None,
        roles: Iterable[str] = (),
    ) -> Policy:
        """Create a managed policy from permissions, or an unmanaged one from an ARN."""
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
        """Change a policy; what is left out stays."""
        return await self._calls.run(
            self._ops.update_policy,
            policy_id,
            title=title,
            permissions=permissions,
            arn=arn,
            roles=roles,
        )

    async def delete_policy(self, policy_id: str) -> Acknowledgement:
        """Delete a policy; `ConflictError` while roles use it."""
        return await self._calls.run(self._ops.delete_policy, policy_id)
