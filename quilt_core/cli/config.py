"""`quiltops config`: the configuration file and its profiles."""

from __future__ import annotations

from typing import Any

import click

import quilt_core
from quilt_core.cli.options import Group, value
from quilt_core.cli.output import show, show_all
from quilt_core.cli.toml import to_toml
from quilt_core.errors import ValidationError
from quilt_core.settings import Settings, config_path, read_config, setting_fields
from quilt_core.settings.parsing import parse_setting


@click.group(cls=Group)
def group() -> None:
    """The configuration file and its profiles."""


@group.command()
def path() -> None:
    """Print where the configuration file is."""
    show(str(config_path()))


def settings_rows(settings: Settings) -> list[dict[str, Any]]:
    """Each setting with its value, secrets masked, and where it came from."""
    rows = []
    for field in setting_fields():
        found = getattr(settings, field.name)
        shown = found if field.metadata["printable"] or found is None else "***"
        rows.append({"setting": field.name, "value": shown, "from": settings.source(field.name)})
    return rows


@group.command("show")
def show_settings() -> None:
    """Show every setting, its value (secrets masked) and where it came from."""
    settings = quilt_core.load_settings(
        backend=value("backend"), registry=value("registry"), profile=value("profile")
    )
    show_all(settings_rows(settings), ("setting", "value", "from"))


@group.command()
def profiles() -> None:
    """List the profiles of the configuration file."""
    config = read_config(config_path())
    rows = [
        {"profile": name, "default": name == config.get("default_profile"), **_shown(entries)}
        for name, entries in config.get("profiles", {}).items()
    ]
    show_all(rows, ("profile", "default", "backend", "catalog_url", "registry"))


def _shown(entries: dict[str, Any]) -> dict[str, Any]:
    """A profile's entries; of secrets only the variables that they refer to."""
    open_ones = {field.name for field in setting_fields() if field.metadata["printable"]}
    return {
        name: entry if name in open_ones or isinstance(entry, dict) else "***"
        for name, entry in entries.items()
    }


@group.command("set")
@click.argument("profile")
@click.argument("setting")
@click.argument("text", metavar="VALUE")
def set_value(profile: str, setting: str, text: str) -> None:
    """Set SETTING of PROFILE; VALUE `env:NAME` refers to an environment variable."""
    if setting not in {field.name for field in setting_fields()}:
        raise ValidationError(
            f"{setting!r} is not a setting.", hint="`quiltops config show` lists them."
        )
    printable = {field.name: field.metadata["printable"] for field in setting_fields()}
    entry: Any = text
    if text.startswith("env:"):
        entry = {"env": text.removeprefix("env:")}
    elif not printable[setting]:
        raise ValidationError(
            f"{setting!r} is a secret, which does not go into a file.",
            hint=f"Refer to a variable: quiltops config set {profile} {setting} env:NAME",
        )
    else:
        parse_setting(setting, text, "the command line")
    file = config_path()
    config = read_config(file)
    config.setdefault("profiles", {}).setdefault(profile, {})[setting] = entry
    _write(config)


@group.command("default")
@click.argument("profile")
def default(profile: str) -> None:
    """Make PROFILE the default one."""
    config = read_config(config_path())
    if profile not in config.get("profiles", {}):
        raise ValidationError(f"There is no profile {profile!r} in {config_path()}.")
    config["default_profile"] = profile
    _write(config)


def _write(config: dict[str, Any]) -> None:
    file = config_path()
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_suffix(".partial")
    partial.write_text(to_toml(config), encoding="utf-8")
    partial.chmod(0o600)
    partial.replace(file)
