"""Administration operations: users."""

from __future__ import annotations

from typing import Any

from quilt_core.domain.acknowledgement import Acknowledgement
from quilt_core.domain.admin import User
from quilt_core.errors import NotFoundError
from quilt_core.hookspecs import hookimpl
from quilt_registry import fields
from quilt_registry.connection import Connection
from quilt_registry.convert.users import user
from quilt_registry.graphql.result_unions import unwrap

_FLAGS = {"admin": "isAdmin", "active": "isActive"}
"""Variables of changes, and the fields of the user that they set."""


class AdminUserOperations:
    """Implements the hooks of `quilt_core.hookspecs.admin.users`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @hookimpl
    def admin_list_users(self) -> list[User]:
        """GraphQL `admin.user.list`."""
        users = fields.get_objects(self._users("admin_list_users", {}), "list")
        return sorted((user(node) for node in users), key=lambda one: one.name)

    @hookimpl
    def admin_get_user(self, name: str) -> User:
        """GraphQL `admin.user.get`."""
        node = fields.get_optional_object(self._users("admin_get_user", {"name": name}), "get")
        if node is None:
            raise _no_user(name)
        return _user(node, name)

    @hookimpl
    def admin_create_user(
        self, name: str, email: str, role: str, extra_roles: tuple[str, ...]
    ) -> User:
        """GraphQL `admin.user.create`."""
        inputs = {"name": name, "email": email, "role": role, "extraRoles": list(extra_roles)}
        result = self._users("admin_create_user", {"input": inputs}).get("result")
        return _user(unwrap(result, "User", doing=f"create the user {name!r}"), name)

    @hookimpl
    def admin_delete_user(self, name: str) -> Acknowledgement:
        """GraphQL `admin.user.mutate.delete`."""
        self._mutate("admin_delete_user", name, "Ok", doing=f"delete the user {name!r}")
        return Acknowledgement(action="admin_delete_user", subject=name)

    @hookimpl
    def admin_set_user_email(self, name: str, email: str) -> User:
        """GraphQL `admin.user.mutate.setEmail`."""
        doing = f"change the address of the user {name!r}"
        return self._change("admin_set_user_email", name, doing=doing, email=email)

    @hookimpl
    def admin_set_user_admin(self, name: str, admin: bool) -> User:
        """GraphQL `admin.user.mutate.setAdmin`."""
        doing = f"change whether the user {name!r} is an administrator"
        return self._change("admin_set_user_admin", name, doing=doing, admin=admin)

    @hookimpl
    def admin_set_user_active(self, name: str, active: bool) -> User:
        """GraphQL `admin.user.mutate.setActive`."""
        doing = f"change whether the user {name!r} may log in"
        return self._change("admin_set_user_active", name, doing=doing, active=active)

    @hookimpl
    def admin_reset_user_password(self, name: str) -> Acknowledgement:
        """GraphQL `admin.user.mutate.resetPassword`."""
        doing = f"reset the password of the user {name!r}"
        self._mutate("admin_reset_user_password", name, "Ok", doing=doing)
        return Acknowledgement(action="admin_reset_user_password", subject=name)

    @hookimpl
    def admin_set_user_role(
        self, name: str, role: str, extra_roles: tuple[str, ...] | None, append: bool
    ) -> User:
        """GraphQL `admin.user.mutate.setRole`."""
        extra = {} if extra_roles is None else {"extraRoles": list(extra_roles)}
        doing = f"set the roles of the user {name!r}"
        return self._change(
            "admin_set_user_role", name, doing=doing, role=role, append=append, **extra
        )

    @hookimpl
    def admin_add_user_roles(self, name: str, roles: tuple[str, ...]) -> User:
        """GraphQL `admin.user.mutate.addRoles`."""
        doing = f"give roles to the user {name!r}"
        return self._change("admin_add_user_roles", name, doing=doing, roles=list(roles))

    @hookimpl
    def admin_remove_user_roles(
        self, name: str, roles: tuple[str, ...], fallback: str | None
    ) -> User:
        """GraphQL `admin.user.mutate.removeRoles`."""
        doing = f"take roles from the user {name!r}"
        variables: dict[str, Any] = {"roles": list(roles), "fallback": fallback}
        return self._change("admin_remove_user_roles", name, doing=doing, **variables)

    def _users(self, document: str, variables: dict[str, Any]) -> fields.Node:
        data = self._connection.client().run(document, variables)
        return fields.get_object(fields.get_object(data, "admin"), "user")

    def _change(self, document: str, name: str, *, doing: str, **variables: Any) -> User:
        """The user after a change; raises `ProtocolError` if the answer has another value than the
        change.
        """
        node = self._mutate(document, name, "User", doing=doing, **variables)
        for variable, field in _FLAGS.items():
            if variable in variables:
                fields.check_same(node, field, variables[variable])
        return _user(node, name)

    def _mutate(
        self, document: str, name: str, expected: str, *, doing: str, **variables: Any
    ) -> fields.Node:
        """The result of a change to one user; `mutate` is null for an unknown one."""
        users = self._users(document, {"name": name, **variables})
        mutation = fields.get_optional_object(users, "mutate")
        if mutation is None:
            raise _no_user(name)
        return unwrap(mutation.get("result"), expected, doing=doing)


def _user(node: fields.Node, name: str) -> User:
    """The user whom an answer describes, who must be the one whom the request names."""
    fields.check_same(node, "name", name)
    return user(node)


def _no_user(name: str) -> NotFoundError:
    return NotFoundError(
        f"There is no user {name!r}.",
        hint="admin_list_users shows all of them.",
        context={"user": name},
    )
