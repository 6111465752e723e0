# Generated from the hookspecs: `make docs-reference` writes this module.
"""Protocols of the operation group `catalog`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from quilt_core.domain.catalog import AuthStatus, CatalogConfig, Health
from quilt_core.domain.names import PackageName, Registry, RevisionRef


class SupportsGetAuthStatus(Protocol):
    """Implements `get_auth_status`."""

    def get_auth_status(self) -> AuthStatus:
        """See the specification."""
        ...


class SupportsGetCatalogConfig(Protocol):
    """Implements `get_catalog_config`."""

    def get_catalog_config(self, catalog_url: str | None) -> CatalogConfig:
        """See the specification."""
        ...


class SupportsConfigureCatalog(Protocol):
    """Implements `configure_catalog`."""

    def configure_catalog(self, catalog_url: str) -> CatalogConfig:
        """See the specification."""
        ...


class SupportsGetRegistryUrl(Protocol):
    """Implements `get_registry_url`."""

    def get_registry_url(self) -> str:
        """See the specification."""
        ...


class SupportsGetGraphqlEndpoint(Protocol):
    """Implements `get_graphql_endpoint`."""

    def get_graphql_endpoint(self) -> str:
        """See the specification."""
        ...


class SupportsGetGraphqlAuthHeaders(Protocol):
    """Implements `get_graphql_auth_headers`."""

    def get_graphql_auth_headers(self) -> dict[str, str]:
        """See the specification."""
        ...


class SupportsExecuteGraphqlQuery(Protocol):
    """Implements `execute_graphql_query`."""

    def execute_graphql_query(
        self, query: str, variables: Mapping[str, Any] | None, registry: str | None
    ) -> dict[str, Any]:
        """See the specification."""
        ...


class SupportsHealth(Protocol):
    """Implements `health`."""

    def health(self) -> Health:
        """See the specification."""
        ...


class SupportsGetCatalogLink(Protocol):
    """Implements `get_catalog_link`."""

    def get_catalog_link(
        self,
        package_name: PackageName | None,
        registry: Registry,
        path: str,
        top_hash: RevisionRef,
        version_id: str | None,
    ) -> str:
        """See the specification."""
        ...


class SupportsSwitchRole(Protocol):
    """Implements `switch_role`."""

    def switch_role(self, role: str) -> AuthStatus:
        """See the specification."""
        ...


class CatalogOperations(
    SupportsGetAuthStatus,
    SupportsGetCatalogConfig,
    SupportsConfigureCatalog,
    SupportsGetRegistryUrl,
    SupportsGetGraphqlEndpoint,
    SupportsGetGraphqlAuthHeaders,
    SupportsExecuteGraphqlQuery,
    SupportsHealth,
    SupportsGetCatalogLink,
    SupportsSwitchRole,
    Protocol,
):
    """All operations of the group `catalog`."""
