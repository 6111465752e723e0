"""Combine the settings: argument, environment, profile, default; the first source that has a value
counts.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Set
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Unpack

import attrs

from quilt_core.errors import ValidationError
from quilt_core.settings.files import (
    config_path,
    extension_tables,
    profile_values,
    read_config,
    unset_variables,
)
from quilt_core.settings.model import AnySettings, Settings, setting_fields
from quilt_core.settings.origins import CREDENTIALS

OPTION_PREFIX = "QUILT_OPTION_"
_NO_EXTENSIONS: Mapping[str, Mapping[str, Any]] = MappingProxyType({})
_ADDRESSES = {"catalog_url", "registry_url", "graphql_endpoint"}
_CREDENTIALS = {*CREDENTIALS, "token_provider"}


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
    fields = _variables_of_settings()
    _refuse_unknown(explicit, fields, "the arguments")
    given: dict[str, Any] = {name: value for name, value in explicit.items() if value is not None}
    path = config_path(environ)
    named = given.get("profile") or environ.get("QUILT_PROFILE") or None
    config = read_config(path)
    profile, from_profile = profile_values(config, named, path, environ)
    place, extensions = "", _NO_EXTENSIONS
    if profile is not None:
        place = f"profile {profile!r} in {path}"
        extensions = extension_tables(from_profile.pop("extensions", {}), path, environ)
        _refuse_unknown(from_profile, fields, f"the {place}")

    known = _known_variables()
    variables = tuple(
        (variable, environ[variable])
        for variable in environ
        if variable in known or variable.startswith(OPTION_PREFIX)
    )
    of_environment = _of_environment(variables)
    values: dict[str, Any] = {**of_environment.values, **given}
    sources = {**of_environment.sources, **dict.fromkeys(given, "argument")}
    # A profile's addresses belong together, and must not be mixed with those of another source.
    elsewhere = not _ADDRESSES.isdisjoint(values)
    for name in from_profile:
        if name not in values and not (elsewhere and name in _ADDRESSES):
            values[name], sources[name] = from_profile[name], place
    if profile is not None:
        values["profile"] = profile
        sources.setdefault("profile", f"default_profile in {path}")
    options = {
        **_sourced(from_profile.get("options"), place),
        **of_environment.options,
        **_sourced(given.get("options"), "argument"),
    }
    values["options"] = {name: value for name, (value, _) in options.items()}
    sources.pop("options", None)
    sources.update({f"options.{name}": source for name, (_, source) in options.items()})
    if profile is not None:
        # Of addresses and of credentials, those of one source are used, and not of several.
        not_used = (_ADDRESSES if elsewhere else set()) | (
            set() if _CREDENTIALS.isdisjoint(sources) else _CREDENTIALS
        )
        unset = unset_variables(config["profiles"][profile], environ)
        _refuse_unset(unset, {*sources, *not_used}, environ, place)
    return Settings(**values, extensions=extensions, sources=MappingProxyType(sources))


@attrs.frozen
class _OfEnvironment:
    """What the environment sets, each with the variable that is its source."""

    values: Mapping[str, str] = attrs.field(repr=False)
    sources: Mapping[str, str]
    options: Mapping[str, tuple[str, str]] = attrs.field(repr=False)
    """The backend's options, each with its source."""


@lru_cache(maxsize=1)
def _of_environment(variables: tuple[tuple[str, str], ...]) -> _OfEnvironment:
    """What these variables set; a server that connects for each request has the same each time."""
    present = {variable: value for variable, value in variables if value}
    chosen = {
        name: next(variable for variable in its_variables if variable in present)
        for name, its_variables in _variables_of_settings().items()
        if any(variable in present for variable in its_variables)
    }
    return _OfEnvironment(
        values={name: present[variable] for name, variable in chosen.items()},
        sources={name: _named(variable) for name, variable in chosen.items()},
        options={
            variable.removeprefix(OPTION_PREFIX).lower(): (value, _named(variable))
            for variable, value in present.items()
            if variable.startswith(OPTION_PREFIX)
        },
    )


def extension_prefix(name: str) -> str:
    """What the environment variables of an extension's options begin with."""
    return f"QUILT_EXTENSION_{name.upper().replace('-', '_')}_"


def _refuse_unset(
    unset: Mapping[str, str], settled: Set[str], environ: Mapping[str, str], place: str
) -> None:
    """A value that is missing must not be replaced by that of a source which comes after the
    profile: a key by the login of another user.
    """
    for name, variable in unset.items():
        table, _, option = name.rpartition(".")
        extension = table.removeprefix("extensions.") if table.startswith("extensions.") else None
        if name in settled or (
            extension is not None and f"{extension_prefix(extension)}{option.upper()}" in environ
        ):
            continue
        raise ValidationError(
            f"The {place} takes {name!r} from the environment variable {variable}, which is not "
            "set.",
            hint=f"Set {variable}, or remove {name!r} from the profile.",
            context={"setting": name, "variable": variable},
        )


def _named(variable: str) -> str:
    return f"environment variable {variable}"


@lru_cache(maxsize=1)
def _variables_of_settings() -> Mapping[str, tuple[str, ...]]:
    """The environment variables that set each setting, the first that counts first."""
    return {field.name: field.metadata["env"] for field in setting_fields()}


@lru_cache(maxsize=1)
def _known_variables() -> frozenset[str]:
    """All of them."""
    return frozenset(one for its in _variables_of_settings().values() for one in its)


def _sourced(options: Any, source: str) -> dict[str, tuple[Any, str]]:
    """Options with their source."""
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
