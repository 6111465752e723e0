"""The SSO configuration."""

from __future__ import annotations

from quilt_core.domain.admin import SsoConfig
from quilt_registry import fields


def sso_config(node: fields.Node) -> SsoConfig:
    """An SSO configuration (fragment `SsoConfigFields`)."""
    return SsoConfig(
        text=fields.get_str(node, "text"),
        timestamp=fields.get_time(node, "timestamp"),
        uploader=fields.get_str(fields.get_object(node, "uploader"), "name"),
    )
