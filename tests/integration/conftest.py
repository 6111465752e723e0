"""What all tests against the local registry share."""

from __future__ import annotations

import pytest

from ..clocks import SkippingClock, skipping_clock

__all__ = ["skipping_clock"]


@pytest.fixture(autouse=True)
def _nobody_waits(skipping_clock: SkippingClock) -> None:
    """Seconds pass when a test waits for them."""
