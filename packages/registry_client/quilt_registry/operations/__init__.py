"""The operations that are the same for all backends, with the same GraphQL.

A backend registers them with `registry_operations`; packages and their content, which differ
between backends, are in the backends.
"""

from __future__ import annotations

from quilt_registry.connection import Connection
from quilt_registry.operations.admin import (
    AdminApiKeyOperations,
    AdminBucketOperations,
    AdminPolicyOperations,
    AdminRoleOperations,
    AdminSsoOperations,
    AdminUserOperations,
)
from quilt_registry.operations.api_keys import ApiKeyOperations
from quilt_registry.operations.buckets import BucketOperations
from quilt_registry.operations.catalog import CatalogOperations
from quilt_registry.operations.objects import ObjectOperations
from quilt_registry.operations.query import QueryOperations
from quilt_registry.operations.search import PackageSearchOperations
from quilt_registry.operations.tabulator import TabulatorOperations

__all__ = [
    "AdminApiKeyOperations",
    "AdminBucketOperations",
    "AdminPolicyOperations",
    "AdminRoleOperations",
    "AdminSsoOperations",
    "AdminUserOperations",
    "ApiKeyOperations",
    "BucketOperations",
    "CatalogOperations",
    "ObjectOperations",
    "PackageSearchOperations",
    "QueryOperations",
    "TabulatorOperations",
    "registry_operations",
]


def registry_operations(connection: Connection) -> tuple[object, ...]:
    """The implementers that every backend registers unchanged.

    `CatalogOperations`, `PackageSearchOperations`, `ObjectOperations` and `QueryOperations` are not
    among them, because a backend may extend them (the quilt3 backend also writes quilt3's
    configuration, and supports folders).

    Parameters
    ----------
    connection:
        The connection that they share; no request is made before an operation is called.
    """
    return (
        BucketOperations(connection),
        TabulatorOperations(connection),
        ApiKeyOperations(connection),
        AdminUserOperations(connection),
        AdminRoleOperations(connection),
        AdminPolicyOperations(connection),
        AdminSsoOperations(connection),
        AdminBucketOperations(connection),
        AdminApiKeyOperations(connection),
    )
