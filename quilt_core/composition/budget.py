"""Bound the bytes that are under way at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

IN_MEMORY = 8 << 20
"""Files below this many bytes are held in memory while they are dealt with; of larger ones, what
moves them holds a part or two, and a backend bounds those that it sends at once."""
_OF_LARGE_FILE = 8 << 20
_BUDGET = 48 << 20


class ByteBudget:
    """Lets files pass while those under way hold no more than so many bytes; thread-safe.

    Parameters
    ----------
    budget:
        How many bytes.
    of_large:
        What a file of `IN_MEMORY` bytes or more holds: by default one part of an upload.
    """

    def __init__(self, budget: int = _BUDGET, of_large: int = _OF_LARGE_FILE) -> None:
        self._budget = budget
        self._of_large = of_large
        self._used = 0
        self._changed = threading.Condition()

    @contextmanager
    def of(self, size: int) -> Iterator[None]:
        """A block in which a file of `size` bytes is dealt with; waits until there is room."""
        needed = size if size < IN_MEMORY else self._of_large
        with self._changed:
            self._changed.wait_for(lambda: not self._used or self._used + needed <= self._budget)
            self._used += needed
        try:
            yield
        finally:
            with self._changed:
                self._used -= needed
                self._changed.notify_all()
