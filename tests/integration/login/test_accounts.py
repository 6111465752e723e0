"""Several logins: which one is used, switching, and logging out."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from local_registry.config import RegistryConfig
from local_registry.server import LocalRegistry
from quilt_registry.auth.login import auth_file

import quilt_core
from quilt_core import auth_context
from quilt_core.errors import AuthenticationError

from .conftest import keys_of, login_files, person  # type: ignore[import-not-found]

Cli = Callable[..., Any]
BACKENDS = ("platform", "quilt3")


def quilt3_login(registry: LocalRegistry, user: str) -> None:
    """The files that `quilt3 login` leaves on a machine."""
    token = {"access_token": registry.token(user), "expires_at": 4e9}
    auth_file().parent.mkdir(parents=True, exist_ok=True)
    auth_file().write_text(json.dumps({registry.endpoints.registry_url: token}))


def logged_in_user(**settings: Any) -> str | None:
    with quilt_core.connect("platform", **settings) as ops:
        return ops.get_auth_status().user_name


def test_two_accounts_at_one_catalog(
    log_in: Cli, cli: Cli, registry: LocalRegistry, user: str
) -> None:
    other = person(registry)
    first, second = log_in(user).row["profile"], log_in(other).row["profile"]
    assert second == f"{other}@{first}"
    assert logged_in_user() == other
    assert logged_in_user(profile=first) == user

    listed = [json.loads(line) for line in cli("auth", "list", "--json").out.splitlines()]
    assert {row["profile"]: row["default"] for row in listed} == {first: False, second: True}

    assert cli("auth", "switch", user).code == 0
    assert logged_in_user() == user
    assert cli("auth", "switch", "nobody").code == 5
    assert cli("auth", "switch", registry.endpoints.catalog_url).code == 2  # which of the two?
    assert logged_in_user() == user


def test_a_profile_whose_key_is_missing_does_not_use_another_login(
    log_in: Cli, cli: Cli, registry: LocalRegistry, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_in(user)
    for setting, text in (
        ("backend", "platform"),
        ("catalog_url", registry.endpoints.catalog_url),
        ("api_key", "env:WORK_QUILT_KEY"),
    ):
        assert cli("config", "set", "work", setting, text).code == 0
    assert cli("config", "default", "work").code == 0
    for command in (("auth", "status"), ("buckets", "list"), ("auth", "token")):
        ended = cli(*command)
        assert ended.code == 2, ended
        assert "WORK_QUILT_KEY, which is not set" in ended.err
    monkeypatch.setenv("WORK_QUILT_KEY", registry.api_key(other := person(registry)))
    assert logged_in_user() == other
    monkeypatch.delenv("WORK_QUILT_KEY")
    ended = cli("logout", "--all")
    assert (ended.code, login_files()) == (0, [])
    assert "is not known" in ended.err


def test_status_shows_the_login_in_use_and_what_it_overrides(
    log_in: Cli, cli: Cli, registry: LocalRegistry, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_in(user)
    row = cli("auth", "status", "--json").row
    assert row["user_name"] == user
    assert "stored login" in row["credentials"][0]
    assert row["shadowed"] == []
    assert [one["state"] for one in row["logins"]] == ["works"]
    assert str(login_files()[0]) in cli("auth", "status").out

    other = person(registry)
    monkeypatch.setenv("QUILT_API_KEY", registry.api_key(other))
    row = cli("auth", "status", "--json").row
    assert row["user_name"] == other
    assert row["credentials"] == ["api_key from environment variable QUILT_API_KEY"]
    assert "stored login" in row["shadowed"][0]
    assert logged_in_user() == other
    assert "QUILT_API_KEY" in log_in(user).err  # takes precedence over what was just stored

    ended = cli("logout")
    assert ended.code == 0
    assert "still logged in" in ended.err
    assert "QUILT_API_KEY" in ended.err


def test_status_before_the_first_login_says_how_to_log_in(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also if several backends are installed and no setting chooses one."""
    ended = cli("auth", "status", "--json")
    assert ended.code == 3
    assert "quiltops login" in ended.err
    assert (ended.row["is_authenticated"], ended.row["logins"]) == (False, [])
    assert cli("auth", "status", "--backend", "nope").code == 11
    monkeypatch.setenv("QUILT_API_KEY", "qk_unknown_1")
    ended = cli("auth", "status")
    assert ended.code == 11
    assert "`quiltops login` also chooses one" in ended.err


