"""The operations that are the same for all backends, with the same GraphQL.

A backend registers them with `registry_operations`; packages and their content, which differ
between backends, are in the backends.
"""

from __future__ import annotations

from quilt_core.plugins import deferred
from quilt_registry.connection import Connection

BucketOperations = deferred("quilt_registry.operations.buckets:BucketOperations", "list_buckets")
CatalogOperations = deferred(
    "quilt_registry.operations.catalog:CatalogOperations",
    "get_auth_status",
    "get_catalog_config",
    "configure_catalog",
    "get_registry_url",
    "get_graphql_endpoint",
    "get_graphql_auth_headers",
    "execute_graphql_query",
    "get_catalog_link",
    "switch_role",
    "health",
)
PackageSearchOperations = deferred(
    "quilt_registry.operations.search:PackageSearchOperations", "search_packages"
)
ObjectOperations = deferred(
    "quilt_registry.operations.objects:ObjectOperations",
    "list_objects",
    "get_object_info",
    "open_object",
    "put_object",
    "search_objects",
)
QueryOperations = deferred(
    "quilt_registry.operations.query:QueryOperations",
    "query",
    "start_query",
    "get_query",
    "cancel_query",
    "list_query_tables",
)
TabulatorOperations = deferred(
    "quilt_registry.operations.tabulator:TabulatorOperations",
    "list_tabulator_tables",
    "get_tabulator_table",
    "create_tabulator_table",
    "update_tabulator_table",
    "rename_tabulator_table",
    "delete_tabulator_table",
    "get_open_query_status",
    "set_open_query",
)
ApiKeyOperations = deferred(
    "quilt_registry.operations.api_keys:ApiKeyOperations",
    "list_api_keys",
    "get_api_key",
    "create_api_key",
    "revoke_api_key",
)
AdminUserOperations = deferred(
    "quilt_registry.operations.admin.users:AdminUserOperations",
    "admin_list_users",
    "admin_get_user",
    "admin_create_user",
    "admin_delete_user",
    "admin_set_user_email",
    "admin_set_user_admin",
    "admin_set_user_active",
    "admin_reset_user_password",
    "admin_set_user_role",
    "admin_add_user_roles",
    "admin_remove_user_roles",
)
AdminRoleOperations = deferred(
    "quilt_registry.operations.admin.roles:AdminRoleOperations",
    "admin_list_roles",
    "admin_get_role",
    "admin_get_default_role",
    "admin_create_role",
    "admin_update_role",
    "admin_delete_role",
    "admin_set_default_role",
)
AdminPolicyOperations = deferred(
    "quilt_registry.operations.admin.policies:AdminPolicyOperations",
    "admin_list_policies",
    "admin_get_policy",
    "admin_create_policy",
    "admin_update_policy",
    "admin_delete_policy",
)
AdminSsoOperations = deferred(
    "quilt_registry.operations.admin.sso:AdminSsoOperations",
    "admin_get_sso_config",
    "admin_set_sso_config",
    "admin_remove_sso_config",
)
AdminBucketOperations = deferred(
    "quilt_registry.operations.admin.buckets:AdminBucketOperations",
    "admin_list_buckets",
    "admin_get_bucket",
    "admin_add_bucket",
    "admin_update_bucket",
    "admin_remove_bucket",
    "admin_reindex_bucket",
)
AdminApiKeyOperations = deferred(
    "quilt_registry.operations.admin.api_keys:AdminApiKeyOperations",
    "admin_list_api_keys",
    "admin_get_api_key",
    "admin_revoke_api_key",
)


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
