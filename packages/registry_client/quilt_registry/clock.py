"""Detecting a wrong clock on this machine: AWS refuses what it signs, and tokens seem to have
expired.
"""

from __future__ import annotations

import email.utils
import time

from quilt_core.errors import BackendError

_TOO_FAR = 300.0
"""The number of seconds by which AWS allows clocks to differ."""
HOW_TO_SET_IT = "Set this machine's clock; `quiltops doctor` compares it with the registry's."


def read_date(text: str | None) -> float | None:
    """The time of an HTTP date in Unix seconds; None if it is not one."""
    if not text:
        return None
    try:
        return email.utils.parsedate_to_datetime(text).timestamp()
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def seconds_off(date: str | None) -> float | None:
    """The number of seconds by which this machine's clock is ahead of a `Date` header; None if not
    known.
    """
    moment = read_date(date)
    return None if moment is None else time.time() - moment


def said_of_clock(server_time: float | None) -> str:
    """A sentence about the difference from a server's clock (Unix seconds); empty if the clocks
    agree.
    """
    off = None if server_time is None else time.time() - server_time
    return "" if off is None or abs(off) <= _TOO_FAR else f"This machine's clock is {_how(off)}."


def _how(off: float) -> str:
    return f"off by {abs(off):.0f} seconds ({'ahead' if off > 0 else 'behind'})"


def clock_is_off(date: str | None) -> bool:
    """Whether this machine's clock differs from a `Date` header by more than AWS allows."""
    off = seconds_off(date)
    return off is not None and abs(off) > _TOO_FAR


def wrong_clock(said: str, date: str | None) -> BackendError:
    """The error for a refusal that a wrong clock caused."""
    off = seconds_off(date)
    return BackendError(
        f"{said}. This machine's clock is {'off' if off is None else _how(off)}.",
        hint=HOW_TO_SET_IT,
        context={"seconds_off": off},
    )
