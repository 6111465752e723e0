"""Every operation has a command, a group per operation group, and every command can print JSON."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quilt_core.hookspecs import operations

Cli = Callable[..., Any]
TABLE = """schema:
- {name: island, type: STRING}
source: {type: quilt-packages, package_name: ^a/b$, logical_key: .*csv$}
parser: {format: csv, header: true}
"""
# The output of a command is for people and files; these would print secrets, or no data at all.
FOR_PROGRAMS_ONLY = {
    "get_boto3_client",
    "get_boto3_session",
    "get_graphql_auth_headers",
    "get_storage_options",
    "open_content",
    "read_content",
}


def packages(cli: Cli, bucket: str, put: Callable[..., str], tmp_path: Path) -> list[Any]:
    one, two = put("in/a.csv", "1"), put("in/b.csv", "2")
    made = cli("packages", "create", "t/p", one, "--flat", "--metadata", '{"n": 1}', "--json")
    top_hash = made.row["top_hash"]
    assert made.row["added"] == ["a.csv"]
    return [
        made,
        cli("packages", "update", "t/p", two, "--flat", "-m", "more", "--json"),
        cli("packages", "list", "--json"),
        cli("packages", "search", "--json"),
        cli("packages", "info", "t/p", "--json"),
        cli("packages", "versions", "t/p", "--json"),
        cli("packages", "metadata", "t/p", "--json"),
        cli("packages", "browse", "t/p", "--json"),
        cli("packages", "diff", "t/p", "--from", top_hash, "--json"),
        cli("content", "url", "t/p", "a.csv", "--json"),
        cli("content", "browse", "t/p", "--json"),
        cli("rollback", "t/p", top_hash, "--json"),
        cli("promote", "t/p", f"s3://{bucket}-second", "--copy", "none", "--json"),
        cli("workflows", "list", "--json"),
        cli("open", "t/p", "a.csv", "--print", "--json"),
        cli("packages", "delete", "t/p", "--yes", "--json"),
    ]


def catalog(cli: Cli, bucket: str, put: Callable[..., str], tmp_path: Path) -> list[Any]:
    config = cli("catalog", "config", "--json")
    status = cli("auth", "status", "--json")
    return [
        config,
        status,
        cli("auth", "switch-role", "DemoReader", "--json"),
        cli("auth", "switch-role", status.row["role"], "--json"),
        cli("buckets", "list", "--json"),
        cli("catalog", "configure", config.row["catalog_url"], "--json"),
        cli("catalog", "graphql", "{ me { name } }", "--json"),
        cli("catalog", "graphql-endpoint", "--json"),
        cli("catalog", "registry-url", "--json"),
        cli("catalog", "health", "--json"),
    ]


def tabulator(cli: Cli, bucket: str, put: Callable[..., str], tmp_path: Path) -> list[Any]:
    file = tmp_path / "table.yaml"
    file.write_text(TABLE)
    return [
        cli("tabulator", "create", bucket, "one", str(file), "--json"),
        cli("tabulator", "list", bucket, "--json"),
        cli("tabulator", "get", bucket, "one", "--json"),
        cli("tabulator", "update", bucket, "one", "-", "--json", stdin=TABLE),
        cli("tabulator", "rename", bucket, "one", "two", "--json"),
        cli("tabulator", "delete", bucket, "two", "--yes", "--json"),
        cli("tabulator", "open-query", "on", "--json"),
        cli("tabulator", "open-query", "off", "--json"),
        cli("tabulator", "open-query", "--json"),
    ]


def objects(cli: Cli, bucket: str, put: Callable[..., str], tmp_path: Path) -> list[Any]:
    source, target, uri = tmp_path / "source", tmp_path / "target", f"s3://{bucket}/o/a.csv"
    source.write_text("x,y")
    made = cli("objects", "put", str(source), uri, "--json")
    assert made.row["uri"].startswith(f"{uri}?versionId=")
    got = cli("objects", "get", uri, str(target), "--json")
    assert target.read_text() == "x,y"
    assert cli("objects", "get", uri, "-").out == "x,y"
    return [
        made,
        got,
        cli("objects", "info", uri, "--json"),
        cli("objects", "list", f"s3://{bucket}/o", "--json"),
        cli("objects", "search", "a.csv", "--json"),
    ]


def api_keys(cli: Cli, bucket: str, put: Callable[..., str], tmp_path: Path) -> list[Any]:
    made, other = (cli("api-keys", "create", name, "--json") for name in ("ci", "cd"))
    first, second = made.row["api_key"]["id"], other.row["api_key"]["id"]
    return [
        made,
        cli("api-keys", "list", "--json"),
        cli("api-keys", "get", first, "--json"),
        cli("admin", "api-keys", "get", first, "--json"),
        cli("admin", "api-keys", "list", "--json"),
        cli("api-keys", "revoke", first, "--yes", "--json"),
        cli("admin", "api-keys", "revoke", second, "--yes", "--json"),
    ]


def access(cli: Cli, bucket: str, put: Callable[..., str], tmp_path: Path) -> list[Any]:
    name = bucket.replace("-", "_")
    policy = cli("admin", "policies", "create", name, "--allow", f"{bucket}:READ", "--json")
    role = cli("admin", "roles", "create", name, "--policy", policy.row["id"], "--json")
    before = cli("admin", "roles", "default", "--json")
    return [
        policy,
        role,
        before,
        cli("admin", "policies", "get", policy.row["id"], "--json"),
        cli("admin", "policies", "list", "--json"),
        cli("admin", "policies", "update", policy.row["id"], "--title", f"{name}_2", "--json"),
        cli("admin", "roles", "get", name, "--json"),
        cli("admin", "roles", "list", "--json"),
        cli("admin", "roles", "update", name, "--name", f"{name}_2", "--json"),
        cli("admin", "roles", "default", before.row["name"], "--json"),
        cli("admin", "roles", "delete", f"{name}_2", "--yes", "--json"),
        cli("admin", "policies", "delete", policy.row["id"], "--yes", "--json"),
    ]


def users(cli: Cli, bucket: str, put: Callable[..., str], tmp_path: Path) -> list[Any]:
    role, *others = (row["name"] for row in cli("admin", "roles", "list", "--json").rows)
    name = bucket.replace("-", "_")
    user = ("admin", "users")
    return [
        cli(*user, "create", name, f"{name}@example.com", "--role", role, "--json"),
        cli(*user, "get", name, "--json"),
        cli(*user, "list", "--json"),
        cli(*user, "set-email", name, f"{name}2@example.com", "--json"),
        cli(*user, "set-admin", name, "yes", "--json"),
        cli(*user, "set-active", name, "no", "--json"),
        cli(*user, "add-roles", name, "--role", others[0], "--json"),
        cli(*user, "set-role", name, others[0], "--extra-role", role, "--json"),
        cli(*user, "remove-roles", name, "--role", role, "--json"),
        cli(*user, "reset-password", name, "--json"),
        cli(*user, "delete", name, "--yes", "--json"),
    ]


def registry(cli: Cli, bucket: str, put: Callable[..., str], tmp_path: Path) -> list[Any]:
    text = 'version: "1.0"\nmappings: []\ndefault_role: DemoReader\n'
    return [
        cli("admin", "buckets", "list", "--json"),
        cli("admin", "buckets", "get", bucket, "--json"),
        cli("admin", "buckets", "update", bucket, "--title", "New", "--json"),
        cli("admin", "buckets", "test", bucket, "--json"),
        cli("admin", "buckets", "reindex", bucket, "--json"),
        cli("admin", "buckets", "remove", bucket, "--yes", "--json"),
        cli("admin", "buckets", "add", bucket, "--title", "Again", "--json"),
        cli("admin", "sso", "set", "-", "--json", stdin=text),
        cli("admin", "sso", "get", "--json"),
        cli("admin", "sso", "remove", "--yes", "--json"),
    ]


def transfers(cli: Cli, bucket: str, put: Callable[..., str], tmp_path: Path) -> list[Any]:
    folder = tmp_path / "to push"
    folder.mkdir(exist_ok=True)
    (folder / "a.csv").write_text("1,2")
    there = tmp_path / "installed"
    return [
        cli("push", str(folder), "t/pushed", "--json"),
        cli("install", "t/pushed", "-o", str(there), "--json"),
        cli("verify", "t/pushed", str(there), "--json"),
    ]


def queries(cli: Cli, bucket: str, put: Callable[..., str], tmp_path: Path) -> list[Any]:
    cli("packages", "create", "t/p", put("in/a.csv", "1"), "--json")
    file = tmp_path / "rows.parquet"
    sql = f"SELECT pkg_name FROM \"{bucket}_package_tag\" WHERE pkg_name = 't/p'"
    found = cli("query", sql, "--engine", "local", "--json")
    assert found.rows == [{"pkg_name": "t/p"}]
    # A query of the local engine ends with the process that started it; Athena's queries do not.
    started = cli("query", "start", sql, "--engine", "athena", "--json")
    query_id = started.row["query_id"]
    looked = cli("query", "status", query_id, "--json")
    assert (looked.row["query_id"], looked.row["engine"]) == (query_id, "athena")
    return [
        found,
        cli("query", "run", sql, "--engine", "local", "-o", str(file), "--json"),
        cli("query", "tables", "--engine", "local", "--json"),
        cli("query", "start", sql, "--engine", "local", "--json"),
        started,
        looked,
        cli("query", "cancel", query_id, "--json"),
    ]


GROUPS = (
    packages,
    catalog,
    objects,
    transfers,
    queries,
    tabulator,
    api_keys,
    access,
    users,
    registry,
)


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.__name__)
def test_each_command_prints_json_and_nothing_else(
    good: Cli, bucket: str, put: Callable[..., str], tmp_path: Path, group: Callable[..., Any]
) -> None:
    for ended in group(good, bucket, put, tmp_path):
        assert isinstance(ended.rows, list)
        assert ended.operations


def test_every_operation_has_a_command(
    good: Cli, bucket: str, put: Callable[..., str], tmp_path: Path
) -> None:
    called = {
        operation
        for group in GROUPS
        for ended in group(good, bucket, put, tmp_path)
        for operation in ended.operations
    }
    assert set(operations()) - called == FOR_PROGRAMS_ONLY
