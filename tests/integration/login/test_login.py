"""`quiltops login`: what is checked, made and stored, and what is not."""

from __future__ import annotations

import errno
import json
import stat
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from local_registry.config import RegistryConfig
from local_registry.server import LocalRegistry
from quilt_registry.login import stored_logins
from quilt_registry.login.lookup import find_login

import quilt_core
from quilt_core import AuthenticationError, Settings
from quilt_core.settings import config_path, edit, read_config

from .conftest import (  # type: ignore[import-not-found]
    PASSWORD,
    everything_stored,
    keys_of,
    login_files,
    person,
)

Cli = Callable[..., Any]
BACKENDS = ("platform", "quilt3")


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_password_makes_a_key_that_both_backends_use(
    log_in: Cli, registry: LocalRegistry, user: str, backend: str
) -> None:
    ended = log_in(
        user, "--name", "laptop", "--expires-in-days", "7", "--registry", "s3://demo-data"
    )

    [key] = keys_of(registry, user)
    assert key.name == "laptop"
    assert key.expires_at - datetime.now(UTC) < timedelta(days=7)
    assert ended.row["user"] == user
    assert datetime.fromisoformat(ended.row["expires_at"]) == key.expires_at
    stored = everything_stored()
    assert PASSWORD not in stored
    assert "eyJ" not in stored  # no JWT: neither token of the session

    with quilt_core.connect(backend) as ops:
        assert ops.get_auth_status().user_name == user
        assert ops.get_catalog_config(None).catalog_url == registry.endpoints.catalog_url
        assert list(ops.list_all_packages()) == list(ops.list_all_packages("s3://demo-data"))


def test_the_profile_has_the_addresses_and_the_backend(log_in: Cli, user: str) -> None:
    row = log_in(user, "--backend", "quilt3", "--profile", "work").row

    config = read_config(config_path())
    assert config["default_profile"] == "work"
    assert config["profiles"]["work"] == {
        "catalog_url": row["catalog_url"], "registry_url": row["registry_url"], "backend": "quilt3",
    }  # fmt: skip
    with quilt_core.connect() as ops:
        assert ops.backend_name == "quilt3"
        assert ops.get_auth_status().user_name == user


def test_other_settings_of_an_existing_profile_are_kept(log_in: Cli, user: str) -> None:
    config_path().parent.mkdir()
    config_path().write_text(
        "# mine\n[profiles.work]\ntimeout = 5\n"
        'graphql_endpoint = "https://elsewhere.example.com/graphql"\n'
    )
    log_in(user, "--profile", "work")
    assert config_path().read_text().startswith("# mine\n")
    with quilt_core.connect("platform") as ops:
        assert ops.settings.timeout == 5
        assert ops.get_auth_status().user_name == user


