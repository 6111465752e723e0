# Generated from the synchronous facade: `make docs-reference` writes this module.
"""Asynchronous form of `UserRoleOps`, a part of `ops.admin`."""

from __future__ import annotations

from collections.abc import Iterable

from quilt_core.aio.calls import AsyncGroup
from quilt_core.domain.admin import User
from quilt_core.ops.admin.user_roles import UserRoleOps


class AsyncUserRoleOps(AsyncGroup):
    """Roles of users; raises `PermissionDeniedError` unless the identity is an administrator."""

    _ops: UserRoleOps

    async def set_user_role(
        self, name: str, role: str, extra_roles: Iterable[str] | None = None, append: bool = False
    ) -> User:
        """Set a user's active role and, if given, the extra roles.

        Parameters
        ----------
        name:
            The user's name.
        role:
            The name of the new active role.
        extra_roles:
            The names of the extra roles; None for none.
        append:
            True keeps the current roles as well, False replaces them.

        Returns
        -------
        User
            The user that the registry has now.

        Raises
        ------
        NotFoundError
            When there is no user of that name.
        ValidationError
            When the name is empty, or there is no such role.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.set_user_role, name, role, extra_roles, append)

    async def add_user_roles(self, name: str, roles: Iterable[str]) -> User:
        """Give a user extra roles.

        Parameters
        ----------
        name:
            The user's name.
        roles:
            The names of one or more roles.

        Returns
        -------
        User
            The user that the registry has now.

        Raises
        ------
        NotFoundError
            When there is no user of that name.
        ValidationError
            When the name is empty, or no role or an unknown one is given.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.add_user_roles, name, roles)

    async def remove_user_roles(
        self, name: str, roles: Iterable[str], fallback: str | None = None
    ) -> User:
        """Take roles from a user.

        Parameters
        ----------
        name:
            The user's name.
        roles:
            The names of one or more roles.
        fallback:
            The name of the role that becomes active if the active one is removed, which the user
            need not have; None leaves the choice among the remaining roles to the registry.

        Returns
        -------
        User
            The user that the registry has now.

        Raises
        ------
        NotFoundError
            When there is no user of that name.
        ValidationError
            When the name is empty, there is no such role, `fallback` is one of `roles`, or no role
            would remain.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.remove_user_roles, name, roles, fallback)
