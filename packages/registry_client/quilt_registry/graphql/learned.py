"""What this process has learnt about registries by trying, because it cannot be requested."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

import attrs

_MOST_REGISTRIES = 256
_KEPT_SECONDS = 3600.0


@attrs.define(kw_only=True)
class _Facts:
    since: float
    path: str | None = None
    variants: dict[str, int] = attrs.field(factory=dict)
    lacking: set[str] = attrs.field(factory=set)
    clock_offset: float | None = None


class LearnedState:
    """The paths and variants of documents that registries accept, and how far ahead their clocks
    are.

    Registries do not answer introspection (docs/protocol.md, C.1), so a client tries and falls
    back. The results are used by all connections of the process, and tried again after an hour,
    because a registry may have been updated. They do not depend on an identity, and nothing secret
    is kept. Thread-safe.

    Parameters
    ----------
    most_registries:
        The maximum number of registries; the least recently used ones are forgotten.
    kept_seconds:
        The number of seconds after which a registry is tried again.
    clock:
        A monotonic clock, in seconds.
    """

    def __init__(
        self,
        *,
        most_registries: int = _MOST_REGISTRIES,
        kept_seconds: float = _KEPT_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most_registries = most_registries
        self._kept_seconds = kept_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._facts: OrderedDict[str, _Facts] = OrderedDict()

    def path(self, endpoint: str) -> str:
        """The path for documents for the registry with this configured endpoint."""
        with self._lock:
            return self._of(endpoint).path or endpoint

    def learn_path(self, endpoint: str, path: str) -> None:
        """Record that documents for `endpoint` are accepted at `path`."""
        with self._lock:
            self._of(endpoint).path = path

    def variant(self, endpoint: str, document: str) -> int:
        """The index of the variant to try first: the one accepted last, or the newest (0)."""
        with self._lock:
            return self._of(endpoint).variants.get(document, 0)

    def learn_variant(self, endpoint: str, document: str, index: int) -> None:
        """Record that the registry accepts this variant of a document."""
        with self._lock:
            self._of(endpoint).variants[document] = index

    def lacks(self, endpoint: str, document: str) -> bool:
        """Whether the registry accepted no variant of a document at the last attempt."""
        with self._lock:
            return document in self._of(endpoint).lacking

    def learn_lacking(self, endpoint: str, document: str) -> None:
        """Record that the registry does not have the operation of this document."""
        with self._lock:
            self._of(endpoint).lacking.add(document)

    def clock_offset(self, endpoint: str) -> float | None:
        """The number of seconds by which the registry's clock is ahead of this machine's; None if
        not known.
        """
        with self._lock:
            return self._of(endpoint).clock_offset

    def learn_clock_offset(self, endpoint: str, seconds: float) -> None:
        """Record that the registry's clock is ahead by `seconds`."""
        with self._lock:
            self._of(endpoint).clock_offset = seconds

    def forget(self) -> None:
        """Forget everything, as in a new process."""
        with self._lock:
            self._facts.clear()

    def _of(self, endpoint: str) -> _Facts:
        now = self._clock()
        facts = self._facts.get(endpoint)
        if facts is None or now - facts.since >= self._kept_seconds:
            facts = self._facts[endpoint] = _Facts(since=now)
        self._facts.move_to_end(endpoint)
        while len(self._facts) > self._most_registries:
            self._facts.popitem(last=False)
        return facts


LEARNED = LearnedState()
"""The instance that all connections of this process share."""
