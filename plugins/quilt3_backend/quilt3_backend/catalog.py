"""The catalog room: who we are, where the registry is, and raw GraphQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quilt3_backend.connection import Connection
from quilt3_backend.errors import quilt3_errors
from quilt3_backend.library import quilt3, untracked
from quilt_core import auth_context
from quilt_core.domain.catalog import AuthStatus, CatalogConfig
from quilt_core.errors import AuthenticationError, NotSupportedError
from quilt_core.hookspecs import hookimpl
from quilt_core.registry import raw
from quilt_core.registry.endpoint import HOW_TO_CONFIGURE
from quilt_core.registry.status import auth_status


class Catalog:
    """The hooks of the catalog room."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._registry = connection.registry

    @hookimpl
    def get_auth_status(self) -> AuthStatus:
        """See the hook."""
        return auth_status(self._registry)

    @hookimpl
    def get_catalog_config(self, catalog_url: str | None) -> CatalogConfig:
        """See the hook; not `quilt3.config()`, which keeps a part of it only (note A)."""
        url = catalog_url or self._registry.catalog_url()
        if url is None:
            raise AuthenticationError("No catalog is configured.", hint=HOW_TO_CONFIGURE)
        return self._registry.fetch_config(url)

    @hookimpl
    def configure_catalog(self, catalog_url: str) -> CatalogConfig:
        """See the hook; also writes quilt3's configuration, as `quilt3.config(url)` does."""
        if self._connection.settings.multitenant or auth_context.current() is not None:
            raise NotSupportedError(
                "configure_catalog",
                reason="this connection serves the requests of many users, whom one of them "
                "would move along; open a connection for each catalog.",
            )
        config = self._registry.fetch_config(catalog_url)
        with quilt3_errors(f"configure quilt3 for {catalog_url}"):
            untracked(quilt3().config)(catalog_url)
        self._registry.move_to(config)
        return config

    @hookimpl
    def get_registry_url(self) -> str:
        """See the hook."""
        return self._registry.identity().target.registry_url

    @hookimpl
    def get_graphql_endpoint(self) -> str:
        """See the hook."""
        return self._registry.client().endpoint

    @hookimpl
    def get_graphql_auth_headers(self) -> dict[str, str]:
        """See the hook."""
        bearer = self._registry.identity().bearer
        return {} if bearer is None else {"Authorization": f"Bearer {bearer.value()}"}

    @hookimpl
    def execute_graphql_query(
        self, query: str, variables: Mapping[str, Any] | None, registry: str | None
    ) -> dict[str, Any]:
        """See the hook."""
        return raw.execute(self._registry, query, variables, registry)
