# Generated from the synchronous facade: `make docs-reference` writes this module.
"""Asynchronous form of `ApiKeyAdminOps`, a part of `ops.admin`."""

from __future__ import annotations

from quilt_core.aio.calls import AsyncGroup
from quilt_core.domain.acknowledgement import Acknowledgement
from quilt_core.domain.api_keys import ApiKey, ApiKeyStatus, ApiKeyStatusName
from quilt_core.domain.listing import Listing
from quilt_core.ops.admin.api_keys import ApiKeyAdminOps


class AsyncApiKeyAdminOps(AsyncGroup):
    """All users' keys; `PermissionDeniedError` for everybody but administrators."""

    _ops: ApiKeyAdminOps

    async def list_api_keys(
        self,
        email: str | None = None,
        name: str | None = None,
        fingerprint: str | None = None,
        status: ApiKeyStatus | ApiKeyStatusName | None = None,
    ) -> Listing[ApiKey]:
        """Keys of all users, newest first, without their secrets."""
        return await self._calls.run(self._ops.list_api_keys, email, name, fingerprint, status)

    async def get_api_key(self, key_id: str) -> ApiKey:
        """One key; `NotFoundError` when it is not there."""
        return await self._calls.run(self._ops.get_api_key, key_id)

    async def revoke_api_key(self, key_id: str) -> Acknowledgement:
        """Revoke a key; `NotFoundError` when it is not there."""
        return await self._calls.run(self._ops.revoke_api_key, key_id)
