"""The profile that belongs to a login: the address of its catalog, and the backend."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from quilt_core import plugins
from quilt_core.errors import PluginError
from quilt_core.settings import Settings, config_path, edit, read_config
from quilt_core.urls import same_place
from quilt_registry.login import stored_logins

_PREFERRED = ("platform", "quilt3")


def profile_name(catalog_url: str, registry_url: str, user: str) -> str:
    """The default name of a login: the catalog's host, unless another login has that name.

    For a second account at the catalog, or if a profile for another catalog has that name, it is
    `user@host`.
    """
    host = catalog_url.partition("://")[2]
    taken = [one for one in stored_logins.read_one(host) if one.user != user]
    entry = _profiles().get(host)
    elsewhere = isinstance(entry, Mapping) and not any(
        isinstance(entry.get(name), str) and same_place(entry[name], url)
        for name, url in (("catalog_url", catalog_url), ("registry_url", registry_url))
    )
    return f"{user}@{host}" if taken or elsewhere else host


def default_backend(settings: Settings) -> str | None:
    """The backend for the profile: the one that would be chosen anyway, otherwise a usual one.

    Raises `PluginError` if the chosen one is not installed.
    """
    installed = plugins.backends()
    try:
        choice = plugins.select_backend(settings, installed)
    except PluginError:
        return next((name for name in _PREFERRED if name in installed), None)
    return plugins.find_backend(choice, installed).name


def write_profile(name: str, values: Mapping[str, str]) -> Callable[[], None]:
    """Set values of a profile, which is created if it is missing, and make it the default.

    Returns a function that takes this back and keeps what others have changed since. Both raise
    `ValidationError` if the configuration file is not TOML or cannot be written.
    """
    with edit.changing() as config:
        entries = edit.table(config, "profiles", is_super=True)
        former = copy.deepcopy(entries.get(name)), config.get("default_profile")
        profile = edit.table(entries, name)
        if "registry_url" in values:
            profile.pop("graphql_endpoint", None)  # it would take precedence over the registry's
        for setting, value in values.items():
            profile[setting] = value
        config["default_profile"] = name
    return partial(_take_back, name, *former)


def _take_back(name: str, profile: Any, default: Any) -> None:
    with edit.changing() as config:
        profiles = edit.table(config, "profiles", is_super=True)
        _restore(profiles, name, profile)
        if not profiles:
            del config["profiles"]
        if config.get("default_profile") == name:
            _restore(config, "default_profile", default)


def _restore(table: Any, key: str, former: Any) -> None:
    if former is None:
        table.pop(key, None)
    else:
        table[key] = former


def make_default(name: str, values: Mapping[str, str]) -> None:
    """Make a profile the default; `values` are used if it is no longer in the file."""
    write_profile(name, {} if name in _profiles() else values)


def is_known(name: str) -> bool:
    """Whether the configuration file has a profile with this name."""
    return name in _profiles()


def _profiles() -> Mapping[str, object]:
    found = read_config(config_path()).get("profiles", {})
    return found if isinstance(found, Mapping) else {}
