"""A wrong clock of this machine: AWS refuses what it signs, and tokens seem to have ended."""

from __future__ import annotations

import email.utils
import time

from quilt_core.errors import BackendError

_TOO_FAR = 300.0
"""Seconds by which AWS lets clocks differ."""
HOW_TO_SET_IT = "Set this machine's clock; `quiltops doctor` compares it with the registry's."


def read_date(text: str | None) -> float | None:
    """The moment of an HTTP date, Unix seconds; None when it is none."""
    if not text:
        return None
    try:
        return email.utils.parsedate_to_datetime(text).timestamp()
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def seconds_off(date: str | None) -> float | None:
    """By how many seconds this machine's clock is ahead of a `Date` header; None: not known."""
    moment = read_date(date)
    return None if moment is None else time.time() - moment


def said_of_clock(server_time: float | None) -> str:
    """What to tell, in a sentence, of a server's clock (Unix seconds); nothing when they agree."""
    off = None if server_time is None else time.time() - server_time
    return "" if off is None or abs(off) <= _TOO_FAR else f"This machine's clock is {_how(off)}."


def _how(off: float) -> str:
    return f"off by {abs(off):.0f} seconds ({'ahead' if off > 0 else 'behind'})"


def clock_is_off(date: str | None) -> bool:
    """Whether this machine's clock differs from a `Date` header by more than AWS allows."""
    off = seconds_off(date)
    return off is not None and abs(off) > _TOO_FAR


def wrong_clock(said: str, date: str | None) -> BackendError:
    """The error for a refusal that comes of a wrong clock."""
    off = seconds_off(date)
    return BackendError(
        f"{said}. This machine's clock is {'off' if off is None else _how(off)}.",
        hint=HOW_TO_SET_IT,
        context={"seconds_off": off},
    )
