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
    """Users; each operation raises `PermissionDeniedError` for everybody but administrators."""

    _ops: UserOps

    async def list_users(self) -> Listing[User]:
        """All users, by name."""
        return await self._calls.run(self._ops.list_users)

    async def get_user(self, name: str) -> User:
        """One user; `NotFoundError` when there is none of that name."""
        return await self._calls.run(self._ops.get_user, name)

    async def create_user(
        self, name: str, email: str, role: str, extra_roles: Iterable[str] | None = None
    ) -> User:
        """Create a user; `ConflictError` when the name or the address is taken."""
        return await self._calls.run(self._ops.create_user, name, email, role, extra_roles)

    async def delete_user(self, name: str) -> Acknowledgement:
        """Delete a user; `NotFoundError` when there is none of that name."""
        return await self._calls.run(self._ops.delete_user, name)

    async def set_user_email(self, name: str, email: str) -> User:
        """Change a user's address; `ConflictError` when another user has it."""
        return await self._calls.run(self._ops.set_user_email, name, email)

    async def set_user_admin(self, name: str, admin: bool) -> User:
        """Make a user an administrator, or no longer one."""
        return await self._calls.run(self._ops.set_user_admin, name, admin)

    async def set_user_active(self, name: str, active: bool) -> User:
        """Allow a user in, or lock the user out."""
        return await self._calls.run(self._ops.set_user_active, name, active)

    async def reset_user_password(self, name: str) -> Acknowledgement:
        """Reset a user's password; the registry mails the user."""
        return await self._calls.run(self._ops.reset_user_password, name)

    async def set_user_role(
        self, name: str, role: str, extra_roles: Iterable[str] | None = None, append: bool = False
    ) -> User:
        """Set a user's active role and, when given, the further ones."""
        return await self._calls.run(self._ops.set_user_role, name, role, extra_roles, append)

    async def add_user_roles(self, name: str, roles: Iterable[str]) -> User:
        """Give a user further roles."""
        return await self._calls.run(self._ops.add_user_roles, name, roles)

    async def remove_user_roles(
        self, name: str, roles: Iterable[str], fallback: str | None = None
    ) -> User:
        """Take roles from a user; `fallback` becomes the active one when that goes."""
        return await self._calls.run(self._ops.remove_user_roles, name, roles, fallback)
