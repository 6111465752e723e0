"""`quiltops config`: the configuration file and its profiles."""

from __future__ import annotations

from typing import Any

import click

from quilt_core import Registry, plugins
from quilt_core.cli.answers import ProfileRow, SettingRow, listing, one
from quilt_core.cli.options import Group, completed, given_settings
from quilt_core.cli.output import is_for_programs, show, show_all
from quilt_core.errors import QuiltOpsError, ValidationError
from quilt_core.redaction import MASK
from quilt_core.settings import (
    Settings,
    config_path,
    declared_options,
    edit,
    read_config,
    setting_fields,
    with_options,
)


@click.group(cls=Group)
def group() -> None:
    """Manage the configuration file and its profiles."""


@group.command(answers=one(str))
def path() -> None:
    """Print the location of the configuration file.

    Example: quiltops config path
    """
    show(str(config_path()))


def settings_rows(settings: Settings) -> list[dict[str, Any]]:
    """Each setting with its value, secrets masked, and where it came from."""
    rows = []
    for field in setting_fields():
        if field.name == "options":
            rows += _option_rows(settings)
            continue
        found = getattr(settings, field.name)
        shown = found if field.metadata["printable"] or found is None else MASK
        shown = str(shown) if isinstance(shown, Registry) else shown
        rows.append({"setting": field.name, "value": shown, "from": settings.source(field.name)})
    return rows


def _option_rows(settings: Settings) -> list[dict[str, Any]]:
    """Each option of the backend that would be chosen, with its default or the given value.

    If that backend cannot be loaded, it is not known which options are secrets.
    """
    try:
        installed = plugins.backends()
        record = plugins.find_backend(plugins.select_backend(settings, installed), installed)
        factory = plugins.load_target(record)
        settings = with_options(settings, factory, record.name)
        printable = {option.name for option in declared_options(factory) if option.printable}
    except QuiltOpsError:
        printable = set()
    return [
        {
            "setting": f"options.{name}",
            "value": None if found is None else _plain(found) if name in printable else MASK,
            "from": settings.source(f"options.{name}"),
        }
        for name, found in settings.options.items()
    ]


def _plain(found: Any) -> Any:
    return found if isinstance(found, (str, int, float)) else str(found)


@group.command("show", answers=listing(SettingRow))
def show_settings() -> None:
    """Show every setting, its value (secrets masked) and where it came from.

    Example: quiltops config show
    """
    show_all(settings_rows(given_settings()), ("setting", "value", "from"))


@group.command(answers=listing(ProfileRow))
def profiles() -> None:
    """List the profiles of the configuration file.

    Example: quiltops config profiles
    """
    config = read_config(config_path())
    rows = [
        {
            "profile": name,
            "default": name == config.get("default_profile"),
            "settings": _shown(entries),
        }
        for name, entries in config.get("profiles", {}).items()
    ]
    if not is_for_programs():
        rows = [{**row["settings"], **row} for row in rows]
    show_all(rows, ("profile", "default", "backend", "catalog_url", "registry"))


def _shown(entries: dict[str, Any]) -> dict[str, Any]:
    """A profile's entries; for secrets, only the variables to which they refer."""
    open_ones = {field.name for field in setting_fields()} - _secrets()
    shown = {}
    for name, entry in entries.items():
        if name == "options" and isinstance(entry, dict):
            # Only the backend knows which of them are secrets.
            shown[name] = {key: _masked(one) for key, one in entry.items()}
        else:
            shown[name] = entry if name in open_ones else _masked(entry)  # a misspelt one too
    return shown


def _masked(entry: Any) -> Any:
    """A reference to a variable unchanged; anything else is masked."""
    return entry if isinstance(entry, dict) and set(entry) == {"env"} else MASK


@group.command("set")
@click.argument("profile", shell_complete=completed("profiles"))
@click.argument("setting", shell_complete=completed("settings"))
@click.argument("text", metavar="VALUE")
def set_value(profile: str, setting: str, text: str) -> None:
    """Set SETTING of PROFILE; VALUE `env:NAME` refers to an environment variable.

    SETTING `options.NAME` is an option of the backend.

    Example: quiltops config set work registry s3://demo-data
    """
    table, name = _place(setting)
    referred = text.removeprefix("env:") if text.startswith("env:") else None
    if referred is None and not table:
        if name in _secrets():
            raise ValidationError(
                f"{setting!r} is a secret and must not be stored in a file.",
                hint=f"Refer to a variable: quiltops config set {profile} {setting} env:NAME",
            )
        checked: dict[str, Any] = {name: text, "sources": {name: "the command line"}}
        Settings(**checked)
    with edit.changing() as config:
        entries = edit.table(edit.table(config, "profiles", is_super=True), profile)
        if table:
            entries = edit.table(entries, table)
        entries[name] = text if referred is None else edit.reference(referred)


@group.command("unset")
@click.argument("profile", shell_complete=completed("profiles"))
@click.argument("setting", shell_complete=completed("settings"))
def unset(profile: str, setting: str) -> None:
    """Remove SETTING from PROFILE.

    Example: quiltops config unset work registry
    """
    table, name = _place(setting)
    with edit.changing() as config:
        entries = config.get("profiles", {}).get(profile, {})
        if table:
            entries = edit.table(entries, table)
        if name not in entries:
            raise ValidationError(f"The profile {profile!r} in {config_path()} has no {setting!r}.")
        del entries[name]


def _place(setting: str) -> tuple[str | None, str]:
    """The table in the profile, and the key in it; raises `ValidationError` for a name that is
    neither a setting nor an option.
    """
    if setting.startswith("options.") and len(setting) > len("options."):
        return "options", setting.removeprefix("options.")
    if setting == "options" or setting not in {field.name for field in setting_fields()}:
        raise ValidationError(
            f"{setting!r} is not a setting.",
            hint="`quiltops config show` lists them; an option of a backend is `options.NAME`.",
        )
    return None, setting


def _secrets() -> set[str]:
    return {field.name for field in setting_fields() if not field.metadata["printable"]}


@group.command("default")
@click.argument("profile", shell_complete=completed("profiles"))
def default(profile: str) -> None:
    """Make PROFILE the default.

    Example: quiltops config default work
    """
    with edit.changing() as config:
        if profile not in config.get("profiles", {}):
            raise ValidationError(f"There is no profile {profile!r} in {config_path()}.")
        config["default_profile"] = profile
