"""Catalog operations of the facade."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quilt_core.domain.catalog import AuthStatus, CatalogConfig, Health
from quilt_core.errors import ValidationError
from quilt_core.ops.group import OperationGroup
from quilt_core.ops.parsing import parse_text
from quilt_core.urls import parse_http_url


class CatalogOps(OperationGroup):
    """Who we are, where the registry is, and raw GraphQL."""

    def get_auth_status(self) -> AuthStatus:
        """Tell who the registry says that we are; see the hook `get_auth_status`."""
        return self._dispatch.call("get_auth_status", AuthStatus)

    def get_catalog_config(self, catalog_url: str | None = None) -> CatalogConfig:
        """Read a catalog's configuration, the configured one's by default.

        Raises `NotFoundError` when there is none at that address; see the hook.
        """
        url = None if catalog_url is None else parse_http_url(catalog_url, "catalog_url")
        return self._dispatch.call("get_catalog_config", CatalogConfig, catalog_url=url)

    def configure_catalog(self, catalog_url: str) -> CatalogConfig:
        """Make a catalog the one that this connection uses, and return its configuration."""
        url = parse_http_url(catalog_url, "catalog_url")
        return self._dispatch.call("configure_catalog", CatalogConfig, catalog_url=url)

    def get_registry_url(self) -> str:
        """The registry's https:// address; `AuthenticationError` when none is configured."""
        return self._dispatch.call("get_registry_url", str)

    def get_graphql_endpoint(self) -> str:
        """Where GraphQL queries go."""
        return self._dispatch.call("get_graphql_endpoint", str)

    def get_graphql_auth_headers(self) -> dict[str, str]:
        """Headers that authenticate at `get_graphql_endpoint()` and belong to no other host."""
        return self._dispatch.call("get_graphql_auth_headers", dict)

    def execute_graphql_query(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        registry: str | None = None,
    ) -> dict[str, Any]:
        """Send a GraphQL document and return the whole response, `{"data": …}`.

        Raises `BackendError` when the response has errors; see the hook. `registry` is the
        https:// address of another registry, which gets none of our credentials.
        """
        parse_text(query, "query", "{ me { name } }")
        if variables is not None and not isinstance(variables, Mapping):
            raise ValidationError(f"variables={variables!r} is not a mapping.")
        url = None if registry is None else parse_http_url(registry, "registry")
        return self._dispatch.call(
            "execute_graphql_query", dict, query=query, variables=variables, registry=url
        )

    def health(self) -> Health:
        """Tell whether the registry is there, as anybody may ask; see the hook `health`."""
        return self._dispatch.call("health", Health)
