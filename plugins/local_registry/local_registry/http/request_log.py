"""A log of requests, with their identities and answers."""

from __future__ import annotations

from collections import Counter, deque
from threading import Lock

import attrs

from local_registry.faults import Side

_MOST_COUNTS = 10_000
OTHER = "other"
"""What requests are counted as when there are too many names: clients choose some of them."""


@attrs.frozen(kw_only=True)
class LoggedRequest:
    """A request that was answered or cut (status 0).

    operation: the GraphQL operation's name or first field, the path of another endpoint, or S3's
    operation; target: the path, or S3's bucket and key; identity: the user's name, `root`, or
    `None`; started: unix seconds; milliseconds: until it was answered; fault: what was injected.
    """

    side: Side
    method: str
    operation: str
    target: str
    identity: str | None
    status: int
    started: float
    milliseconds: float
    fault: str | None = None


class RequestLog:
    """The newest requests of both sides and counts of all of them."""

    def __init__(self, capacity: int) -> None:
        self._lock = Lock()
        self._requests: deque[LoggedRequest] = deque(maxlen=capacity)
        self._counts: Counter[tuple[str, str, str | None]] = Counter()

    def add(self, request: LoggedRequest) -> None:
        """Add a request."""
        with self._lock:
            self._requests.append(request)
            key = (request.side, request.operation, request.identity)
            if key not in self._counts and len(self._counts) >= _MOST_COUNTS:
                key = (request.side, OTHER, None)
            self._counts[key] += 1

    def requests(self) -> list[LoggedRequest]:
        """The requests, oldest first; only as many as the capacity are kept."""
        with self._lock:
            return list(self._requests)

    def counts(self) -> dict[tuple[str, str, str | None], int]:
        """How many requests of each (side, operation, identity).

        Beyond 10,000 of them, the requests of new ones are counted as ("…", "other", None).
        """
        with self._lock:
            return dict(self._counts)

    def total(self, side: Side = "any") -> int:
        """How many requests there were on a side, or on both."""
        with self._lock:
            return sum(n for (where, _, _), n in self._counts.items() if side in ("any", where))

    def clear(self) -> None:
        """Forget everything and count from zero."""
        with self._lock:
            self._requests.clear()
            self._counts.clear()
