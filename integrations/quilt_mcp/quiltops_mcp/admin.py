"""quilt-mcp's `AdminOps`, answered by quiltops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from quilt_mcp.domain.role import Role
from quilt_mcp.domain.sso_config import SSOConfig
from quilt_mcp.domain.user import User
from quilt_mcp.ops.admin_ops import AdminOps

import quilt_core
from quilt_core import NotFoundError, QuiltOpsError
from quiltops_mcp import domain
from quiltops_mcp.connection import Connection


class QuiltopsAdmin(AdminOps):  # type: ignore[misc]  # quilt-mcp is not there to be checked
    """Users, roles and single sign-on.

    Reading a user costs a second request, for the ids and ARNs of the roles. After a write only the
    names of roles are returned, so that its result does not depend on another request.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list_users(self) -> list[User]:
        """All users."""
        with self._connection.acting() as ops:
            users = ops.admin.list_users()
            roles = ops.admin.list_roles()
            return [domain.user(one, roles) for one in users]

    def get_user(self, name: str) -> User:
        """One user."""
        with self._connection.acting() as ops:
            return domain.user(ops.admin.get_user(name), ops.admin.list_roles())

    def create_user(
        self, name: str, email: str, role: str, extra_roles: list[str] | None = None
    ) -> User:
        """Make a user; a name or address that is taken raises `BackendError`."""
        return self._changed(
            lambda admin: admin.create_user(name, email, role, extra_roles=extra_roles or ())
        )

    def delete_user(self, name: str) -> None:
        """Delete a user."""
        with self._connection.acting() as ops:
            ops.admin.delete_user(name)

    def set_user_email(self, name: str, email: str) -> User:
        """Set an address."""
        return self._changed(lambda admin: admin.set_user_email(name, email))

    def set_user_admin(self, name: str, admin: bool) -> User:
        """Make a user an administrator, or revoke this."""
        return self._changed(lambda ops: ops.set_user_admin(name, admin))

    def set_user_active(self, name: str, active: bool) -> User:
        """Activate or deactivate a user."""
        return self._changed(lambda admin: admin.set_user_active(name, active))

    def reset_user_password(self, name: str) -> None:
        """Make the registry send an email with a link."""
        with self._connection.acting() as ops:
            ops.admin.reset_user_password(name)

    def set_user_role(
        self, name: str, role: str, extra_roles: list[str] | None = None, append: bool = False
    ) -> User:
        """Set the active role and the extra roles, or with `append` add them."""
        return self._changed(
            lambda admin: admin.set_user_role(name, role, extra_roles or (), append=append)
        )

    def add_user_roles(self, name: str, roles: list[str]) -> User:
        """Give a user more roles."""
        return self._changed(lambda admin: admin.add_user_roles(name, roles))

    def remove_user_roles(self, name: str, roles: list[str], fallback: str | None = None) -> User:
        """Remove roles."""
        return self._changed(lambda admin: admin.remove_user_roles(name, roles, fallback))

    def list_roles(self) -> list[Role]:
        """All roles."""
        with self._connection.acting() as ops:
            return [domain.role(one) for one in ops.admin.list_roles()]

    def get_sso_config(self) -> SSOConfig | None:
        """The single sign-on configuration, and who set it; None if none is set."""
        with self._connection.acting() as ops:
            found = ops.admin.get_sso_config()
            try:
                uploader = self._uploader(ops, found)
            except NotFoundError:  # deleted since
                uploader = None
            return domain.sso_config(found, uploader)

    def set_sso_config(self, config: dict[str, Any] | None) -> SSOConfig | None:
        """Set the single sign-on configuration, or remove it with None."""
        with self._connection.acting() as ops:
            done = ops.admin.set_sso_config(config)
            try:
                uploader = self._uploader(ops, done)
            except QuiltOpsError:  # it is set nevertheless
                uploader = None
            return domain.sso_config(done, uploader)

    @staticmethod
    def _uploader(ops: quilt_core.QuiltOps, config: quilt_core.SsoConfig) -> User | None:
        return None if config.uploader is None else domain.user(ops.admin.get_user(config.uploader))

    def _changed(self, change: Callable[[quilt_core.AdminOps], quilt_core.User]) -> User:
        with self._connection.acting() as ops:
            return domain.user(change(ops.admin))
