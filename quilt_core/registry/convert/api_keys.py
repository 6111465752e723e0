"""API keys."""

from __future__ import annotations

from collections.abc import Iterable

from quilt_core.domain.admin import ApiKey, ApiKeyStatus
from quilt_core.http import wire


def api_key(node: wire.Node) -> ApiKey:
    """An API key (fragment `ApiKeyFields`)."""
    status = wire.text(node, "status")
    if status not in {member.value for member in ApiKeyStatus}:
        wire.wrong("status", status, "ACTIVE or EXPIRED")
    return ApiKey(
        id=wire.text(node, "id"),
        name=wire.text(node, "name"),
        fingerprint=wire.text(node, "fingerprint"),
        created_at=wire.time(node, "createdAt"),
        expires_at=wire.time(node, "expiresAt"),
        last_used_at=wire.optional_time(node, "lastUsedAt"),
        user_email=wire.text(node, "userEmail"),
        status=ApiKeyStatus(status),
    )


def sorted_keys(nodes: Iterable[wire.Node]) -> list[ApiKey]:
    """API keys, newest first, then by id."""
    keys = [api_key(node) for node in nodes]
    return sorted(keys, key=lambda key: (-key.created_at.timestamp(), key.id))
