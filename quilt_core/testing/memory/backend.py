"""Make the in-memory backend: one object per operation group."""

from __future__ import annotations

from quilt_core.plugins.records import BackendPlugin
from quilt_core.testing.memory.access import AdminAccessOperations
from quilt_core.testing.memory.admin import AdminBucketOperations, AdminUserOperations
from quilt_core.testing.memory.content import ContentOperations
from quilt_core.testing.memory.objects import ObjectOperations
from quilt_core.testing.memory.packages import PackageReadOperations
from quilt_core.testing.memory.registry_operations import (
    ApiKeyOperations,
    BucketOperations,
    CatalogOperations,
    TabulatorOperations,
)
from quilt_core.testing.memory.revisions import PackageWriteOperations
from quilt_core.testing.memory.search import PackageSearchOperations
from quilt_core.testing.memory.session import Session
from quilt_core.testing.memory.store import MemoryCatalog

_NO_AWS = "there is no AWS behind it"
_NO_SERVICE = "there is no registry service behind it"

HOOK_VERSION = 1
"""The version of the hook contract for which this backend is written."""

UNSUPPORTED = {
    "get_graphql_endpoint": _NO_SERVICE,
    "get_graphql_auth_headers": _NO_SERVICE,
    "execute_graphql_query": _NO_SERVICE,
    "get_boto3_client": _NO_AWS,
    "get_boto3_session": _NO_AWS,
    "get_storage_options": _NO_AWS,
}


def build_backend(catalog: MemoryCatalog, user: str | None) -> BackendPlugin:
    """The backend over `catalog`, acting as `user`."""
    session = Session(catalog, user)
    classes = (
        CatalogOperations,
        BucketOperations,
        PackageReadOperations,
        PackageSearchOperations,
        PackageWriteOperations,
        ContentOperations,
        ObjectOperations,
        TabulatorOperations,
        ApiKeyOperations,
        AdminUserOperations,
        AdminBucketOperations,
        AdminAccessOperations,
    )
    return BackendPlugin(
        name="memory",
        hook_version=HOOK_VERSION,
        implementers=[operations(session) for operations in classes],
        unsupported=UNSUPPORTED,
        user=None if user is None else f"{catalog.identifier} {user}",
    )
