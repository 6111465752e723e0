# Generated from the synchronous facade: `make docs-reference` writes this module.
"""Asynchronous form of `ApiKeyOps`, a part of the facade."""

from __future__ import annotations

from quilt_core.aio.calls import AsyncGroup
from quilt_core.domain.acknowledgement import Acknowledgement
from quilt_core.domain.api_keys import ApiKey, ApiKeyCreated, ApiKeyStatus, ApiKeyStatusName
from quilt_core.domain.listing import Listing
from quilt_core.ops.api_keys import ApiKeyOps


class AsyncApiKeyOps(AsyncGroup):
    """My API keys."""

    _ops: ApiKeyOps

    async def list_api_keys(
        self,
        name: str | None = None,
        fingerprint: str | None = None,
        status: ApiKeyStatus | ApiKeyStatusName | None = None,
    ) -> Listing[ApiKey]:
        """My keys, newest first, without their secrets."""
        return await self._calls.run(self._ops.list_api_keys, name, fingerprint, status)

    async def get_api_key(self, key_id: str) -> ApiKey:
        """One of my keys; `NotFoundError` when it is not there."""
        return await self._calls.run(self._ops.get_api_key, key_id)

    async def create_api_key(self, name: str, expires_in_days: int = 90) -> ApiKeyCreated:
        """Create a key, which works for 1 to 365 days; its secret is shown this once."""
        return await self._calls.run(self._ops.create_api_key, name, expires_in_days)

    async def revoke_api_key(self, key_id: str) -> Acknowledgement:
        """Revoke one of my keys; `NotFoundError` when it is not there."""
        return await self._calls.run(self._ops.revoke_api_key, key_id)
