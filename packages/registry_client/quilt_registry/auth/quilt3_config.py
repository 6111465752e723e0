"""The catalog that quilt3 is configured with on this machine (docs/protocol.md, A)."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Any

import attrs

from quilt_core.errors import ValidationError
from quilt_core.settings import Settings

_ADDRESSES = ("catalog_url", "registry_url", "graphql_endpoint")
_KEYS = {"catalog_url": "navigator_url", "registry_url": "registryUrl", "region": "region"}
"""Settings, and the keys of quilt3's `config.yml` that can replace them."""


def data_folder() -> Path:
    """The folder in which quilt3 keeps its configuration and its logins."""
    import platformdirs

    return Path(platformdirs.user_data_dir("Quilt", "QuiltData"))


def config_path() -> Path:
    """quilt3's configuration file."""
    return data_folder() / "config.yml"


def with_quilt3_config(settings: Settings) -> Settings:
    """Settings, completed from `quilt3 config` if nothing else names the catalog.

    Never in multitenant mode, and never when `use_quilt3_login` is off: in these cases nothing that
    belongs to this machine's user is used. Raises `ValidationError` if the file does not have
    quilt3's format.
    """
    own = settings.use_quilt3_login and not settings.multitenant
    if not own or any(getattr(settings, name) for name in _ADDRESSES):
        return settings
    path = config_path()
    stored = _read(path)
    found = {
        name: stored[key]
        for name, key in _KEYS.items()
        if stored.get(key) and getattr(settings, name) is None
    }
    if "registry_url" not in found:
        return settings
    # In the order of sources it counts as a profile, which comes last.
    sources = {**settings.sources, **dict.fromkeys(found, f"profile of quilt3, {path}")}
    return attrs.evolve(settings, **found, sources=MappingProxyType(sources))


def _read(path: Path) -> dict[str, Any]:
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise _unusable(path, f"cannot be read: {error.strerror or error}") from error
    from quilt_core.yaml_documents import read_yaml

    try:
        values = read_yaml(content)
    except ValueError as error:
        raise _unusable(path, "is not YAML") from error
    return values if isinstance(values, dict) else {}


def _unusable(path: Path, why: str) -> ValidationError:
    return ValidationError(
        f"quilt3's configuration {path} {why}.",
        hint="Run `quilt3 config` again, or set use_quilt3_login=False.",
        context={"path": str(path)},
    )
