"""Make the backend for one connection."""

from __future__ import annotations

from quilt_registry.auth.quilt3_config import with_quilt3_config
from quilt_registry.operations import QueryOperations, registry_operations

from quilt3_backend.aws import AwsOperations
from quilt3_backend.catalog import CatalogOperations
from quilt3_backend.connection import Connection
from quilt3_backend.content import ContentOperations
from quilt3_backend.objects import ObjectOperations
from quilt3_backend.packages.deleting import PackageDeleteOperations
from quilt3_backend.packages.lifecycle import LifecycleOperations
from quilt3_backend.packages.reading import PackageReadOperations
from quilt3_backend.packages.writing import PackageWriteOperations
from quilt3_backend.search.operations import PackageSearchOperations
from quilt_core.plugins import BackendPlugin
from quilt_core.settings import Settings

HOOK_VERSION = 1
"""The version of the hook contract for which this backend is written."""


def build_backend(settings: Settings) -> BackendPlugin:
    """The backend for one connection; no request is made."""
    connection = Connection(with_quilt3_config(settings))
    return BackendPlugin(
        name="quilt3",
        hook_version=HOOK_VERSION,
        implementers=(
            CatalogOperations(connection),
            PackageSearchOperations(connection),
            PackageReadOperations(connection),
            PackageWriteOperations(connection),
            PackageDeleteOperations(connection),
            LifecycleOperations(connection),
            ContentOperations(connection),
            ObjectOperations(connection),
            QueryOperations(connection.athena),
            AwsOperations(connection),
            *registry_operations(connection.registry),
        ),
        close=connection.close,
    )
