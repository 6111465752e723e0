"""The pluggy markers, and the version of the contract that the hookspecs make up."""

from __future__ import annotations

from typing import Final

import pluggy

PROJECT: Final = "quilt_core"

HOOK_VERSION: Final = 1
"""The version of the hook contract. It goes up only when a backend written for the version
before can no longer work; new operations and new optional parameters leave it as it is."""

OLDEST_HOOK_VERSION: Final = 1
"""The oldest version that a backend may be written for and still be used."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
