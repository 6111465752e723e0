"""The configuration file: TOML with named profiles, one of them the default.

    default_profile = "work"

    [profiles.work]
    backend = "platform"
    catalog_url = "https://catalog.example.com"
    registry = "s3://open-data"

    [profiles.work.options]     # the backend's own
    database = "catalog.db"

A value may be `{ env = "NAME" }`, so that a secret need not be written into the file. Where such a
value counts and its variable is not set, `load_settings` refuses the settings.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from quilt_core.errors import ValidationError


def config_path(environ: Mapping[str, str] | None = None) -> Path:
    """The configuration file: `QUILT_CORE_CONFIG`, or `config.toml` in the user's folder.

    The folder is `quiltops`. A file in `quilt-core`, the former name, is still used if there is
    none in the new folder.
    """
    named = (os.environ if environ is None else environ).get("QUILT_CORE_CONFIG")
    if named:
        return Path(named)
    path, former = _usual_paths(*map(os.environ.get, _FOLDER_VARIABLES))
    there = os.path.exists  # which is False also for what may not be looked up
    return former if there(former) and not there(path) else path


_TICK_NS = 2 * 10**9
"""Nanoseconds within which two changes of a file may have the same time, as on FAT."""
_FOLDER_VARIABLES = ("HOME", "XDG_CONFIG_HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA")


@lru_cache(maxsize=16)
def _usual_paths(*variables: str | None) -> tuple[Path, Path]:
    """The present and the former path of the file; determined again when one of the variables
    changes.
    """
    import platformdirs

    now, before = (Path(platformdirs.user_config_dir(name)) for name in ("quiltops", "quilt-core"))
    return now / "config.toml", before / "config.toml"


def read_config(path: Path) -> dict[str, Any]:
    """Read the file; empty if it does not exist. Raises `ValidationError` if it is not TOML, or has
    something other than profiles.

    A file that has not changed is not parsed again: a server connects for each request. One that
    was changed just now is, because its time may be the same after the next change.
    """
    try:
        state = path.stat()
        if time.time_ns() - state.st_mtime_ns < _TICK_NS:
            parsed = _parse(path)
        else:
            # The file may change between the two, which a later call then notices.
            parsed = deepcopy(_parsed(path, (state.st_mtime_ns, state.st_size, state.st_ino)))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise ValidationError(
            f"The configuration file {path} cannot be read: {error.strerror or error}.",
            hint="Make it readable, or name another file, which may be missing, in "
            "QUILT_CORE_CONFIG.",
            context={"path": str(path)},
        ) from error
    except ValueError as error:  # TOML or UTF-8 that it is not
        raise ValidationError(
            f"The configuration file {path} cannot be read: {error}.",
            hint="It must be TOML. Correct it, or move it away.",
            context={"path": str(path)},
        ) from error
    return parsed


@lru_cache(maxsize=4)
def _parsed(path: Path, _version: tuple[int, ...]) -> dict[str, Any]:
    return _parse(path)


def _parse(path: Path) -> dict[str, Any]:
    import tomllib  # most have no such file

    config = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    _check_form(config, path)
    return config


def _check_form(config: Mapping[str, Any], path: Path) -> None:
    """Refuse what no command can use; what is in a profile is checked where it is used."""
    profiles = config.get("profiles", {})
    if unknown := sorted(config.keys() - {"default_profile", "profiles"}):
        wrong = f"{unknown[0]!r} in {path} is not a key of the configuration file"
    elif not isinstance(profiles, Mapping):
        wrong = f"'profiles' in {path} is not a table"
    elif no_tables := [name for name, one in profiles.items() if not isinstance(one, Mapping)]:
        wrong = f"The profile {no_tables[0]!r} in {path} is not a table"
    elif not isinstance(config.get("default_profile", ""), str):
        wrong = f"'default_profile' in {path} is not text"
    else:
        return
    raise ValidationError(
        f"{wrong}.",
        hint="It has the key default_profile, and for each profile a table [profiles.<profile>] "
        "with its settings.",
        context={"path": str(path)},
    )


def profile_values(
    config: Mapping[str, Any], name: str | None, path: Path, environ: Mapping[str, str]
) -> tuple[str | None, dict[str, Any]]:
    """The profile's name and values; None and no values if no profile is named and there is no
    default.

    Raises `ValidationError` if a named profile is not in the file.
    """
    profiles = config.get("profiles", {})
    chosen = name or config.get("default_profile")
    if chosen is None:
        return None, {}
    if chosen not in profiles:
        names = ", ".join(sorted(profiles))
        raise ValidationError(
            f"There is no profile {chosen!r} in {path}.",
            hint=f"Profiles there: {names or 'none'}.",
            context={"profile": chosen, "path": str(path)},
        )
    values = _resolved(profiles[chosen], path, environ)
    if isinstance(profiles[chosen].get("options"), Mapping):
        values["options"] = _resolved(profiles[chosen]["options"], path, environ)
    return chosen, values


def extension_tables(
    tables: Any, path: Path, environ: Mapping[str, str]
) -> Mapping[str, Mapping[str, Any]]:
    """The options of the extensions that a profile names: `[profiles.work.extensions.audit]`.

    Raises `ValidationError` if they are not tables.
    """
    if not isinstance(tables, Mapping) or not all(
        isinstance(table, Mapping) for table in tables.values()
    ):
        raise ValidationError(
            f"The extensions of a profile in {path} are not tables.",
            hint="Write [profiles.<profile>.extensions.<name>], and the options below it.",
            context={"path": str(path)},
        )
    return MappingProxyType(
        {name: _resolved(table, path, environ) for name, table in tables.items()}
    )


def unset_variables(profile: Mapping[str, Any], environ: Mapping[str, str]) -> dict[str, str]:
    """The settings of a profile whose variable is not set, each with the variable.

    Those in its tables have names such as `options.database` and `extensions.audit.key`.
    """
    tables = {"": {**profile, "options": None}, "options.": profile.get("options")}
    for name, table in profile.get("extensions", {}).items():
        tables[f"extensions.{name}."] = table
    return {
        f"{prefix}{key}": value["env"]
        for prefix, table in tables.items()
        if isinstance(table, Mapping)
        for key, value in table.items()
        if _is_reference(value) and isinstance(value["env"], str) and value["env"] not in environ
    }


def _is_reference(value: Any) -> bool:
    """Whether a value is `{ env = … }`."""
    return isinstance(value, Mapping) and set(value) == {"env"}


def _resolved(table: Mapping[str, Any], path: Path, environ: Mapping[str, str]) -> dict[str, Any]:
    """The values of a table, with `{ env = "NAME" }` replaced by that variable, without
    unset ones.
    """
    values = {}
    for key, value in table.items():
        if _is_reference(value):
            if not isinstance(value["env"], str):
                raise ValidationError(
                    f"The variable to which {key!r} in {path} refers is not text.",
                    hint=f'Write {key} = {{ env = "NAME" }}.',
                    context={"path": str(path)},
                )
            value = environ.get(value["env"])  # noqa: PLW2901
        if value is not None:
            values[key] = value
    return values
