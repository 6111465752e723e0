"""The administration room: roles."""

from __future__ import annotations

from collections.abc import Iterable

from quilt3_backend.admin.asking import Asking
from quilt3_backend.connection import Connection
from quilt_core.domain.admin import Acknowledgement, Role
from quilt_core.errors import NotFoundError
from quilt_core.hookspecs import hookimpl
from quilt_core.http import wire
from quilt_core.registry.convert.roles import role
from quilt_core.registry.kinds import check_role_kind


class Roles:
    """The hooks for roles, by the client of `quilt3.admin.roles`."""

    def __init__(self, connection: Connection) -> None:
        self._ask = Asking(connection)

    @hookimpl
    def admin_list_roles(self) -> Iterable[Role]:
        """See the hook."""
        return self._all("admin_list_roles")

    @hookimpl
    def admin_get_role(self, id_or_name: str) -> Role:
        """See the hook."""
        return self._find("admin_get_role", id_or_name)

    @hookimpl
    def admin_get_default_role(self) -> Role:
        """See the hook."""
        node = self._ask("admin_get_default_role", "default_role_get")
        if node is None:
            raise NotFoundError(
                "No default role is set.", hint="Choose one with admin_set_default_role."
            )
        return role(node)

    @hookimpl
    def admin_create_role(
        self, name: str, policies: tuple[str, ...] | None, arn: str | None
    ) -> Role:
        """See the hook."""
        created = self._ask.expect(
            "admin_create_role",
            "RoleCreateSuccess",
            f"create the role {name!r}",
            "role_create_unmanaged" if policies is None else "role_create_managed",
            input=self._input(name, policies, arn),
        )
        return role(wire.child(created, "role"))

    @hookimpl
    def admin_update_role(
        self, id_or_name: str, name: str | None, policies: tuple[str, ...] | None, arn: str | None
    ) -> Role:
        """See the hook."""
        operation = "admin_update_role"
        present = self._find(operation, id_or_name)
        check_role_kind(present, policies, arn)
        fields = self._input(
            name or present.name,
            (present.policies if policies is None else policies) if present.managed else None,
            arn or present.arn,
        )
        updated = self._ask.expect(
            operation,
            "RoleUpdateSuccess",
            f"change the role {present.name!r}",
            "role_update_managed" if present.managed else "role_update_unmanaged",
            id=present.id,
            input=fields,
        )
        return role(wire.child(updated, "role"))

    @hookimpl
    def admin_delete_role(self, id_or_name: str) -> Acknowledgement:
        """See the hook."""
        operation = "admin_delete_role"
        present = self._find(operation, id_or_name)
        doing = f"delete the role {present.name!r}"
        self._ask.expect(operation, "RoleDeleteSuccess", doing, "role_delete", id=present.id)
        return Acknowledgement(action=operation, subject=id_or_name)

    @hookimpl
    def admin_set_default_role(self, id_or_name: str) -> Role:
        """See the hook."""
        operation = "admin_set_default_role"
        present = self._find(operation, id_or_name)
        doing = f"make {present.name!r} the default role"
        chosen = self._ask.expect(
            operation, "RoleSetDefaultSuccess", doing, "role_set_default", id=present.id
        )
        return role(wire.child(chosen, "role"))

    def _all(self, operation: str) -> list[Role]:
        nodes = self._ask(operation, "roles_list")
        return sorted((role(node) for node in nodes), key=lambda one: one.name)

    def _find(self, operation: str, id_or_name: str) -> Role:
        roles = self._all(operation)
        by_id = [one for one in roles if one.id == id_or_name]
        found = by_id or [one for one in roles if one.name == id_or_name]
        if not found:
            raise NotFoundError(
                f"There is no role {id_or_name!r}.",
                hint=f"Roles: {', '.join(one.name for one in roles) or 'none'}.",
                context={"role": id_or_name},
            )
        return found[0]

    def _input(self, name: str, policies: tuple[str, ...] | None, arn: str | None) -> object:
        inputs = self._ask.inputs()
        if policies is None:
            return inputs.UnmanagedRoleInput(name=name, arn=arn)
        return inputs.ManagedRoleInput(name=name, policies=list(policies))
