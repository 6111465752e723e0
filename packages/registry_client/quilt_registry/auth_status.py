"""The identity under which the registry knows this connection."""

from __future__ import annotations

from quilt_core.domain.catalog import AuthStatus
from quilt_registry import fields
from quilt_registry.connection import Connection
from quilt_registry.endpoint import NoRegistryError


def auth_status(connection: Connection) -> AuthStatus:
    """GraphQL `me`; without credentials no request is made.

    Raises the errors of the hook `get_auth_status`.
    """
    try:
        identity = connection.identity()
    except NoRegistryError:
        # Without credentials, a missing address is the only reason to report an error.
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
    me = fields.get_optional_object(connection.client_of(identity).run("me"), "me")
    if me is None:
        return status
    roles = [fields.get_str(role, "name") for role in fields.get_objects(me, "roles")]
    active = fields.get_optional_object(me, "role")
    return AuthStatus(
        is_authenticated=True,
        catalog_url=target.catalog_url,
        registry_url=target.registry_url,
        user_name=fields.get_str(me, "name"),
        email=fields.get_str(me, "email"),
        is_admin=fields.get_bool(me, "isAdmin"),
        role=None if active is None else fields.get_str(active, "name"),
        roles=tuple(sorted(roles)),
        expires_at=bearer.expires_at,
    )
