# Generated from the synchronous facade: `make docs-reference` writes this module.
"""Asynchronous form of `CatalogOps`, a part of the facade."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quilt_core.aio.calls import AsyncGroup
from quilt_core.domain.buckets import BucketInfo
from quilt_core.domain.catalog import AuthStatus, CatalogConfig, Health
from quilt_core.domain.names import Registry
from quilt_core.domain.packages import PackageInfo
from quilt_core.ops.addressing import PackageGiven
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

    async def get_catalog_link(
        self,
        target: PackageGiven | PackageInfo | BucketInfo,
        registry: str | Registry | None = None,
        path: str = "",
        top_hash: str | None = None,
        version_id: str | None = None,
    ) -> str:
        """The address of a page in the catalog, to send to somebody.

        Parameters
        ----------
        target:
            A package's name or `quilt+s3://` URI; a `PackageInfo`, which stands for its revision; a
            `BucketInfo`; or `s3://bucket/key`, with `?versionId=…` for one version and a slash at
            the end for a "directory".
        registry, path, top_hash:
            For a package's name: where it is, what in it, and which revision.
        version_id:
            The version of an object whose URI names none.

        Raises
        ------
        NotSupportedError
            When no catalog is known, or for a registry that no catalog shows.
        NotFoundError
            When `top_hash` is not a whole hash and fits no revision; nothing else is looked at.
        """
        return await self._calls.run(
            self._ops.get_catalog_link, target, registry, path, top_hash, version_id
        )

    async def switch_role(self, role: str) -> AuthStatus:
        """Make another of my roles the active one, for every login of mine; see the hook.

        Raises `NotFoundError` or `ValidationError` when I have no such role.
        """
        return await self._calls.run(self._ops.switch_role, role)

    async def health(self) -> Health:
        """Tell whether the registry is there, as anybody may ask; see the hook `health`."""
        return await self._calls.run(self._ops.health)
