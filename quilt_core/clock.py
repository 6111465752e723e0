"""The wall clock that backends decide by, in one place, so that a replay can give its own back."""

from __future__ import annotations

import time
from collections.abc import Callable

now: Callable[[], float] = time.time
"""Unix seconds. Call it as `clock.now()`: what is put in its place is then seen."""
