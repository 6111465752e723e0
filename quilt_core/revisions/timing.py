"""Time between revisions: the name of a pointer is the second in which it was written."""

from __future__ import annotations

from datetime import datetime

STATE_HOLDS = 10.0
"""The number of seconds after looking up a package during which a write needs no further look."""
_LONGEST = 5.0
_AGREEING = (-2.5, 1.5)
"""A `Date` header has whole seconds, and servers may set it a second late: within this many seconds
of this machine's clock, the clocks count as equal.
"""


def seconds_to_wait(newest: datetime | None, now: float, offset: float | None = None) -> float:
    """How long to wait before writing, so that the newest pointer keeps its name.

    Two pointers written in the same second have the same name, and the earlier revision would
    vanish from every listing (docs/protocol.md, H.1).

    Parameters
    ----------
    newest:
        The time of the package's newest pointer; None if it has none.
    now:
        This machine's clock, Unix seconds.
    offset:
        The number of seconds by which the clock that names pointers is ahead of this machine's,
        according to a `Date` header; None if that is not known.

    Returns
    -------
    float
        Seconds, from 0 to 5.01: 0 when the pointer's second has passed. A pointer from further
        in the future than that is not waited for: it cannot have been named by that clock.
    """
    if newest is None:
        return 0.0
    there = now if offset is None or clocks_agree(offset) else now + offset
    wait = int(newest.timestamp()) + 1 - there
    return wait + 0.01 if 0 < wait <= _LONGEST else 0.0


def clocks_agree(offset: float) -> bool:
    """Whether a `Date` header this many seconds ahead of this machine's clock is not ahead."""
    return _AGREEING[0] < offset < _AGREEING[1]
