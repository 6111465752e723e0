"""What quilt3 keeps on this machine: the login, and the configured catalog (protocol note B.2).

Read anew each time, for `quilt3 login` may run beside us; never written here.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import attrs
import platformdirs

from quilt_core.errors import AuthenticationError
from quilt_core.secret import Secret


@attrs.frozen(kw_only=True)
class StoredLogin:
    """The tokens that `quilt3 login` left for one registry."""

    access_token: Secret
    refresh_token: Secret
    expires_at: float
    """Unix seconds."""


def quilt3_folder() -> Path:
    """Where quilt3 keeps its files."""
    return Path(platformdirs.user_data_dir("Quilt", "QuiltData"))


def stored_login(registry_url: str) -> StoredLogin | None:
    """The login for a registry; None when there is none.

    `AuthenticationError` when the file is not what quilt3 writes.
    """
    path = quilt3_folder() / "auth.json"
    try:
        tokens = json.loads(path.read_text(encoding="utf-8")).get(registry_url)
        if tokens is None:
            return None
        return StoredLogin(
            access_token=Secret(tokens["access_token"]),
            refresh_token=Secret(tokens["refresh_token"]),
            expires_at=float(tokens["expires_at"]),
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, AttributeError, KeyError, TypeError) as error:
        raise AuthenticationError(
            f"quilt3's login file {path} cannot be read: {type(error).__name__}.",
            hint="Run `quilt3 login` again.",
        ) from None


def stored_config() -> dict[str, Any]:
    """quilt3's `config.yml`; empty when there is none, or when it is no mapping."""
    path = quilt3_folder() / "config.yml"
    try:
        content = path.read_text(encoding="utf-8")
    except OSError:
        return {}
    import yaml

    try:
        values = yaml.safe_load(content)
    except yaml.YAMLError:
        return {}
    return values if isinstance(values, dict) else {}
