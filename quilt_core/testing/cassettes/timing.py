"""The clock of a recording, which is restored when it is replayed.

What a client sends may depend on the time: a write waits while the second of the newest pointer has
not passed, and looks again after it has waited. While a cassette is recorded, `quilt_core.clock`
stands still between two answers, and each answer is kept with its time; when it is replayed the
clock shows the times that are kept. So the same decisions are made, whatever the time is.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from quilt_core import clock
from quilt_core.revisions.timing import clocks_agree

RECORDED_AT = "recorded_at"
"""Where the time of an answer is kept, beside its status, headers and body."""


@contextmanager
def recorded_clock(cassette: Any) -> Iterator[None]:
    """While a test runs on vcrpy's `cassette`, let the clock be that of its recording.

    Cassettes without times, which earlier versions wrote, are replayed by the real clock.

    Parameters
    ----------
    cassette:
        What `use_cassette` gives; it is recorded when it can be written.
    """
    before = clock.now
    current: float | None = None
    name = "play_response" if cassette.write_protected else "append"
    original = getattr(cassette, name)

    def show(moment: float | None) -> None:
        nonlocal current
        if moment is not None:
            current = moment

    def played(request: Any) -> Any:
        response = original(request)
        kept = response.get(RECORDED_AT)
        show(None if kept is None else datetime.fromisoformat(kept).timestamp())
        return response

    def appended(request: Any, response: dict[str, Any]) -> None:
        moment = time.time()
        there = datetime.fromtimestamp(_server_time(response, moment), UTC)
        original(request, {**response, RECORDED_AT: there.isoformat(timespec="microseconds")})
        show(moment)

    setattr(cassette, name, played if cassette.write_protected else appended)
    clock.now = lambda: before() if current is None else current
    try:
        yield
    finally:
        clock.now = before
        delattr(cassette, name)


def _server_time(response: dict[str, Any], moment: float) -> float:
    """The server's time, which is used when replaying, because no `Date` header is kept."""
    for name, values in response["headers"].items():
        if name.lower() == "date":
            said = parsedate_to_datetime(values[0] if isinstance(values, list) else values)
            offset = said.timestamp() - moment
            return moment if clocks_agree(offset) else moment + offset
    return moment
