"""Administration operations of the facade: roles."""

from __future__ import annotations

from collections.abc import Iterable

from quilt_core.domain.admin import Acknowledgement, Role
from quilt_core.errors import ValidationError
from quilt_core.ops.admin.group import AdminOperationGroup
from quilt_core.ops.parsing import parse_text


def _role(id_or_name: str) -> str:
    return parse_text(id_or_name, "id_or_name", "ReadWrite")


def _optional(value: str | None, name: str, example: str) -> str | None:
    return None if value is None else parse_text(value, name, example)


def _policies(policies: Iterable[str] | None) -> tuple[str, ...] | None:
    if isinstance(policies, str):
        raise ValidationError("`policies` is one piece of text.", hint=f"Give [{policies!r}].")
    return None if policies is None else tuple(policies)


class RoleOps(AdminOperationGroup):
    """Roles; each operation raises `PermissionDeniedError` for everybody but administrators."""

    def list_roles(self) -> list[Role]:
        """All roles, by name."""
        return self._dispatch.collect("admin_list_roles", Role)

    def get_role(self, id_or_name: str) -> Role:
        """One role; `NotFoundError` when it is not there."""
        return self._dispatch.call("admin_get_role", Role, id_or_name=_role(id_or_name))

    def get_default_role(self) -> Role:
        """The role that new users get; `NotFoundError` when none is set."""
        return self._dispatch.call("admin_get_default_role", Role)

    def create_role(
        self, name: str, *, policies: Iterable[str] | None = None, arn: str | None = None
    ) -> Role:
        """Create a managed role from policy ids, or an unmanaged one from an AWS role's ARN."""
        if (policies is None) == (arn is None):
            raise ValidationError("Give either `policies` (a managed role) or `arn`, not both.")
        return self._dispatch.call(
            "admin_create_role",
            Role,
            name=parse_text(name, "name", "ReadWrite"),
            policies=_policies(policies),
            arn=_optional(arn, "arn", "arn:aws:iam::…:role/…"),
        )

    def update_role(
        self,
        id_or_name: str,
        *,
        name: str | None = None,
        policies: Iterable[str] | None = None,
        arn: str | None = None,
    ) -> Role:
        """Change a role; what is left out stays."""
        if name is None and policies is None and arn is None:
            raise ValidationError("There is nothing to update.", hint="Give name, policies or arn.")
        return self._dispatch.call(
            "admin_update_role",
            Role,
            id_or_name=_role(id_or_name),
            name=_optional(name, "name", "ReadWrite"),
            policies=_policies(policies),
            arn=_optional(arn, "arn", "arn:aws:iam::…:role/…"),
        )

    def delete_role(self, id_or_name: str) -> Acknowledgement:
        """Delete a role; `ConflictError` while it is in use."""
        return self._dispatch.call(
            "admin_delete_role", Acknowledgement, id_or_name=_role(id_or_name)
        )

    def set_default_role(self, id_or_name: str) -> Role:
        """Choose the role that new users get."""
        return self._dispatch.call("admin_set_default_role", Role, id_or_name=_role(id_or_name))
