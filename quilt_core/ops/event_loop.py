"""Detect calls that block an event loop, if asyncio's debug mode asks for such checks."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

_CORE = str(Path(__file__).parents[1])


def warn_on_event_loop(operation: str) -> None:
    """Warn about an operation that is called in a coroutine whose loop is in debug mode.

    Parameters
    ----------
    operation:
        The hook's name.
    """
    asyncio = sys.modules.get("asyncio.events")
    loop = None if asyncio is None else asyncio._get_running_loop()
    if loop is None or not loop.get_debug():
        return
    frame, level = sys._getframe(), 1
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_CORE):
        frame, level = frame.f_back, level + 1
    warnings.warn(
        f"{operation} is called in a coroutine and blocks the event loop until it has ended; use "
        "quilt_core.aio, or call it in a thread.",
        RuntimeWarning,
        stacklevel=level,
    )
