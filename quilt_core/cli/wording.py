"""Hints for the command line: with commands and options instead of methods and arguments."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Mapping
from functools import partial

from quilt_core import plugins
from quilt_core.cli.missing import how_to_install
from quilt_core.hookspecs import operations
from quilt_core.settings import setting_fields

COMMANDS = {
    "get_auth_status": "auth status",
    "get_catalog_config": "catalog config",
    "configure_catalog": "catalog configure",
    "get_registry_url": "catalog registry-url",
    "get_graphql_endpoint": "catalog graphql-endpoint",
    "execute_graphql_query": "catalog graphql",
    "list_buckets": "buckets list",
    "search_packages": "packages search",
    "list_all_packages": "packages list",
    "get_package_info": "packages info",
    "list_package_versions": "packages versions",
    "get_package_metadata": "packages metadata",
    "browse_content": "packages browse",
    "diff_packages": "packages diff",
    "get_content_url": "content url",
    "open_content": "cat",
    "read_content": "cat",
    "create_package_revision": "packages create",
    "update_package_revision": "packages update",
    "delete_package": "packages delete",
    "push_package": "push",
    "download_package": "install",
    "verify_package": "verify",
    "promote_package": "promote",
    "rollback_package": "rollback",
    "get_catalog_link": "open",
    "list_workflows": "workflows list",
    "start_query": "query start",
    "get_query": "query status",
    "cancel_query": "query cancel",
    "list_query_tables": "query tables",
    "switch_role": "auth switch-role",
    "list_objects": "objects list",
    "get_object_info": "objects info",
    "open_object": "objects get",
    "put_object": "objects put",
    "search_objects": "objects search",
    "list_api_keys": "api-keys list",
    "get_api_key": "api-keys get",
    "create_api_key": "api-keys create",
    "revoke_api_key": "api-keys revoke",
    "list_tabulator_tables": "tabulator list",
    "get_tabulator_table": "tabulator get",
    "create_tabulator_table": "tabulator create",
    "update_tabulator_table": "tabulator update",
    "rename_tabulator_table": "tabulator rename",
    "delete_tabulator_table": "tabulator delete",
    "get_open_query_status": "tabulator open-query",
    "set_open_query": "tabulator open-query",
    "admin_list_users": "admin users list",
    "admin_get_user": "admin users get",
    "admin_create_user": "admin users create",
    "admin_list_roles": "admin roles list",
    "admin_get_default_role": "admin roles default",
    "admin_set_default_role": "admin roles default",
    "admin_list_policies": "admin policies list",
    "admin_list_buckets": "admin buckets list",
    "admin_list_api_keys": "admin api-keys list",
    "admin_get_sso_config": "admin sso get",
}
"""The command of each operation that a hint may name."""

_PHRASES = (
    ("Name one, such as registry='s3://my-bucket', or", "Name one with --registry, or"),
    ("a default: connect(registry=…), ", "a default: "),
    ("Give logical keys: {'key': 'uri', …}", "Give logical keys: KEY=URI"),
    ("auto_organize=True for whole paths", "--whole-path"),
    ("allow_unversioned=True (--allow-unversioned)", "--allow-unversioned"),
    ("without an expected top hash, force=True", "without --expected-top-hash, --force"),
    ("force=True", "--force"),
    (
        "Raise the limit, or read the file in parts: open_content().",
        "Print it without --json into a file or a program: `quiltops cat`.",
    ),
    ("Check `include`, `exclude`", "Check --include, --exclude"),
    ("or `exclude`, or", "or --exclude, or"),
    ("a part: `path`, `include`.", "a part: --path, --include."),
    ("so leave out registry, path and top_hash", "so leave out --registry, PATH and --top-hash"),
    ("copy='none'", "--copy none"),
    ("or None for none", "or --no-workflow"),
    ("or pass None for none", "or pass --no-workflow"),
    ("engine='athena'", "--engine athena"),
    ("engine='local'", "--engine local"),
    ("with `exclude`", "with --exclude"),
    ("connect(aws_identity='ambient'), ", ""),
    ("ops.with_options(timeout=…, deadline=…), ", ""),
    ("ops.with_options(timeout=…, deadline=…)", "QUILT_TIMEOUT, QUILT_DEADLINE"),
    ("get_auth_status().roles names", "get_auth_status() names"),
    (", or --backend on the command line", ""),
    ("set `region` (AWS_REGION)", "set AWS_REGION"),
)
"""A Python expression in a hint, and its replacement for the command line."""

_OPTIONS = ("backend", "registry", "profile")
_CONNECT = re.compile(r"(?P<before>, or |, )?connect\((?P<name>\w+)=…\)(?P<after>, or |, )?")
_SETTING = re.compile(
    r"\b(?P<name>[a-z][a-z0-9_]*)='?(?P<value>\w+)'?(?: \((?P<said>[A-Z][A-Z0-9_]*)\))?"
)


def in_commands(hint: str) -> str:
    """Replace the methods and arguments in a hint with commands, options and variables.

    For a command that is not installed, the hint names its distribution; `quilt3 login` is named
    only if quilt3 is installed.
    """
    for said, meant in _PHRASES:
        hint = hint.replace(said, meant)
    hint = _CONNECT.sub(_connect, hint)
    hint = _SETTING.sub(partial(_assigned, _variables()), hint)
    hint = re.sub(r"\b[a-z]+(?:_[a-z0-9]+)+\b(?:\(\))?", _command, hint)
    return _with_what_is_there(hint)


def _connect(found: re.Match[str]) -> str:
    """An argument of `connect` as an option; it is removed from its list if there is no such
    option.
    """
    before, after = found["before"] or "", found["after"] or ""
    if found["name"] in _OPTIONS:
        return f"{before}--{found['name']}{after}"
    return before if before and after else ""


def _assigned(variables: Mapping[str, str], found: re.Match[str]) -> str:
    """A setting as its environment variable; other assignments stay as they are."""
    variable, value, said = variables.get(found["name"]), found["value"], found["said"]
    if variable is None:
        return found[0]
    rest = f" ({said})" if said and said != variable else ""
    return f"{variable}={value.lower() if value in ('True', 'False') else value}{rest}"


def _variables() -> dict[str, str]:
    """The environment variable of each setting that has one."""
    return {
        field.name: field.metadata["env"][0] for field in setting_fields() if field.metadata["env"]
    }


def _command(found: re.Match[str]) -> str:
    name = found[0].removesuffix("()")
    if name not in COMMANDS or name not in operations():
        return found[0]
    return f"`quiltops {COMMANDS[name]}`"


def _with_what_is_there(hint: str) -> str:
    if "`quilt3 " in hint and importlib.util.find_spec("quilt3") is None:
        hint = hint.replace("`quilt3 login`", "`quiltops login`")
    install = how_to_install(("login",), plugins.commands())
    if "`quiltops login" in hint and install is not None:
        hint = f"{hint} The command `quiltops login` is not installed: {install}."
    return hint
