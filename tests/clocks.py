"""A clock that tests control, so that waiting for a second to pass takes no time."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace

import pytest

from quilt_core import clock, deadline

_MOMENT = 0.005
"""Seconds that a wait takes nevertheless, so that other threads can proceed."""


class SkippingClock:
    """The machine's clock, put forward by the time that was waited for."""

    def __init__(self) -> None:
        self._lead = 0.0
        self._lock = threading.Lock()

    def now(self) -> float:
        """Unix seconds."""
        return time.time() + self._lead

    def skip(self, seconds: float) -> float:
        """Move the clock on; returns how many of these seconds remain to be waited for."""
        left = min(seconds, _MOMENT)
        with self._lock:
            self._lead += seconds - left
        return left

    def sleep(self, seconds: float) -> None:
        """Replaces `time.sleep`."""
        time.sleep(self.skip(seconds))


@pytest.fixture
def skipping_clock(monkeypatch: pytest.MonkeyPatch) -> SkippingClock:
    """Backends and the local registry name revisions by this clock, and pause on it.

    Two revisions of one package need two different seconds, and a request that failed is sent again
    after a pause. Only programs that a test starts use the machine's own clock.
    """
    import botocore.endpoint
    from local_registry.storage import construct

    moved, sleep = SkippingClock(), deadline.sleep
    monkeypatch.setattr(clock, "now", moved.now)
    monkeypatch.setattr(deadline, "sleep", lambda seconds: sleep(moved.skip(seconds)))
    times = SimpleNamespace(time=moved.now, sleep=moved.sleep)
    # By the modules themselves: looking them up by name takes longer than many a test.
    for module in (construct, botocore.endpoint):
        monkeypatch.setattr(module, "time", times)
    return moved
