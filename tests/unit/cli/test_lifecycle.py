"""`quiltops open`, `promote`, `rollback`, `workflows list` and `auth switch-role`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from quilt_core.testing.memory import MemoryCatalog, connect

Cli = Callable[..., Any]


@pytest.fixture
def hashes(catalog: MemoryCatalog) -> list[str]:
    """The hashes of two revisions of a package `team/data`, the older first."""
    catalog.add_bucket("other")
    uri = catalog.put_object("bucket", "a.csv", b"1")
    with connect(catalog, user="admin", registry="s3://bucket") as ops:
        return [
            ops.create_package_revision("team/data", {"a.csv": uri}, message=message).top_hash
            for message in ("one", "two")
        ]


def test_promote(good: Cli, hashes: list[str]) -> None:
    planned = good("promote", "team/data", "s3://other", "--dry-run", "--json").row
    assert (planned["top_hash"], planned["latest_there"]) == (hashes[1], None)
    made = good(
        "promote", "team/data", "s3://other", "--top-hash", hashes[0], "--as", "team/good",
        "--message", "Released", "--json",
    ).row  # fmt: skip
    assert (made["registry"], made["copied"]) == ("s3://other", 1)
    shown = good("packages", "info", "team/good", "--registry", "s3://other", "--json").row
    assert (shown["top_hash"], shown["message"]) == (made["top_hash"], "Released")
    planned = good("promote", "team/data", "s3://other", "--as", "team/good", "--dry-run", "--json")
    assert planned.row["latest_there"] == made["top_hash"]


def test_rollback(good: Cli, cli: Cli, hashes: list[str]) -> None:
    planned = good("rollback", "team/data", hashes[0][:10], "--dry-run", "--json").row
    assert planned["now"]["top_hash"] == hashes[1]
    assert good("packages", "info", "team/data", "--json").row["top_hash"] == hashes[1]
    done = good("rollback", "team/data", hashes[0][:10], "--json").row
    assert (done["top_hash"], done["previous_top_hash"]) == (hashes[0], hashes[1])
    uri = f"quilt+s3://bucket#package=team/data@{hashes[1]}"
    assert good("rollback", uri, "--json").row["top_hash"] == hashes[1]
    ended = cli("rollback", "team/data", hashes[0], "--expected-top-hash", hashes[0])
    assert ended.code != 0
    for latest in ((), ("latest",)):
        ended = cli("rollback", "team/data", *latest)
        assert ended.code == 2
        assert "'latest', the revision is the one that the package has now" in ended.err


def test_workflows(good: Cli, catalog: MemoryCatalog) -> None:
    assert good("workflows", "list", "--json").rows == []
    catalog.set_workflows(
        "bucket", {"default_workflow": "w", "workflows": {"w": {"name": "Weekly"}}}
    )
    [row] = good("workflows", "list", "--json").rows
    assert (row["id"], row["name"], row["is_default"]) == ("w", "Weekly", True)
    assert "Weekly" in good("workflows", "list").out


def test_switch_role(good: Cli, cli: Cli, catalog: MemoryCatalog) -> None:
    catalog.add_user("admin", role="Admin", extra_roles=("Readers",), admin=True)
    planned = good("auth", "switch-role", "Readers", "--dry-run", "--json").row
    assert planned["now"]["role"] == "Admin"
    assert good("auth", "switch-role", "Readers", "--json").row["role"] == "Readers"
    assert good("auth", "status", "--json").row["role"] == "Readers"
    assert cli("auth", "switch-role", "Nobody").code != 0


def test_open(good: Cli, cli: Cli, hashes: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("click.launch", opened.append)
    page = f"{MemoryCatalog.catalog_url}/b/bucket/packages/team/data/tree/"
    assert good("open", "team/data", "a.csv", "--json").row == f"{page}latest/a.csv"
    uri = f"quilt+s3://bucket#package=team/data@{hashes[0]}"
    assert good("open", uri).out.strip() == f"{page}{hashes[0]}"
    assert opened == []  # not on a terminal
    monkeypatch.setattr("quilt_core.cli.links._has_display", lambda: True)
    good("open", uri, "--print")
    assert opened == []
    good("open", uri)
    assert opened == [f"{page}{hashes[0]}"]
    ended = cli("open", uri, "--registry", "s3://other")
    assert ended.code != 0
    assert "--registry" in ended.err


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"DISPLAY": ":0"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True),
        ({}, False),
        ({"DISPLAY": ":0", "SSH_CONNECTION": "1.2.3.4 5 6.7.8.9 22"}, False),
    ],
)
def test_whether_there_is_a_display(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], expected: bool
) -> None:
    from quilt_core.cli.links import _has_display

    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION"):
        monkeypatch.delenv(name, raising=False)
    for name, text in environment.items():
        monkeypatch.setenv(name, text)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert _has_display() is expected
