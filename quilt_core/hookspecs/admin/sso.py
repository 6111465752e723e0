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

    Returns: an `SsoConfig`; its `text` is None if no configuration is set.

    Raises: `PermissionDeniedError` unless the user is an administrator; `AuthenticationError`,
    `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `admin.ssoConfig`.

    Example: ``SsoConfig(text="version: …", uploader="ada", …)``.
    """


@hookspec(firstresult=True)
def admin_set_sso_config(config: str) -> SsoConfig:
    """Set the SSO configuration; called for `ops.admin.set_sso_config()`.

    Arguments:
        config: the configuration as YAML or JSON text, not empty; it replaces the present one.

    Returns: the configuration, as it is now in the registry: the text character by character, and
    the user and the time of this call, also if it sets the present text again.

    Roles that it names can be neither deleted nor renamed, and its default role is the only one
    that can be set as the default role.

    Raises: `ValidationError` with all reasons if the registry refuses it, for example because it
    names a role that does not exist; the present configuration then stays;
    `PermissionDeniedError` unless the user is an administrator; `AuthenticationError`,
    `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `admin.setSsoConfig`.

    Example: ``admin_set_sso_config("version: …")``.
    """


@hookspec(firstresult=True)
def admin_remove_sso_config() -> SsoConfig:
    """Remove the SSO configuration; called for `ops.admin.remove_sso_config()`.

    Arguments: none.

    Returns: an `SsoConfig` whose `text` is None, even if there was no configuration.

    Raises: `PermissionDeniedError` unless the user is an administrator; `AuthenticationError`,
    `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `admin.setSsoConfig` with null.

    Example: ``SsoConfig(text=None)``.
    """
