"""What the groups of the facade share: the dispatcher and the default registry."""

from __future__ import annotations

from typing import Protocol

from quilt_core.ops.dispatch import Dispatcher
from quilt_core.settings import Settings


class OperationGroup(Protocol):
    """A part of the facade; `QuiltOps` supplies the attributes that it uses."""

    _dispatch: Dispatcher
    _settings: Settings
