"""Put the settings together: argument, environment, profile, default; the first that has one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from quilt_core.errors import ValidationError
from quilt_core.settings.files import (
    config_path,
    extension_tables,
    profile_values,
    read_config,
)
from quilt_core.settings.model import Settings, setting_fields
from quilt_core.settings.parsing import parse_setting


def load_settings(*, environ: Mapping[str, str] | None = None, **explicit: Any) -> Settings:
    """Make the settings of a connection.

    Parameters
    ----------
    environ:
        The environment; None for this process's.
    explicit:
        Settings by name, which go before everything else; None counts as not given.

    Raises
    ------
    ValidationError
        For an unknown setting, a value that does not fit, or an unknown profile; it names where
        the value came from.
    """
    environ = os.environ if environ is None else environ
    fields = {field.name: field for field in setting_fields()}
    _refuse_unknown(explicit, fields, "the arguments")
    path = config_path(environ)
    named = explicit.get("profile") or environ.get("QUILT_PROFILE") or None
    config = read_config(path)
    profile, from_profile = profile_values(config, named, path, environ)
    named_extensions = extension_tables(from_profile.pop("extensions", {}), path, environ)
    _refuse_unknown(from_profile, fields, f"the profile {profile!r} in {path}")

    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for name, field in fields.items():
        found = _find(name, explicit, environ, field.metadata["env"])
        if found is None and name in from_profile:
            found = from_profile[name], f"profile {profile!r} in {path}"
        if found is not None:
            values[name] = parse_setting(name, found[0], found[1])
            sources[name] = found[1]
    if profile is not None:
        values["profile"] = profile
        sources.setdefault("profile", f"default_profile in {path}")
    return Settings(**values, extensions=named_extensions, sources=MappingProxyType(sources))


def _find(
    name: str, explicit: Mapping[str, Any], environ: Mapping[str, str], variables: tuple[str, ...]
) -> tuple[Any, str] | None:
    if explicit.get(name) is not None:
        return explicit[name], "argument"
    for variable in variables:
        if environ.get(variable):
            return environ[variable], f"environment variable {variable}"
    return None


def _refuse_unknown(values: Mapping[str, Any], fields: Mapping[str, Any], where: str) -> None:
    unknown = sorted(set(values) - set(fields))
    if unknown:
        import difflib

        near = difflib.get_close_matches(unknown[0], fields, n=1)
        raise ValidationError(
            f"{unknown[0]!r} in {where} is not a setting.",
            hint=f"Did you mean {near[0]!r}?" if near else f"Settings: {', '.join(fields)}.",
            context={"setting": unknown[0]},
        )
