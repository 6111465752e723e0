# Generated from the synchronous facade: `make docs-reference` writes this module.
"""Asynchronous form of `SsoOps`, a part of `ops.admin`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quilt_core.aio.calls import AsyncGroup
from quilt_core.domain.admin import SsoConfig
from quilt_core.ops.admin.sso import SsoOps


class AsyncSsoOps(AsyncGroup):
    """The SSO configuration; each operation raises `PermissionDeniedError` unless the identity is
    an administrator.
    """

    _ops: SsoOps

    async def get_sso_config(self) -> SsoConfig:
        """Read the SSO configuration.

        Returns
        -------
        SsoConfig
            The configuration; its `text` is None if none is set.

        Raises
        ------
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.get_sso_config)

    async def set_sso_config(self, config: str | Mapping[str, Any] | None) -> SsoConfig:
        """Set the SSO configuration.

        Parameters
        ----------
        config:
            YAML or JSON text, or a mapping that is sent as JSON; None removes it.

        Returns
        -------
        SsoConfig
            The configuration that the registry has now.

        Raises
        ------
        ValidationError
            When the text is empty, or the registry refuses it; the message gives every reason.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.set_sso_config, config)

    async def remove_sso_config(self) -> SsoConfig:
        """Remove the SSO configuration. It is not an error if there is none.

        Returns
        -------
        SsoConfig
            The configuration, whose `text` is None.

        Raises
        ------
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.remove_sso_config)
