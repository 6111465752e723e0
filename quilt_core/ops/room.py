"""What the facade's rooms share: the dispatcher and the connection's default registry."""

from __future__ import annotations

from typing import Protocol

from quilt_core.ops.dispatch import Dispatcher
from quilt_core.settings import Settings


class Room(Protocol):
    """A part of the facade; `QuiltOps` supplies what it stands on."""

    _dispatch: Dispatcher
    _settings: Settings
