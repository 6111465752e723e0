"""Administration operations of the facade: single sign-on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from quilt_core.domain.admin import SsoConfig
from quilt_core.ops.admin.group import AdminOperationGroup
from quilt_core.ops.parsing import parse_text


class SsoOps(AdminOperationGroup):
    """The SSO configuration; `PermissionDeniedError` for everybody but administrators."""

    def get_sso_config(self) -> SsoConfig:
        """The SSO configuration; its `text` is None when none is set."""
        return self._dispatch.call("admin_get_sso_config", SsoConfig)

    def set_sso_config(self, config: str | Mapping[str, Any] | None) -> SsoConfig:
        """Set the SSO configuration: text, or a mapping that is sent as JSON; None removes it."""
        if config is None:
            return self.remove_sso_config()
        text = json.dumps(config) if isinstance(config, Mapping) and config else config
        return self._dispatch.call(
            "admin_set_sso_config",
            SsoConfig,
            config=parse_text(text, "config", "version: '1.0'"),  # type: ignore[arg-type]
        )

    def remove_sso_config(self) -> SsoConfig:
        """Remove the SSO configuration, also when there is none."""
        return self._dispatch.call("admin_remove_sso_config", SsoConfig)
