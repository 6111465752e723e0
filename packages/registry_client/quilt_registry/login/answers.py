"""What the commands about logins print with `--json`."""

from __future__ import annotations

from typing import NotRequired, TypedDict


class NewLogin(TypedDict):
    """A login that was stored."""

    profile: str
    user: str
    catalog_url: str
    registry_url: str
    kept: str
    """The kind of secret: `api_key` or `refresh_token`."""
    stored_in: str
    expires_at: str | None


class LoginRow(TypedDict):
    """A login that is stored on this machine, without its secret."""

    profile: str
    default: bool
    user: str
    catalog_url: str
    registry_url: str
    kept: str
    """The kind of secret: `api_key` or `refresh_token`."""
    stored_in: str
    expires_at: str | None
    state: NotRequired[str]
    """Whether the registry accepts it now, in words; only in `auth status`."""


class SwitchedLogin(TypedDict):
    """The login that is the default from now on."""

    profile: str
    user: str
    catalog_url: str


class EndedLogin(TypedDict):
    """The result of removing a login, and of revoking its key."""

    profile: str
    user: str
    catalog_url: str
    removed: bool
    key: str


class FullStatus(TypedDict):
    """The user, the credentials in use, and the stored logins."""

    is_authenticated: bool
    catalog_url: str | None
    registry_url: str | None
    user_name: str | None
    email: str | None
    is_admin: bool
    role: str | None
    roles: list[str]
    expires_at: str | None
    credentials: list[str]
    """The source of the credentials in use."""
    shadowed: list[str]
    """Other credentials, which are not used."""
    logins: list[LoginRow]
