"""Options of a backend on the command line: how they are given, shown, and refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quilt_core import Option, Secret, backend_options
from quilt_core.testing import memory

Cli = Callable[..., Any]


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The options with which the memory backend was created; it declares some for these tests."""
    found: list[dict[str, Any]] = []
    original = memory.create_backend

    @backend_options(
        Option("database", type=Path, default=Path("a.db"), help="The file."),
        Option("limit", type=int),
        Option("password", type=Secret),
    )
    def create_backend(settings: Any) -> Any:
        found.append(dict(settings.options))
        return original(settings)

    monkeypatch.setattr(memory, "create_backend", create_backend)
    return found


def test_options_reach_the_backend_from_any_source(good: Cli, seen: list[Any]) -> None:
    good("--option", "limit=3", "buckets", "--option", "database=x=y.db", "list",
         "--option", "limit=4")  # fmt: skip
    assert seen[-1] == {"database": Path("x=y.db"), "limit": 4, "password": None}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("limt=3", "Did you mean 'limit'?"),
        ("limit=many", "it must be a whole number"),
        ("limit", "is not NAME=VALUE"),
        ("=3", "is not NAME=VALUE"),
    ],
)
def test_a_wrong_option_is_refused(cli: Cli, seen: list[Any], given: str, told: str) -> None:
    ended = cli("buckets", "list", "--option", given)
    assert ended.code == 2
    assert told in ended.err


@pytest.mark.parametrize("command", [("config", "show"), ("doctor",)])
@pytest.mark.parametrize("form", [(), ("--json",)])
def test_options_are_shown_with_their_sources_and_secrets_are_not(
    good: Cli, seen: list[Any], monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...], form: tuple[str, ...],
) -> None:  # fmt: skip
    monkeypatch.setenv("QUILT_OPTION_PASSWORD", "hunter22")
    ended = good(*command, "--option", "limit=3", *form)
    assert "hunter22" not in ended.out + ended.err
    if form:
        found = ended.row["settings"] if command == ("doctor",) else ended.rows
        rows = {row["setting"]: (row["value"], row["from"]) for row in found}
        assert rows["options.limit"] == (3, "argument")
        assert rows["options.database"] == ("a.db", "default")
        assert rows["options.password"] == ("***", "environment variable QUILT_OPTION_PASSWORD")
    else:
        assert "options.limit" in ended.out


def test_declared_options_are_listed(good: Cli, seen: list[Any]) -> None:
    rows = {row["name"]: row for row in good("plugins", "--check", "--json").row}
    assert rows["memory"]["options"] == [
        "database: Path = a.db (The file.)", "limit: int", "password: Secret",
    ]  # fmt: skip
    assert "options" not in good("plugins", "--json").row[0]
    checks = {check["name"]: check for check in good("doctor", "--json").row["checks"]}
    assert "database: Path = a.db" in checks["backend memory"]["detail"]


def test_the_secret_of_a_backend_that_cannot_be_loaded_is_not_shown(
    good: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUILT_OPTION_PASSWORD", "hunter22")
    ended = good("config", "show", "--backend", "nowhere", "--json")
    rows = {row["setting"]: row["value"] for row in ended.rows}
    assert rows["options.password"] == "***"


def test_the_list_of_profiles_shows_no_option_that_may_be_a_secret(
    good: Cli, tmp_path: Path
) -> None:
    (tmp_path / "config.toml").write_text(
        '[profiles.a]\nregion = "x"\ntokn = "hunter22"\n'
        '[profiles.a.options]\npassword = "hunter22"\nkey = { env = "A_KEY" }\n'
    )
    row = good("config", "profiles", "--json").row["settings"]
    assert row["options"] == {"password": "***", "key": {"env": "A_KEY"}}
    assert (row["region"], row["tokn"]) == ("x", "***")
