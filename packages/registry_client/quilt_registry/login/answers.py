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
    """What is kept: `api_key` or `refresh_token`."""
    stored_in: str
    expires_at: str | None


class LoginRow(TypedDict):
    """A login that is stored on this machine; its secret is not told."""

    profile: str
    default: bool
    user: str
    catalog_url: str
    registry_url: str
    kept: str
    """What is kept: `api_key` or `refresh_token`."""
    stored_in: str
    expires_at: str | None
    state: NotRequired[str]
    """Whether the registry accepts it now, in words; of `auth status` only."""


class SwitchedLogin(TypedDict):
    """The login that is the default from now on."""

    profile: str
    user: str
    catalog_url: str


class EndedLogin(TypedDict):
    """A login that was forgotten, or was not, and what became of its key."""

    profile: str
    user: str
    catalog_url: str
    removed: bool
    key: str


class FullStatus(TypedDict):
    """Who we are, by which credentials, and the stored logins."""

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
    """Where the credentials come from that count."""
    shadowed: list[str]
    """What other credentials there are, which do not count."""
    logins: list[LoginRow]
