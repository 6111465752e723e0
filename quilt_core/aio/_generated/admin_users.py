# Generated from the synchronous facade: `make docs-reference` writes this module.
"""Asynchronous form of `UserOps`, a part of `ops.admin`."""

from __future__ import annotations

from collections.abc import Iterable

from quilt_core.aio.calls import AsyncGroup
from quilt_core.domain.acknowledgement import Acknowledgement
from quilt_core.domain.admin import User
from quilt_core.domain.listing import Listing
from quilt_core.ops.admin.users import UserOps


class AsyncUserOps(AsyncGroup):
    """Users; each operation raises `PermissionDeniedError` unless the identity is an
    administrator.
    """

    _ops: UserOps

    async def list_users(self) -> Listing[User]:
        """List all users, by name.

        Returns
        -------
        Listing[User]
            All users, with their roles.

        Raises
        ------
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.list_users)

    async def get_user(self, name: str) -> User:
        """Read one user.

        Parameters
        ----------
        name:
            The user's name.

        Returns
        -------
        User
            The user, with the email address, the roles, and the times of joining and of the last
            login.

        Raises
        ------
        NotFoundError
            When there is no user of that name.
        ValidationError
            When an argument is malformed.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.get_user, name)

    async def create_user(
        self, name: str, email: str, role: str, extra_roles: Iterable[str] | None = None
    ) -> User:
        """Create a user.

        Parameters
        ----------
        name:
            A name that no user has.
        email:
            An address that no user has.
        role:
            The name of the active role.
        extra_roles:
            The names of the extra roles; None for none.

        Returns
        -------
        User
            The user that the registry has now.

        Raises
        ------
        ConflictError
            When the name or the address is taken.
        ValidationError
            When the name or the address is malformed, or there is no such role.
        BackendError
            When the registry cannot send its email, or has no subscription.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.create_user, name, email, role, extra_roles)

    async def delete_user(self, name: str) -> Acknowledgement:
        """Delete a user.

        Parameters
        ----------
        name:
            The user's name.

        Returns
        -------
        Acknowledgement
            A confirmation that it was done.

        Raises
        ------
        NotFoundError
            When there is no user of that name.
        ValidationError
            When the name is empty, or is your own.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.delete_user, name)

    async def set_user_email(self, name: str, email: str) -> User:
        """Change a user's address.

        Parameters
        ----------
        name:
            The user's name.
        email:
            The new address.

        Returns
        -------
        User
            The user that the registry has now.

        Raises
        ------
        NotFoundError
            When there is no user of that name.
        ConflictError
            When another user has that address.
        ValidationError
            When the name is empty, or the address malformed.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.set_user_email, name, email)

    async def set_user_admin(self, name: str, admin: bool) -> User:
        """Make a user an administrator, or revoke this.

        Parameters
        ----------
        name:
            The user's name.
        admin:
            True to make the user an administrator, False to revoke this.

        Returns
        -------
        User
            The user that the registry has now.

        Raises
        ------
        NotFoundError
            When there is no user of that name.
        ValidationError
            When an argument is malformed.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.set_user_admin, name, admin)

    async def set_user_active(self, name: str, active: bool) -> User:
        """Activate a user, or lock the user out.

        Parameters
        ----------
        name:
            The user's name.
        active:
            Whether the user may log in.

        Returns
        -------
        User
            The user that the registry has now.

        Raises
        ------
        NotFoundError
            When there is no user of that name.
        ValidationError
            When an argument is malformed.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.set_user_active, name, active)

    async def reset_user_password(self, name: str) -> Acknowledgement:
        """Reset a user's password; the registry sends the user an email.

        Parameters
        ----------
        name:
            The user's name.

        Returns
        -------
        Acknowledgement
            A confirmation that it was done.

        Raises
        ------
        NotFoundError
            When there is no user of that name.
        ValidationError
            When an argument is malformed.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.reset_user_password, name)
