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
        """Tell who the registry says that we are.

        Returns
        -------
        AuthStatus
            User, active role and all roles. Without credentials, `is_authenticated` is False;
            that is an answer and not an error.

        Raises
        ------
        AuthenticationError
            When credentials are there and the registry refuses them.
        TransportError, ProtocolError
            As every operation that asks the registry.
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
            When none is given and none is configured.
        ValidationError
            When the address is malformed.
        TransportError, ProtocolError
            As every operation that asks the registry.
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
            As every operation that asks the registry.
        """
        return await self._calls.run(self._ops.configure_catalog, catalog_url)

    async def get_registry_url(self) -> str:
        """Tell the address of the registry service.

        Returns
        -------
        str
            `https://…` without a slash at the end.

        Raises
        ------
        AuthenticationError
            When none is configured; the message lists every way to configure one.
        TransportError, ProtocolError
            As every operation that asks the registry, when the catalog has to be asked.
        """
        return await self._calls.run(self._ops.get_registry_url)

    async def get_graphql_endpoint(self) -> str:
        """Tell where GraphQL queries go.

        Returns
        -------
        str
            The endpoint's address.

        Raises
        ------
        AuthenticationError
            When no registry is configured; the message lists every way to configure one.
        TransportError, ProtocolError
            As every operation that asks the registry, when the catalog has to be asked.
        """
        return await self._calls.run(self._ops.get_graphql_endpoint)

    async def get_graphql_auth_headers(self) -> dict[str, str]:
        """Give the headers that authenticate at `get_graphql_endpoint()`, and belong to no other
        host.

        Returns
        -------
        dict[str, str]
            `Authorization` with a token that is valid now; empty for an anonymous connection.

        Raises
        ------
        AuthenticationError
            When the token has expired and cannot be refreshed.
        TransportError, ProtocolError
            As every operation that asks the registry, when the token has to be refreshed.
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
            The `https://` address of another registry service, which gets none of our
            credentials; None for this connection's own.

        Returns
        -------
        dict
            `{"data": …}`.

        Raises
        ------
        ValidationError
            When the document is empty, or the registry says that it is invalid.
        BackendError
            When the response has errors; the message has all of them.
        AuthenticationError, PermissionDeniedError, TransportError, ProtocolError
            As every operation that asks the registry.
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
        """Give the address of a page in the catalog, to send to somebody.

        Parameters
        ----------
        target:
            A package's name or `quilt+s3://` URI; a `PackageInfo`, which stands for its revision;
            a `BucketInfo`; or `s3://bucket/key`, with `?versionId=…` for one version and a slash
            at the end for a "directory".
        registry:
            For a package's name: where it is; the configured registry by default.
        path:
            For a package: a file or directory in it; "" for the package.
        top_hash:
            For a package: the revision, in every form that `top_hash` takes; None for the latest.
        version_id:
            The version of an object whose URI names none.

        Returns
        -------
        str
            The page's address. Whether anything is there is not checked.

        Raises
        ------
        NotSupportedError
            When no catalog is known, or no catalog shows the registry.
        NotFoundError
            When `top_hash` is not a whole hash and fits no revision.
        ValidationError
            When the target is malformed, or an argument does not go with it.
        AuthenticationError, PermissionDeniedError, TransportError, ProtocolError
            As every operation that asks the registry.
        """
        return await self._calls.run(
            self._ops.get_catalog_link, target, registry, path, top_hash, version_id
        )

    async def switch_role(self, role: str) -> AuthStatus:
        """Make another of my roles the active one, for every login of mine.

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
            When I have no such role; nothing is changed then.
        AuthenticationError
            When nobody is logged in.
        TransportError, ProtocolError
            As every operation that asks the registry.
        """
        return await self._calls.run(self._ops.switch_role, role)

    async def health(self) -> Health:
        """Tell whether the registry service is there, as anybody may ask.

        Returns
        -------
        Health
            A registry that does not answer is an answer, with `reachable` False, and not an
            error.

        Raises
        ------
        AuthenticationError
            When no registry is configured; the message lists every way to configure one.
        NotFoundError
            When only a catalog is configured, and there is none at that address.
        """
        return await self._calls.run(self._ops.health)
