"""The administration room: policies."""

from __future__ import annotations

from collections.abc import Iterable

from quilt3_backend.admin.asking import Asking
from quilt3_backend.connection import Connection
from quilt_core.domain.admin import Acknowledgement, BucketPermission, Policy
from quilt_core.errors import NotFoundError
from quilt_core.hookspecs import hookimpl
from quilt_core.registry.convert.permissions import permission_inputs
from quilt_core.registry.convert.policies import policy
from quilt_core.registry.kinds import check_policy_kind


class Policies:
    """The hooks for policies, by the client of `quilt3.admin.policies`."""

    def __init__(self, connection: Connection) -> None:
        self._ask = Asking(connection)

    @hookimpl
    def admin_list_policies(self) -> Iterable[Policy]:
        """See the hook."""
        nodes = self._ask("admin_list_policies", "policies_list")
        return sorted((policy(node) for node in nodes), key=lambda one: (one.title, one.id))

    @hookimpl
    def admin_get_policy(self, policy_id: str) -> Policy:
        """See the hook."""
        return self._find("admin_get_policy", policy_id)

    @hookimpl
    def admin_create_policy(
        self,
        title: str,
        permissions: tuple[BucketPermission, ...] | None,
        arn: str | None,
        roles: tuple[str, ...],
    ) -> Policy:
        """See the hook."""
        return policy(
            self._ask.expect(
                "admin_create_policy",
                "Policy",
                f"create the policy {title!r}",
                "policy_create_unmanaged" if permissions is None else "policy_create_managed",
                input=self._input(title, permissions, arn, roles),
            )
        )

    @hookimpl
    def admin_update_policy(
        self,
        policy_id: str,
        title: str | None,
        permissions: tuple[BucketPermission, ...] | None,
        arn: str | None,
        roles: tuple[str, ...] | None,
    ) -> Policy:
        """See the hook."""
        operation = "admin_update_policy"
        present = self._find(operation, policy_id)
        check_policy_kind(present, permissions, arn)
        kept = present.permissions if permissions is None else permissions
        fields = self._input(
            title or present.title,
            kept if present.managed else None,
            arn or present.arn,
            present.roles if roles is None else roles,
        )
        return policy(
            self._ask.expect(
                operation,
                "Policy",
                f"change the policy {present.title!r}",
                "policy_update_managed" if present.managed else "policy_update_unmanaged",
                id=policy_id,
                input=fields,
            )
        )

    @hookimpl
    def admin_delete_policy(self, policy_id: str) -> Acknowledgement:
        """See the hook."""
        operation = "admin_delete_policy"
        present = self._find(operation, policy_id)
        doing = f"delete the policy {present.title!r}"
        self._ask.expect(operation, "Ok", doing, "policy_delete", id=policy_id)
        return Acknowledgement(action=operation, subject=policy_id)

    def _find(self, operation: str, policy_id: str) -> Policy:
        node = self._ask(operation, "policy_get", id=policy_id)
        if node is None:
            raise NotFoundError(
                f"There is no policy {policy_id!r}.",
                hint="admin_list_policies shows all of them with their ids.",
                context={"policy": policy_id},
            )
        return policy(node)

    def _input(
        self,
        title: str,
        wanted: tuple[BucketPermission, ...] | None,
        arn: str | None,
        roles: tuple[str, ...],
    ) -> object:
        inputs = self._ask.inputs()
        if wanted is None:
            return inputs.UnmanagedPolicyInput(title=title, arn=arn, roles=list(roles))
        return inputs.ManagedPolicyInput(
            title=title, permissions=permission_inputs(wanted), roles=list(roles)
        )
