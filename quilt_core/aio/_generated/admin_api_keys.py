# Generated from the synchronous facade: `make docs-reference` writes this module.
"""Asynchronous form of `ApiKeyAdminOps`, a part of `ops.admin`."""

from __future__ import annotations

from quilt_core.aio.calls import AsyncGroup
from quilt_core.domain.acknowledgement import Acknowledgement
from quilt_core.domain.api_keys import ApiKey, ApiKeyStatus, ApiKeyStatusName
from quilt_core.domain.listing import Listing
from quilt_core.ops.admin.api_keys import ApiKeyAdminOps


class AsyncApiKeyAdminOps(AsyncGroup):
    """The API keys of all users. Each operation raises `PermissionDeniedError` unless the identity
    is an administrator.
    """

    _ops: ApiKeyAdminOps

    async def list_api_keys(
        self,
        email: str | None = None,
        name: str | None = None,
        fingerprint: str | None = None,
        status: ApiKeyStatus | ApiKeyStatusName | None = None,
    ) -> Listing[ApiKey]:
        """List API keys of all users, newest first, without their secrets.

        Parameters
        ----------
        email:
            Only keys of the user with this address; None for all.
        name:
            Only keys of this name; None for all.
        fingerprint:
            Only keys with this fingerprint; None for all.
        status:
            "ACTIVE", "EXPIRED" or an `ApiKeyStatus`; None for all.

        Returns
        -------
        Listing[ApiKey]
            All of these keys, newest first, then by id.

        Raises
        ------
        ValidationError
            When `status` is not one of these, or another condition is empty.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.list_api_keys, email, name, fingerprint, status)

    async def get_api_key(self, key_id: str) -> ApiKey:
        """Read an API key of any user.

        Parameters
        ----------
        key_id:
            The key's id.

        Returns
        -------
        ApiKey
            The key, without its secret.

        Raises
        ------
        NotFoundError
            When there is no such key.
        ValidationError
            When the id is empty.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.get_api_key, key_id)

    async def revoke_api_key(self, key_id: str) -> Acknowledgement:
        """Revoke an API key of any user.

        Parameters
        ----------
        key_id:
            The key's id.

        Returns
        -------
        Acknowledgement
            A confirmation that it was done.

        Raises
        ------
        NotFoundError
            When there is no such key.
        ValidationError
            When the id is empty.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.revoke_api_key, key_id)
