"""A process whose user may not look into the home folder, as in a container with another user."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from quilt_registry.auth.login import auth_file, read_login
from quilt_registry.auth.quilt3_config import with_quilt3_config
from quilt_registry.login import stored_logins

import quilt_core
from quilt_core.cli.main import run
from quilt_core.errors import ValidationError
from quilt_core.settings import Settings, config_path, read_config

from ...privileges import obeying_modes  # type: ignore[import-not-found]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder in which everything is looked up."""
    monkeypatch.delenv("QUILT_CORE_CONFIG", raising=False)
    folder = tmp_path / "home"
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(folder / name))
    return folder


@pytest.fixture
def closed(home: Path) -> Iterator[Path]:
    home.mkdir(mode=0)
    with obeying_modes():
        if os.access(home, os.X_OK, effective_ids=os.access in os.supports_effective_ids):
            pytest.skip("this system closes no folder")
        yield home
    home.chmod(0o700)


@pytest.mark.usefixtures("closed")
def test_a_configuration_file_that_may_not_be_read_can_be_replaced() -> None:
    """It may hold a policy, so that it is not taken as missing."""
    with pytest.raises(ValidationError) as caught:
        read_config(config_path())
    assert "Permission denied" in caught.value.message
    assert "QUILT_CORE_CONFIG" in str(caught.value.hint)
    assert "TOML" not in str(caught.value)


@pytest.mark.usefixtures("closed")
@pytest.mark.parametrize(
    "command", [("auth", "status"), ("auth", "list"), ("auth", "switch", "x"), ("logout",)]
)
def test_logins_that_may_not_be_read_are_an_error(
    command: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("QUILT_CORE_CONFIG", str(tmp_path / "none.toml"))
    monkeypatch.setenv("QUILT_BACKEND", "memory")
    monkeypatch.setenv("QUILT_REGISTRY_URL", "http://127.0.0.1:9")  # quilt3 need not name it
    assert run([*command]) == 3
    told = capsys.readouterr().err
    assert f"{stored_logins.folder()} cannot be read: Permission denied" in told
    assert "QUILT_USE_STORED_LOGIN" in told


@pytest.mark.usefixtures("closed")
def test_the_doctor_checks_a_backend_without_the_files_of_quilt3(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QUILT_CORE_CONFIG", str(tmp_path / "none.toml"))
    monkeypatch.setenv("QUILT_BACKEND", "memory")
    run(["doctor"])
    assert "cannot be used" not in "".join(capsys.readouterr())
    run(["plugins", "--check"])
    assert "PermissionError" not in "".join(capsys.readouterr())


def test_nothing_is_below_what_is_not_a_folder(home: Path) -> None:
    """`HOME=/dev/null`, as some service managers set it."""
    home.write_text("")
    assert read_config(config_path()) == {}
    assert stored_logins.read_all() == []
    assert str(home) in str(auth_file())
    assert read_login("https://registry.example.com") is None
    settings = Settings()
    assert with_quilt3_config(settings) is settings
    with quilt_core.connect("platform", api_key="qk_key") as ops:
        assert ops.backend_name == "platform"
