"""Administration operations: policies."""

from __future__ import annotations

from typing import Any

from quilt_core.domain.acknowledgement import Acknowledgement
from quilt_core.domain.admin import BucketPermission, Policy
from quilt_core.errors import NotFoundError
from quilt_core.hookspecs import hookimpl
from quilt_registry import fields
from quilt_registry.connection import Connection
from quilt_registry.convert.permissions import permission_inputs
from quilt_registry.convert.policies import policy
from quilt_registry.graphql.client import GraphQLClient
from quilt_registry.graphql.result_unions import unwrap
from quilt_registry.operations.admin.managed_checks import check_policy_kind


class AdminPolicyOperations:
    """Implements the hooks of `quilt_core.hookspecs.admin.policies`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @hookimpl
    def admin_list_policies(self) -> list[Policy]:
        """GraphQL `policies`."""
        nodes = fields.get_objects(self._connection.client().run("admin_list_policies"), "policies")
        return sorted((policy(node) for node in nodes), key=lambda one: (one.title, one.id))

    @hookimpl
    def admin_get_policy(self, policy_id: str) -> Policy:
        """GraphQL `policy`."""
        return _find(self._connection.client(), policy_id)

    @hookimpl
    def admin_create_policy(
        self,
        title: str,
        permissions: tuple[BucketPermission, ...] | None,
        arn: str | None,
        roles: tuple[str, ...],
    ) -> Policy:
        """GraphQL `policyCreateManaged`, `policyCreateUnmanaged`."""
        document, inputs = _input("create", title, permissions, arn, roles)
        result = self._connection.client().run(document, {"input": inputs}).get("result")
        return policy(unwrap(result, "Policy", doing=f"create the policy {title!r}"))

    @hookimpl
    def admin_update_policy(
        self,
        policy_id: str,
        title: str | None,
        permissions: tuple[BucketPermission, ...] | None,
        arn: str | None,
        roles: tuple[str, ...] | None,
    ) -> Policy:
        """GraphQL `policyUpdateManaged`, `policyUpdateUnmanaged`, with unchanged values
        filled in.
        """
        client = self._connection.client()
        present = _find(client, policy_id)
        check_policy_kind(present, permissions, arn)
        kept = present.permissions if permissions is None else permissions
        document, inputs = _input(
            "update",
            title or present.title,
            kept if present.managed else None,
            arn or present.arn,
            present.roles if roles is None else roles,
        )
        result = client.run(document, {"id": policy_id, "input": inputs}).get("result")
        changed = unwrap(result, "Policy", doing=f"change the policy {present.title!r}")
        fields.check_same(changed, "id", policy_id)
        return policy(changed)

    @hookimpl
    def admin_delete_policy(self, policy_id: str) -> Acknowledgement:
        """GraphQL `policyDelete`."""
        client = self._connection.client()
        present = _find(client, policy_id)
        result = client.run("admin_delete_policy", {"id": policy_id}).get("result")
        unwrap(result, "Ok", doing=f"delete the policy {present.title!r}")
        return Acknowledgement(action="admin_delete_policy", subject=policy_id)


def _find(client: GraphQLClient, policy_id: str) -> Policy:
    node = fields.get_optional_object(client.run("admin_get_policy", {"id": policy_id}), "policy")
    if node is None:
        raise NotFoundError(
            f"There is no policy {policy_id!r}.",
            hint="admin_list_policies shows all of them with their ids.",
            context={"policy": policy_id},
        )
    fields.check_same(node, "id", policy_id)
    return policy(node)


def _input(
    verb: str,
    title: str,
    wanted: tuple[BucketPermission, ...] | None,
    arn: str | None,
    roles: tuple[str, ...],
) -> tuple[str, dict[str, Any]]:
    """The document and its input for a managed or an unmanaged policy."""
    inputs: dict[str, Any] = {"title": title, "roles": list(roles)}
    if wanted is not None:
        inputs["permissions"] = permission_inputs(wanted)
        return f"admin_{verb}_managed_policy", inputs
    return f"admin_{verb}_unmanaged_policy", {**inputs, "arn": arn}
