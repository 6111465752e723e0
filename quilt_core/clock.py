"""The wall clock for decisions of backends, in one place, so that a replay can replace it."""

from __future__ import annotations

import time
from collections.abc import Callable

now: Callable[[], float] = time.time
"""The time in Unix seconds. Call it as `clock.now()`, so that a replacement is used."""
