"""The data of each stored login: one file per login, readable only by its owner.

Each login has a file of its own, so that two processes that log in at the same time do not
overwrite each other's. The secret is in the system keyring, or in the file (`storage`).
"""

from __future__ import annotations

import json
import logging
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import attrs

from quilt_core.errors import AuthenticationError
from quilt_core.private_files import replace_private
from quilt_core.secret import Secret
from quilt_core.urls import same_place

logger = logging.getLogger("quilt_core.auth")

Kind = Literal["api_key", "refresh_token"]
Storage = Literal["keyring", "file"]
_KINDS = ("api_key", "refresh_token")
_STORAGES = ("keyring", "file")


@attrs.frozen(kw_only=True)
class StoredLogin:
    """One account at one registry."""

    profile: str
    """The profile in the configuration file that belongs to it, and the name of the login."""
    catalog_url: str
    registry_url: str
    """The only address to which the secret is ever sent."""
    user: str
    kind: Kind
    storage: Storage
    slot: str
    """The name of the secret in the keyring; not used for a file."""
    key_id: str | None = None
    """The id of the API key at the registry, for revoking it; None if it is not known."""
    expires_at: datetime | None = None
    stored_at: datetime
    secret: Secret | None = None
    """The secret, if it is kept in the file."""


def folder() -> Path:
    """The folder of the logins."""
    import platformdirs

    return Path(platformdirs.user_data_dir("quiltops")) / "logins"


def path_of(profile: str) -> Path:
    """The file of a login, whose name may have any characters."""
    return folder() / f"{quote(profile, safe='@')}.json"


def read_all() -> list[StoredLogin]:
    """The stored logins, by name.

    Raises
    ------
    AuthenticationError
        When a file or the folder cannot be read, or a file does not have this module's format.
    """
    return [login for path in _files() if (login := _read(path)) is not None]


def read_for(registry_url: str, profile: str | None) -> list[StoredLogin]:
    """The stored logins at a registry, by name; those at others need not be readable.

    Raises
    ------
    AuthenticationError
        When the file of a login at this registry, or of this profile, is not as it should be.
    """
    found = []
    for path in _files():
        try:
            login = _read(path)
        except AuthenticationError as error:
            its = _registry_of(path)
            named = profile is not None and path == path_of(profile)
            if named or (its is not None and same_place(its, registry_url)):
                raise
            logger.warning("A login is left out: %s", error.message)
        else:
            if login is not None and same_place(login.registry_url, registry_url):
                found.append(login)
    return found


def _registry_of(path: Path) -> str | None:
    """The registry in a file that is damaged otherwise; None if it does not say."""
    with suppress(OSError, ValueError, RecursionError):
        entry = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(entry, dict) and isinstance(entry.get("registry_url"), str):
            return str(entry["registry_url"])
    return None


def _files() -> list[Path]:
    try:
        return sorted(path for path in folder().iterdir() if path.suffix == ".json")
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise AuthenticationError(
            f"The folder of the stored logins {folder()} cannot be read: "
            f"{error.strerror or error}.",
            hint="Make it readable, or do without stored logins: QUILT_USE_STORED_LOGIN=false.",
            context={"path": str(folder())},
        ) from error


def read_one(profile: str) -> list[StoredLogin]:
    """The login with that name, in a list; empty if there is none that can be read."""
    try:
        login = _read(path_of(profile))
    except AuthenticationError:
        return []
    return [] if login is None else [login]


def write(login: StoredLogin) -> None:
    """Store a login, replacing one with the same name, completely or not at all.

    Raises
    ------
    AuthenticationError
        When the file cannot be written; a previous file is kept.
    """
    entry = attrs.asdict(login)
    for name in ("expires_at", "stored_at"):
        entry[name] = None if entry[name] is None else entry[name].isoformat()
    entry["secret"] = None if login.secret is None else login.secret.reveal()
    path = path_of(login.profile)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.parent.chmod(0o700)
        replace_private(path, json.dumps(entry, indent=2))
    except OSError as error:
        raise AuthenticationError(
            f"The login cannot be stored in {path}: {error.strerror or error}.",
            hint="Fix this, or get a key without storing it: `quiltops login --no-store`.",
            context={"path": str(path)},
        ) from error


def remove(login: StoredLogin) -> None:
    """Remove a login; raises `AuthenticationError` if its file cannot be removed."""
    path = path_of(login.profile)
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise AuthenticationError(
            f"The login in {path} cannot be removed: {error.strerror or error}.",
            context={"path": str(path)},
        ) from error


def _read(path: Path) -> StoredLogin | None:
    """The login in a file; None for one that is not there, because another process removed it."""
    try:
        return _parse(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise AuthenticationError(
            f"The stored login {path} cannot be read: {type(error).__name__}.",
            hint="Remove the file and run `quiltops login` again, or set use_stored_login=False.",
            context={"path": str(path)},
        ) from None


def _parse(entry: dict[str, Any]) -> StoredLogin:
    """Read a login from its file; raises `KeyError`, `TypeError` or `ValueError` for
    anything else.
    """
    names = ("profile", "catalog_url", "registry_url", "user", "kind", "storage", "slot")
    texts = {name: entry[name] for name in names}
    if not all(isinstance(text, str) for text in texts.values()):
        raise TypeError("a text is missing")
    if texts["kind"] not in _KINDS or texts["storage"] not in _STORAGES:
        raise ValueError("an unknown kind")
    secret, key_id, expires_at = (entry.get(name) for name in ("secret", "key_id", "expires_at"))
    if (texts["storage"] == "file") != (isinstance(secret, str) and bool(secret)):
        raise ValueError("the secret is missing, or is where it should not be")
    return StoredLogin(
        **texts,
        key_id=key_id if isinstance(key_id, str) else None,
        expires_at=None if expires_at is None else _moment(expires_at),
        stored_at=_moment(entry["stored_at"]),
        secret=Secret(secret) if secret else None,
    )


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment
