"""Choose the backend by name, never by looking for sessions."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from quilt_core.errors import PluginError
from quilt_core.plugins.records import KNOWN_BACKENDS, PluginRecord, PluginStatus
from quilt_core.settings import Settings

ONLY_BY_NAME = frozenset({"memory"})
"""Backends that are never chosen automatically."""


@attrs.frozen
class Selection:
    """The chosen backend's name, and why it was chosen."""

    name: str
    reason: str


def select_backend(settings: Settings, installed: Mapping[str, PluginRecord]) -> Selection:
    """Choose a backend: by the setting, otherwise by multitenant mode, otherwise the only one that
    is installed.

    Raises `PluginError`, which lists the installed backends and says how to choose one.
    """
    if settings.backend is not None:
        return Selection(settings.backend, settings.source("backend"))
    if settings.multitenant:
        return Selection("platform", f"multitenant mode ({settings.source('multitenant')})")
    candidates = [
        name
        for name, record in installed.items()
        if name not in ONLY_BY_NAME and record.status is not PluginStatus.BLOCKED
    ]
    if len(candidates) == 1:
        return Selection(candidates[0], "the only one installed")
    if not candidates:
        raise PluginError(
            "No backend is installed.",
            hint=" or ".join(KNOWN_BACKENDS.values()) + ".",
            context={"installed": sorted(installed)},
        )
    raise PluginError(
        f"Several backends are installed: {', '.join(sorted(candidates))}.",
        hint="Choose one: connect(backend=…), QUILT_BACKEND, `backend` in a profile, or "
        "--backend on the command line."
        + (" `quiltops login` also chooses one." if KNOWN_BACKENDS.keys() & candidates else ""),
        context={"installed": sorted(installed)},
    )


def find_backend(choice: Selection, installed: Mapping[str, PluginRecord]) -> PluginRecord:
    """The record of the chosen backend; raises `PluginError` with the pip command if it is not
    installed.
    """
    if choice.name in installed:
        return installed[choice.name]
    command = KNOWN_BACKENDS.get(choice.name)
    hint = (
        f"{command}."
        if command
        else f"Installed: {', '.join(sorted(installed)) or 'none'}. A backend is found by its "
        "entry point in the group quilt_core.backends."
    )
    raise PluginError(
        f"The backend {choice.name!r} ({choice.reason}) is not installed.",
        hint=hint,
        context={"backend": choice.name, "installed": sorted(installed)},
    )
