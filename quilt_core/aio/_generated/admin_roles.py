# Generated from the synchronous facade: `make docs-reference` writes this module.
"""Asynchronous form of `RoleOps`, a part of `ops.admin`."""

from __future__ import annotations

from collections.abc import Iterable

from quilt_core.aio.calls import AsyncGroup
from quilt_core.domain.acknowledgement import Acknowledgement
from quilt_core.domain.admin import Role, RoleSignup
from quilt_core.domain.keep import KEEP, Keep
from quilt_core.domain.listing import Listing
from quilt_core.ops.admin.roles import RoleOps


class AsyncRoleOps(AsyncGroup):
    """Roles; each operation raises `PermissionDeniedError` unless the identity is an
    administrator.
    """

    _ops: RoleOps

    async def list_roles(self) -> Listing[Role]:
        """List all roles, by name.

        Returns
        -------
        Listing[Role]
            All of them.

        Raises
        ------
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.list_roles)

    async def get_role(self, id_or_name: str) -> Role:
        """Read one role.

        Parameters
        ----------
        id_or_name:
            The role's id or name.

        Returns
        -------
        Role
            The role, with its policies, or with the ARN of an unmanaged role.

        Raises
        ------
        NotFoundError
            When there is no such role.
        ValidationError
            When the id or name is empty.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.get_role, id_or_name)

    async def get_default_role(self) -> Role:
        """Read the role that new users get.

        Returns
        -------
        Role
            The default role.

        Raises
        ------
        NotFoundError
            When no default role is set.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.get_default_role)

    async def create_role(
        self,
        name: str,
        *,
        policies: Iterable[str] | None = None,
        arn: str | None = None,
        default_bucket: str | None = None,
        signup: RoleSignup | None = None,
    ) -> Role:
        """Create a managed role from policy ids, or an unmanaged one from an AWS role's ARN.

        Parameters
        ----------
        name:
            A name that no role has.
        policies, arn:
            One of the two: ids of policies, or the ARN of a role in AWS.
        default_bucket:
            The bucket that the role's users see first; None for none.
        signup:
            How the role is offered at sign-up; None if it is not offered.

        Returns
        -------
        Role
            The role that the registry has now.

        Raises
        ------
        ConflictError
            When the name or the signup page is taken.
        ValidationError
            When the name is malformed, there are too many policies, or not exactly one of
            `policies` and `arn` is given.
        NotSupportedError
            When a default bucket or signup is given, and the registry does not have them (before
            2026-11).
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(
            self._ops.create_role,
            name,
            policies=policies,
            arn=arn,
            default_bucket=default_bucket,
            signup=signup,
        )

    async def update_role(
        self,
        id_or_name: str,
        *,
        name: str | None = None,
        policies: Iterable[str] | None = None,
        arn: str | None = None,
        default_bucket: str | Keep | None = KEEP,
        signup: RoleSignup | Keep | None = KEEP,
    ) -> Role:
        """Change a role; arguments that are left out change nothing.

        Parameters
        ----------
        id_or_name:
            The role's id or name.
        name, policies, arn:
            The new values; None keeps the present value.
        default_bucket, signup:
            The new values; None removes the present value, and `KEEP` keeps it.

        Returns
        -------
        Role
            The role that the registry has now.

        Raises
        ------
        NotFoundError
            When there is no such role.
        ConflictError
            When the name or the signup page is taken, or the SSO configuration uses the role.
        ValidationError
            When policies are given for an unmanaged role or an ARN for a managed one, the name is
            malformed, or there is nothing to change.
        NotSupportedError
            When a default bucket or signup is given, and the registry does not have them (before
            2026-11).
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(
            self._ops.update_role,
            id_or_name,
            name=name,
            policies=policies,
            arn=arn,
            default_bucket=default_bucket,
            signup=signup,
        )

    async def delete_role(self, id_or_name: str) -> Acknowledgement:
        """Delete a role.

        Parameters
        ----------
        id_or_name:
            The role's id or name.

        Returns
        -------
        Acknowledgement
            A confirmation that it was done.

        Raises
        ------
        NotFoundError
            When there is no such role.
        ConflictError
            When users or the SSO configuration use it, it is the default role, or it owns data
            products.
        ValidationError
            When the id or name is empty.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.delete_role, id_or_name)

    async def set_default_role(self, id_or_name: str) -> Role:
        """Choose the role that new users get.

        Parameters
        ----------
        id_or_name:
            The role's id or name.

        Returns
        -------
        Role
            The role.

        Raises
        ------
        NotFoundError
            When there is no such role.
        ConflictError
            When the SSO configuration decides it.
        ValidationError
            When the id or name is empty.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.set_default_role, id_or_name)
