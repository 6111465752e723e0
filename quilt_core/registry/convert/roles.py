"""Roles."""

from __future__ import annotations

from quilt_core.domain.admin import Role
from quilt_core.http import wire
from quilt_core.registry.convert.permissions import permissions


def role(node: wire.Node) -> Role:
    """A role (fragment `RoleFields`)."""
    kind = wire.text(node, "__typename")
    if kind not in ("ManagedRole", "UnmanagedRole"):
        wire.wrong("role", node, "a managed or an unmanaged role")
    managed = kind == "ManagedRole"
    ids = [wire.text(policy, "id") for policy in wire.children(node, "policies")] if managed else []
    return Role(
        id=wire.text(node, "id"),
        name=wire.text(node, "name"),
        arn=wire.text(node, "arn"),
        managed=managed,
        policies=tuple(sorted(ids)),
        permissions=permissions(node) if managed else (),
    )
