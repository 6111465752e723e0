"""The pluggy markers, and the version of the contract that the hookspecs define."""

from __future__ import annotations

from typing import Final

import pluggy

PROJECT: Final = "quilt_core"

HOOK_VERSION: Final = 1
"""The version of the hook contract. It is increased only if a backend written for the previous
version could no longer work; new operations and new optional parameters do not change it."""

OLDEST_HOOK_VERSION: Final = 1
"""The oldest version of the hook contract that is still accepted."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
