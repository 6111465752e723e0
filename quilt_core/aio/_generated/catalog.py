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
    """Identity, addresses, health, and raw GraphQL."""

    _ops: CatalogOps

    async def get_auth_status(self) -> AuthStatus:
        """Return the identity under which the registry knows this connection.

        Returns
        -------
        AuthStatus
            The user, the active role and all roles. Without credentials, `is_authenticated` is
            False, and no error is raised.

        Raises
        ------
        AuthenticationError
            When the registry refuses the credentials.
        TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.get_auth_status)

    async def get_catalog_config(self, catalog_url: str | None = None) -> CatalogConfig:
        """Read a catalog's configuration; the request carries no credentials.

        Parameters
        ----------
        catalog_url:
            The catalog's `https://` address; None for the configured one.

        Returns
        -------
        CatalogConfig
            The addresses of the registry service, the region and the name of the stack.

        Raises
        ------
        NotFoundError
            When there is no catalog at that address.
        AuthenticationError
            When no address is given and none is configured.
        ValidationError
            When the address is malformed.
        TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.get_catalog_config, catalog_url)

    async def configure_catalog(self, catalog_url: str) -> CatalogConfig:
        """Make a catalog the one that this connection uses.

        Credentials that belong to another registry are not sent to the new one. The quilt3
        backend also writes quilt3's configuration file, as `quilt3.config(url)` does.

        Parameters
        ----------
        catalog_url:
            The catalog's `https://` address.

        Returns
        -------
        CatalogConfig
            The configuration of the catalog that is now in use.

        Raises
        ------
        NotFoundError
            When there is no catalog at that address; nothing is changed then.
        ValidationError
            When the address is malformed.
        TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.configure_catalog, catalog_url)

    async def get_registry_url(self) -> str:
        """Return the address of the registry service.

        Returns
        -------
        str
            `https://…` without a slash at the end.

        Raises
        ------
        AuthenticationError
            When no registry is configured; the message lists every way to configure one.
        TransportError, ProtocolError
            As for every operation that sends requests to the registry, when the catalog has to be
            asked.
        """
        return await self._calls.run(self._ops.get_registry_url)

    async def get_graphql_endpoint(self) -> str:
        """Return the address to which GraphQL queries are sent.

        Returns
        -------
        str
            The endpoint's address.

        Raises
        ------
        AuthenticationError
            When no registry is configured; the message lists every way to configure one.
        TransportError, ProtocolError
            As for every operation that sends requests to the registry, when the catalog has to be
            asked.
        """
        return await self._calls.run(self._ops.get_graphql_endpoint)

    async def get_graphql_auth_headers(self) -> dict[str, str]:
        """Return the headers that authenticate requests to `get_graphql_endpoint()`; send them to
        no other host.

        Returns
        -------
        dict[str, str]
            `Authorization` with a token that is valid now; empty for an anonymous connection.

        Raises
        ------
        AuthenticationError
            When the token has expired and cannot be refreshed.
        TransportError, ProtocolError
            As for every operation that sends requests to the registry, when the token has to be
            refreshed.
        """
        return await self._calls.run(self._ops.get_graphql_auth_headers)

    async def execute_graphql_query(
        self, query: str, variables: Mapping[str, Any] | None = None, registry: str | None = None
    ) -> dict[str, Any]:
        """Send a GraphQL document and return the whole response.

        Parameters
        ----------
        query:
            The document, with one operation.
        variables:
            Its variables, of JSON types; None for none.
        registry:
            The `https://` address of another registry service, which gets none of this connection's
            credentials; None for this connection's own registry.

        Returns
        -------
        dict
            The response, `{"data": …}`.

        Raises
        ------
        ValidationError
            When the document is empty, or the registry says that it is invalid.
        BackendError
            When the response has errors; the message lists all of them.
        AuthenticationError, PermissionDeniedError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
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
        """Return the address of a page in the catalog, for example to share it.

        Parameters
        ----------
        target:
            A package's name or `quilt+s3://` URI; a `PackageInfo`, which stands for its revision;
            a `BucketInfo`; or `s3://bucket/key`, with `?versionId=…` for one version and a slash
            at the end for a "directory".
        registry:
            For a package's name: the registry of the package; the configured one by default.
        path:
            For a package: a file or directory in it; "" for the package.
        top_hash:
            For a package: the revision, in every form that `top_hash` accepts; None for the latest.
        version_id:
            The version of an object whose URI names none.

        Returns
        -------
        str
            The page's address. It is not checked whether the target exists.

        Raises
        ------
        NotSupportedError
            When no catalog is known, or no catalog shows the registry.
        NotFoundError
            When `top_hash` is abbreviated and fits no revision.
        ValidationError
            When the target is malformed, or an argument does not go with it.
        AuthenticationError, PermissionDeniedError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(
            self._ops.get_catalog_link, target, registry, path, top_hash, version_id
        )

    async def switch_role(self, role: str) -> AuthStatus:
        """Make another of your roles the active one, for all of your logins.

        Parameters
        ----------
        role:
            The name of one of the roles in `get_auth_status().roles`.

        Returns
        -------
        AuthStatus
            The status after the switch.

        Raises
        ------
        NotFoundError, ValidationError
            When you do not have that role; nothing is changed.
        AuthenticationError
            When the connection is not logged in.
        TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.switch_role, role)

    async def health(self) -> Health:
        """Check whether the registry service responds. No login is needed.

        Returns
        -------
        Health
            The health. A registry that does not respond gives `reachable` False, and no error is
            raised.

        Raises
        ------
        AuthenticationError
            When no registry is configured; the message lists every way to configure one.
        NotFoundError
            When only a catalog is configured, and there is no catalog at its address.
        """
        return await self._calls.run(self._ops.health)
