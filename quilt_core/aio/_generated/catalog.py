# Generated from the synchronous facade: `make docs-reference` writes this module.
"""Asynchronous form of `CatalogOps`, a part of the facade."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quilt_core.aio.calls import AsyncGroup
from quilt_core.domain.catalog import AuthStatus, CatalogConfig, Health
from quilt_core.ops.catalog import CatalogOps


class AsyncCatalogOps(AsyncGroup):
    """Who we are, where the registry is, and raw GraphQL."""

    _ops: CatalogOps

    async def get_auth_status(self) -> AuthStatus:
        """Tell who the registry says that we are; see the hook `get_auth_status`."""
        return await self._calls.run(self._ops.get_auth_status)

    async def get_catalog_config(self, catalog_url: str | None = None) -> CatalogConfig:
        """Read a catalog's configuration, the configured one's by default.

        Raises `NotFoundError` when there is none at that address; see the hook.
        """
        return await self._calls.run(self._ops.get_catalog_config, catalog_url)

    async def configure_catalog(self, catalog_url: str) -> CatalogConfig:
        """Make a catalog the one that this connection uses, and return its configuration."""
        return await self._calls.run(self._ops.configure_catalog, catalog_url)

    async def get_registry_url(self) -> str:
        """The registry's https:// address; `AuthenticationError` when none is configured."""
        return await self._calls.run(self._ops.get_registry_url)

    async def get_graphql_endpoint(self) -> str:
        """Where GraphQL queries go."""
        return await self._calls.run(self._ops.get_graphql_endpoint)

    async def get_graphql_auth_headers(self) -> dict[str, str]:
        """Headers that authenticate at `get_graphql_endpoint()` and belong to no other host."""
        return await self._calls.run(self._ops.get_graphql_auth_headers)

    async def execute_graphql_query(
        self, query: str, variables: Mapping[str, Any] | None = None, registry: str | None = None
    ) -> dict[str, Any]:
        """Send a GraphQL document and return the whole response, `{"data": …}`.

        Raises `BackendError` when the response has errors; see the hook. `registry` is the
        https:// address of another registry, which gets none of our credentials.
        """
        return await self._calls.run(self._ops.execute_graphql_query, query, variables, registry)

    async def health(self) -> Health:
        """Tell whether the registry is there, as anybody may ask; see the hook `health`."""
        return await self._calls.run(self._ops.health)
