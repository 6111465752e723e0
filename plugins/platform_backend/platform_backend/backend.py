"""Make the backend: one connection, and one object per group of operations."""

from __future__ import annotations

from quilt_registry.auth.quilt3_config import with_quilt3_config
from quilt_registry.aws.access import AwsAccess
from quilt_registry.connection import Connection
from quilt_registry.graphql.documents import DocumentLibrary
from quilt_registry.operations import (
    CatalogOperations,
    ObjectOperations,
    PackageSearchOperations,
    QueryOperations,
    registry_operations,
)

from platform_backend.aws import AwsOperations
from platform_backend.content import ContentOperations
from platform_backend.packages.access import PackageAccess
from platform_backend.packages.comparison import PackageDiffOperations
from platform_backend.packages.deleting import PackageDeleteOperations
from platform_backend.packages.lifecycle import LifecycleOperations
from platform_backend.packages.reading import PackageReadOperations
from platform_backend.packages.writing import PackageWriteOperations
from quilt_core.plugins import BackendPlugin
from quilt_core.settings import Settings

DOCUMENTS = DocumentLibrary("platform_backend")
HOOK_VERSION = 1
"""The version of the hook contract for which this backend is written."""


def build_backend(settings: Settings) -> BackendPlugin:
    """The backend for one connection; no request is made."""
    connection = Connection(with_quilt3_config(settings), DOCUMENTS)
    aws = AwsAccess(connection)
    access = PackageAccess(connection, aws)
    return BackendPlugin(
        name="platform",
        hook_version=HOOK_VERSION,
        implementers=(
            CatalogOperations(connection),
            PackageSearchOperations(connection),
            PackageReadOperations(access),
            PackageDiffOperations(access),
            PackageWriteOperations(access),
            PackageDeleteOperations(access),
            LifecycleOperations(access),
            ContentOperations(access),
            ObjectOperations(
                connection,
                s3=lambda: aws.s3(connection.identity()),
                engine=lambda: aws.engine(connection.identity()),
            ),
            QueryOperations(lambda: aws.athena(connection.identity())),
            AwsOperations(connection, aws),
            *registry_operations(connection),
        ),
        close=connection.close,
    )
