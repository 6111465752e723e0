"""Roles."""

from __future__ import annotations

from quilt_core.domain.admin import Role, RoleSignup
from quilt_registry import fields
from quilt_registry.convert.permissions import permissions


def role(node: fields.Node) -> Role:
    """A role (fragment `RoleFields`; `OldRoleFields` has neither bucket nor signup)."""
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
        default_bucket=fields.get_optional_str(node, "defaultBucket"),
        signup=_signup(fields.get_optional_object(node, "signup")) if "signup" in node else None,
        has_details="signup" in node,
    )


def _signup(node: fields.Node | None) -> RoleSignup | None:
    if node is None:
        return None
    return RoleSignup(
        page=fields.get_str(node, "page"),
        access_code=fields.get_str(node, "accessCode"),
        title=fields.get_optional_str(node, "title"),
        description=fields.get_optional_str(node, "description"),
    )
