# Generated from the hookspecs: `make docs-reference` writes this module.
"""Protocols of the operation group `api_keys`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from quilt_core.domain.acknowledgement import Acknowledgement
from quilt_core.domain.api_keys import ApiKey, ApiKeyCreated, ApiKeyStatus


class SupportsListApiKeys(Protocol):
    """Implements `list_api_keys`."""

    def list_api_keys(
        self, name: str | None, fingerprint: str | None, status: ApiKeyStatus | None
    ) -> Iterable[ApiKey]:
        """See the specification."""
        ...


class SupportsGetApiKey(Protocol):
    """Implements `get_api_key`."""

    def get_api_key(self, key_id: str) -> ApiKey:
        """See the specification."""
        ...


class SupportsCreateApiKey(Protocol):
    """Implements `create_api_key`."""

    def create_api_key(self, name: str, expires_in_days: int) -> ApiKeyCreated:
        """See the specification."""
        ...


class SupportsRevokeApiKey(Protocol):
    """Implements `revoke_api_key`."""

    def revoke_api_key(self, key_id: str) -> Acknowledgement:
        """See the specification."""
        ...


class ApiKeysOperations(
    SupportsListApiKeys,
    SupportsGetApiKey,
    SupportsCreateApiKey,
    SupportsRevokeApiKey,
    Protocol,
):
    """All operations of the group `api_keys`."""
