"""Administration operations of the facade: single sign-on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from quilt_core.domain.admin import SsoConfig
from quilt_core.ops.admin.group import AdminOperationGroup
from quilt_core.ops.parsing import parse_text


class SsoOps(AdminOperationGroup):
    """The SSO configuration; each operation raises `PermissionDeniedError` unless the identity is
    an administrator.
    """

    def get_sso_config(self) -> SsoConfig:
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

        Examples
        --------
        >>> print(ops.admin.get_sso_config().text)
        None
        """
        return self._dispatch.call("admin_get_sso_config", SsoConfig)

    def set_sso_config(self, config: str | Mapping[str, Any] | None) -> SsoConfig:
        r"""Set the SSO configuration.

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

        Examples
        --------
        >>> name = ops.admin.get_user("reader").role
        >>> config = f"version: '1.0'\ndefault_role: {name}\nmappings: []\n"
        >>> print(ops.admin.set_sso_config(config).text == config)
        True
        """
        if config is None:
            return self.remove_sso_config()
        text = json.dumps(config) if isinstance(config, Mapping) and config else config
        return self._dispatch.call(
            "admin_set_sso_config",
            SsoConfig,
            config=parse_text(text, "config", "version: '1.0'"),  # type: ignore[arg-type]
        )

    def remove_sso_config(self) -> SsoConfig:
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

        Examples
        --------
        >>> print(ops.admin.remove_sso_config().text)
        None
        """
        return self._dispatch.call("admin_remove_sso_config", SsoConfig)
