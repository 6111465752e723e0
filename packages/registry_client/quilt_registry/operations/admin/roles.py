"""Administration operations: roles."""

from __future__ import annotations

from typing import Any

from quilt_core.domain.acknowledgement import Acknowledgement
from quilt_core.domain.admin import Role, RoleSignup
from quilt_core.domain.keep import KEEP, Keep
from quilt_core.errors import NotFoundError, NotSupportedError
from quilt_core.hookspecs import hookimpl
from quilt_registry import fields
from quilt_registry.connection import Connection
from quilt_registry.convert.roles import role
from quilt_registry.graphql.client import GraphQLClient
from quilt_registry.graphql.result_unions import unwrap
from quilt_registry.operations.admin.managed_checks import check_role_kind

_DETAILS_SINCE = "2026-11"
"""The first state of the schema whose roles have a default bucket and a signup (protocol P.2)."""


class AdminRoleOperations:
    """Implements the hooks of `quilt_core.hookspecs.admin.roles`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @hookimpl
    def admin_list_roles(self) -> list[Role]:
        """GraphQL `roles`."""
        return _roles(self._connection.client())

    @hookimpl
    def admin_get_role(self, id_or_name: str) -> Role:
        """One of GraphQL `roles`, by id or name."""
        return _find(self._connection.client(), id_or_name)

    @hookimpl
    def admin_get_default_role(self) -> Role:
        """GraphQL `defaultRole`."""
        data = self._connection.client().run("admin_get_default_role")
        node = fields.get_optional_object(data, "defaultRole")
        if node is None:
            raise NotFoundError(
                "No default role is set.", hint="Choose one with admin_set_default_role."
            )
        return role(node)

    @hookimpl
    def admin_create_role(
        self,
        name: str,
        policies: tuple[str, ...] | None,
        arn: str | None,
        default_bucket: str | None,
        signup: RoleSignup | None,
    ) -> Role:
        """GraphQL `roleCreateManaged`, `roleCreateUnmanaged`."""
        document, inputs = _input("create", name, policies, arn)

        def variables(label: str) -> dict[str, Any]:
            details = _details("admin_create_role", default_bucket, signup, label)
            return {"input": {**inputs, **details}}

        result = self._connection.client().run(document, variables).get("result")
        created = unwrap(result, "RoleCreateSuccess", doing=f"create the role {name!r}")
        return _same(fields.get_object(created, "role"), "name", name)

    @hookimpl
    def admin_update_role(
        self,
        id_or_name: str,
        name: str | None,
        policies: tuple[str, ...] | None,
        arn: str | None,
        default_bucket: str | Keep | None,
        signup: RoleSignup | Keep | None,
    ) -> Role:
        """GraphQL `roleUpdateManaged`, `roleUpdateUnmanaged`, with unchanged values filled in."""
        client = self._connection.client()
        present = _find(client, id_or_name)
        check_role_kind(present, policies, arn)
        document, inputs = _input(
            "update",
            name or present.name,
            (present.policies if policies is None else policies) if present.managed else None,
            None if present.managed else (arn or present.arn),
        )

        def variables(label: str) -> dict[str, Any]:
            details = _details("admin_update_role", default_bucket, signup, label)
            return {"id": present.id, "input": {**inputs, **details}}

        result = client.run(document, variables).get("result")
        updated = unwrap(result, "RoleUpdateSuccess", doing=f"change the role {present.name!r}")
        return _same(fields.get_object(updated, "role"), "id", present.id)

    @hookimpl
    def admin_delete_role(self, id_or_name: str) -> Acknowledgement:
        """GraphQL `roleDelete`."""
        client = self._connection.client()
        present = _find(client, id_or_name)
        result = client.run("admin_delete_role", {"id": present.id}).get("result")
        unwrap(result, "RoleDeleteSuccess", doing=f"delete the role {present.name!r}")
        return Acknowledgement(action="admin_delete_role", subject=id_or_name)

    @hookimpl
    def admin_set_default_role(self, id_or_name: str) -> Role:
        """GraphQL `roleSetDefault`."""
        client = self._connection.client()
        present = _find(client, id_or_name)
        result = client.run("admin_set_default_role", {"id": present.id}).get("result")
        doing = f"make {present.name!r} the default role"
        chosen = unwrap(result, "RoleSetDefaultSuccess", doing=doing)
        return _same(fields.get_object(chosen, "role"), "id", present.id)


def _same(node: fields.Node, name: str, wanted: str) -> Role:
    """The role that an answer describes, which must be the one that the request names."""
    fields.check_same(node, name, wanted)
    return role(node)


def _roles(client: GraphQLClient) -> list[Role]:
    nodes = fields.get_objects(client.run("admin_list_roles"), "roles")
    return sorted((role(node) for node in nodes), key=lambda one: one.name)


def _find(client: GraphQLClient, id_or_name: str) -> Role:
    roles = _roles(client)
    for matches in (lambda one: one.id == id_or_name, lambda one: one.name == id_or_name):
        found = next(filter(matches, roles), None)
        if found is not None:
            return found
    raise NotFoundError(
        f"There is no role {id_or_name!r}.",
        hint=f"Roles: {', '.join(one.name for one in roles) or 'none'}.",
        context={"role": id_or_name},
    )


def _input(
    verb: str, name: str, policies: tuple[str, ...] | None, arn: str | None
) -> tuple[str, dict[str, Any]]:
    """The document and its input for a managed or an unmanaged role."""
    if policies is not None:
        return f"admin_{verb}_managed_role", {"name": name, "policies": list(policies)}
    return f"admin_{verb}_unmanaged_role", {"name": name, "arn": arn}


def _details(
    operation: str,
    default_bucket: str | Keep | None,
    signup: RoleSignup | Keep | None,
    label: str,
) -> dict[str, Any]:
    """The values that are set, with null for values that are cleared; raises an error if roles have
    neither.
    """
    given: dict[str, str | RoleSignup | None] = {}
    if default_bucket is not KEEP:
        given["defaultBucket"] = default_bucket
    if signup is not KEEP:
        given["signup"] = signup
    if label < _DETAILS_SINCE:
        if any(value is not None for value in given.values()):
            raise NotSupportedError(
                operation,
                reason="this registry's roles have no default bucket and no signup (they came "
                f"with {_DETAILS_SINCE}).",
            )
        return {}
    return {
        name: _signup_input(value) if isinstance(value, RoleSignup) else value
        for name, value in given.items()
    }


def _signup_input(signup: RoleSignup) -> dict[str, Any]:
    return {
        "page": signup.page,
        "accessCode": signup.access_code,
        "title": signup.title,
        "description": signup.description,
    }
