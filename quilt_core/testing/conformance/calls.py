"""Calls of the operations' facade methods, for tests that ask the same of all of them."""

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


def calls_on_package(
    ops: QuiltOps, name: str, *, other: str, uri: str, top_hash: str, folder: Path
) -> dict[str, Callable[[], object]]:
    """Calls of the operations on one package, by operation; a blank behind the name of an operation
    tells its second call apart.

    Parameters
    ----------
    ops:
        The connection.
    name:
        The package, whether it exists or not.
    other:
        Another package, which exists.
    uri:
        An object that can become an entry.
    top_hash:
        A revision, for operations that need one.
    folder:
        An existing folder.
    """
    return {
        "get_package_info": lambda: ops.get_package_info(name),
        "get_package_metadata": lambda: ops.get_package_metadata(name),
        "list_package_versions": lambda: ops.list_package_versions(name),
        "diff_packages": lambda: ops.diff_packages(name, other),
        "diff_packages ": lambda: ops.diff_packages(other, name),
        "browse_content": lambda: list(ops.browse_content(name)),
        "get_content_url": lambda: ops.get_content_url(name, path="a"),
        "read_content": lambda: ops.read_content(name, "a"),
        "open_content": lambda: ops.open_content(name, "a"),
        "download_package": lambda: ops.download_package(name, destination=folder / "d"),
        "verify_package": lambda: ops.verify_package(name, folder=folder),
        "update_package_revision": lambda: ops.update_package_revision(name, {"k": uri}),
        "delete_package": lambda: ops.delete_package(name),
        "delete_package ": lambda: ops.delete_package(name, top_hash=top_hash),
        "rollback_package": lambda: ops.rollback_package(name, top_hash=top_hash),
    }
