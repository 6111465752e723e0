"""Limits the number of bytes that are in transfer at the same time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

IN_MEMORY = 8 << 20
"""Files smaller than this many bytes are held in memory while they are processed; of larger files
only a part or two, and a backend limits how many parts it sends at once.
"""
_OF_LARGE_FILE = 8 << 20
_BUDGET = 48 << 20


class ByteBudget:
    """Admits files as long as the files in progress hold no more than a number of bytes;
    thread-safe.

    Parameters
    ----------
    budget:
        The number of bytes.
    of_large:
        The number of bytes that a file of `IN_MEMORY` bytes or more holds: by default one part of
        an upload.
    """

    def __init__(self, budget: int = _BUDGET, of_large: int = _OF_LARGE_FILE) -> None:
        self._budget = budget
        self._of_large = of_large
        self._used = 0
        self._changed = threading.Condition()

    @contextmanager
    def of(self, size: int) -> Iterator[None]:
        """A block in which a file of `size` bytes is processed; waits until there is space."""
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
