"""Who the registry says that we are."""

from __future__ import annotations

from quilt_core.domain.catalog import AuthStatus
from quilt_core.errors import AuthenticationError
from quilt_core.http import wire
from quilt_core.registry.connection import Connection


def auth_status(connection: Connection) -> AuthStatus:
    """GraphQL `me`; no request when there is nothing to authenticate with.

    Raises as the hook `get_auth_status`.
    """
    try:
        identity = connection.identity()
    except AuthenticationError:
        if connection.settings.multitenant or connection.has_credentials():
            raise
        return AuthStatus(is_authenticated=False, catalog_url=None, registry_url=None)
    target, bearer = identity.target, identity.bearer
    status = AuthStatus(
        is_authenticated=False,
        catalog_url=target.catalog_url,
        registry_url=target.registry_url,
    )
    if bearer is None:
        return status
    me = wire.optional_child(connection.client_of(identity).run("me"), "me")
    if me is None:
        return status
    roles = [wire.text(role, "name") for role in wire.children(me, "roles")]
    active = wire.optional_child(me, "role")
    return AuthStatus(
        is_authenticated=True,
        catalog_url=target.catalog_url,
        registry_url=target.registry_url,
        user_name=wire.text(me, "name"),
        email=wire.text(me, "email"),
        is_admin=wire.flag(me, "isAdmin"),
        role=None if active is None else wire.text(active, "name"),
        roles=tuple(sorted(roles)),
        expires_at=bearer.expires_at,
    )
