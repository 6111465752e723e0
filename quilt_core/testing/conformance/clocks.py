"""Clocks and time zones of the machine that runs the tests."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

CLOCKS_DIFFER = timedelta(minutes=10)
"""How much the clock of a store may differ from that of the environment. Time zones differ by at
least 15 minutes."""
TIME_ZONES = (None, "EAST-05:30", "WEST+08")
"""Time zones to run a test in, as POSIX writes them: None for that of the machine, east of
Greenwich, and west of it."""


@contextmanager
def time_zone(monkeypatch: pytest.MonkeyPatch, zone: str | None) -> Iterator[None]:
    """Give this process a time zone for a while, where the system can change it.

    Parameters
    ----------
    monkeypatch:
        Sets the environment variable `TZ`.
    zone:
        One of `TIME_ZONES`.
    """
    if zone is None or not hasattr(time, "tzset"):  # Windows has no time zones of processes
        yield
        return
    with monkeypatch.context() as patch:
        patch.setenv("TZ", zone)
        time.tzset()
        try:
            yield
        finally:
            patch.undo()
            time.tzset()
