"""`quiltops admin apply`, `export` and `schema`, as seen on a terminal and by a program."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quilt_core import administration
from quilt_core.cli import admin_file
from quilt_core.cli.admin_file import PENDING_EXIT_CODE
from quilt_core.testing.memory import MemoryCatalog

Cli = Callable[..., Any]
APPLY = ("admin", "apply")
WRITES = ("admin_create_", "admin_set_", "admin_update_", "admin_delete_", "admin_remove_")


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], str]:
    """Writes an administration file and returns its path."""

    def write(text: str) -> str:
        path = tmp_path / "access.yaml"
        path.write_text(f"version: 1\n{text}", encoding="utf-8")
        return str(path)

    return write


def wrote(ended: Any) -> list[str]:
    return [name for name in ended.operations if name.startswith(WRITES)]


def test_without_a_terminal_nothing_is_asked_and_nothing_is_done(
    cli: Cli, file: Callable[[str], str]
) -> None:
    ended = cli(*APPLY, file("users: {reader: {admin: true}}"))
    assert ended.code == PENDING_EXIT_CODE
    assert ended.out.splitlines() == [
        "~ user reader",
        "    admin: false -> true",
        "Not in the file, and left alone: users admin",
        "The file has no buckets, policies, roles, default_role, sso: left alone.",
        "Plan: 1 to update.",
    ]
    assert "Nothing was done. Give --yes to go ahead." in ended.err
    assert wrote(ended) == []


def test_a_dry_run_never_asks(cli: Cli, file: Callable[[str], str]) -> None:
    path = file("users: {reader: {admin: true}}")
    ended = cli(*APPLY, path, "--dry-run", "--yes", terminal=True, stdin="y\n")
    assert (ended.code, wrote(ended)) == (PENDING_EXIT_CODE, [])


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 130)])
def test_on_a_terminal_the_plan_is_shown_first(
    cli: Cli, file: Callable[[str], str], catalog: MemoryCatalog, answer: str, code: int
) -> None:
    path = file("users: {reader: {active: false}}")
    ended = cli(*APPLY, path, terminal=True, stdin=answer)
    assert ended.code == code
    assert "Make these changes?" in ended.err
    assert "  reader: may no longer log in" in ended.out
    assert catalog.users["reader"].is_active is (code != 0)
    assert ("done: update user reader (active)" in ended.out) is (code == 0)


def test_a_change_during_the_prompt_is_a_conflict(
    cli: Cli,
    file: Callable[[str], str],
    catalog: MemoryCatalog,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def meanwhile(question: str) -> None:
        catalog.add_role("Other")
        catalog.add_user("eve", role="Other")

    monkeypatch.setattr(admin_file, "confirm", meanwhile)
    ended = cli(*APPLY, file("users: {reader: {admin: true}}"), terminal=True)
    assert ended.code == 6
    assert "has changed since the plan was shown" in ended.err
    assert wrote(ended) == []


def test_a_second_run_has_nothing_to_do(good: Cli, file: Callable[[str], str]) -> None:
    path = file("roles: {New: {policies: []}}\nusers: {reader: {role: New}}")
    first = good(*APPLY, path, "--yes", "--json").row
    assert (first["outcome"], len(first["results"])) == ("done", 2)
    second = good(*APPLY, path, "--yes")
    assert "Nothing to change." in second.out
    assert wrote(second) == []
    assert good(*APPLY, path, "--json").row["outcome"] == "unchanged"


def test_with_json_there_is_no_prompt(cli: Cli, file: Callable[[str], str]) -> None:
    path = file("users: {reader: {admin: true}, eve: {email: e@b.example, role: Readers}}")
    ended = cli(*APPLY, path, "--json", terminal=True, stdin="y\n")
    assert ended.code == PENDING_EXIT_CODE
    row = ended.row
    assert (row["outcome"], row["results"]) == ("pending", None)
    (change,) = row["plan"]["changes"]
    assert change == {
        "action": "update",
        "kind": "user",
        "name": "reader",
        "fields": [{"field": "admin", "before": False, "after": True}],
        "operation": "set_user_admin",
    }
    assert [one["name"] for one in row["plan"]["skipped"]] == ["eve"]


def test_users_are_left_out_unless_invitations_are_allowed(
    cli: Cli, file: Callable[[str], str], catalog: MemoryCatalog
) -> None:
    path = file("users: {eve: {email: e@b.example, role: Readers}}")
    ended = cli(*APPLY, path, "--yes")
    assert ended.code == PENDING_EXIT_CODE
    assert "user eve: there is no such user, and users are created only with --invite" in ended.out
    assert cli(*APPLY, path, "--yes", "--invite", "--max-invites", "0").code == 2
    assert cli(*APPLY, path, "--yes", "--max-invites", "3").code == 2
    assert "eve" not in catalog.users
    assert cli(*APPLY, path, "--yes", "--invite").code == 0
    assert "eve" in catalog.users


def test_pruning_must_be_requested(
    good: Cli, cli: Cli, file: Callable[[str], str], catalog: MemoryCatalog
) -> None:
    catalog.add_role("Idle")
    path = file("roles: {Readers: {}, Admin: {}}")
    assert "left alone: roles Idle" in good(*APPLY, path, "--yes").out
    assert catalog.find_role("Idle")
    ended = good(*APPLY, path, "--yes", "--prune")
    assert "- role Idle" in ended.out
    assert catalog.find_role("Idle") is None


def test_failures_are_listed_one_by_one_and_the_exit_code_is_that_of_their_class(
    cli: Cli, file: Callable[[str], str]
) -> None:
    path = file("buckets: {nowhere: {title: x}}\nusers: {reader: {admin: true}}")
    ended = cli(*APPLY, path, "--yes")
    assert ended.code == 5
    assert "failed: create bucket nowhere (title): There is no S3 bucket 'nowhere'." in ended.out
    assert "done: update user reader (admin)" in ended.out
    assert "1 of 2 changes were made." in ended.err
    row = cli(*APPLY, path, "--yes", "--json").row
    assert row["outcome"] == "failed"
    assert row["results"][0]["error"]["error"] == "NotFoundError"


def test_every_problem_has_a_line_of_its_own(cli: Cli, file: Callable[[str], str]) -> None:
    path = file("usres: {}\nusers: {reader: {role: Nope, rol: x}}")
    ended = cli(*APPLY, path)
    assert ended.code == 2
    assert "line 2: usres: there is no such field." in ended.err
    assert "line 3: users.reader.rol: there is no such field. Did you mean 'role'?" in ended.err
    assert "2 things are wrong with the file; nothing was done." in ended.err
    error = json.loads(cli(*APPLY, path, "--json").err.splitlines()[-1])
    assert [one["line"] for one in error["context"]["problems"]] == [2, 3]


def test_administrators_cannot_lock_themselves_out(cli: Cli, file: Callable[[str], str]) -> None:
    for field in ("admin", "active"):
        ended = cli(*APPLY, file(f"users: {{admin: {{{field}: false}}}}"), "--yes")
        assert ended.code == 2
        assert "this is you" in ended.err


def test_the_file_may_be_standard_input(cli: Cli, good: Cli) -> None:
    text = "version: 1\nusers: {reader: {admin: true}}"
    assert cli(*APPLY, "-", stdin=text, terminal=True).code == PENDING_EXIT_CODE
    assert "done:" in good(*APPLY, "-", "--yes", stdin=text).out


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_an_export_applies_without_a_change(
    good: Cli, tmp_path: Path, catalog: MemoryCatalog, form: tuple[str, ...]
) -> None:
    catalog.add_user("é\x1b[2J", role="Readers")
    path = tmp_path / "out.yaml"
    assert good("admin", "export", str(path), *form).out == ""
    ended = good(*APPLY, str(path), "--prune", "--invite")
    assert "Nothing to change." in ended.out
    printed = good("admin", "export", *form).out
    assert printed == path.read_text("utf-8")
    assert "\x1b" not in printed
    administration.parse_document(printed)


def test_an_export_overwrites_a_file_only_when_told_to(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "out.yaml"
    path.write_text("mine")
    ended = cli("admin", "export", str(path))
    assert (ended.code, path.read_text()) == (2, "mine")
    assert "--force" in ended.err
    assert cli("admin", "export", str(path), "--force").code == 0
    assert path.read_text() != "mine"
    assert cli("admin", "export", str(tmp_path / "none" / "out.yaml")).code == 2


def test_a_full_disk_leaves_the_previous_file(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path = tmp_path / "out.yaml"
    path.write_text("mine")
    path.chmod(0o640)
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fail)
        ended = cli("admin", "export", str(path), "--force")
    assert ended.code == 2
    assert "No space left" in ended.err
    assert path.read_text() == "mine"
    assert cli("admin", "export", str(path), "--force").code == 0
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_the_schema_is_printed_by_its_command(good: Cli) -> None:
    assert json.loads(good("admin", "schema").out) == administration.json_schema()


def test_no_access_code_is_shown(cli: Cli, file: Callable[[str], str]) -> None:
    path = file("roles: {Readers: {signup: {page: p, access_code: open-sesame-1}}}")
    for more in ((), ("--json",), ("--yes",), ("--yes", "--json", "--verbose")):
        ended = cli(*APPLY, path, *more)
        assert "open-sesame-1" not in ended.out + ended.err
    exported = cli("admin", "export")
    assert "page: p" in exported.out
    assert "open-sesame-1" not in exported.out + exported.err


def test_odd_names_do_not_move_the_cursor_of_the_terminal(
    cli: Cli, file: Callable[[str], str]
) -> None:
    path = file('roles: {"a\\e[2J\\u202eb": {policies: []}}')
    ended = cli(*APPLY, path)
    assert ended.code == PENDING_EXIT_CODE
    assert "+ role a\\x1b[2J\\u202eb" in ended.out
    assert not {"\x1b", "\u202e"} & set(ended.out + ended.err)


def test_buckets_can_be_tested_and_reindexed(good: Cli, cli: Cli, catalog: MemoryCatalog) -> None:
    tried = good("admin", "buckets", "test", "bucket", "--json")
    assert tried.row["name"] == "bucket"
    assert tried.operations == ["admin_get_bucket", "admin_update_bucket"]
    done = good("admin", "buckets", "reindex", "bucket", "raw/", "--json").row
    assert done == {"action": "admin_reindex_bucket", "subject": "bucket"}
    assert catalog.buckets["bucket"].last_indexed
    assert cli("admin", "buckets", "reindex", "nowhere-x").code == 5
    assert cli("admin", "buckets", "reindex", "bucket", "").code == 2
