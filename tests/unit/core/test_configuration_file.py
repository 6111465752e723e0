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

from quilt_core.settings import config_path, edit, read_config


def test_an_unchanged_file_is_parsed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[object] = []
    load = tomllib.load

    def counting(file: Any) -> dict[str, Any]:
        parsed.append(file)
        return load(file)

    monkeypatch.setattr(tomllib, "load", counting)
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
    path.write_text("one = 1\n", encoding="utf-8")
    assert read_config(path) == {"one": 1}
    replacement = tmp_path / "new.toml"
    replacement.write_text("one = 2\n", encoding="utf-8")
    _set_back(path)
    _set_back(replacement)
    assert read_config(path) == {"one": 1}
    replacement.replace(path)
    assert read_config(path) == {"one": 2}
    path.unlink()
    assert read_config(path) == {}


def test_a_change_within_a_tick_of_the_clock_is_seen(tmp_path: Path) -> None:
    """The second text has the same length, time and inode."""
    path = tmp_path / "config.toml"
    path.write_text("one = 1\n", encoding="utf-8")
    state = path.stat()
    assert read_config(path) == {"one": 1}
    path.write_text("one = 2\n", encoding="utf-8")
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert read_config(path) == {"one": 2}


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
