"""The administration room: single sign-on."""

from __future__ import annotations

from quilt3_backend.admin.asking import Asking
from quilt3_backend.connection import Connection
from quilt_core.domain.admin import SsoConfig
from quilt_core.hookspecs import hookimpl
from quilt_core.registry.client.arms import unwrap
from quilt_core.registry.convert.sso import sso_config


class Sso:
    """The hooks for single sign-on, by the client of `quilt3.admin.sso_config`."""

    def __init__(self, connection: Connection) -> None:
        self._ask = Asking(connection)

    @hookimpl
    def admin_get_sso_config(self) -> SsoConfig:
        """See the hook."""
        node = self._ask("admin_get_sso_config", "sso_config_get")
        return SsoConfig(text=None) if node is None else sso_config(node)

    @hookimpl
    def admin_set_sso_config(self, config: str) -> SsoConfig:
        """See the hook."""
        return self._set("admin_set_sso_config", config)

    @hookimpl
    def admin_remove_sso_config(self) -> SsoConfig:
        """See the hook."""
        return self._set("admin_remove_sso_config", None)

    def _set(self, operation: str, config: str | None) -> SsoConfig:
        result = self._ask(operation, "sso_config_set", config=config)
        if result is None and config is None:
            return SsoConfig(text=None)
        return sso_config(unwrap(result, "SsoConfig", doing="change the SSO configuration"))
