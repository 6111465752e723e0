"""What the administration's parts share: the dispatcher."""

from __future__ import annotations

from typing import Protocol

from quilt_core.ops.dispatch import Dispatcher


class AdminOperationGroup(Protocol):
    """A part of `ops.admin`, which supplies the dispatcher."""

    _dispatch: Dispatcher
