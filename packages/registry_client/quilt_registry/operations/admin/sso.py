"""Administration operations: single sign-on."""

from __future__ import annotations

from quilt_core.domain.admin import SsoConfig
from quilt_core.hookspecs import hookimpl
from quilt_registry import fields
from quilt_registry.connection import Connection
from quilt_registry.convert.sso import sso_config
from quilt_registry.graphql.result_unions import unwrap


class AdminSsoOperations:
    """Implements the hooks of `quilt_core.hookspecs.admin.sso`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @hookimpl
    def admin_get_sso_config(self) -> SsoConfig:
        """GraphQL `admin.ssoConfig`."""
        admin = fields.get_object(self._connection.client().run("admin_get_sso_config"), "admin")
        node = fields.get_optional_object(admin, "ssoConfig")
        return SsoConfig(text=None) if node is None else sso_config(node)

    @hookimpl
    def admin_set_sso_config(self, config: str) -> SsoConfig:
        """GraphQL `admin.setSsoConfig`."""
        return self._set(config)

    @hookimpl
    def admin_remove_sso_config(self) -> SsoConfig:
        """GraphQL `admin.setSsoConfig` with null, which answers null."""
        return self._set(None)

    def _set(self, config: str | None) -> SsoConfig:
        data = self._connection.client().run("admin_set_sso_config", {"config": config})
        result = fields.get_object(data, "admin").get("result")
        if result is None and config is None:
            return SsoConfig(text=None)
        return sso_config(unwrap(result, "SsoConfig", doing="change the SSO configuration"))
