"""Catalog operations: identity, addresses, raw GraphQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quilt_core import auth_context
from quilt_core.domain.catalog import AuthStatus, CatalogConfig, Health, catalog_page
from quilt_core.domain.names import PackageName, Registry, RevisionRef
from quilt_core.errors import AuthenticationError, NotSupportedError, ProtocolError
from quilt_core.hookspecs import hookimpl
from quilt_registry import raw_query
from quilt_registry.auth_status import auth_status
from quilt_registry.connection import Connection
from quilt_registry.endpoint import HOW_TO_CONFIGURE
from quilt_registry.graphql.result_unions import unwrap
from quilt_registry.health import health


class CatalogOperations:
    """Implements the hooks of `quilt_core.hookspecs.catalog` over a connection to a registry."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @hookimpl
    def get_auth_status(self) -> AuthStatus:
        """GraphQL `me`; without credentials no request is made."""
        return auth_status(self._connection)

    @hookimpl
    def get_catalog_config(self, catalog_url: str | None) -> CatalogConfig:
        """`GET {catalog}/config.json`, without credentials."""
        url = catalog_url or self._connection.catalog_url()
        if url is None:
            raise AuthenticationError("No catalog is configured.", hint=HOW_TO_CONFIGURE)
        return self._connection.fetch_config(url)

    @hookimpl
    def configure_catalog(self, catalog_url: str) -> CatalogConfig:
        """Move this connection to another catalog; refused if that would move other users, too."""
        self._refuse_for_many_users()
        config = self._connection.fetch_config(catalog_url)
        self._connection.move_to(config)
        return config

    @hookimpl
    def get_registry_url(self) -> str:
        """The registry to which calls go."""
        return self._connection.identity().target.registry_url

    @hookimpl
    def get_graphql_endpoint(self) -> str:
        """The endpoint: configured, derived or learnt."""
        return self._connection.client().endpoint

    @hookimpl
    def get_graphql_auth_headers(self) -> dict[str, str]:
        """The bearer token, valid now."""
        bearer = self._connection.identity().bearer
        return {} if bearer is None else {"Authorization": f"Bearer {bearer.value()}"}

    @hookimpl
    def execute_graphql_query(
        self, query: str, variables: Mapping[str, Any] | None, registry: str | None
    ) -> dict[str, Any]:
        """Sends any document; another registry gets none of this connection's credentials."""
        return raw_query.execute(self._connection, query, variables, registry)

    @hookimpl
    def get_catalog_link(
        self,
        package_name: PackageName | None,
        registry: Registry,
        path: str,
        top_hash: RevisionRef,
        version_id: str | None,
    ) -> str:
        """An address below the catalog's; makes no request."""
        if registry.bucket is None:
            raise NotSupportedError(
                "get_catalog_link",
                reason=f"{registry} is not a bucket, and a catalog shows buckets only.",
            )
        catalog_url = self._connection.catalog_url()
        if catalog_url is None:
            raise NotSupportedError(
                "get_catalog_link",
                reason="no catalog is configured.",
                hint="Configure its address: connect(catalog_url=…), QUILT_CATALOG_URL.",
            )
        return catalog_page(
            catalog_url,
            registry.bucket,
            package_name=package_name,
            top_hash=top_hash.value,
            path=path,
            version_id=version_id,
        )

    @hookimpl
    def switch_role(self, role: str) -> AuthStatus:
        """GraphQL `switchRole`, and `me` for the answer."""
        identity = self._connection.identity()
        client = self._connection.client_of(identity)
        if client.bearer is None:
            raise auth_context.not_logged_in("Only a user has roles to switch between.")
        data = client.run("switch_role", {"role": role})
        try:
            unwrap(
                data.get("switchRole"),
                "Me",
                doing=f"switch to the role {role!r}",
                hint="get_auth_status().roles names your roles.",
            )
        finally:
            with identity.lock:
                identity.aws = None  # possibly issued for the former role
        status = auth_status(self._connection)
        if status.role != role:
            raise ProtocolError(
                f"The registry accepted the role {role!r}, but the active role is {status.role!r}.",
                context={"role": role},
            )
        return status

    @hookimpl
    def health(self) -> Health:
        """One anonymous request."""
        return health(self._connection)

    def _refuse_for_many_users(self) -> None:
        if self._connection.settings.multitenant or auth_context.current() is not None:
            raise NotSupportedError(
                "configure_catalog",
                reason="this connection serves many users, and changing the catalog would affect "
                "all of them; open one connection per catalog.",
            )
