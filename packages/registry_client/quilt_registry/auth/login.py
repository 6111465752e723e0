"""The login that quilt3 keeps on this machine, read from its file (docs/protocol.md, B.2)."""

from __future__ import annotations

import json
from pathlib import Path

from quilt_core.errors import AuthenticationError
from quilt_core.secret import Secret
from quilt_registry.auth.bearer import Token
from quilt_registry.auth.claims import expiry
from quilt_registry.auth.quilt3_config import data_folder


def auth_file() -> Path:
    """Where quilt3 keeps its tokens."""
    return data_folder() / "auth.json"


def read_login(registry_url: str, path: Path | None = None) -> tuple[Token, Secret | None] | None:
    """The login for one registry; None if there is none.

    Parameters
    ----------
    registry_url:
        The registry, which is the key in the file: a login at another one is never used.
    path:
        The file; None for quilt3's own.

    Returns
    -------
    tuple
        The access token and the refresh token; the latter is None if there is none.

    Raises
    ------
    AuthenticationError
        When the file exists and cannot be read.
    """
    path = path or auth_file()
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise AuthenticationError(
            f"quilt3's login file {path} cannot be read: {type(error).__name__}.",
            hint="Run `quilt3 login` again, or set use_quilt3_login=False.",
            context={"path": str(path)},
        ) from None
    wanted = registry_url.rstrip("/")
    entries = content.items() if isinstance(content, dict) else ()
    entry = next((value for key, value in entries if key.rstrip("/") == wanted), None)
    if not isinstance(entry, dict):
        return None
    access, refresh, expires = (
        entry.get(name) for name in ("access_token", "refresh_token", "expires_at")
    )
    if not isinstance(access, str) or not isinstance(expires, (int, float)):
        return None
    return (
        Token(secret=Secret(access), expires_at=expiry(expires)),
        Secret(refresh) if isinstance(refresh, str) and refresh else None,
    )
