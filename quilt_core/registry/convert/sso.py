"""The SSO configuration."""

from __future__ import annotations

from quilt_core.domain.admin import SsoConfig
from quilt_core.http import wire


def sso_config(node: wire.Node) -> SsoConfig:
    """An SSO configuration (fragment `SsoConfigFields`)."""
    return SsoConfig(
        text=wire.text(node, "text"),
        timestamp=wire.time(node, "timestamp"),
        uploader=wire.text(wire.child(node, "uploader"), "name"),
    )
