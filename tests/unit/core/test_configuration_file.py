"""A configuration file is parsed once as long as it does not change, and nobody sees what another
caller did with it.
"""

from __future__ import annotations

import os
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from quilt_registry.login.profiles import write_profile

from quilt_core.cli.main import run
from quilt_core.errors import ValidationError
from quilt_core.settings import config_path, edit, read_config


def test_an_unchanged_file_is_parsed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[object] = []
    loads = tomllib.loads

    def counting(text: str) -> dict[str, Any]:
        parsed.append(text)
        return loads(text)

    monkeypatch.setattr(tomllib, "loads", counting)
    path = tmp_path / "config.toml"
    path.write_text('[profiles.work.options]\nnames = ["a"]\n', encoding="utf-8")
    _set_back(path)
    first = read_config(path)
    first["profiles"]["work"]["options"]["names"].append("b")
    first["profiles"]["other"] = {}
    assert read_config(path) == {"profiles": {"work": {"options": {"names": ["a"]}}}}
    assert len(parsed) == 1


def test_a_changed_file_is_parsed_again(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    assert read_config(path) == {}
    path.write_text("default_profile = 'a'\n", encoding="utf-8")
    assert read_config(path) == {"default_profile": "a"}
    replacement = tmp_path / "new.toml"
    replacement.write_text("default_profile = 'b'\n", encoding="utf-8")
    _set_back(path)
    _set_back(replacement)
    assert read_config(path) == {"default_profile": "a"}
    replacement.replace(path)
    assert read_config(path) == {"default_profile": "b"}
    path.unlink()
    assert read_config(path) == {}


def test_a_change_within_a_tick_of_the_clock_is_seen(tmp_path: Path) -> None:
    """The second text has the same length, time and inode."""
    path = tmp_path / "config.toml"
    path.write_text("default_profile = 'a'\n", encoding="utf-8")
    state = path.stat()
    assert read_config(path) == {"default_profile": "a"}
    path.write_text("default_profile = 'b'\n", encoding="utf-8")
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert read_config(path) == {"default_profile": "b"}


def test_a_mark_of_byte_order_is_no_part_of_the_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Editors on Windows begin a file with one."""
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbf[profiles.a]\r\nregion = 'here'\r\n")
    assert read_config(path) == {"profiles": {"a": {"region": "here"}}}
    monkeypatch.setenv("QUILT_CORE_CONFIG", str(path))
    assert run(["config", "set", "a", "backend", "memory"]) == 0
    assert read_config(path) == {"profiles": {"a": {"region": "here", "backend": "memory"}}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[profiles]\na = 3\n", "The profile 'a' in {path} is not a table."),
        ("profiles = 3\n", "'profiles' in {path} is not a table."),
        ("[profile.a]\n", "'profile' in {path} is not a key of the configuration file."),
        ("backend = 'memory'\n", "'backend' in {path} is not a key of the configuration file."),
    ],
)
def test_what_is_no_profile_is_refused_by_every_command(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    text: str,
    message: str,
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    monkeypatch.setenv("QUILT_CORE_CONFIG", str(path))
    with pytest.raises(ValidationError) as caught:
        read_config(path)
    assert caught.value.message == message.format(path=path)
    for command in ("profiles", "set a backend memory", "unset a backend", "default a", "show"):
        assert run(["--profile", "a", "config", *command.split()]) == 2
        assert message.format(path=path) in capsys.readouterr().err


def test_options_that_are_not_a_table_are_refused_by_every_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[profiles.a]\noptions = 'file'\n", encoding="utf-8")
    monkeypatch.setenv("QUILT_CORE_CONFIG", str(path))
    for command in ("set a options.file x", "unset a options.file"):
        assert run(["config", *command.split()]) == 2
        assert "'options'" in capsys.readouterr().err


def _set_back(path: Path) -> None:
    """Give a file a time of an hour ago."""
    state = path.stat()
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns - 3600 * 10**9))


def test_changes_at_the_same_time_are_all_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUILT_CORE_CONFIG", str(tmp_path / "config" / "config.toml"))

    def change(number: int) -> None:
        with edit.changing() as config:
            edit.table(edit.table(config, "profiles"), f"p{number}")["timeout"] = number

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(change, range(40)))
    profiles = read_config(config_path())["profiles"]
    assert profiles == {f"p{number}": {"timeout": number} for number in range(40)}
    assert [path.name for path in config_path().parent.iterdir()] == ["config.toml"]


def test_a_login_that_is_taken_back_keeps_the_changes_of_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "config.toml"
    monkeypatch.setenv("QUILT_CORE_CONFIG", str(path))
    take_back = write_profile("new", {"registry_url": "https://r.example.com"})
    with edit.changing() as config:
        edit.table(edit.table(config, "profiles"), "other")["timeout"] = 5
    take_back()
    assert read_config(path) == {"profiles": {"other": {"timeout": 5}}}
