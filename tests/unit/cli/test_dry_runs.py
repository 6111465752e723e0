"""`--dry-run`: each command that writes shows what it would do, and calls nothing that writes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quilt_core.testing.memory import MemoryCatalog

Cli = Callable[..., Any]
TABLE = """schema:
- {name: island, type: STRING}
source: {type: quilt-packages, package_name: ^a/b$, logical_key: .*csv$}
parser: {format: csv, header: true}
"""
USER = ("admin", "users")
# The command, what the printed call must contain, and the operation that reads the current state.
CASES: list[tuple[tuple[str, ...], dict[str, Any], str | None]] = [
    (("catalog", "configure", "https://memory.example.com"), {}, "get_catalog_config"),
    (("objects", "put", "-", "s3://bucket/one"), {"uri": "s3://bucket/one"}, "get_object_info"),
    (("tabulator", "create", "bucket", "new", "-"), {"table_name": "new"}, "get_tabulator_table"),
    (("tabulator", "update", "bucket", "one", "-"), {"config": TABLE}, "get_tabulator_table"),
    (("tabulator", "rename", "bucket", "one", "two"), {}, "get_tabulator_table"),
    (("tabulator", "delete", "bucket", "one"), {"table_name": "one"}, "get_tabulator_table"),
    (("tabulator", "open-query", "on"), {"enabled": True}, "get_open_query_status"),
    (("api-keys", "create", "ci", "--days", "5"), {"name": "ci", "expires_in_days": 5}, None),
    (
        (*USER, "create", "new", "n@example.com", "--role", "Readers"),
        {"name": "new"},
        "admin_get_user",
    ),
    ((*USER, "delete", "reader"), {"name": "reader"}, "admin_get_user"),
    ((*USER, "set-email", "reader", "e@example.com"), {"email": "e@example.com"}, "admin_get_user"),
    ((*USER, "set-admin", "reader", "yes"), {"admin": True}, "admin_get_user"),
    ((*USER, "set-active", "reader", "no"), {"active": False}, "admin_get_user"),
    ((*USER, "reset-password", "reader"), {"name": "reader"}, "admin_get_user"),
    ((*USER, "set-role", "reader", "Admin"), {"role": "Admin"}, "admin_get_user"),
    ((*USER, "add-roles", "reader", "--role", "Admin"), {"roles": ["Admin"]}, "admin_get_user"),
    ((*USER, "remove-roles", "reader", "--role", "Readers"), {}, "admin_get_user"),
    (("admin", "roles", "create", "New"), {"name": "New"}, "admin_get_role"),
    (("admin", "roles", "update", "Readers", "--name", "New"), {}, "admin_get_role"),
    (("admin", "roles", "delete", "Readers"), {}, "admin_get_role"),
    (("admin", "roles", "default", "Readers"), {}, "admin_get_default_role"),
    (("admin", "policies", "create", "New", "--allow", "bucket:READ"), {"title": "New"}, None),
    (("admin", "buckets", "add", "other", "--title", "O"), {"name": "other"}, "admin_get_bucket"),
    (("admin", "buckets", "update", "bucket", "--title", "O"), {}, "admin_get_bucket"),
    (("admin", "buckets", "remove", "bucket"), {"name": "bucket"}, "admin_get_bucket"),
    (("admin", "sso", "set", "-"), {}, "admin_get_sso_config"),
    (("admin", "sso", "remove"), {}, "admin_get_sso_config"),
]


@pytest.mark.parametrize(
    ("arguments", "wanted", "reading"), CASES, ids=[" ".join(case[0][:3]) for case in CASES]
)
def test_a_dry_run_only_reads(
    good: Cli,
    arguments: tuple[str, ...],
    wanted: dict[str, Any],
    reading: str | None,
) -> None:
    good("tabulator", "create", "bucket", "one", "-", stdin=TABLE)
    good("objects", "put", "-", "s3://bucket/one", stdin=TABLE)
    shown = good(*arguments, "--dry-run", "--json", stdin=TABLE)
    again = "rename" in arguments or "--name" in arguments  # the new name, too
    assert shown.operations == ([reading] * (1 + again) if reading else [])
    assert shown.row["written"] is False
    assert wanted.items() <= shown.row["arguments"].items()
    # A new catalog has no default role.
    creates = not {"create", "add"}.isdisjoint(arguments)  # what it reads is not there
    nothing = (None, "admin_get_default_role", "get_catalog_config")
    assert (shown.row["now"] is None) is (creates or reading in nothing)


def test_policies_and_api_keys(good: Cli) -> None:
    policy = good("admin", "policies", "create", "P", "--allow", "bucket:READ", "--json").row
    key = good("api-keys", "create", "ci", "--json").row["api_key"]
    for arguments, there in (
        (("admin", "policies", "update", policy["id"], "--title", "Q"), policy),
        (("admin", "policies", "delete", policy["id"]), policy),
        (("api-keys", "revoke", key["id"]), key),
        (("admin", "api-keys", "revoke", key["id"]), key),
    ):
        shown = good(*arguments, "--dry-run", "--json")
        assert shown.row["now"]["id"] == there["id"]
        assert not [one for one in shown.operations if "_get_" not in f"_{one}"]


def test_a_role_can_get_its_own_name(good: Cli) -> None:
    role = good("admin", "roles", "get", "Readers", "--json").row
    for one in (role["id"], "Readers"):
        planned = good("admin", "roles", "update", one, "--name", "Readers", "--dry-run", "--json")
        assert planned.row["now"]["id"] == role["id"]


def test_a_missing_user(cli: Cli) -> None:
    ended = cli("admin", "users", "delete", "nobody", "--dry-run")
    assert (ended.code, ended.out) == (5, "")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("create", "t/new", "s3://bucket/not-there"), 5),
        (("create", "t/new", "s3://bucket/in/a.csv", "--workflow", "none-such"), 2),
        (("create", "t/new", "file:///no/such/file"), 2),
        (("update", "t/p", "s3://bucket/not-there"), 5),
        (("update", "t/none", "s3://bucket/in/a.csv"), 5),
        (("update", "t/p"), 2),
    ],
)
def test_a_dry_run_fails_as_the_write_would(
    cli: Cli, package: str, arguments: tuple[str, ...], code: int
) -> None:
    assert cli("packages", *arguments, "--dry-run").code == code
    assert cli("packages", *arguments).code == code


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("objects", "put", "no/such/file", "s3://bucket/x"), 2),
        (("objects", "put", ".", "s3://bucket/x"), 2),
        (("objects", "put", "-", "s3://no-such-bucket/x"), 5),
        (("objects", "put", "-", "s3://bucket/x?versionId=1"), 2),
        (("objects", "put", "-", "no uri"), 2),
        (("auth", "switch-role", "Nobody"), 5),
        (("api-keys", "create", "ci", "--days", "0"), 2),
        (("api-keys", "create", "ci", "--days", "366"), 2),
        (("admin", "users", "create", "", "n@example.com", "--role", "Readers"), 2),
        (("admin", "buckets", "add", "NOT a bucket", "--title", "O"), 2),
        (("tabulator", "create", "bucket", "one", "-"), 6),
        (("tabulator", "rename", "bucket", "one", "two"), 6),
        (("tabulator", "rename", "bucket", "none", "two"), 5),
        (("admin", "users", "create", "reader", "n@example.com", "--role", "Readers"), 6),
        (("admin", "roles", "create", "Readers"), 6),
        (("admin", "roles", "update", "Readers", "--name", "Admin"), 6),
        (("admin", "buckets", "add", "bucket", "--title", "O"), 6),
        (("catalog", "configure", "no address"), 2),
        (("catalog", "configure", "https://c.example.com"), 5),
        (("promote", "t/p", "s3://other", "--expected-top-hash", "0" * 64), 6),
        (("promote", "t/p", "s3://other", "--expected-top-hash", "xyz"), 2),
        (("promote", "t/p", "s3://other", "--workflow", "nope"), 2),
        (("promote", "t/p", "s3://bucket"), 2),
        (("promote", "t/p", "s3://no-such-bucket"), 5),
        (("promote", "t/none", "s3://other"), 5),
        (("rollback", "t/p", "{hash}", "--expected-top-hash", "0" * 64), 6),
        (("rollback", "t/p", "{hash}", "--expected-top-hash", "none"), 6),
        (("rollback", "t/p", "{hash}", "--expected-top-hash", "xyz"), 2),
        (("rollback", "t/p", "0" * 64), 5),
        (("rollback", "t/p"), 2),
        (("push", "{folder}", "t/p", "--workflow", "nope"), 2),
        (("push", "{folder}", "t/p", "--expected-top-hash", "none"), 6),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_other_dry_runs_fail_as_the_write_would(
    good: Cli,
    cli: Cli,
    catalog: MemoryCatalog,
    package: str,
    tmp_path: Path,
    arguments: tuple[str, ...],
    code: int,
) -> None:
    catalog.add_bucket("other")
    for table in ("one", "two"):
        good("tabulator", "create", "bucket", table, "-", stdin=TABLE)
    (tmp_path / "file").write_bytes(b"1")
    top_hash = good("packages", "info", package, "--json").row["top_hash"]
    given = [one.format(hash=top_hash, folder=tmp_path) for one in arguments]
    ended = cli(*given, "--dry-run", stdin="a")
    assert (ended.code, ended.out) == (code, "")
    assert cli(*given, stdin="a").code == code


def test_the_output_for_people(good: Cli) -> None:
    shown = good("admin", "users", "set-email", "reader", "e@example.com", "--dry-run").out
    assert "set_user_email" in shown
    assert "e@example.com" in shown
    assert "written" in shown


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (("create", "t/p", "{uri}", "--flat"), {"added": ["new.csv"]}),
        (("create", "t/new", "{uri}", "--flat"), {"added": ["new.csv"], "latest": None}),
        (
            ("update", "t/p", "{uri}", "--flat", "--remove", "in/d"),
            {"added": ["new.csv"], "removed": ["in/d/b.csv"], "replaced": []},
        ),
        (("update", "t/p", "{uri}", "--remove", "in/a.csv"), {"removed": ["in/a.csv"]}),
        (("delete", "t/p"), {"package": "t/p"}),
    ],
)
def test_packages(
    good: Cli,
    catalog: MemoryCatalog,
    package: str,
    arguments: tuple[str, ...],
    wanted: dict[str, Any],
) -> None:
    uri = catalog.put_object("bucket", "in/new.csv", b"3")
    before = good("packages", "versions", package, "--json").rows
    command = [one.format(uri=uri) for one in arguments]
    shown = good("packages", *command, "--dry-run", "--json")
    assert wanted.items() <= shown.row.items()
    assert shown.row["written"] is False
    assert good("packages", "versions", package, "--json").rows == before
    assert good("packages", "list", "--json").rows == [package]


def test_deleting_one_revision(good: Cli, package: str) -> None:
    [version] = good("packages", "versions", package, "--json").rows
    shown = good("packages", "delete", package, "--top-hash", version["top_hash"][:8], "--dry-run",
                 "--json")  # fmt: skip
    assert shown.row["deleted"] == [version["top_hash"]]


def test_removing_a_missing_entry(cli: Cli, package: str) -> None:
    assert cli("packages", "update", package, "--remove", "no/such", "--dry-run").code == 5


def test_a_dry_run_of_a_revision_shows_its_metadata(
    good: Cli, package: str, catalog: MemoryCatalog
) -> None:
    shown = good("packages", "update", "t/p", "--metadata", '{"m": [2]}', "--dry-run")
    assert '{"m": [2]}' in shown.out
    row = good("packages", "update", "t/p", "--metadata", '{"m": [2]}', "--dry-run", "--json").row
    assert row["metadata"] == {"m": [2]}
    uri = catalog.put_object("bucket", "a", b"1")
    made = good("packages", "create", "t/q", uri, "--metadata", '{"m": 1}', "--dry-run", "--json")
    assert made.row["metadata"] == {"m": 1}
    assert "metadata" not in good("packages", "create", "t/q", uri, "--dry-run", "--json").row
    assert "metadata" not in good("packages", "create", "t/q", uri, "--dry-run").out
