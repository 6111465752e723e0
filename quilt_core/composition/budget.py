"""Limits the number of bytes that are in transfer at the same time."""

from __future__ import annotations

import threading

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
        self._waiting = 0
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)

    def of(self, size: int) -> _Share:
        """A block in which a file of `size` bytes is processed; waits until there is space."""
        return _Share(self, size if size < IN_MEMORY else self._of_large)

    def take(self, needed: int) -> None:
        """Wait until there is space for this number of bytes, and occupy it."""
        with self._lock:
            while self._used and self._used + needed > self._budget:
                self._waiting += 1
                self._changed.wait()
                self._waiting -= 1
            self._used += needed

    def give_back(self, needed: int) -> None:
        """Free the space again."""
        with self._lock:
            self._used -= needed
            if self._waiting:
                self._changed.notify_all()


class _Share:
    __slots__ = ("_budget", "_needed")

    def __init__(self, budget: ByteBudget, needed: int) -> None:
        self._budget = budget
        self._needed = needed

    def __enter__(self) -> None:
        self._budget.take(self._needed)

    def __exit__(self, *_: object) -> None:
        self._budget.give_back(self._needed)
