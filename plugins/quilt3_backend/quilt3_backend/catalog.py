"""Catalog operations: identity, addresses, and raw GraphQL."""

from __future__ import annotations

from quilt_registry.operations.catalog import CatalogOperations as RegistryCatalogOperations

from quilt3_backend.connection import Connection
from quilt3_backend.errors import quilt3_errors
from quilt3_backend.quilt3_import import quilt3, untracked
from quilt_core.domain.catalog import CatalogConfig
from quilt_core.hookspecs import hookimpl


class CatalogOperations(RegistryCatalogOperations):
    """The registry's own answers, and quilt3's configuration if a user asks for it.

    A catalog's configuration is read completely; `quilt3.config()` keeps only a part of it
    (docs/protocol.md, A).
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection.registry)

    @hookimpl
    def configure_catalog(self, catalog_url: str) -> CatalogConfig:
        """Move the connection; also write quilt3's configuration, as `quilt3.config(url)` does."""
        self._refuse_for_many_users()
        config = self._connection.fetch_config(catalog_url)
        with quilt3_errors(f"configure quilt3 for {catalog_url}"):
            untracked(quilt3().config)(catalog_url)
        self._connection.move_to(config)
        return config
