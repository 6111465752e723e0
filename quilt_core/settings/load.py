"""Combine the settings: argument, environment, profile, default; the first source that has a value
counts.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Unpack

from quilt_core.errors import ValidationError
from quilt_core.settings.files import (
    config_path,
    extension_tables,
    profile_values,
    read_config,
)
from quilt_core.settings.model import AnySettings, Settings, setting_fields

OPTION_PREFIX = "QUILT_OPTION_"
_ADDRESSES = {"catalog_url", "registry_url", "graphql_endpoint"}


def load_settings(
    *, environ: Mapping[str, str] | None = None, **explicit: Unpack[AnySettings]
) -> Settings:
    """Make the settings of a connection.

    Parameters
    ----------
    environ:
        The environment; None for this process's.
    explicit:
        Settings by name, which take precedence over everything else; None counts as not given.

    Raises
    ------
    ValidationError
        For an unknown setting, a value that does not fit, or an unknown profile; the message names
        the source of the value.
    """
    environ = os.environ if environ is None else environ
    given: Mapping[str, Any] = explicit
    fields = _variables_of_settings()
    _refuse_unknown(given, fields, "the arguments")
    path = config_path(environ)
    named = given.get("profile") or environ.get("QUILT_PROFILE") or None
    profile, from_profile = profile_values(read_config(path), named, path, environ)
    place = f"profile {profile!r} in {path}"
    extensions = extension_tables(from_profile.pop("extensions", {}), path, environ)
    _refuse_unknown(from_profile, fields, f"the {place}")

    # `os.environ` decodes a variable each time that it is asked for it.
    known = _known_variables()
    variables = {
        variable: environ[variable]
        for variable in environ
        if variable in known or variable.startswith(OPTION_PREFIX)
    }
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for name, its_variables in fields.items():
        if given.get(name) is not None:
            values[name], sources[name] = given[name], "argument"
            continue
        for variable in its_variables:
            if variables.get(variable):
                values[name] = variables[variable]
                sources[name] = f"environment variable {variable}"
                break
    # A profile's addresses belong together, and must not be mixed with those of another source.
    elsewhere = bool(_ADDRESSES & set(values))
    for name in fields:
        if name not in values and name in from_profile and not (elsewhere and name in _ADDRESSES):
            values[name], sources[name] = from_profile[name], place
    if profile is not None:
        values["profile"] = profile
        sources.setdefault("profile", f"default_profile in {path}")
    options = _options(given.get("options"), variables, from_profile.get("options"), place)
    values["options"] = {name: value for name, (value, _) in options.items()}
    sources.pop("options", None)
    sources.update({f"options.{name}": source for name, (_, source) in options.items()})
    return Settings(**values, extensions=extensions, sources=MappingProxyType(sources))


@lru_cache(maxsize=1)
def _variables_of_settings() -> Mapping[str, tuple[str, ...]]:
    """The environment variables that set each setting, the first that counts first."""
    return {field.name: field.metadata["env"] for field in setting_fields()}


@lru_cache(maxsize=1)
def _known_variables() -> frozenset[str]:
    """All of them."""
    return frozenset(one for its in _variables_of_settings().values() for one in its)


def _options(
    explicit: Any, environ: Mapping[str, str], profile: Any, place: str
) -> dict[str, tuple[Any, str]]:
    """The backend's options with their sources; each is looked up separately."""
    variables = {
        variable.removeprefix(OPTION_PREFIX).lower(): (value, f"environment variable {variable}")
        for variable, value in environ.items()
        if value and variable.startswith(OPTION_PREFIX)
    }
    return {
        **_sourced(profile, place),
        **variables,
        **_sourced(explicit, "argument"),
    }


def _sourced(options: Any, source: str) -> dict[str, tuple[Any, str]]:
    if options is None:
        return {}
    if not isinstance(options, Mapping):
        raise ValidationError(
            f"The options (from {source}) are not a mapping from names to values.",
            hint='Give options={"name": value}, or a table [profiles.NAME.options].',
            context={"setting": "options", "source": source},
        )
    return {name: (value, source) for name, value in options.items() if value is not None}


def nearest(name: str, known: Iterable[str], all_of_them: str) -> str:
    """A hint that names the nearest known name, or else all of them."""
    import difflib

    known = tuple(known)
    near = difflib.get_close_matches(name, known, n=1)
    return f"Did you mean {near[0]!r}?" if near else f"{all_of_them}: {', '.join(known) or 'none'}."


def _refuse_unknown(values: Mapping[str, Any], fields: Mapping[str, Any], where: str) -> None:
    if not values.keys() <= fields.keys():
        unknown = sorted(values.keys() - fields.keys())
        raise ValidationError(
            f"{unknown[0]!r} in {where} is not a setting.",
            hint=nearest(unknown[0], fields, "Settings"),
            context={"setting": unknown[0]},
        )
