"""Catalog operations: identity, addresses, raw GraphQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quilt_core import auth_context
from quilt_core.domain.catalog import AuthStatus, CatalogConfig, Health
from quilt_core.errors import AuthenticationError, NotSupportedError
from quilt_core.hookspecs import hookimpl
from quilt_registry import raw_query
from quilt_registry.auth_status import auth_status
from quilt_registry.connection import Connection
from quilt_registry.endpoint import HOW_TO_CONFIGURE
from quilt_registry.health import health


class CatalogOperations:
    """Implements the hooks of `quilt_core.hookspecs.catalog` over a connection to a registry."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @hookimpl
    def get_auth_status(self) -> AuthStatus:
        """GraphQL `me`; no request when there is nothing to authenticate with."""
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
        """Move this connection; refused where one user would move the others along."""
        self._refuse_for_many_users()
        config = self._connection.fetch_config(catalog_url)
        self._connection.move_to(config)
        return config

    @hookimpl
    def get_registry_url(self) -> str:
        """The registry that calls go to."""
        return self._connection.identity().target.registry_url

    @hookimpl
    def get_graphql_endpoint(self) -> str:
        """The endpoint, as configured, derived or learnt."""
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
        """Any document; another registry gets none of this one's credentials."""
        return raw_query.execute(self._connection, query, variables, registry)

    @hookimpl
    def health(self) -> Health:
        """One anonymous request."""
        return health(self._connection)

    def _refuse_for_many_users(self) -> None:
        if self._connection.settings.multitenant or auth_context.current() is not None:
            raise NotSupportedError(
                "configure_catalog",
                reason="this connection serves the requests of many users, whom one of them "
                "would move along; open a connection for each catalog.",
            )
