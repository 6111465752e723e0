"""The administration room: users."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from quilt3_backend.admin.asking import Asking
from quilt3_backend.connection import Connection
from quilt_core.domain.admin import Acknowledgement, User
from quilt_core.errors import NotFoundError
from quilt_core.hookspecs import hookimpl
from quilt_core.http import wire
from quilt_core.registry.client.arms import unwrap
from quilt_core.registry.convert.users import user


class Users:
    """The hooks for users, by the client of `quilt3.admin.users`."""

    def __init__(self, connection: Connection) -> None:
        self._ask = Asking(connection)

    @hookimpl
    def admin_list_users(self) -> Iterable[User]:
        """See the hook."""
        nodes = self._ask("admin_list_users", "users_list")
        return sorted((user(node) for node in nodes), key=lambda one: one.name)

    @hookimpl
    def admin_get_user(self, name: str) -> User:
        """See the hook."""
        node = self._ask("admin_get_user", "users_get", name=name)
        if node is None:
            raise _no_user(name)
        return user(node)

    @hookimpl
    def admin_create_user(
        self, name: str, email: str, role: str, extra_roles: tuple[str, ...]
    ) -> User:
        """See the hook."""
        fields = self._ask.inputs().UserInput(
            name=name, email=email, role=role, extraRoles=list(extra_roles)
        )
        doing = f"create the user {name!r}"
        return user(
            self._ask.expect("admin_create_user", "User", doing, "users_create", input=fields)
        )

    @hookimpl
    def admin_delete_user(self, name: str) -> Acknowledgement:
        """See the hook."""
        self._mutate("delete", name, "Ok", f"delete the user {name!r}")
        return Acknowledgement(action="admin_delete_user", subject=name)

    @hookimpl
    def admin_set_user_email(self, name: str, email: str) -> User:
        """See the hook."""
        doing = f"change the address of the user {name!r}"
        return user(self._mutate("set_email", name, "User", doing, email=email))

    @hookimpl
    def admin_set_user_admin(self, name: str, admin: bool) -> User:
        """See the hook."""
        doing = f"change whether the user {name!r} is an administrator"
        return user(self._mutate("set_admin", name, "User", doing, admin=admin))

    @hookimpl
    def admin_set_user_active(self, name: str, active: bool) -> User:
        """See the hook."""
        doing = f"change whether the user {name!r} may log in"
        return user(self._mutate("set_active", name, "User", doing, active=active))

    @hookimpl
    def admin_reset_user_password(self, name: str) -> Acknowledgement:
        """See the hook."""
        self._mutate("reset_password", name, "Ok", f"reset the password of the user {name!r}")
        return Acknowledgement(action="admin_reset_user_password", subject=name)

    @hookimpl
    def admin_set_user_role(
        self, name: str, role: str, extra_roles: tuple[str, ...] | None, append: bool
    ) -> User:
        """See the hook."""
        extra = {} if extra_roles is None else {"extra_roles": list(extra_roles)}
        doing = f"set the roles of the user {name!r}"
        return user(
            self._mutate("set_role", name, "User", doing, role=role, append=append, **extra)
        )

    @hookimpl
    def admin_add_user_roles(self, name: str, roles: tuple[str, ...]) -> User:
        """See the hook."""
        doing = f"give roles to the user {name!r}"
        return user(self._mutate("add_roles", name, "User", doing, roles=list(roles)))

    @hookimpl
    def admin_remove_user_roles(
        self, name: str, roles: tuple[str, ...], fallback: str | None
    ) -> User:
        """See the hook."""
        doing = f"take roles from the user {name!r}"
        return user(
            self._mutate("remove_roles", name, "User", doing, roles=list(roles), fallback=fallback)
        )

    def _mutate(self, what: str, name: str, member: str, doing: str, **arguments: Any) -> wire.Node:
        """Change one user; `mutate` is null for an unknown one, and has one field else."""
        operation = f"admin_{what}_user" if what == "delete" else f"admin_{what}"
        result = self._ask(operation, f"users_{what}", name=name, **arguments)
        if result is None:
            raise _no_user(name)
        (value,) = wire.node(result, "mutate").values()
        return unwrap(value, member, doing=doing)


def _no_user(name: str) -> NotFoundError:
    return NotFoundError(
        f"There is no user {name!r}.",
        hint="admin_list_users shows all of them.",
        context={"user": name},
    )
