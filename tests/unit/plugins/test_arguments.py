"""No argument is dropped: neutral values, and parameters that every implementation must name."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

import quilt_core
from quilt_core import BackendPlugin, NotSupportedError, hookimpl
from quilt_core.composition import SHARED
from quilt_core.errors import PluginError
from quilt_core.hookspecs import operations
from quilt_core.ops import QuiltOps
from quilt_core.plugins.validation import spec_parameters


def implementation(operation: str, named: list[str], called: list[str]) -> object:
    """An implementer of one operation that accepts these parameters."""
    scope: dict[str, Any] = {"called": called}
    source = f"def {operation}(self, {', '.join(named)}):\n    called.append('{operation}')"
    exec(source, scope)
    return type("One", (), {operation: hookimpl(scope[operation])})()


def connect(implementer: object) -> QuiltOps:
    return quilt_core.connect(
        BackendPlugin(name="test", hook_version=1, implementers=[implementer]),
        registry="s3://bucket",
    )


def refuses_nothing(operation: str) -> Any:
    """The error of a backend that was called and answered None, which leaves a query to the core.

    The core cannot answer it for a backend with a single operation.
    """
    if operation in SHARED:
        return pytest.raises(NotSupportedError, match="leaves this to the core's engine")
    return pytest.raises(PluginError, match="nothing")


PARAMETERS = [
    (operation, name) for operation in operations() for name in spec_parameters(operation)
]


@pytest.mark.parametrize(("operation", "left_out"), PARAMETERS)
def test_an_implementation_that_leaves_out_a_parameter(operation: str, left_out: str) -> None:
    """Without a neutral value, an error at connect; otherwise, any other value is refused."""
    parameters = spec_parameters(operation)
    called: list[str] = []
    one = implementation(operation, [name for name in parameters if name != left_out], called)
    if parameters[left_out].default is inspect.Parameter.empty:
        with pytest.raises(PluginError, match=rf"{operation} without the parameter '{left_out}'"):
            connect(one)
        return
    ops = connect(one)
    assert ops.supports(operation)
    assert not ops.supports(operation, left_out)
    arguments: dict[str, Any] = {name: one.default for name, one in parameters.items()}
    with pytest.raises(NotSupportedError, match=f"does not accept the parameter '{left_out}'"):
        ops._dispatch.call(operation, object, **{**arguments, left_out: "something"})
    assert called == []
    with refuses_nothing(operation):
        ops._dispatch.call(operation, object, **arguments)
    assert called == [operation]


def call_with_no_more_than_needed(ops: QuiltOps) -> dict[str, Callable[[], object]]:
    """Calls each operation with optional parameters, without giving any of them."""
    admin = ops.admin
    uri = "s3://bucket/a"
    return {
        "get_catalog_config": ops.get_catalog_config,
        "admin_reindex_bucket": lambda: admin.reindex_bucket("bucket"),
        "execute_graphql_query": lambda: ops.execute_graphql_query("{ me }"),
        "search_packages": lambda: ops.search_packages(registry="*"),
        "list_all_packages": ops.list_all_packages,
        "get_package_info": lambda: ops.get_package_info("a/b"),
        "get_package_metadata": lambda: ops.get_package_metadata("a/b"),
        "diff_packages": lambda: ops.diff_packages("a/b", "a/c"),
        "create_package_revision": lambda: ops.create_package_revision("a/b", [uri]),
        "update_package_revision": lambda: ops.update_package_revision("a/b", [uri]),
        "delete_package": lambda: ops.delete_package("a/b"),
        "get_catalog_link": lambda: ops.get_catalog_link("a/b"),
        "promote_package": lambda: ops.promote_package("a/b", destination="s3://other-bucket"),
        "rollback_package": lambda: ops.rollback_package("a/b", top_hash="4f4f4f"),
        "browse_content": lambda: ops.browse_content("a/b"),
        "get_content_url": lambda: ops.get_content_url("a/b", path="c"),
        "push_package": lambda: ops.push_package("a/b", {"c": b""}),
        "download_package": lambda: ops.download_package("a/b", "folder"),
        "verify_package": lambda: ops.verify_package("a/b", "folder"),
        "open_content": lambda: ops.open_content("a/b", "c"),
        "list_api_keys": ops.list_api_keys,
        "query": lambda: ops.query("SELECT 1"),
        "start_query": lambda: ops.start_query("SELECT 1"),
        "list_query_tables": ops.list_query_tables,
        "list_objects": lambda: ops.list_objects("s3://bucket"),
        "open_object": lambda: ops.open_object(uri),
        "put_object": lambda: ops.put_object(b"a", uri),
        "search_objects": lambda: ops.search_objects(registry="*"),
        "get_boto3_client": lambda: ops.get_boto3_client("s3"),
        "get_boto3_session": ops.get_boto3_session,
        "get_storage_options": ops.get_storage_options,
        "admin_create_user": lambda: admin.create_user("name", "a@example.com", "role"),
        "admin_set_user_role": lambda: admin.set_user_role("name", "role"),
        "admin_remove_user_roles": lambda: admin.remove_user_roles("name", ["role"]),
        "admin_create_role": lambda: admin.create_role("name", arn="arn:aws:iam::1:role/a"),
        "admin_update_role": lambda: admin.update_role("name", name="other"),
        "admin_create_policy": lambda: admin.create_policy("title", arn="arn:aws:iam::1:policy/a"),
        "admin_update_policy": lambda: admin.update_policy("id", title="title"),
        "admin_list_api_keys": admin.list_api_keys,
    }


GIVEN = {
    "promote_package": ["copy"],
    "create_package_revision": ["message"],
    "update_package_revision": ["message"],
    "admin_create_role": ["arn"],
    "admin_update_role": ["name"],
    "admin_create_policy": ["arn"],
    "admin_update_policy": ["title"],
}
"""Parameters that have a neutral value, and of which the facade gives or wants another one."""


@pytest.mark.parametrize(
    "operation",
    [
        operation
        for operation in operations()
        if any(one.default is not one.empty for one in spec_parameters(operation).values())
    ],
)
def test_values_that_the_facade_fills_in_are_neutral(operation: str) -> None:
    called: list[str] = []
    required = [
        name
        for name, parameter in spec_parameters(operation).items()
        if parameter.default is parameter.empty or name in GIVEN.get(operation, ())
    ]
    ops = connect(implementation(operation, required, called))
    with refuses_nothing(operation):
        call_with_no_more_than_needed(ops)[operation]()
    assert called == [operation]
