"""Users."""

from __future__ import annotations

from quilt_core.domain.admin import User
from quilt_registry import fields


def user(node: fields.Node) -> User:
    """A user (fragment `UserFields`)."""
    role = fields.get_optional_object(node, "role")
    return User(
        name=fields.get_str(node, "name"),
        email=fields.get_str(node, "email"),
        is_active=fields.get_bool(node, "isActive"),
        is_admin=fields.get_bool(node, "isAdmin"),
        is_sso_only=fields.get_bool(node, "isSsoOnly"),
        is_service=fields.get_bool(node, "isService"),
        date_joined=fields.get_time(node, "dateJoined"),
        last_login=fields.get_time(node, "lastLogin"),
        role=None if role is None else fields.get_str(role, "name"),
        extra_roles=tuple(
            sorted(
                fields.get_str(extra, "name") for extra in fields.get_objects(node, "extraRoles")
            )
        ),
    )
