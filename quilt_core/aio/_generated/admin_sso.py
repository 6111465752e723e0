# Generated from the synchronous facade: `make docs-reference` writes this module.
"""Asynchronous form of `SsoOps`, a part of `ops.admin`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quilt_core.aio.calls import AsyncGroup
from quilt_core.domain.admin import SsoConfig
from quilt_core.ops.admin.sso import SsoOps


class AsyncSsoOps(AsyncGroup):
    """The SSO configuration; `PermissionDeniedError` for everybody but administrators."""

    _ops: SsoOps

    async def get_sso_config(self) -> SsoConfig:
        """The SSO configuration; its `text` is None when none is set."""
        return await self._calls.run(self._ops.get_sso_config)

    async def set_sso_config(self, config: str | Mapping[str, Any] | None) -> SsoConfig:
        """Set the SSO configuration: text, or a mapping that is sent as JSON; None removes it."""
        return await self._calls.run(self._ops.set_sso_config, config)

    async def remove_sso_config(self) -> SsoConfig:
        """Remove the SSO configuration, also when there is none."""
        return await self._calls.run(self._ops.remove_sso_config)
