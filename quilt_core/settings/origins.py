"""Where settings come from, in the order in which sources count."""

from __future__ import annotations

from enum import IntEnum

from quilt_core.settings.model import Settings

CREDENTIALS = ("token", "api_key", "refresh_token")
"""The settings that are credentials."""


class Origin(IntEnum):
    """Where credentials, or an address, come from; the first that has any counts."""

    ARGUMENT = 0
    REQUEST = 1
    ENVIRONMENT = 2
    PROFILE = 3


def origin_of(settings: Settings, name: str) -> Origin | None:
    """The source of a setting; None if it is not set."""
    if getattr(settings, name) is None:
        return None
    source = settings.source(name)
    if source.startswith("environment"):
        return Origin.ENVIRONMENT
    # Settings that an application built itself have no source: they are arguments.
    return Origin.PROFILE if source.startswith("profile") else Origin.ARGUMENT
