# mypy: disable-error-code="empty-body"
"""Administration operations: single sign-on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quilt_core.hookspecs.markers import hookspec

if TYPE_CHECKING:  # a start does without administration
    from quilt_core.domain.admin import SsoConfig


@hookspec(firstresult=True)
def admin_get_sso_config() -> SsoConfig:
    """Read the SSO configuration; called for `ops.admin.get_sso_config()`.

    Arguments: none.

    Returns: an `SsoConfig`, with `text` None when none is set.

    Raises: `PermissionDeniedError` for anyone who is not an administrator; `AuthenticationError`,
    `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `admin.ssoConfig`.

    Example: ``SsoConfig(text="version: …", uploader="ada", …)``.
    """


@hookspec(firstresult=True)
def admin_set_sso_config(config: str) -> SsoConfig:
    """Set the SSO configuration; called for `ops.admin.set_sso_config()`.

    Arguments:
        config: YAML or JSON text, not empty.

    Returns: the configuration, as the registry has it now.

    Raises: `ValidationError` with every reason for which the registry refuses it;
    `PermissionDeniedError` for anyone who is not an administrator; `AuthenticationError`,
    `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `admin.setSsoConfig`.

    Example: ``admin_set_sso_config("version: …")``.
    """


@hookspec(firstresult=True)
def admin_remove_sso_config() -> SsoConfig:
    """Remove the SSO configuration; called for `ops.admin.remove_sso_config()`.

    Arguments: none.

    Returns: an `SsoConfig` with `text` None, also when there was none.

    Raises: `PermissionDeniedError` for anyone who is not an administrator; `AuthenticationError`,
    `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `admin.setSsoConfig` with null.

    Example: ``SsoConfig(text=None)``.
    """
