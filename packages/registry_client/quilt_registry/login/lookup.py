"""The stored login that is used if a connection has no other credentials."""

from __future__ import annotations

from quilt_core.settings import Settings
from quilt_registry.login import stored_logins
from quilt_registry.login.stored_logins import StoredLogin


def find_login(settings: Settings, registry_url: str) -> StoredLogin | None:
    """The stored login for a registry; None if there is none or it may not be used.

    If there are several accounts at that registry, the one of the profile in use, otherwise the
    latest. In multitenant mode there is none. Raises `AuthenticationError` if its file cannot be
    read.
    """
    if not settings.use_stored_login or settings.multitenant:
        return None
    fitting = stored_logins.read_for(registry_url, settings.profile)
    named = [one for one in fitting if one.profile == settings.profile]
    return max(named or fitting, key=lambda one: one.stored_at, default=None)
