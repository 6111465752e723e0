"""Time as the registry keeps it: seconds since 1970 inside, aware UTC datetimes outside."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], float]


def to_datetime(seconds: float) -> datetime:
    """The aware UTC datetime of a unix time in seconds."""
    return datetime.fromtimestamp(seconds, UTC)


def to_iso(seconds: float) -> str:
    """ISO 8601 with time zone, as GraphQL's `Datetime` and AWS's `Expiration` have it."""
    return to_datetime(seconds).isoformat()
