"""Administration operations of the facade: users."""

from __future__ import annotations

from collections.abc import Iterable

from quilt_core.domain.acknowledgement import Acknowledgement
from quilt_core.domain.admin import User
from quilt_core.domain.listing import Listing
from quilt_core.ops.admin.group import AdminOperationGroup
from quilt_core.ops.parsing import parse_flag, parse_names, parse_text


def _user(name: str) -> str:
    return parse_text(name, "name", "ada")


def _email(email: str) -> str:
    return parse_text(email, "email", "ada@example.com")


def _role(role: str) -> str:
    return parse_text(role, "role", "ReadWrite")


def _roles(roles: Iterable[str]) -> tuple[str, ...]:
    return parse_names(roles, "roles", "ReadWrite")


class UserOps(AdminOperationGroup):
    """Users; each operation raises `PermissionDeniedError` for everybody but administrators."""

    def list_users(self) -> Listing[User]:
        """All users, by name."""
        return self._dispatch.collect("admin_list_users", User)

    def get_user(self, name: str) -> User:
        """One user; `NotFoundError` when there is none of that name."""
        return self._dispatch.call("admin_get_user", User, name=_user(name))

    def create_user(
        self, name: str, email: str, role: str, extra_roles: Iterable[str] | None = None
    ) -> User:
        """Create a user; `ConflictError` when the name or the address is taken."""
        return self._dispatch.call(
            "admin_create_user",
            User,
            name=_user(name),
            email=_email(email),
            role=_role(role),
            extra_roles=_roles(extra_roles) if extra_roles else (),
        )

    def delete_user(self, name: str) -> Acknowledgement:
        """Delete a user; `NotFoundError` when there is none of that name."""
        return self._dispatch.call("admin_delete_user", Acknowledgement, name=_user(name))

    def set_user_email(self, name: str, email: str) -> User:
        """Change a user's address; `ConflictError` when another user has it."""
        return self._dispatch.call(
            "admin_set_user_email", User, name=_user(name), email=_email(email)
        )

    def set_user_admin(self, name: str, admin: bool) -> User:
        """Make a user an administrator, or no longer one."""
        return self._dispatch.call(
            "admin_set_user_admin", User, name=_user(name), admin=parse_flag(admin, "admin")
        )

    def set_user_active(self, name: str, active: bool) -> User:
        """Allow a user in, or lock the user out."""
        return self._dispatch.call(
            "admin_set_user_active", User, name=_user(name), active=parse_flag(active, "active")
        )

    def reset_user_password(self, name: str) -> Acknowledgement:
        """Reset a user's password; the registry mails the user."""
        return self._dispatch.call("admin_reset_user_password", Acknowledgement, name=_user(name))

    def set_user_role(
        self,
        name: str,
        role: str,
        extra_roles: Iterable[str] | None = None,
        append: bool = False,
    ) -> User:
        """Set a user's active role and, when given, the further ones."""
        extra = None if extra_roles is None else tuple(_role(one) for one in extra_roles)
        return self._dispatch.call(
            "admin_set_user_role",
            User,
            name=_user(name),
            role=_role(role),
            extra_roles=extra,
            append=parse_flag(append, "append"),
        )

    def add_user_roles(self, name: str, roles: Iterable[str]) -> User:
        """Give a user further roles."""
        return self._dispatch.call(
            "admin_add_user_roles", User, name=_user(name), roles=_roles(roles)
        )

    def remove_user_roles(
        self, name: str, roles: Iterable[str], fallback: str | None = None
    ) -> User:
        """Take roles from a user; `fallback` becomes the active one when that goes."""
        return self._dispatch.call(
            "admin_remove_user_roles",
            User,
            name=_user(name),
            roles=_roles(roles),
            fallback=None if fallback is None else _role(fallback),
        )
