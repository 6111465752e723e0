"""`quiltops admin roles` with a default bucket and a signup; the access code is never shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quilt_core import RoleSignup
from quilt_core.testing.memory import MemoryCatalog

Cli = Callable[..., Any]
CODE = "open-sesame"


@pytest.fixture
def code_file(tmp_path: Path) -> str:
    path = tmp_path / "code"
    path.write_text(f"{CODE}\n", encoding="utf-8")
    return str(path)


def test_role_details_are_set_kept_changed_and_removed(
    good: Cli, catalog: MemoryCatalog, code_file: str
) -> None:
    offer = ("--signup-page", "join", "--signup-code-file", code_file)
    command = ("admin", "roles", "create", "New", "--default-bucket", "bucket", *offer, "--json")
    made = good(*command)
    assert made.row["default_bucket"] == "bucket"
    assert made.row["signup"] == {"page": "join", "title": None, "description": None}
    assert CODE not in made.out + made.err

    update = ("admin", "roles", "update", "New")
    assert good(*update, "--signup-title", "Join", "--json").row["signup"]["title"] == "Join"
    role = catalog.find_role("New")
    assert role is not None
    assert role.signup == RoleSignup(page="join", access_code=CODE, title="Join")
    assert role.default_bucket == "bucket"

    changed = good(*update, "--no-default-bucket", "--json").row
    assert (changed["default_bucket"], changed["signup"]["page"]) == (None, "join")
    assert good(*update, "--no-signup", "--json").row["signup"] is None


def test_a_dry_run_does_not_show_the_code(good: Cli) -> None:
    offer = ("--signup-page", "join", "--signup-code-file", "-")
    shown = good("admin", "roles", "create", "New", *offer, "--dry-run", "--json", stdin=CODE)
    assert shown.row["arguments"]["signup"]["page"] == "join"
    assert CODE not in shown.out + shown.err
