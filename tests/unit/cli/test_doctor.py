"""`quiltops doctor`: what is wrong, where it comes from, and how to fix it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quilt_core.cli.checks import _server
from quilt_core.testing.memory import MemoryCatalog

Cli = Callable[..., Any]
REFUSED = "http://127.0.0.1:9"


def test_a_working_setup(good: Cli) -> None:
    report = good("doctor", "--json").row
    assert report["fixes"] == []
    checks = {check["name"]: check for check in report["checks"]}
    assert checks["backend in use"]["detail"] == "memory (environment variable QUILT_BACKEND)"
    assert checks["packages of s3://bucket"]["ok"] is True
    assert "admin, role Admin" in checks["identity"]["detail"]
    sources = {row["setting"]: row["from"] for row in report["settings"]}
    assert sources["registry"] == "environment variable QUILT_DEFAULT_REGISTRY"
    assert "Nothing to fix." in good("doctor").out


@pytest.mark.parametrize(
    ("variable", "text", "wanted"),
    [
        ("QUILT_TIMEOUT", "soon", "QUILT_TIMEOUT"),
        ("QUILT_PAGE_SIZE", "0", "QUILT_PAGE_SIZE"),
        ("QUILT_REGISTRY_URL", "registry.example.com", "QUILT_REGISTRY_URL"),
        ("QUILT_AWS_IDENTITY", "mine", "QUILT_AWS_IDENTITY"),
        ("QUILT_MULTITENANT_MODE", "perhaps", "QUILT_MULTITENANT_MODE"),
        ("QUILT_DEFAULT_REGISTRY", "gopher://x", "s3://my-bucket"),
        ("QUILT_DEFAULT_REGISTRY", "https://catalog.example.com", "s3://my-bucket"),
        ("QUILT_BACKEND", "memroy", "Installed: "),
        ("QUILT_PROFILE", "mine", "Profiles there"),
    ],
)
def test_each_wrong_setting_gives_one_fix(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, variable: str, text: str, wanted: str
) -> None:
    monkeypatch.setenv(variable, text)
    ended = cli("doctor", "--json")
    assert ended.code == 1
    [fix] = ended.row["fixes"]
    assert wanted in fix
    # Only the setting is at fault, so no plugin is called broken.
    assert [c["name"] for c in ended.row["checks"] if c["name"].startswith("backend ")
            and c["name"] != "backend in use" and not c["ok"]] == []  # fmt: skip
    told = cli("doctor")
    assert told.code == 1
    assert "fix: " in told.out


@pytest.mark.parametrize(
    ("config", "wanted"),
    [
        ("nonsense = = 1", "TOML"),
        ('default_profile = "a"\n[profiles.a]\nbackendd = "memory"', "backend"),
        ('default_profile = "a"', "Profiles there"),
        ('default_profile = "a"\n[profiles.a]\ntimeout = "never"', "profile 'a'"),
    ],
)
def test_a_wrong_configuration_file(cli: Cli, tmp_path: Path, config: str, wanted: str) -> None:
    (tmp_path / "config.toml").write_text(config)
    ended = cli("doctor", "--json")
    assert ended.code == 1
    [fix] = ended.row["fixes"]
    assert wanted in fix


@pytest.mark.parametrize("variable", ["QUILT_CATALOG_URL", "QUILT_REGISTRY_URL"])
def test_an_address_that_does_not_answer(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv("QUILT_BACKEND", "platform")
    monkeypatch.setenv("QUILT_API_KEY", "qk_secret-of-mine")
    monkeypatch.setenv(variable, REFUSED)
    waited: list[float] = []
    monkeypatch.setattr("quilt_core.deadline.time.sleep", waited.append)
    ended = cli("doctor", "--json")
    assert ended.code == 1
    assert waited == []  # each address is tried once
    fixes = [fix for fix in ended.row["fixes"] if variable in fix]
    assert len(fixes) == 1
    assert "network" in fixes[0]
    assert "secret-of-mine" not in ended.out + ended.err


def test_no_credentials(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUILT_BACKEND", "platform")
    ended = cli("doctor", "--json")
    assert ended.code == 1
    assert any("QUILT_API_KEY" in fix for fix in ended.row["fixes"])


@pytest.mark.parametrize(
    ("variable", "setting"),
    [
        ("QUILT_API_KEY", "api_key"),
        ("MCP_JWT_TOKEN", "token"),
        ("QUILT_REFRESH_TOKEN", "refresh_token"),
        ("QUILT_JWT_SECRET", "jwt_secret"),
    ],
)
def test_secrets_are_masked(
    good: Cli, monkeypatch: pytest.MonkeyPatch, variable: str, setting: str
) -> None:
    monkeypatch.setenv(variable, "qk_secret-of-mine")
    for command in (("doctor",), ("config", "show")):
        for form in ((), ("--json",), ("--verbose",)):
            ended = good(*command, *form)
            assert "secret-of-mine" not in ended.out + ended.err
            assert setting in ended.out
            assert variable in ended.out
            assert "***" in ended.out


def test_an_unreadable_bucket(
    cli: Cli, catalog: MemoryCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The memory backend creates the configured bucket, but not a registry of another kind.
    monkeypatch.setenv("QUILT_DEFAULT_REGISTRY", "file:///nowhere")
    ended = cli("doctor", "--json")
    check = {check["name"]: check for check in ended.row["checks"]}["packages of file:///nowhere"]
    assert check["ok"] is not True
    assert check["detail"]


@pytest.mark.parametrize(
    "answer",
    [
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 302 x\r\nLocation: http://a..b:x/\r\n\r\n",
        b"HTTP/1.1 302 x\r\nLocation: file:///etc/passwd\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 1970 00:00:00 +99999999999999999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nDate: Fri, 31 Dec 9999 23:59:59 -2359\r\n\r\n",
        b"HTTP/1.1 401 x\r\nDate: \xb2\r\n\r\n",
    ],
)
def test_a_server_that_answers_anything(answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        found = list(_server(f"http://127.0.0.1:{listener.getsockname()[1]}", "the network"))
        thread.join()
    assert found
    assert {check.name for check in found} <= {"registry", "clock"}
