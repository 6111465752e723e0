"""Time between revisions: a pointer is named by the second in which it was written."""

from __future__ import annotations

from datetime import datetime

_LONGEST = 5.0


def seconds_to_wait(newest: datetime | None, now: float, server_time: float | None = None) -> float:
    """How long to wait before writing, so that the newest pointer keeps its name.

    Two pointers written in one second have one name, and the earlier revision would vanish from
    every listing (protocol note H.1).

    Parameters
    ----------
    newest:
        The time of the package's newest pointer; None when it has none.
    now:
        This machine's clock, Unix seconds.
    server_time:
        The clock of who names pointers, in whole Unix seconds (a `Date` header), when known.

    Returns
    -------
    float
        Seconds, between 0 and 5: 0 when the pointer's second has passed. A pointer from further
        in the future than that is not waited for: clocks differ, and names differ too.
    """
    if newest is None:
        return 0.0
    taken = int(newest.timestamp())
    if server_time is None or abs(now - server_time) < 1.5:
        wait = taken + 1 - now
    else:
        # The clocks differ: of the server's second only the beginning is known.
        wait = taken + 1 - int(server_time) if taken >= int(server_time) else 0.0
    return wait + 0.01 if 0 < wait <= _LONGEST else 0.0
