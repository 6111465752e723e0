"""Catalog operations: identity, addresses, and raw GraphQL."""

from __future__ import annotations

from pathlib import Path

from quilt_registry.operations.catalog import CatalogOperations as RegistryCatalogOperations

from quilt3_backend.connection import Connection
from quilt3_backend.stores.local_errors import local_write_errors
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
        _configure_quilt3(config)
        self._connection.move_to(config)
        return config


def _configure_quilt3(config: CatalogConfig) -> None:
    """Write what `quilt3.config(url)` would, which requests it again without any limit of time."""
    from quilt3 import util

    template = util.read_yaml(util.CONFIG_TEMPLATE)
    of_catalog = {
        "navigator_url": config.catalog_url,
        "registryUrl": config.registry_url,
        "region": config.region,
        "apiGatewayEndpoint": config.api_gateway_endpoint or None,
        "s3Proxy": config.s3_proxy,
    }
    path = Path(util.CONFIG_PATH)
    with local_write_errors("write quilt3's configuration", path):
        util.write_yaml(template | of_catalog, path, keep_backup=True)