def test_our_login_takes_precedence_over_quilt3s(
    log_in: Cli, cli: Cli, registry: LocalRegistry, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = person(registry)
    quilt3_login(registry, other)
    log_in(user)
    assert logged_in_user() == user
    assert "quilt3" in cli("auth", "status", "--json").row["shadowed"][0]
    auth_file().write_text("{")
    broken = cli("auth", "status", "--json")
    assert broken.code == 0  # it is not the one in use
    assert "cannot be used" in broken.row["shadowed"][0]
    quilt3_login(registry, other)
    assert "quilt3" in cli("logout").err
    assert logged_in_user() == other


def test_an_expired_login_is_reported_as_expired(log_in: Cli, cli: Cli, user: str) -> None:
    log_in(user)
    [file] = login_files()
    entry = json.loads(file.read_text())
    entry["expires_at"] = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    file.write_text(json.dumps(entry))
    ended = cli("buckets", "list", "--backend", "platform")
    assert ended.code == 3
    assert "expired" in ended.err
    assert "quiltops login" in ended.err
    status = cli("auth", "status", "--json")
    assert status.code == 3
    assert "expired" in status.row["logins"][0]["state"]


def test_logout_forgets_and_revoke_ends_the_key(
    log_in: Cli, cli: Cli, registry: LocalRegistry, user: str
) -> None:
    log_in(user)
    ended = cli("logout", "--json")
    assert ended.code == 0, ended
    assert "still valid" in ended.row["key"]
    assert login_files() == []
    assert len(keys_of(registry, user)) == 1
    ended = cli("buckets", "list")
    assert ended.code == 3
    assert "quiltops login" in ended.err

    log_in(user)
    assert cli("logout", "--revoke", "--json").row["key"] == "revoked"
    assert login_files() == []
    assert len(keys_of(registry, user)) == 1
    assert cli("logout").code == 0  # nothing is left: this is reported, and is not an error


def test_a_key_that_cannot_be_revoked_is_not_forgotten(log_in: Cli, cli: Cli) -> None:
    with LocalRegistry(RegistryConfig(seed="demo")) as registry:
        key = registry.api_key(person(registry))
        cli("login", registry.endpoints.catalog_url, "--with-key", stdin=key)
    ended = cli("logout", "--revoke")
    assert ended.code == 9, ended
    assert len(login_files()) == 1
    assert cli("logout", "--all").code == 0
    assert login_files() == []


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_key_is_sent_only_to_its_registry(
    log_in: Cli, registry: LocalRegistry, user: str, backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_in(user)
    quilt3_login(registry, user)  # the same holds for quilt3's key
    with LocalRegistry(RegistryConfig(seed="demo")) as other:
        elsewhere = {
            "registry_url": other.endpoints.registry_url,
            "graphql_endpoint": other.endpoints.graphql_endpoint,
            "catalog_url": other.endpoints.catalog_url,
        }
        for name, url in elsewhere.items():
            with quilt_core.connect(backend, **{name: url}) as ops:  # type: ignore[arg-type]
                assert not ops.get_auth_status().is_authenticated
            with monkeypatch.context() as patch:
                patch.setenv(f"QUILT_{name.upper()}", url)
                with quilt_core.connect(backend) as ops:
                    status = ops.get_auth_status()
            assert not status.is_authenticated
            assert status.registry_url == other.endpoints.registry_url
        home = registry.endpoints.registry_url
        with quilt_core.connect(
            backend, registry_url=home, graphql_endpoint=other.endpoints.graphql_endpoint
        ) as ops:
            assert not ops.get_auth_status().is_authenticated
        with quilt_core.connect(backend) as ops:
            ops.configure_catalog(other.endpoints.catalog_url)
            assert not ops.get_auth_status().is_authenticated
        assert {request.identity for request in other.log.requests()} <= {None}
        assert all(request.status != 401 for request in other.log.requests())


@pytest.mark.parametrize("backend", BACKENDS)
def test_logins_are_not_used_in_multitenant_mode_or_when_switched_off(
    log_in: Cli, registry: LocalRegistry, user: str, backend: str
) -> None:
    log_in(user)
    other = person(registry)
    with quilt_core.connect(backend, multitenant=True) as ops:
        with pytest.raises(AuthenticationError):
            ops.get_auth_status()
        with auth_context.request_identity(registry.token(other)):
            assert ops.get_auth_status().user_name == other
    with quilt_core.connect(backend, use_stored_login=False) as ops:
        assert not ops.get_auth_status().is_authenticated
    with quilt_core.connect(backend) as ops, auth_context.request_identity(registry.token(other)):
        assert ops.get_auth_status().user_name == other
