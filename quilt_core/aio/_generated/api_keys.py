# Generated from the synchronous facade: `make docs-reference` writes this module.
"""Asynchronous form of `ApiKeyOps`, a part of the facade."""

from __future__ import annotations

from quilt_core.aio.calls import AsyncGroup
from quilt_core.domain.acknowledgement import Acknowledgement
from quilt_core.domain.api_keys import ApiKey, ApiKeyCreated, ApiKeyStatus, ApiKeyStatusName
from quilt_core.domain.listing import Listing
from quilt_core.ops.api_keys import ApiKeyOps


class AsyncApiKeyOps(AsyncGroup):
    """The API keys of the connection's own user."""

    _ops: ApiKeyOps

    async def list_api_keys(
        self,
        name: str | None = None,
        fingerprint: str | None = None,
        status: ApiKeyStatus | ApiKeyStatusName | None = None,
    ) -> Listing[ApiKey]:
        """List your API keys, newest first, without their secrets.

        Parameters
        ----------
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
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.list_api_keys, name, fingerprint, status)

    async def get_api_key(self, key_id: str) -> ApiKey:
        """Read one of your API keys.

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
            When you have no such key.
        ValidationError
            When the id is empty.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.get_api_key, key_id)

    async def create_api_key(self, name: str, expires_in_days: int = 90) -> ApiKeyCreated:
        """Create an API key for yourself.

        Parameters
        ----------
        name:
            What the key is for.
        expires_in_days:
            The number of days that it is valid, from 1 to 365.

        Returns
        -------
        ApiKeyCreated
            The key with its secret, which is returned only this once.

        Raises
        ------
        ValidationError
            When the name is empty, the number of days is out of range, or the registry refuses
            the key.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.create_api_key, name, expires_in_days)

    async def revoke_api_key(self, key_id: str) -> Acknowledgement:
        """Revoke one of your API keys.

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
            When you have no such key.
        ValidationError
            When the id is empty.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.revoke_api_key, key_id)
