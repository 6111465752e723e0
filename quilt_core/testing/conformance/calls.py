"""A valid call of each operation's facade method, for tests of refusal and of wiring."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from quilt_core.domain.admin import BucketSettings
from quilt_core.ops import QuiltOps

_PACKAGE = {"package_name": "team/data"}
_REVISION = {**_PACKAGE}
_BUCKET = {"bucket": "bucket"}
_TABLE = {**_BUCKET, "table_name": "table"}
_USER = {"name": "ada"}
_ROLE = {"id_or_name": "role"}
_QUERY = {"query_id": "00000000-0000-4000-8000-000000000000"}
"""An id as Athena gives them: those of the core's engine do not belong to a backend."""
_SMALL_FOLDER = Path(__file__).parent
"""The current folder may hold a whole environment, which would take minutes to read."""

_ARGUMENTS: dict[str, dict[str, Any]] = {
    "configure_catalog": {"catalog_url": "https://catalog.example.com"},
    "execute_graphql_query": {"query": "{ me { name } }"},
    "get_package_info": _REVISION,
    "list_package_versions": _PACKAGE,
    "get_package_metadata": _REVISION,
    "diff_packages": {"package1_name": "team/data", "package2_name": "team/data"},
    "update_package_revision": {**_PACKAGE, "remove": ["a"]},
    "delete_package": _PACKAGE,
    "browse_content": _REVISION,
    "get_content_url": {**_REVISION, "path": "a"},
    "list_objects": {"uri": "s3://bucket"},
    "get_object_info": {"uri": "s3://bucket/a"},
    "open_object": {"uri": "s3://bucket/a"},
    "put_object": {"source": b"a", "uri": "s3://bucket/a"},
    "push_package": {**_PACKAGE, "source": {"a": b"a"}},
    "download_package": {**_REVISION, "destination": "a-folder", "dry_run": True},
    "verify_package": {**_REVISION, "folder": _SMALL_FOLDER},
    "open_content": {**_REVISION, "path": "a"},
    "read_content": {**_REVISION, "path": "a"},
    "query": {"sql": 'SELECT count(*) FROM "bucket_package_tag"'},
    "start_query": {"sql": 'SELECT count(*) FROM "bucket_package_tag"'},
    "get_query": _QUERY,
    "cancel_query": _QUERY,
    "list_tabulator_tables": _BUCKET,
    "get_tabulator_table": _TABLE,
    "create_tabulator_table": {**_TABLE, "config": "schema: []"},
    "update_tabulator_table": {**_TABLE, "config": "schema: []"},
    "rename_tabulator_table": {**_BUCKET, "old_name": "a", "new_name": "b"},
    "delete_tabulator_table": _TABLE,
    "get_catalog_link": {"target": "team/data"},
    "switch_role": {"role": "role"},
    "promote_package": {**_PACKAGE, "destination": "s3://second-bucket"},
    "rollback_package": {**_PACKAGE, "top_hash": "0" * 64},
    "set_open_query": {"enabled": True},
    "get_api_key": {"key_id": "1"},
    "create_api_key": {"name": "ci"},
    "revoke_api_key": {"key_id": "1"},
    "get_boto3_client": {"service_name": "s3"},
    "admin_get_user": _USER,
    "admin_create_user": {**_USER, "email": "ada@example.com", "role": "role"},
    "admin_delete_user": _USER,
    "admin_set_user_email": {**_USER, "email": "ada@example.com"},
    "admin_set_user_admin": {**_USER, "admin": True},
    "admin_set_user_active": {**_USER, "active": True},
    "admin_reset_user_password": _USER,
    "admin_set_user_role": {**_USER, "role": "role"},
    "admin_add_user_roles": {**_USER, "roles": ["role"]},
    "admin_remove_user_roles": {**_USER, "roles": ["role"]},
    "admin_get_role": _ROLE,
    "admin_create_role": {"name": "role", "policies": []},
    "admin_update_role": {**_ROLE, "name": "other"},
    "admin_delete_role": _ROLE,
    "admin_set_default_role": _ROLE,
    "admin_get_policy": {"policy_id": "1"},
    "admin_create_policy": {"title": "policy", "permissions": []},
    "admin_update_policy": {"policy_id": "1", "title": "other"},
    "admin_delete_policy": {"policy_id": "1"},
    "admin_set_sso_config": {"config": "version: '1.0'"},
    "admin_get_bucket": {"name": "bucket"},
    "admin_add_bucket": {"name": "bucket", "settings": BucketSettings(title="t")},
    "admin_update_bucket": {"name": "bucket", "settings": BucketSettings(title="t")},
    "admin_remove_bucket": {"name": "bucket"},
    "admin_reindex_bucket": {"name": "bucket"},
    "admin_get_api_key": {"key_id": "1"},
    "admin_revoke_api_key": {"key_id": "1"},
}


def facade_method(ops: QuiltOps, operation: str) -> Callable[..., Any]:
    """The facade's method for an operation."""
    if operation.startswith("admin_"):
        method: Callable[..., Any] = getattr(ops.admin, operation.removeprefix("admin_"))
    else:
        method = getattr(ops, operation)
    return method


def example_call(
    ops: QuiltOps, operation: str, registry: str
) -> tuple[Callable[..., Any], dict[str, Any]]:
    """The facade's method for an operation, and valid arguments."""
    arguments = dict(_ARGUMENTS.get(operation, {}))
    if operation == "create_package_revision":
        uri = "s3://bucket/a" if registry.startswith("s3://") else "file:///a"
        arguments = {**_PACKAGE, "s3_uris": {"a": uri}}
    return facade_method(ops, operation), arguments
