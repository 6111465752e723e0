# Generated from the synchronous facade: `make docs-reference` writes this module.
"""Asynchronous form of `WritingGroup`, a part of the facade."""

from __future__ import annotations

from quilt_core.aio.calls import AsyncGroup
from quilt_core.ops.writing import WritingGroup


class AsyncWritingGroup(AsyncGroup):
    """A part of the facade that writes."""

    _ops: WritingGroup
