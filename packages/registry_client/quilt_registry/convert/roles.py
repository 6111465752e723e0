"""Roles."""

from __future__ import annotations

from quilt_core.domain.admin import Role
from quilt_registry import fields
from quilt_registry.convert.permissions import permissions


def role(node: fields.Node) -> Role:
    """A role (fragment `RoleFields`)."""
    kind = fields.get_str(node, "__typename")
    if kind not in ("ManagedRole", "UnmanagedRole"):
        fields.unexpected("role", node, "a managed or an unmanaged role")
    managed = kind == "ManagedRole"
    ids = (
        [fields.get_str(policy, "id") for policy in fields.get_objects(node, "policies")]
        if managed
        else []
    )
    return Role(
        id=fields.get_str(node, "id"),
        name=fields.get_str(node, "name"),
        arn=fields.get_str(node, "arn"),
        managed=managed,
        policies=tuple(sorted(ids)),
        permissions=permissions(node) if managed else (),
    )
