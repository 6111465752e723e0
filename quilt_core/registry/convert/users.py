"""Users."""

from __future__ import annotations

from quilt_core.domain.admin import User
from quilt_core.http import wire


def user(node: wire.Node) -> User:
    """A user (fragment `UserFields`)."""
    role = wire.optional_child(node, "role")
    return User(
        name=wire.text(node, "name"),
        email=wire.text(node, "email"),
        is_active=wire.flag(node, "isActive"),
        is_admin=wire.flag(node, "isAdmin"),
        is_sso_only=wire.flag(node, "isSsoOnly"),
        is_service=wire.flag(node, "isService"),
        date_joined=wire.time(node, "dateJoined"),
        last_login=wire.time(node, "lastLogin"),
        role=None if role is None else wire.text(role, "name"),
        extra_roles=tuple(
            sorted(wire.text(extra, "name") for extra in wire.children(node, "extraRoles"))
        ),
    )
