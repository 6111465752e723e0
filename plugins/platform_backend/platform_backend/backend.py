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

from platform_backend.packages.access import PackageAccess
from quilt_core.plugins import BackendPlugin, deferred
from quilt_core.settings import Settings

DOCUMENTS = DocumentLibrary("platform_backend")
HOOK_VERSION = 1
"""The version of the hook contract for which this backend is written."""

PackageReadOperations = deferred(
    "platform_backend.packages.reading:PackageReadOperations",
    "list_all_packages",
    "get_package_info",
    "list_package_versions",
    "get_package_metadata",
)
PackageDiffOperations = deferred(
    "platform_backend.packages.comparison:PackageDiffOperations", "diff_packages"
)
PackageWriteOperations = deferred(
    "platform_backend.packages.writing:PackageWriteOperations",
    "create_package_revision",
    "update_package_revision",
    "promote_package",
)
PackageDeleteOperations = deferred(
    "platform_backend.packages.deleting:PackageDeleteOperations", "delete_package"
)
LifecycleOperations = deferred(
    "platform_backend.packages.lifecycle:LifecycleOperations", "list_workflows", "rollback_package"
)
ContentOperations = deferred(
    "platform_backend.content:ContentOperations", "browse_content", "get_content_url"
)
AwsOperations = deferred(
    "platform_backend.aws:AwsOperations",
    "get_boto3_client",
    "get_boto3_session",
    "get_storage_options",
)


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