def test_a_code_from_the_page(
    cli: Cli, registry: LocalRegistry, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    monkeypatch.setenv("DISPLAY", ":0")
    identities = registry.context.identities
    found = registry.context.state.users.get(user)
    assert found is not None
    code = identities.issue_code(identities.identify(found))

    ended = cli("login", registry.endpoints.catalog_url, typed=code)

    assert ended.code == 0, ended
    page = f"{registry.endpoints.registry_url}/login"
    assert opened == [page]
    assert page in ended.err
    assert code not in ended.out + ended.err + everything_stored()
    assert len(keys_of(registry, user)) == 1

    again = cli("login", registry.endpoints.catalog_url, typed=code)
    assert again.code == 3
    assert "does not accept this code" in again.err


def test_without_a_display_the_address_is_printed(
    cli: Cli, registry: LocalRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr("webbrowser.open", lambda _: pytest.fail("there is no display"))
    ended = cli("login", registry.endpoints.catalog_url, typed="wrong")
    assert ended.code == 3
    assert f"{registry.endpoints.registry_url}/login" in ended.err


def test_a_key_from_standard_input(cli: Cli, registry: LocalRegistry, user: str) -> None:
    key = registry.api_key(user)
    ended = cli("login", registry.endpoints.catalog_url, "--with-key", "--json", stdin=key + "\n")
    assert ended.code == 0, ended
    [known] = keys_of(registry, user)
    assert datetime.fromisoformat(ended.row["expires_at"]) == known.expires_at
    assert key not in ended.out + ended.err
    assert cli("auth", "token").out == key + "\n"


def test_no_store_prints_only_the_key(cli: Cli, registry: LocalRegistry, user: str) -> None:
    ended = cli(
        "login", registry.endpoints.catalog_url, "--username", user, "--password-stdin",
        "--no-store", stdin=PASSWORD,
    )  # fmt: skip
    assert ended.code == 0, ended
    assert ended.out.startswith("qk_")
    assert ended.out.count("\n") == 1
    assert everything_stored() == ""
    with quilt_core.connect("platform", registry_url=registry.endpoints.registry_url) as ops:
        assert not ops.get_auth_status().is_authenticated


BAD: dict[str, tuple[tuple[str, ...], dict[str, str], int, str]] = {
    "a wrong password": (
        ("--username", "{user}", "--password-stdin"),
        {"stdin": "no"},
        3,
        "does not accept this user with this password (Login attempt failed).",
    ),
    "an empty password": (("--username", "{user}", "--password-stdin"), {"stdin": ""}, 2, "empty"),
    "no terminal for a password": (("--username", "{user}"), {}, 2, "--password-stdin"),
    "no terminal for a code": ((), {}, 2, "not a terminal"),
    "no key": (("--with-key",), {"stdin": "\n"}, 2, "no API key"),
    "a JWT as key": (("--with-key",), {"stdin": "eyJ.a.b"}, 2, "qk_"),
    "an unknown key": (("--with-key",), {"stdin": "qk_unknown"}, 3, "does not accept"),
    "a broken key": (("--with-key",), {"stdin": "qk_a\nb"}, 3, "character"),
    "two ways": (("--with-key", "--username", "ada"), {}, 2, "--with-key"),
    "no such backend": (("--backend", "nope", "--profile", "new"), {}, 11, "nope"),
    "no package registry": (("--registry", "nope", "--profile", "new"), {}, 2, "nope"),
    "a key of 400 days": (("--expires-in-days", "400"), {}, 2, "365"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_reported_in_one_line_and_stores_nothing(
    cli: Cli, registry: LocalRegistry, user: str, case: str
) -> None:
    options, streams, code, said = BAD[case]
    options = tuple(option.format(user=user) for option in options)
    ended = cli("login", registry.endpoints.catalog_url, *options, **streams)
    assert ended.code == code, ended
    assert said in ended.err
    assert "Traceback" not in ended.err
    assert everything_stored() == ""
    assert keys_of(registry, user) == []


@pytest.mark.parametrize(
    ("catalog", "code"),
    [
        ("{registry}", 5),  # which has no config.json
        ("http://127.0.0.1:9", 9),
        ("http://catalog.example.com", 3),  # not https: tokens would be sent unencrypted
        ("ftp://catalog.example.com", 2),
        ("not an address", 2),
        (None, 2),
    ],
)
def test_an_address_that_is_not_a_catalog(
    cli: Cli, registry: LocalRegistry, catalog: str | None, code: int
) -> None:
    given = () if catalog is None else (catalog.format(registry=registry.endpoints.registry_url),)
    ended = cli("login", *given, "--with-key", stdin="qk_key")
    assert ended.code == code, ended
    assert everything_stored() == ""


def test_a_login_that_cannot_be_stored_leaves_nothing_behind(
    cli: Cli, registry: LocalRegistry, user: str, fake_keyring: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Neither a profile, nor a file, nor a key at the registry."""
    fake_keyring.state = "locked"
    config_path().parent.mkdir()
    config_path().write_text('[profiles.mine]\nbackend = "quilt3"\n')
    before = {"profiles": {"mine": {"backend": "quilt3"}}}
    arguments = ("login", registry.endpoints.catalog_url, "--username", user, "--password-stdin")

    ended = cli(*arguments, "--secure", stdin=PASSWORD)
    assert ended.code == 3, ended
    assert "KeyringLocked" in ended.err
    assert (read_config(config_path()), login_files()) == (before, [])
    assert keys_of(registry, user) == []

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(edit, "replace_private", full)
    ended = cli(*arguments, stdin=PASSWORD)
    assert ended.code == 2, ended
    assert (read_config(config_path()), login_files()) == (before, [])
    assert keys_of(registry, user) == []


def test_with_a_keyring_no_file_contains_the_key(
    log_in: Cli, registry: LocalRegistry, user: str, fake_keyring: Any
) -> None:
    ended = log_in(user, "--secure")
    [(place, key)] = fake_keyring.kept.items()
    assert key.startswith("qk_")
    assert registry.endpoints.registry_url in place[0]
    assert key not in everything_stored() + ended.out + ended.err
    assert ended.row["stored_in"] == "the system keyring"
    with quilt_core.connect("platform") as ops:
        assert ops.get_auth_status().user_name == user

    log_in(user)  # the previous one is not left in the keyring
    [(_, second)] = fake_keyring.kept.items()
    assert second != key


@pytest.mark.parametrize("trouble", ["locked", "null", "missing"])
def test_without_a_keyring_the_key_is_in_a_private_file_and_there_is_one_warning(
    log_in: Cli, cli: Cli, registry: LocalRegistry, user: str, fake_keyring: Any, trouble: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    fake_keyring.state = trouble
    if trouble == "missing":
        monkeypatch.setitem(sys.modules, "keyring", None)

    ended = log_in(user)

    [file] = login_files()
    assert ended.err.count(str(file)) == 1
    assert "qk_" not in ended.err
    if sys.platform != "win32":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    with quilt_core.connect("platform") as ops:
        assert ops.get_auth_status().user_name == user


def test_a_keyring_that_is_locked_later_is_reported(
    log_in: Cli, cli: Cli, user: str, fake_keyring: Any
) -> None:
    log_in(user)
    fake_keyring.state = "locked"
    with (
        quilt_core.connect("platform") as ops,
        pytest.raises(quilt_core.AuthenticationError, match="KeyringLocked"),
    ):
        ops.list_buckets()
    status = cli("auth", "status", "--json")
    assert status.code == 3
    assert "KeyringLocked" in status.row["logins"][0]["state"]
    assert cli("logout").code == 3
    assert len(login_files()) == 1


def test_a_registry_without_api_keys(cli: Cli, tmp_path: Path) -> None:
    with LocalRegistry(RegistryConfig(seed="demo", schema="2025-10")) as registry:
        user = person(registry)
        arguments = (
            "login",
            registry.endpoints.catalog_url,
            "--username",
            user,
            "--password-stdin",
        )
        assert cli(*arguments, "--no-store", stdin=PASSWORD).code == 7
        ended = cli(*arguments, "--json", stdin=PASSWORD)
        assert ended.code == 0, ended
        assert ended.row["kept"] == "refresh_token"
        assert "no API keys" in ended.err
        assert PASSWORD not in everything_stored()
        for backend in BACKENDS:
            with quilt_core.connect(backend) as ops:
                assert ops.get_auth_status().user_name == user


def test_a_broken_login_file_is_named(log_in: Cli, cli: Cli, user: str) -> None:
    log_in(user)
    [file] = login_files()
    for broken in ("{", "[]", json.dumps({"profile": "x"})):
        file.write_text(broken)
        ended = cli("buckets", "list", "--backend", "platform")
        assert ended.code == 3, ended
        assert str(file) in ended.err


def test_a_broken_file_of_another_login_does_not_matter(
    log_in: Cli, registry: LocalRegistry, user: str
) -> None:
    log_in(user)
    [file] = login_files()
    mine = registry.endpoints.registry_url
    other = file.with_name("other.json")
    for broken in (b"{", b"[]", b"\xff", b'{"registry_url": "https://other.example.com"}'):
        other.write_bytes(broken)
        found = find_login(quilt_core.load_settings(), mine)
        assert found is not None
        assert found.user == user
        assert find_login(Settings(), "https://none.example.com") is None
    other.write_text(json.dumps({"registry_url": mine}))
    with pytest.raises(AuthenticationError, match=r"other\.json"):
        find_login(Settings(), mine)


def test_a_login_that_is_removed_in_the_meantime_is_none(
    log_in: Cli, registry: LocalRegistry, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_in(user)
    files = login_files()
    gone = files[0].with_name("gone.json")
    monkeypatch.setattr(Path, "glob", lambda *_: [gone, *files])
    assert [one.user for one in stored_logins.read_all()] == [user]
    assert find_login(Settings(), registry.endpoints.registry_url) is not None
