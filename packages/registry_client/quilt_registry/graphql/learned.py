"""What this process has learnt about registries by trying: nothing of it can be asked for."""

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
    """Paths and variants of documents that registries take, and how far ahead their clocks are.

    Registries answer no introspection (docs/protocol.md, C.1): a client tries, and falls back.
    What was found holds for all connections of the process, and is tried again after an hour: a
    registry may have been updated. It depends on no identity, and nothing secret is kept. Safe
    for threads.

    Parameters
    ----------
    most_registries:
        How many registries are kept; those that were used longest ago are forgotten.
    kept_seconds:
        After how many seconds a registry is tried again.
    clock:
        Tells the seconds; monotonic.
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
        """Where documents for the registry with this configured endpoint go."""
        with self._lock:
            return self._of(endpoint).path or endpoint

    def learn_path(self, endpoint: str, path: str) -> None:
        """Documents for `endpoint` are taken at `path`."""
        with self._lock:
            self._of(endpoint).path = path

    def variant(self, endpoint: str, document: str) -> int:
        """The index of the variant to try first: what was taken last, or the newest (0)."""
        with self._lock:
            return self._of(endpoint).variants.get(document, 0)

    def learn_variant(self, endpoint: str, document: str, index: int) -> None:
        """The registry takes this variant of a document."""
        with self._lock:
            self._of(endpoint).variants[document] = index

    def lacks(self, endpoint: str, document: str) -> bool:
        """Whether the registry took no variant of a document when it was last tried."""
        with self._lock:
            return document in self._of(endpoint).lacking

    def learn_lacking(self, endpoint: str, document: str) -> None:
        """The registry does not have the operation of this document."""
        with self._lock:
            self._of(endpoint).lacking.add(document)

    def clock_offset(self, endpoint: str) -> float | None:
        """Seconds by which the registry's clock is ahead of this machine's; None: not known."""
        with self._lock:
            return self._of(endpoint).clock_offset

    def learn_clock_offset(self, endpoint: str, seconds: float) -> None:
        """The registry's clock is ahead by `seconds`."""
        with self._lock:
            self._of(endpoint).clock_offset = seconds

    def forget(self) -> None:
        """Know nothing of any registry, as a new process."""
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
"""What all connections of this process share."""
