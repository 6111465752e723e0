"""API keys."""

from __future__ import annotations

from collections.abc import Iterable

from quilt_core.domain.api_keys import ApiKey, ApiKeyStatus
from quilt_registry import fields


def api_key(node: fields.Node) -> ApiKey:
    """An API key (fragment `ApiKeyFields`)."""
    status = fields.get_str(node, "status")
    if status not in {member.value for member in ApiKeyStatus}:
        fields.unexpected("status", status, "ACTIVE or EXPIRED")
    return ApiKey(
        id=fields.get_str(node, "id"),
        name=fields.get_str(node, "name"),
        fingerprint=fields.get_str(node, "fingerprint"),
        created_at=fields.get_time(node, "createdAt"),
        expires_at=fields.get_time(node, "expiresAt"),
        last_used_at=fields.get_optional_time(node, "lastUsedAt"),
        user_email=fields.get_str(node, "userEmail"),
        status=ApiKeyStatus(status),
    )


def sorted_keys(nodes: Iterable[fields.Node]) -> list[ApiKey]:
    """API keys, newest first, then by id."""
    keys = [api_key(node) for node in nodes]
    return sorted(keys, key=lambda key: (-key.created_at.timestamp(), key.id))
