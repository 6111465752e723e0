"""`quiltops` in this process, at a terminal or not, with a keyring that tests control."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked
from local_registry.server import LocalRegistry
from local_registry.testing import add_user, shared_local_registry

from quilt_core.settings import config_path

from ...command_line import Ended, run_command  # type: ignore[import-not-found]

__all__ = ["shared_local_registry"]

PASSWORD = "correct horse battery staple"


class FakeKeyring(KeyringBackend):
    """A keyring in memory; `state` is `open`, `locked`, or `null` for one that stores nothing."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.state = "open"

    def _check(self) -> None:
        if self.state == "locked":
            raise KeyringLocked("locked")

    def get_password(self, service: str, username: str) -> str | None:
        self._check()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._check()
        if self.state != "null":
            self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._check()
        del self.kept[service, username]


@pytest.fixture
def fake_keyring() -> Iterator[FakeKeyring]:
    before = keyring.get_keyring()
    fake = FakeKeyring()
    keyring.set_keyring(fake)
    yield fake
    keyring.set_keyring(before)


@pytest.fixture
def registry(shared_local_registry: LocalRegistry) -> LocalRegistry:
    return shared_local_registry


def person(registry: LocalRegistry) -> str:
    """A new user who logs in with `PASSWORD`."""
    user = add_user(registry, reads=["demo-data"])
    registry.context.identities.passwords.set(user.id, PASSWORD)
    return user.name


@pytest.fixture
def user(registry: LocalRegistry) -> str:
    return person(registry)


@pytest.fixture
def cli(
    registry: LocalRegistry,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Callable[..., Ended]:
    """Runs a command; `stdin` comes from a pipe, `typed` is entered at a prompt of a terminal."""
    monkeypatch.setenv("QUILT_CORE_CONFIG", str(tmp_path / "config" / "config.toml"))
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", registry.endpoints.s3_endpoint)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "300")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)

    def call(*arguments: str, stdin: str = "", typed: str | None = None) -> Ended:
        monkeypatch.setattr("getpass.getpass", lambda prompt, stream=None: typed)
        return run_command(capsys, monkeypatch, *arguments, stdin=stdin, terminal=typed is not None)

    return call


@pytest.fixture
def log_in(cli: Callable[..., Ended], registry: LocalRegistry) -> Callable[..., Ended]:
    """Logs a user in by password, which must succeed."""

    def call(user: str, *arguments: str) -> Ended:
        ended = cli(
            "login", registry.endpoints.catalog_url, "--username", user, "--password-stdin",
            "--json", *arguments, stdin=PASSWORD + "\n",
        )  # fmt: skip
        assert ended.code == 0, ended
        return ended

    return call


def login_files() -> list[Path]:
    """The files of the stored logins."""
    return sorted(Path(os.environ["XDG_DATA_HOME"]).glob("quiltops/logins/*"))


def everything_stored() -> str:
    """All data about logins that is on this machine, as text."""
    files = [*login_files(), config_path()]
    return "".join(file.read_text() for file in files if file.exists())


def keys_of(registry: LocalRegistry, user: str) -> list[Any]:
    """The API keys that a user has at the registry."""
    return registry.context.state.api_keys.list(email=f"{user}@example.com")
