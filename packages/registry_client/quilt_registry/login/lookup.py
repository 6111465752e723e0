"""The stored login that is used if a connection has no other credentials."""

from __future__ import annotations

from quilt_core.settings import Settings
from quilt_core.urls import same_place
from quilt_registry.login import book
from quilt_registry.login.book import StoredLogin


def find_login(settings: Settings, registry_url: str) -> StoredLogin | None:
    """The stored login for a registry; None when there is none, or none may be used.

    Of several accounts at that registry it is the one of the profile in use, else the latest.
    Never one in multitenant mode. Raises `AuthenticationError` for a file that cannot be read.
    """
    if not settings.use_stored_login or settings.multitenant:
        return None
    fitting = [one for one in book.read_all() if same_place(one.registry_url, registry_url)]
    named = [one for one in fitting if one.profile == settings.profile]
    return max(named or fitting, key=lambda one: one.stored_at, default=None)
